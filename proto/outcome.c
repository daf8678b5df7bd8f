// Outcomes: what comes back from the vault.
#include "proto/line.h"
#include "proto/record.h"

#include <string.h>

// ---- writing ----

static void done_write(const struct outcome *outcome, struct bytes *out)
{
    text_name(out, "done");
    text_word(out, span_text(outcome->done));
    text_number(out, outcome->done_number);
    text_end(out);
    for (size_t i = 0; i < outcome->made_count; i++) {
        text_name(out, "made");
        text_word(out, span_text(outcome->made[i].role));
        field_key(out, &outcome->made[i].key);
        text_end(out);
    }
}

static void signatures_write(const struct outcome *outcome, struct bytes *out)
{
    for (size_t i = 0; i < outcome->signature_count; i++) {
        const struct outcome_signature *one = &outcome->signatures[i];
        text_name(out, "signature");
        text_word(out, span_text(one->role));
        text_number(out, one->version);
        text_hash(out, &one->key);
        text_hash(out, &one->signature);
        text_end(out);
    }
}

void outcome_write(const struct outcome *outcome, struct bytes *out)
{
    text_title(out, record_title(RECORD_OUTCOME));
    text_moment_line(out, "time", outcome->time);
    text_hash_line(out, "request", &outcome->request);
    place_line(out, "order", &outcome->order);
    text_hash_line(out, "state", &outcome->state);
    if (outcome->adds)
        place_line(out, "adds", &outcome->added_to);
    if (outcome->missing > 0)
        line_number(out, "missing", outcome->missing);
    if (outcome->done[0] != '\0')
        done_write(outcome, out);
    signatures_write(outcome, out);
}

// ---- reading: signatures ----

static void signature_read(struct text *text, struct outcome_signature *out)
{
    text_read_name(text, "signature");
    field_read_item(text, out->role);
    out->version = text_read_number(text, LIMIT_VERSION);
    out->key = text_read_hash(text);
    out->signature = text_read_hash(text);
    text_read_end(text);
}

// The lines of one item stand together: one version, keys ascending; and an item stands once.
static bool signature_fits(const struct outcome_signature *signatures, size_t last)
{
    const struct outcome_signature *one = &signatures[last];
    bool same = last > 0 && strcmp(one[-1].role, one->role) == 0;
    if (same)
        return one[-1].version == one->version && hash_ascends(&one[-1].key, &one->key);
    for (size_t i = 0; i < last; i++)
        if (strcmp(signatures[i].role, one->role) == 0)
            return false;
    return true;
}

static void signatures_read(struct text *text, struct outcome *out)
{
    while (out->signature_count < LIMIT_SIGNATURES && text_next_is(text, "signature")) {
        signature_read(text, &out->signatures[out->signature_count]);
        if (!signature_fits(out->signatures, out->signature_count))
            text_fail(text);
        out->signature_count++;
    }
    if (out->signature_count == 0)
        text_fail(text);
}

// ---- reading: what was done instead ----

static void made_read(struct text *text, struct outcome *out)
{
    while (out->made_count < LIMIT_MOTION_KEYS && text_next_is(text, "made")) {
        struct made_line *made = &out->made[out->made_count];
        text_read_name(text, "made");
        field_read_role(text, made->role);
        field_read_key(text, &made->key);
        text_read_end(text);
        for (size_t i = 0; i < out->made_count; i++)
            if (hash_equal(&out->made[i].key.id, &made->key.id))
                text_fail(text);
        out->made_count++;
    }
}

static void done_read(struct text *text, struct outcome *out)
{
    text_read_name(text, "done");
    field_read_role(text, out->done);
    out->done_number = text_read_number(text, LIMIT_VERSION);
    text_read_end(text);
    enum motion motion = motion_of(out->done);
    if (out->done_number == 0 ||
        (motion == MOTION_NONE && strcmp(out->done, OUTCOME_FREEZE) != 0))
        text_fail(text);
    if (motion == MOTION_KEYS)
        made_read(text, out);
}

// Which of a signed item's custodians were late, and may be later still.
static void late_read(struct text *text, struct outcome *out)
{
    out->adds = text_next_is(text, "adds");
    if (out->adds)
        out->added_to = place_read_line(text, "adds");
    if (text_next_is(text, "missing"))
        out->missing = line_read_number(text, "missing", 1, LIMIT_SIGNATURES);
}

enum err outcome_read(struct span bytes, struct outcome *out)
{
    struct text text = text_of(bytes);
    *out = (struct outcome){0};
    text_read_title(&text, record_title(RECORD_OUTCOME));
    out->time = text_read_moment_line(&text, "time");
    out->request = text_read_hash_line(&text, "request");
    out->order = place_read_line(&text, "order");
    out->state = text_read_hash_line(&text, "state");
    late_read(&text, out);
    if (!out->adds && out->missing == 0 && text_next_is(&text, "done"))
        done_read(&text, out);
    else
        signatures_read(&text, out);
    return text_finish(&text);
}
