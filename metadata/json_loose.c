#include "metadata/json_loose.h"

#include "metadata/json.h"
#include "metadata/json_character.h"

#include <stdlib.h>
#include <string.h>

// A member of an object that is being read: where it stands in the file; where its name and the whole
// of it (name, colon, value) stand in the output.
struct member {
    size_t at;
    size_t from;
    size_t name_size;
    size_t size;
};

struct loose {
    enum dialect dialect;
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

static void fail_at(struct loose *loose, size_t at, const char *words)
{
    if (loose->err != OK)
        return;
    loose->err = ERR_FORM;
    *loose->fault = (struct json_fault){.at = at, .words = words};
}

static void fail(struct loose *loose, const char *words)
{
    fail_at(loose, loose->at, words);
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

static void copy_plain(struct loose *loose)
{
    size_t from = loose->at;
    while (
        peek(loose) >= 0x20 && peek(loose) < 0x80 && peek(loose) != '"' && peek(loose) != '\\')
        loose->at++;
    bytes_add(loose->out, span_of(loose->text.data + from, loose->at - from));
}

// One that is escaped, or not ASCII.
static size_t read_character(struct loose *loose, uint32_t *character, const char **failure)
{
    struct span rest = span_of(loose->text.data + loose->at, loose->text.size - loose->at);
    *failure = "the string has no end";
    if (rest.size == 0)
        return 0;
    if (rest.data[0] == '\\')
        return character_read_escape(rest, character, failure);
    *failure =
        rest.data[0] < 0x20 ? "a control character that is not escaped" : "invalid UTF-8";
    return rest.data[0] < 0x20 ? 0 : character_read_utf8(rest, character);
}

static void copy_character(struct loose *loose)
{
    uint8_t canonical[CHARACTER_SPELLING];
    uint32_t character = 0;
    const char *failure = NULL;
    size_t size = read_character(loose, &character, &failure);
    if (size == 0) {
        fail(loose, failure);
        return;
    }
    loose->at += size;
    bytes_add(
        loose->out, span_of(canonical, character_write(loose->dialect, character, canonical)));
}

static void read_string(struct loose *loose)
{
    expect(loose, '"', "a string is expected");
    bytes_add_u8(loose->out, '"');
    while (loose->err == OK) {
        copy_plain(loose);
        if (take_here(loose, '"'))
            break;
        copy_character(loose);
    }
    bytes_add_u8(loose->out, '"');
}

// ---- numbers and words ----

// They have one spelling in all JSON that is taken here: the canonical one.
static void read_token(struct loose *loose)
{
    size_t from = loose->at;
    while (peek(loose) != 0 && strchr(" \t\n\r,:[]{}\"", peek(loose)) == NULL)
        loose->at++;
    struct span token = span_of(loose->text.data + from, loose->at - from);
    struct json json = json_of(loose->dialect, token);
    (void)json_skip(&json);
    if (json_finish(&json) != OK)
        fail_at(loose, from + json.failed_at, json.failure);
    bytes_add(loose->out, token);
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

static void read_name(struct loose *loose)
{
    size_t at = loose->at, from = loose->out->size;
    read_string(loose);
    if (loose->err != OK || bytes_finish(loose->out) != OK)
        return;
    struct span name = span_of(loose->out->data + from + 1, loose->out->size - from - 2);
    if (!json_is_key(name))
        fail_at(loose, at, "a name that needs an escape, or has anything but printable ASCII");
}

static void read_member(struct loose *loose)
{
    pass_space(loose);
    size_t at = loose->at, from = loose->out->size;
    read_name(loose);
    size_t name_size = loose->out->size - from;
    expect(loose, ':', "a colon is expected");
    bytes_add_u8(loose->out, ':');
    read_value(loose);
    struct member *member = loose->err == OK ? add_member(loose) : NULL;
    if (member != NULL)
        *member = (struct member){at, from, name_size, loose->out->size - from};
}

// Without its quotes.
static struct span name_of(const struct member *member, const uint8_t *out)
{
    return span_of(out + member->from + 1, member->name_size - 2);
}

// Two of one name in the order of the file.
static int compare_members(const void *a, const void *b, void *out)
{
    const struct member *first = a, *second = b;
    int order = span_compare(name_of(first, out), name_of(second, out));
    return order != 0 ? order : first->at < second->at ? -1 : 1;
}

static void check_once(struct loose *loose, const struct member *members, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (span_equal(name_of(&members[i - 1], loose->out->data),
                name_of(&members[i], loose->out->data)))
            fail_at(loose, members[i].at, "an object's names must differ: one stands twice");
}

static void add_members(struct loose *loose, const struct member *members, size_t count)
{
    bytes_reset(&loose->sorted);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            bytes_add_u8(&loose->sorted, ',');
        bytes_add(&loose->sorted, span_of(loose->out->data + members[i].from, members[i].size));
    }
}

// Puts the members of the object that began at `from`, which stand there without commas, in order.
static void sort_members(struct loose *loose, size_t from, size_t first)
{
    size_t count = loose->member_count - first;
    loose->member_count = first;
    if (loose->err != OK || bytes_finish(loose->out) != OK || count == 0)
        return;
    struct member *members = loose->members + first;
    qsort_r(members, count, sizeof *members, compare_members, loose->out->data);
    check_once(loose, members, count);
    add_members(loose, members, count);
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

static void read_all(struct loose *loose)
{
    if (span_starts(loose->text, "\xef\xbb\xbf"))
        fail(loose, "a byte order mark: save the file without it");
    read_value(loose);
    pass_space(loose);
    if (loose->err == OK && loose->at != loose->text.size)
        fail(loose, "bytes after the value");
}

enum err json_loose_read(
    enum dialect dialect, struct span file, struct bytes *canonical, struct json_fault *fault)
{
    struct loose loose = {.dialect = dialect, .text = file, .out = canonical, .fault = fault};
    *fault = (struct json_fault){0};
    bytes_init(&loose.sorted, canonical->limit);
    read_all(&loose);
    bytes_clear(&loose.sorted);
    free(loose.members);
    return loose.err != OK ? loose.err : bytes_finish(canonical);
}
