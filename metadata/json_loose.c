#include "metadata/json_loose.h"

#include "metadata/json.h"

#include <stdlib.h>
#include <string.h>

// A member of an object that is being read: where its name and the whole of it (name, colon, value)
// stand in the output.
struct member {
    size_t from;
    size_t name_size;
    size_t size;
};

struct loose {
    struct span text;
    size_t at;
    unsigned depth;
    struct bytes *out;
    struct bytes sorted; // room to put an object's members in order
    // Of all objects that are being read, the innermost last. A member has five bytes at least, so
    // these grow no further than some multiple of the file.
    struct member *members;
    size_t member_count, member_room;
    enum err err; // OK, ERR_FORM or ERR_MEMORY; the first failure stays
    struct json_fault *fault;
};

static void fail(struct loose *loose, const char *words)
{
    if (loose->err != OK)
        return;
    loose->err = ERR_FORM;
    *loose->fault = (struct json_fault){.at = loose->at, .words = words};
}

// The byte that comes next; 0 at the end, which nothing begins with.
static uint8_t peek(const struct loose *loose)
{
    return loose->at < loose->text.size ? loose->text.data[loose->at] : 0;
}

static void pass_space(struct loose *loose)
{
    while (loose->at < loose->text.size && strchr(" \t\n\r", peek(loose)) != NULL &&
           peek(loose) != 0)
        loose->at++;
}

static bool take_here(struct loose *loose, uint8_t byte)
{
    if (loose->err != OK || peek(loose) != byte)
        return false;
    loose->at++;
    return true;
}

static bool take(struct loose *loose, uint8_t byte)
{
    pass_space(loose);
    return take_here(loose, byte);
}

static void expect(struct loose *loose, uint8_t byte, const char *words)
{
    if (!take(loose, byte))
        fail(loose, words);
}

// ---- strings ----

static void put_byte(struct loose *loose, uint8_t byte)
{
    if (byte == '"' || byte == '\\')
        bytes_add_u8(loose->out, '\\');
    bytes_add_u8(loose->out, byte);
}

static int hex_value(uint8_t byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    if (byte >= 'a' && byte <= 'f')
        return byte - 'a' + 10;
    return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

// Four hex digits.
static uint32_t read_unit(struct loose *loose)
{
    uint32_t unit = 0;
    for (int i = 0; i < 4; i++, loose->at++) {
        int value = hex_value(peek(loose));
        if (value < 0) {
            fail(loose, "\\u is followed by four hex digits");
            return 0;
        }
        unit = unit << 4 | (uint32_t)value;
    }
    return unit;
}

enum { HIGH_FIRST = 0xd800, LOW_FIRST = 0xdc00, LOW_LAST = 0xdfff, PLANES = 0x10000 };

static void put_utf8(struct loose *loose, uint32_t code)
{
    if (code < 0x80) {
        put_byte(loose, (uint8_t)code);
        return;
    }
    unsigned more = code < 0x800 ? 1 : code < PLANES ? 2 : 3;
    static const uint8_t leads[] = {0, 0xc0, 0xe0, 0xf0};
    bytes_add_u8(loose->out, (uint8_t)(leads[more] | code >> (6 * more)));
    while (more-- > 0)
        bytes_add_u8(loose->out, (uint8_t)(0x80 | (code >> (6 * more) & 0x3f)));
}

// Behind \u: one character, of one unit or of two.
static void read_unicode(struct loose *loose)
{
    uint32_t code = read_unit(loose);
    if (code >= HIGH_FIRST && code < LOW_FIRST) {
        uint32_t low = 0;
        if (loose->text.size - loose->at >= 2 &&
            memcmp(loose->text.data + loose->at, "\\u", 2) == 0) {
            loose->at += 2;
            low = read_unit(loose);
        }
        if (low < LOW_FIRST || low > LOW_LAST)
            fail(loose, "half a surrogate pair");
        code = PLANES + ((code - HIGH_FIRST) << 10) + (low - LOW_FIRST);
    } else if (code >= LOW_FIRST && code <= LOW_LAST) {
        fail(loose, "half a surrogate pair");
    }
    if (loose->err == OK)
        put_utf8(loose, code);
}

static void read_escape(struct loose *loose)
{
    static const char escapes[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    loose->at++;
    uint8_t escape = peek(loose);
    const char *found = escape == 0 ? NULL : strchr(escapes, escape);
    if (found == NULL && escape != 'u') {
        fail(loose, "an escape that JSON does not have");
        return;
    }
    loose->at++;
    if (found == NULL)
        read_unicode(loose);
    else
        put_byte(loose, (uint8_t)meanings[found - escapes]);
}

// Whether the bytes above 7F are UTF-8, the reader of the canonical form says.
static void copy_plain(struct loose *loose)
{
    size_t from = loose->at;
    while (peek(loose) >= 0x20 && peek(loose) != '"' && peek(loose) != '\\')
        loose->at++;
    bytes_add(loose->out, span_of(loose->text.data + from, loose->at - from));
}

static void read_string(struct loose *loose)
{
    expect(loose, '"', "a string is expected");
    bytes_add_u8(loose->out, '"');
    while (loose->err == OK) {
        copy_plain(loose);
        if (take_here(loose, '"'))
            break;
        if (loose->at == loose->text.size)
            fail(loose, "the string has no end");
        else if (peek(loose) != '\\')
            fail(loose, "a control character that is not escaped");
        else
            read_escape(loose);
    }
    bytes_add_u8(loose->out, '"');
}

// ---- numbers and words ----

// Copied as it stands; the reader of the canonical form says whether it is one it takes.
static void read_token(struct loose *loose)
{
    size_t from = loose->at;
    while (peek(loose) != 0 && strchr(" \t\n\r,:[]{}\"", peek(loose)) == NULL)
        loose->at++;
    if (loose->at == from)
        fail(loose, "a value is expected");
    bytes_add(loose->out, span_of(loose->text.data + from, loose->at - from));
}

// ---- objects and arrays ----

static void read_value(struct loose *loose);

static struct member *add_member(struct loose *loose)
{
    if (loose->member_count == loose->member_room) {
        size_t room = loose->member_room == 0 ? 64 : 2 * loose->member_room;
        struct member *grown = reallocarray(loose->members, room, sizeof *grown);
        if (grown == NULL) {
            loose->err = ERR_MEMORY;
            return NULL;
        }
        loose->members = grown;
        loose->member_room = room;
    }
    return &loose->members[loose->member_count++];
}

static void read_member(struct loose *loose)
{
    size_t from = loose->out->size;
    read_string(loose);
    size_t name_size = loose->out->size - from;
    expect(loose, ':', "a colon is expected");
    bytes_add_u8(loose->out, ':');
    read_value(loose);
    struct member *member = loose->err == OK ? add_member(loose) : NULL;
    if (member != NULL)
        *member = (struct member){from, name_size, loose->out->size - from};
}

// By name, without its quotes.
static int compare_members(const void *a, const void *b, void *out)
{
    const struct member *first = a, *second = b;
    const uint8_t *data = out;
    return span_compare(span_of(data + first->from + 1, first->name_size - 2),
        span_of(data + second->from + 1, second->name_size - 2));
}

// Puts the members of the object that began at `from`, which stand there without commas, in order.
static void sort_members(struct loose *loose, size_t from, size_t first)
{
    size_t count = loose->member_count - first;
    loose->member_count = first;
    if (bytes_finish(loose->out) != OK || count == 0)
        return;
    struct member *members = loose->members + first;
    qsort_r(members, count, sizeof *members, compare_members, loose->out->data);
    bytes_reset(&loose->sorted);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            bytes_add_u8(&loose->sorted, ',');
        bytes_add(&loose->sorted, span_of(loose->out->data + members[i].from, members[i].size));
    }
    loose->out->size = from;
    bytes_add(loose->out, bytes_span(&loose->sorted));
    if (loose->sorted.failure != OK)
        loose->err = loose->sorted.failure;
}

static void read_object(struct loose *loose)
{
    loose->at++;
    bytes_add_u8(loose->out, '{');
    size_t from = loose->out->size, first = loose->member_count;
    while (!take(loose, '}') && loose->err == OK) {
        if (loose->member_count > first)
            expect(loose, ',', "a comma or the end is expected");
        read_member(loose);
    }
    sort_members(loose, from, first);
    bytes_add_u8(loose->out, '}');
}

static void read_array(struct loose *loose)
{
    loose->at++;
    bytes_add_u8(loose->out, '[');
    for (bool first = true; !take(loose, ']') && loose->err == OK; first = false) {
        if (!first) {
            expect(loose, ',', "a comma or the end is expected");
            bytes_add_u8(loose->out, ',');
        }
        read_value(loose);
    }
    bytes_add_u8(loose->out, ']');
}

// Recursion ends at JSON_DEPTH.
static void read_value(struct loose *loose)
{
    pass_space(loose);
    uint8_t first = peek(loose);
    if (loose->err != OK)
        return;
    if (first == '"') {
        read_string(loose);
    } else if (first != '{' && first != '[') {
        read_token(loose);
    } else if (loose->depth == JSON_DEPTH) {
        fail(loose, "nested too deep");
    } else {
        loose->depth++;
        (first == '{' ? read_object : read_array)(loose);
        loose->depth--;
    }
}

// ---- the whole ----

static enum err check(enum dialect dialect, struct span canonical, struct json_fault *fault)
{
    struct json json = json_of(dialect, canonical);
    (void)json_skip(&json);
    if (json_finish(&json) == OK)
        return OK;
    *fault =
        (struct json_fault){.at = json.failed_at, .canonical = true, .words = json.failure};
    return ERR_FORM;
}

enum err json_loose_read(
    enum dialect dialect, struct span file, struct bytes *canonical, struct json_fault *fault)
{
    size_t from = canonical->size;
    struct loose loose = {.text = file, .out = canonical, .fault = fault};
    *fault = (struct json_fault){0};
    bytes_init(&loose.sorted, canonical->limit);
    read_value(&loose);
    pass_space(&loose);
    if (loose.err == OK && loose.at != file.size)
        fail(&loose, "bytes after the value");
    enum err err = loose.err != OK ? loose.err : bytes_finish(canonical);
    if (err == OK)
        err = check(dialect, span_of(canonical->data + from, canonical->size - from), fault);
    bytes_clear(&loose.sorted);
    free(loose.members);
    return err;
}
