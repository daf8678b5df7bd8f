// Orders and their outcomes: what goes to the vault and what comes back.
#include "proto/name.h"
#include "proto/record.h"

#include <string.h>

// ---- order ----

void order_write(const struct order *order, struct bytes *out)
{
    text_title(out, record_title(RECORD_ORDER));
    text_moment_line(out, "time", order->time);
    text_hash_line(out, "request", &order->request);
    place_line(out, "opened", &order->opened);
    for (size_t i = 0; i < order->approval_count; i++) {
        text_name(out, "approval");
        text_number(out, order->approvals[i].index);
        text_hash(out, &order->approvals[i].approver);
        text_end(out);
    }
}

// Ascending by index, and a person once (R5).
static bool approval_fits(const struct order_approval *before, size_t count)
{
    const struct order_approval *last = &before[count];
    for (size_t i = 0; i < count; i++)
        if (before[i].index >= last->index || hash_equal(&before[i].approver, &last->approver))
            return false;
    return true;
}

static size_t approvals_read(struct text *text, struct order_approval *approvals)
{
    size_t count = 0;
    while (count < LIMIT_ADMINISTRATORS && text_next_is(text, "approval")) {
        text_read_name(text, "approval");
        approvals[count].index = text_read_number(text, LIMIT_INDEX);
        approvals[count].approver = text_read_hash(text);
        text_read_end(text);
        if (!approval_fits(approvals, count))
            text_fail(text);
        count++;
    }
    if (count == 0)
        text_fail(text);
    return count;
}

enum err order_read(struct span bytes, struct order *out)
{
    struct text text = text_of(bytes);
    *out = (struct order){0};
    text_read_title(&text, record_title(RECORD_ORDER));
    out->time = text_read_moment_line(&text, "time");
    out->request = text_read_hash_line(&text, "request");
    out->opened = place_read_line(&text, "opened");
    out->approval_count = approvals_read(&text, out->approvals);
    return text_finish(&text);
}

// ---- outcome ----

void outcome_write(const struct outcome *outcome, struct bytes *out)
{
    text_title(out, record_title(RECORD_OUTCOME));
    text_moment_line(out, "time", outcome->time);
    text_hash_line(out, "request", &outcome->request);
    place_line(out, "order", &outcome->order);
    text_hash_line(out, "state", &outcome->state);
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

static void signature_read(struct text *text, struct outcome_signature *out)
{
    text_read_name(text, "signature");
    text_read_word(text, out->role, LIMIT_ROLE_NAME);
    out->version = text_read_number(text, LIMIT_VERSION);
    out->key = text_read_hash(text);
    out->signature = text_read_hash(text);
    text_read_end(text);
    if (!role_name_is_good(span_text(out->role)))
        text_fail(text);
}

// The lines of one item stand together: one version, keys ascending; and an item stands once.
static bool signature_fits(const struct outcome_signature *signatures, size_t last)
{
    const struct outcome_signature *one = &signatures[last];
    bool same = last > 0 && strcmp(one[-1].role, one->role) == 0;
    if (same)
        return one[-1].version == one->version &&
               span_compare(hash_span(&one[-1].key), hash_span(&one->key)) < 0;
    for (size_t i = 0; i < last; i++)
        if (strcmp(signatures[i].role, one->role) == 0)
            return false;
    return true;
}

static size_t signatures_read(struct text *text, struct outcome_signature *signatures)
{
    size_t count = 0;
    while (count < LIMIT_SIGNATURES && text_next_is(text, "signature")) {
        signature_read(text, &signatures[count]);
        if (!signature_fits(signatures, count))
            text_fail(text);
        count++;
    }
    if (count == 0)
        text_fail(text);
    return count;
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
    out->signature_count = signatures_read(&text, out->signatures);
    return text_finish(&text);
}
