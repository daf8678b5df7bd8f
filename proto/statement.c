#include "proto/statement.h"

#include "proto/item.h"
#include "proto/line.h"
#include "proto/name.h"

static const char title_request[] = "conclave.request/v1";
static const char title_withdrawal[] = "conclave.withdrawal/v1";
static const char title_founding[] = "conclave.founding/v1";

// ---- request ----

struct hash request_id(struct span text)
{
    return hash_of(text);
}

void request_write(const struct request *request, struct bytes *out)
{
    text_title(out, title_request);
    text_hash_line(out, "appliance", &request->appliance);
    text_hash_line(out, "requester", &request->requester);
    text_name(out, "nonce");
    bytes_add_u8(out, ' ');
    bytes_add_hex(out, span_of(request->nonce, sizeof request->nonce));
    text_end(out);
    text_sentence_line(out, "reason", request->reason);
    text_moment_line(out, "expires", request->expires);
    items_write(request->items, request->item_count, ITEM_ASKED, out);
    for (size_t i = 0; i < request->evidence_count; i++)
        text_hash_line(out, "evidence", &request->evidence[i]);
}

static void nonce_read(struct text *text, uint8_t *nonce, size_t size)
{
    text_read_name(text, "nonce");
    if (hex_read(text_read_field(text, 2 * size), nonce, size) != OK)
        text_fail(text);
    text_read_end(text);
}

static bool hashes_have(const struct hash *hashes, size_t count, const struct hash *hash)
{
    for (size_t i = 0; i < count; i++)
        if (hash_equal(&hashes[i], hash))
            return true;
    return false;
}

static size_t evidence_read(struct text *text, struct hash *evidence)
{
    size_t count = 0;
    while (count < LIMIT_ITEMS && text_next_is(text, "evidence")) {
        evidence[count] = text_read_hash_line(text, "evidence");
        if (hashes_have(evidence, count, &evidence[count]))
            text_fail(text);
        count++;
    }
    return count;
}

enum err request_read(struct span bytes, struct request *out)
{
    struct text text = text_of(bytes);
    *out = (struct request){0};
    text_read_title(&text, title_request);
    out->appliance = text_read_hash_line(&text, "appliance");
    out->requester = text_read_hash_line(&text, "requester");
    nonce_read(&text, out->nonce, sizeof out->nonce);
    text_read_sentence_line(&text, "reason", out->reason, LIMIT_REASON);
    out->expires = expires_read(&text);
    out->item_count = items_read(&text, ITEM_ASKED, out->items);
    out->evidence_count = evidence_read(&text, out->evidence);
    return text_finish(&text);
}

// ---- withdrawal ----

void withdrawal_write(const struct hash *appliance, const struct hash *request,
    const struct hash *requester, struct bytes *out)
{
    text_title(out, title_withdrawal);
    text_hash_line(out, "appliance", appliance);
    text_hash_line(out, "request", request);
    text_hash_line(out, "requester", requester);
}

// ---- founding ----

enum { FOUNDING_EPOCH = 1 };

void founding_write(const struct founding *founding, struct bytes *out)
{
    text_title(out, title_founding);
    text_moment_line(out, "time", founding->time);
    line_word(out, "origin", founding->origin);
    text_name(out, "log");
    field_key(out, &founding->log);
    text_end(out);
    line_numbered(out, "charter", FOUNDING_EPOCH, &founding->charter);
    text_hash_line(out, "objects", &founding->objects);
}

static void log_key_read(struct text *text, struct key *out)
{
    text_read_name(text, "log");
    field_read_key(text, out);
    text_read_end(text);
    if (out->type != KEY_ED25519)
        text_fail(text);
}

enum err founding_read(struct span bytes, struct founding *out)
{
    struct text text = text_of(bytes);
    uint64_t epoch = 0;
    *out = (struct founding){0};
    text_read_title(&text, title_founding);
    out->time = text_read_moment_line(&text, "time");
    line_read_word(&text, "origin", out->origin, LIMIT_ROLE_NAME);
    log_key_read(&text, &out->log);
    out->charter = line_read_numbered(&text, "charter", &epoch);
    out->objects = text_read_hash_line(&text, "objects");
    if (epoch != FOUNDING_EPOCH || !origin_is_good(span_text(out->origin)))
        text_fail(&text);
    return text_finish(&text);
}
