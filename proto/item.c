#include "proto/item.h"

#include "proto/line.h"

#include <string.h>

void items_write(const struct item *items, size_t count, enum item_form form, struct bytes *out)
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
    field_read_item(text, out->role);
    out->version = text_read_number(text, LIMIT_VERSION);
    out->payload = text_read_hash(text);
    if (form == ITEM_WITH_PREVIOUS) {
        text_read_plain(text, "previous");
        out->previous = text_read_hash_or_none(text);
    }
    text_read_end(text);
}

bool items_have(const struct item *items, size_t count, const char *role)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(items[i].role, role) == 0)
            return true;
    return false;
}

size_t items_read(struct text *text, enum item_form form, struct item *items)
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

moment expires_read(struct text *text)
{
    moment expires = text_read_moment_line(text, "expires");
    if (expires <= 0)
        text_fail(text);
    return expires;
}
