// Orders: what goes to the vault.
#include "proto/record.h"

void order_write(const struct order *order, struct bytes *out)
{
    text_title(out, record_title(RECORD_ORDER));
    text_moment_line(out, "time", order->time);
    text_hash_line(out, "request", &order->request);
    place_line(out, "opened", &order->opened);
    if (order->adds)
        place_line(out, "adds", &order->added_to);
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
    out->adds = text_next_is(&text, "adds");
    if (out->adds)
        out->added_to = place_read_line(&text, "adds");
    out->approval_count = approvals_read(&text, out->approvals);
    return text_finish(&text);
}
