#include "proto/statement.h"

#include "proto/name.h"

#include <string.h>

static const char title_request[] = "conclave.request/v1";
static const char title_opened[] = "conclave.opened/v1";
static const char title_approval[] = "conclave.approval/v1";
static const char title_withdrawal[] = "conclave.withdrawal/v1";
static const char title_founding[] = "conclave.founding/v1";

// ---- items ----

enum item_form { ITEM_ASKED, ITEM_WITH_PREVIOUS };

static void items_write(
    const struct item *items, size_t count, enum item_form form, struct bytes *out)
{
    for (size_t i = 0; i < count; i++) {
        text_name(out, "item");
        text_word(out, span_text(items[i].role));
        text_number(out, items[i].version);
        text_hash(out, &items[i].payload);
        if (form == ITEM_WITH_PREVIOUS) {
            text_plain(out, "previous");
            text_hash(out, &items[i].previous);
        }
        text_end(out);
    }
}

static void item_read(struct text *text, enum item_form form, struct item *out)
{
    text_read_name(text, "item");
    text_read_word(text, out->role, LIMIT_ROLE_NAME);
    out->version = text_read_number(text, LIMIT_VERSION);
    out->payload = text_read_hash(text);
    if (form == ITEM_WITH_PREVIOUS) {
        text_read_plain(text, "previous");
        out->previous = text_read_hash_or_none(text);
    }
    text_read_end(text);
    if (!role_name_is_good(span_text(out->role)))
        text_fail(text);
}

static bool items_have(const struct item *items, size_t count, const char *role)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(items[i].role, role) == 0)
            return true;
    return false;
}

static size_t items_read(struct text *text, enum item_form form, struct item *items)
{
    size_t count = 0;
    while (count < LIMIT_ITEMS && text_next_is(text, "item")) {
        item_read(text, form, &items[count]);
        if (items_have(items, count, items[count].role))
            text_fail(text);
        count++;
    }
    if (count == 0)
        text_fail(text);
    return count;
}

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

// A moment behind which there is something to do; 1970 itself is what an unset field looks like.
static moment expires_read(struct text *text)
{
    moment expires = text_read_moment_line(text, "expires");
    if (expires <= 0)
        text_fail(text);
    return expires;
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

// ---- opened ----

static void numbered_hash_line(
    struct bytes *out, const char *name, uint64_t number, const struct hash *hash)
{
    text_name(out, name);
    text_number(out, number);
    text_hash(out, hash);
    text_end(out);
}

static struct hash read_numbered_hash_line(
    struct text *text, const char *name, uint64_t *number)
{
    text_read_name(text, name);
    *number = text_read_number(text, LIMIT_INDEX);
    struct hash hash = text_read_hash(text);
    text_read_end(text);
    return hash;
}

// The lines that opened record and approval have in common, in the one order they have in both.
static void common_write(const struct opened *opened, struct bytes *out)
{
    items_write(opened->items, opened->item_count, ITEM_WITH_PREVIOUS, out);
    numbered_hash_line(out, "shown", opened->rendering, &opened->shown);
    numbered_hash_line(out, "charter", opened->epoch, &opened->charter);
    text_moment_line(out, "time", opened->time);
    text_moment_line(out, "earliest", opened->earliest);
    text_moment_line(out, "expires", opened->expires);
}

static void common_read(struct text *text, struct opened *out)
{
    out->item_count = items_read(text, ITEM_WITH_PREVIOUS, out->items);
    out->shown = read_numbered_hash_line(text, "shown", &out->rendering);
    out->charter = read_numbered_hash_line(text, "charter", &out->epoch);
    out->time = text_read_moment_line(text, "time");
    out->earliest = text_read_moment_line(text, "earliest");
    out->expires = expires_read(text);
    if (out->earliest < out->time)
        text_fail(text);
}

void opened_write(const struct opened *opened, struct bytes *out)
{
    text_title(out, title_opened);
    text_hash_line(out, "appliance", &opened->appliance);
    text_hash_line(out, "request", &opened->request);
    text_name(out, "requester");
    text_hash(out, &opened->requester);
    text_base64(out, span_of(opened->signature, opened->signature_size));
    text_end(out);
    common_write(opened, out);
}

enum err opened_read(struct span bytes, struct opened *out)
{
    struct text text = text_of(bytes);
    *out = (struct opened){0};
    text_read_title(&text, title_opened);
    out->appliance = text_read_hash_line(&text, "appliance");
    out->request = text_read_hash_line(&text, "request");
    text_read_name(&text, "requester");
    out->requester = text_read_hash(&text);
    out->signature_size = text_read_base64_to(&text, out->signature, sizeof out->signature);
    text_read_end(&text);
    common_read(&text, out);
    return text_finish(&text);
}

// ---- what administrators and requesters sign later ----

const char *decision_text(enum decision decision)
{
    static const char *const texts[] = {
        [0] = "none",
        [DECISION_APPROVE] = "approve",
        [DECISION_REJECT] = "reject",
    };
    if ((size_t)decision >= sizeof texts / sizeof texts[0])
        return "none";
    return texts[decision];
}

void approval_write(const struct opened *opened, uint64_t index, const struct hash *leaf,
    enum decision decision, const struct hash *approver, struct bytes *out)
{
    text_title(out, title_approval);
    text_hash_line(out, "appliance", &opened->appliance);
    text_name(out, "decision");
    text_plain(out, decision_text(decision));
    text_end(out);
    numbered_hash_line(out, "opened", index, leaf);
    text_hash_line(out, "request", &opened->request);
    common_write(opened, out);
    text_hash_line(out, "approver", approver);
}

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
    text_name(out, "origin");
    text_word(out, span_text(founding->origin));
    text_end(out);
    text_name(out, "log");
    text_plain(out, key_type_text(founding->log.type));
    text_base64(out, key_spki(&founding->log));
    text_end(out);
    numbered_hash_line(out, "charter", FOUNDING_EPOCH, &founding->charter);
    text_hash_line(out, "objects", &founding->objects);
}

static void log_key_read(struct text *text, struct key *out)
{
    uint8_t spki[KEY_SPKI_MOST];
    text_read_name(text, "log");
    text_read_plain(text, key_type_text(KEY_ED25519));
    size_t size = text_read_base64_to(text, spki, sizeof spki);
    text_read_end(text);
    if (key_read(span_of(spki, size), out) != OK || out->type != KEY_ED25519)
        text_fail(text);
}

enum err founding_read(struct span bytes, struct founding *out)
{
    struct text text = text_of(bytes);
    uint64_t epoch = 0;
    *out = (struct founding){0};
    text_read_title(&text, title_founding);
    out->time = text_read_moment_line(&text, "time");
    text_read_name(&text, "origin");
    text_read_word(&text, out->origin, LIMIT_ROLE_NAME);
    text_read_end(&text);
    log_key_read(&text, &out->log);
    out->charter = read_numbered_hash_line(&text, "charter", &epoch);
    out->objects = text_read_hash_line(&text, "objects");
    if (epoch != FOUNDING_EPOCH || !origin_is_good(span_text(out->origin)))
        text_fail(&text);
    return text_finish(&text);
}
