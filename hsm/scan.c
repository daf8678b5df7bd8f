#include "hsm/scan.h"

#include "proto/limits.h"
#include "signer/base/cursor.h"

#include <string.h>

struct scanner {
    enum dialect dialect;
    struct cursor cursor;
    unsigned depth;
};

static bool next_is(const struct scanner *scanner, uint8_t byte)
{
    const struct cursor *cursor = &scanner->cursor;
    return !cursor->failed && cursor->rest.size > 0 && cursor->rest.data[0] == byte;
}

static void take(struct scanner *scanner, uint8_t byte)
{
    if (cursor_u8(&scanner->cursor) != byte)
        cursor_fail(&scanner->cursor);
}

// What may stand behind a `\` in each dialect.
static const char *const escapes[] = {
    [DIALECT_NONE] = "", [DIALECT_TUF] = "\"\\", [DIALECT_UPTANE] = "\"\\bfnrtu"};

static void take_escape(struct scanner *scanner)
{
    static const char hex[] = "0123456789abcdef";
    enum { DIGITS = 4 };
    struct cursor *cursor = &scanner->cursor;
    uint8_t escaped = cursor_u8(cursor);
    if (escaped == 0 || strchr(escapes[scanner->dialect], escaped) == NULL)
        cursor_fail(cursor);
    for (int i = 0; escaped == 'u' && i < DIGITS; i++) {
        uint8_t digit = cursor_u8(cursor);
        if (digit == 0 || strchr(hex, digit) == NULL)
            cursor_fail(cursor);
    }
}

// Uptane's canonical text is printable ASCII and DEL. In TUF's everything but `"` and `\` stands as
// itself, line feeds of a PEM too; what of that is no character, the stricter reader says.
static bool stands_raw(const struct scanner *scanner, uint8_t byte)
{
    return scanner->dialect == DIALECT_TUF || (byte >= ' ' && byte < 0x80);
}

// What stands between the quotes, as it stands.
static struct span take_string(struct scanner *scanner)
{
    struct cursor *cursor = &scanner->cursor;
    take(scanner, '"');
    struct span from = cursor->rest;
    for (;;) {
        uint8_t byte = cursor_u8(cursor);
        if (cursor->failed)
            return (struct span){0};
        if (byte == '"')
            return span_of(from.data, from.size - cursor->rest.size - 1);
        if (byte == '\\')
            take_escape(scanner);
        else if (!stands_raw(scanner, byte))
            cursor_fail(cursor);
    }
}

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

// A run of digits without a leading zero, as it stands.
static struct span take_digits(struct scanner *scanner)
{
    struct cursor *cursor = &scanner->cursor;
    struct span from = cursor->rest;
    size_t size = 0;
    while (size < from.size && is_digit(from.data[size]))
        size++;
    if (size == 0 || (from.data[0] == '0' && size > 1))
        cursor_fail(cursor);
    return cursor_take(cursor, size);
}

static void skip_number(struct scanner *scanner)
{
    bool negative = next_is(scanner, '-');
    if (negative)
        take(scanner, '-');
    struct span digits = take_digits(scanner);
    if (negative && span_is(digits, "0"))
        cursor_fail(&scanner->cursor);
}

static void skip_word(struct scanner *scanner, const char *word)
{
    if (!span_is(cursor_take(&scanner->cursor, strlen(word)), word))
        cursor_fail(&scanner->cursor);
}

static void skip_value(struct scanner *scanner);

static void skip_array(struct scanner *scanner)
{
    take(scanner, '[');
    if (!next_is(scanner, ']')) {
        skip_value(scanner);
        while (next_is(scanner, ',')) {
            take(scanner, ',');
            skip_value(scanner);
        }
    }
    take(scanner, ']');
}

static void skip_member(struct scanner *scanner)
{
    take_string(scanner);
    take(scanner, ':');
    skip_value(scanner);
}

static void skip_object(struct scanner *scanner)
{
    take(scanner, '{');
    if (!next_is(scanner, '}')) {
        skip_member(scanner);
        while (next_is(scanner, ',')) {
            take(scanner, ',');
            skip_member(scanner);
        }
    }
    take(scanner, '}');
}

static void skip_text(struct scanner *scanner)
{
    take_string(scanner);
}

static void skip_true(struct scanner *scanner)
{
    skip_word(scanner, "true");
}

static void skip_false(struct scanner *scanner)
{
    skip_word(scanner, "false");
}

static void skip_null(struct scanner *scanner)
{
    skip_word(scanner, "null");
}

static const struct value {
    uint8_t first;
    void (*skip)(struct scanner *scanner);
} values[] = {
    {'"', skip_text},
    {'{', skip_object},
    {'[', skip_array},
    {'t', skip_true},
    {'f', skip_false},
    {'n', skip_null},
};

static void skip_value(struct scanner *scanner)
{
    void (*skip)(struct scanner * scanner) = skip_number;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        if (next_is(scanner, values[i].first))
            skip = values[i].skip;
    if (++scanner->depth > SCAN_DEPTH)
        cursor_fail(&scanner->cursor);
    if (!scanner->cursor.failed)
        skip(scanner);
    scanner->depth--;
}

// ---- the three fields ----

static void take_type(struct scanner *scanner, struct scan *out)
{
    struct span type = take_string(scanner);
    if (type.size == 0 || type.size > SCAN_TYPE_MOST || memchr(type.data, 0, type.size) != NULL)
        cursor_fail(&scanner->cursor);
    else
        memcpy(out->type, type.data, type.size);
}

static void take_expires(struct scanner *scanner, struct scan *out)
{
    if (moment_read(take_string(scanner), &out->expires) != OK)
        cursor_fail(&scanner->cursor);
}

static void take_version(struct scanner *scanner, struct scan *out)
{
    struct span digits = take_digits(scanner);
    for (size_t i = 0; i < digits.size && out->version <= LIMIT_VERSION; i++)
        out->version = out->version * 10 + (digits.data[i] - '0');
    if (out->version == 0 || out->version > LIMIT_VERSION)
        cursor_fail(&scanner->cursor);
}

static const struct field {
    const char *name;
    void (*take)(struct scanner *scanner, struct scan *out);
} fields[] = {
    {"_type", take_type},
    {"expires", take_expires},
    {"version", take_version},
};
enum { FIELDS = sizeof fields / sizeof fields[0] };

static void take_member(
    struct scanner *scanner, struct span name, struct scan *out, size_t *seen)
{
    for (size_t i = 0; i < FIELDS; i++)
        if (span_is(name, fields[i].name)) {
            (*seen)++;
            fields[i].take(scanner, out);
            return;
        }
    skip_value(scanner);
}

// Names strictly ascend, so none stands twice; none is escaped, so none is spelled another way.
static bool may_follow(struct span name, struct span before)
{
    return name.size > 0 && memchr(name.data, '\\', name.size) == NULL &&
           span_compare(before, name) < 0;
}

enum err scan_payload(enum dialect dialect, struct span payload, struct scan *out)
{
    struct scanner scanner = {.dialect = dialect, .cursor = cursor_of(payload)};
    struct span before = {0};
    size_t seen = 0;
    memset(out, 0, sizeof *out);
    do {
        take(&scanner, before.size == 0 ? '{' : ',');
        struct span name = take_string(&scanner);
        if (!may_follow(name, before))
            cursor_fail(&scanner.cursor);
        take(&scanner, ':');
        take_member(&scanner, name, out, &seen);
        before = name;
    } while (next_is(&scanner, ','));
    take(&scanner, '}');
    if (seen != FIELDS || dialect == DIALECT_NONE)
        cursor_fail(&scanner.cursor);
    return cursor_finish(&scanner.cursor);
}
