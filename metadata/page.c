#include "metadata/page.h"

#include "metadata/json_character.h"
#include "metadata/pgp_words.h"

#include <inttypes.h>
#include <string.h>

void page_indent(struct bytes *out, unsigned depth)
{
    for (unsigned i = 0; i < depth; i++)
        bytes_add_text(out, "  ");
}

// A space at either end would be there and not be seen.
static bool is_plain(struct span text, size_t at)
{
    uint8_t byte = text.data[at];
    if (byte == ' ')
        return at != 0 && at + 1 != text.size;
    return byte > 0x20 && byte <= 0x7e && byte != '\\';
}

void page_foreign(struct bytes *out, struct span text)
{
    size_t at = 0;
    while (at < text.size) {
        size_t run = at;
        while (run < text.size && is_plain(text, run))
            run++;
        bytes_add(out, span_of(text.data + at, run - at));
        if (run < text.size) {
            bytes_add_text(out, "\\x");
            bytes_add_hex(out, span_of(text.data + run, 1));
            run++;
        }
        at = run;
    }
}

void page_hash(struct bytes *out, const struct hash *hash)
{
    if (hash_is_none(hash)) {
        bytes_add_text(out, "none");
        return;
    }
    bytes_add_text(out, "sha256:");
    bytes_add_hex(out, hash_span(hash));
}

void page_moment(struct bytes *out, moment at)
{
    char text[MOMENT_TEXT + 1];
    moment_write(at, text);
    bytes_add_text(out, text);
}

void page_end(struct bytes *out)
{
    bytes_add_text(out, "\n");
}

static void begin(struct bytes *out, unsigned depth, const char *label)
{
    page_indent(out, depth);
    bytes_add_text(out, label);
    bytes_add_text(out, ": ");
}

void page_field(struct bytes *out, unsigned depth, const char *label, struct span text)
{
    begin(out, depth, label);
    page_foreign(out, text);
    page_end(out);
}

// The value with every escape undone that `tuf` would not write.
static void add_plain(struct span value, struct bytes *out)
{
    uint8_t spelling[CHARACTER_SPELLING];
    uint32_t character;
    const char *failure;
    while (value.size > 0) {
        const uint8_t *escape = memchr(value.data, '\\', value.size);
        size_t run = escape == NULL ? value.size : (size_t)(escape - value.data);
        bytes_add(out, span_of(value.data, run));
        value = span_of(value.data + run, value.size - run);
        size_t size = escape == NULL ? 0 : character_read_escape(value, &character, &failure);
        if (size == 0)
            return;
        bytes_add(out, span_of(spelling, character_write(DIALECT_TUF, character, spelling)));
        value = span_of(value.data + size, value.size - size);
    }
}

void page_value(struct bytes *out, unsigned depth, const char *label, struct span value)
{
    struct bytes plain;
    bytes_init(&plain, value.size);
    add_plain(value, &plain);
    page_field(out, depth, label, bytes_span(&plain));
    if (plain.failure != OK)
        out->failure = plain.failure;
    bytes_clear(&plain);
}

void page_words(struct bytes *out, unsigned depth, const char *label, const char *words)
{
    begin(out, depth, label);
    bytes_add_text(out, words);
    page_end(out);
}

void page_number(struct bytes *out, unsigned depth, const char *label, int64_t number)
{
    begin(out, depth, label);
    bytes_add_format(out, "%" PRId64 "\n", number);
}

void page_spoken(struct bytes *out, unsigned depth, const struct hash *hash)
{
    enum { ROW = 4 }; // what people keep in mind while they look at the other end
    for (size_t i = 0; i < HASH_SIZE; i++) {
        if (i % ROW == 0) {
            page_indent(out, depth);
            bytes_add_format(out, "words %zu to %zu:", i + 1, i + ROW);
        }
        bytes_add_format(out, " %s", pgp_word(i, hash->byte[i]));
        if (i % ROW == ROW - 1)
            page_end(out);
    }
}

void page_change(
    struct bytes *out, unsigned depth, enum change change, const char *kind, struct span name)
{
    static const char *const words[] = {
        [CHANGE_NONE] = "unchanged ",
        [CHANGE_ADDED] = "!! added ",
        [CHANGE_REMOVED] = "!! removed ",
        [CHANGE_CHANGED] = "!! changed ",
    };
    page_indent(out, depth);
    bytes_add_text(out, words[change]);
    bytes_add_text(out, kind);
    bytes_add_text(out, ": ");
    page_foreign(out, name);
    page_end(out);
}
