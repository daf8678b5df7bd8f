#include "proto/text.h"

#include "proto/spelling.h"

#include <string.h>

// A number of 64 bits has at most twenty digits.
enum { NUMBER_DIGITS = 20 };

// ---- writing ----

static void add_spelt(struct bytes *out, struct span value, bool sentence)
{
    bytes_add_u8(out, ' ');
    spelling_write(out, value, sentence);
}

void text_title(struct bytes *out, const char *title)
{
    bytes_add_text(out, title);
    bytes_add_u8(out, '\n');
}

void text_name(struct bytes *out, const char *name)
{
    bytes_add_text(out, name);
    bytes_add_u8(out, ':');
}

void text_word(struct bytes *out, struct span value)
{
    add_spelt(out, value, false);
}

void text_plain(struct bytes *out, const char *value)
{
    bytes_add_u8(out, ' ');
    bytes_add_text(out, value);
}

void text_number(struct bytes *out, uint64_t value)
{
    char digits[NUMBER_DIGITS + 1];
    char *at = digits + NUMBER_DIGITS;
    *at = '\0';
    do {
        *--at = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    text_plain(out, at);
}

void text_hash(struct bytes *out, const struct hash *value)
{
    if (hash_is_none(value)) {
        text_plain(out, "none");
        return;
    }
    text_plain(out, "sha256:");
    bytes_add_hex(out, hash_span(value));
}

void text_moment(struct bytes *out, moment value)
{
    char text[MOMENT_TEXT + 1];
    moment_write(value, text);
    text_plain(out, text);
}

void text_base64(struct bytes *out, struct span value)
{
    if (value.size == 0 && out->failure == OK)
        out->failure = ERR_FORM;
    bytes_add_u8(out, ' ');
    bytes_add_base64(out, value);
}

void text_sentence(struct bytes *out, struct span value)
{
    add_spelt(out, value, true);
}

void text_end(struct bytes *out)
{
    bytes_add_u8(out, '\n');
}

void text_hash_line(struct bytes *out, const char *name, const struct hash *value)
{
    text_name(out, name);
    text_hash(out, value);
    text_end(out);
}

void text_moment_line(struct bytes *out, const char *name, moment value)
{
    text_name(out, name);
    text_moment(out, value);
    text_end(out);
}

void text_sentence_line(struct bytes *out, const char *name, const char *value)
{
    text_name(out, name);
    text_sentence(out, span_text(value));
    text_end(out);
}

// ---- reading: lines ----

struct text text_of(struct span bytes)
{
    return (struct text){.rest = bytes};
}

void text_fail(struct text *text)
{
    text->failed = true;
}

static bool at_line(const struct text *text)
{
    return !text->failed && !text->in_line && text->rest.size > 0;
}

// Takes the next line off `rest`, without its LF.
static bool take_line(struct text *text, struct span *line)
{
    const uint8_t *end = NULL;
    if (at_line(text))
        end = memchr(text->rest.data, '\n', text->rest.size);
    if (end == NULL) {
        text_fail(text);
        return false;
    }
    size_t size = (size_t)(end - text->rest.data);
    *line = span_of(text->rest.data, size);
    text->rest = span_of(end + 1, text->rest.size - size - 1);
    return true;
}

void text_read_title(struct text *text, const char *title)
{
    struct span line;
    if (take_line(text, &line) && !span_is(line, title))
        text_fail(text);
}

bool text_next_is(const struct text *text, const char *name)
{
    size_t size = strlen(name);
    return at_line(text) && span_starts(text->rest, name) && text->rest.size > size &&
           text->rest.data[size] == ':';
}

void text_read_name(struct text *text, const char *name)
{
    struct span line;
    if (!text_next_is(text, name)) {
        text_fail(text);
        return;
    }
    if (!take_line(text, &line))
        return;
    size_t size = strlen(name) + 1;
    text->line = span_of(line.data + size, line.size - size);
    text->in_line = true;
}

bool text_has_field(const struct text *text)
{
    return !text->failed && text->in_line && text->line.size > 0;
}

void text_read_end(struct text *text)
{
    if (!text->in_line || text->line.size > 0)
        text_fail(text);
    text->in_line = false;
}

enum err text_finish(const struct text *text)
{
    return text->failed || text->in_line || text->rest.size > 0 ? ERR_FORM : OK;
}

// ---- reading: fields ----

// Takes the space and up to `size` bytes behind it off the line.
static struct span take_value(struct text *text, size_t size)
{
    struct span value = span_of(text->line.data + 1, size);
    text->line = span_of(value.data + size, text->line.size - size - 1);
    return value;
}

static bool at_value(struct text *text)
{
    if (text_has_field(text) && text->line.size > 1 && text->line.data[0] == ' ')
        return true;
    text_fail(text);
    return false;
}

struct span text_read_field(struct text *text, size_t most)
{
    if (!at_value(text))
        return (struct span){0};
    size_t size = 0;
    while (1 + size < text->line.size && text->line.data[1 + size] != ' ')
        size++;
    struct span field = take_value(text, size);
    bool good = size > 0 && size <= most;
    for (size_t i = 0; good && i < size; i++)
        good = field.data[i] >= 0x21 && field.data[i] <= 0x7e;
    if (good)
        return field;
    text_fail(text);
    return (struct span){0};
}

static size_t decode(
    struct text *text, struct span field, bool sentence, char *out, size_t most)
{
    size_t size = spelling_read(field, sentence, out, most);
    if (size == 0)
        text_fail(text);
    return size;
}

size_t text_read_word(struct text *text, char *out, size_t most)
{
    return decode(text, text_read_field(text, SIZE_MAX), false, out, most);
}

size_t text_read_sentence(struct text *text, char *out, size_t most)
{
    struct span value = {0};
    if (at_value(text))
        value = take_value(text, text->line.size - 1);
    return decode(text, value, true, out, most);
}

void text_read_plain(struct text *text, const char *word)
{
    if (!span_is(text_read_field(text, SIZE_MAX), word))
        text_fail(text);
}

uint64_t text_read_number(struct text *text, uint64_t most)
{
    struct span field = text_read_field(text, NUMBER_DIGITS);
    uint64_t value = 0;
    bool good = field.size == 1 || (field.size > 1 && field.data[0] != '0');
    for (size_t i = 0; good && i < field.size; i++) {
        uint64_t digit = (uint64_t)field.data[i] - '0';
        good = digit <= 9 && digit <= most && value <= (most - digit) / 10;
        value = value * 10 + digit;
    }
    if (good)
        return value;
    text_fail(text);
    return 0;
}

static struct hash hash_field(struct text *text, struct span field)
{
    static const char prefix[] = "sha256:";
    struct hash hash = {0};
    size_t size = sizeof prefix - 1;
    if (!span_starts(field, prefix) ||
        hash_from_hex(span_of(field.data + size, field.size - size), &hash) != OK ||
        hash_is_none(&hash)) {
        text_fail(text);
        return (struct hash){0};
    }
    return hash;
}

struct hash text_read_hash(struct text *text)
{
    return hash_field(text, text_read_field(text, SIZE_MAX));
}

struct hash text_read_hash_or_none(struct text *text)
{
    struct span field = text_read_field(text, SIZE_MAX);
    if (span_is(field, "none"))
        return (struct hash){0};
    return hash_field(text, field);
}

moment text_read_moment(struct text *text)
{
    moment at = 0;
    if (moment_read(text_read_field(text, MOMENT_TEXT), &at) == OK)
        return at;
    text_fail(text);
    return 0;
}

void text_read_base64(struct text *text, struct bytes *out)
{
    struct span field = text_read_field(text, SIZE_MAX);
    if (field.size == 0 || base64_read(field, out) != OK)
        text_fail(text);
}

size_t text_read_base64_to(struct text *text, uint8_t *out, size_t most)
{
    // A buffer that is as large as it may become never reaches for the heap.
    struct bytes bytes = {.data = out, .capacity = most, .limit = most};
    text_read_base64(text, &bytes);
    return text->failed ? 0 : bytes.size;
}

struct hash text_read_hash_line(struct text *text, const char *name)
{
    text_read_name(text, name);
    struct hash value = text_read_hash(text);
    text_read_end(text);
    return value;
}

moment text_read_moment_line(struct text *text, const char *name)
{
    text_read_name(text, name);
    moment value = text_read_moment(text);
    text_read_end(text);
    return value;
}

void text_read_sentence_line(struct text *text, const char *name, char *out, size_t most)
{
    text_read_name(text, name);
    text_read_sentence(text, out, most);
    text_read_end(text);
}
