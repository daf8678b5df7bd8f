#include "metadata/json.h"

#include "metadata/json_plain.h"

#include <string.h>

struct json json_of(enum dialect dialect, struct span bytes)
{
    struct json json;
    // What is kept of each depth is set when it is entered, and is most of the reader.
    memset(&json, 0, offsetof(struct json, keys));
    json.dialect = dialect;
    json.whole = bytes;
    return json;
}

void json_fail_at(struct json *json, size_t at, enum rule_id rule, const char *failure)
{
    if (json->failure != NULL)
        return;
    json->failure = failure;
    json->rule = rule;
    json->failed_at = at;
}

void json_note_at(struct json *json, size_t at, enum rule_id rule, const char *failure)
{
    if (json->past)
        rule_set_add(&json->noted, rule);
    else
        json_fail_at(json, at, rule, failure);
}

void json_fail(struct json *json, enum rule_id rule, const char *failure)
{
    json_fail_at(json, json->at, rule, failure);
}

// The byte that comes next; 0 at the end, which starts no value and is no delimiter.
static uint8_t peek(const struct json *json)
{
    return json->at < json->whole.size ? json->whole.data[json->at] : 0;
}

static bool take(struct json *json, uint8_t byte)
{
    if (json->failure != NULL || peek(json) != byte)
        return false;
    json->at++;
    return true;
}

static bool expect(struct json *json, uint8_t byte, const char *failure)
{
    if (take(json, byte))
        return true;
    json_fail(json, RULE_CANONICAL, failure);
    return false;
}

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

enum json_kind json_next(struct json *json)
{
    static const uint8_t kinds[256] = {
        ['{'] = JSON_OBJECT,
        ['['] = JSON_ARRAY,
        ['"'] = JSON_STRING,
        ['t'] = JSON_TRUE,
        ['f'] = JSON_FALSE,
        ['n'] = JSON_NULL,
        ['-'] = JSON_INTEGER,
    };
    if (json->failure != NULL)
        return JSON_NONE;
    uint8_t byte = peek(json);
    return is_digit(byte) ? JSON_INTEGER : (enum json_kind)kinds[byte];
}

void json_expect(struct json *json, enum json_kind kind, const char *failure)
{
    enum json_kind next = json_next(json);
    if (next != kind)
        json_fail(json, next == JSON_NONE ? RULE_CANONICAL : RULE_FIELD_TYPE, failure);
}

// ---- numbers and words ----

static int64_t read_digits(struct json *json)
{
    if (!is_digit(peek(json)))
        json_fail(json, RULE_CANONICAL, "an integer is expected");
    bool zero = peek(json) == '0';
    size_t from = json->at;
    int64_t value = 0;
    while (json->failure == NULL && is_digit(peek(json))) {
        value = value * 10 + json->whole.data[json->at++] - '0';
        if (value > JSON_INTEGER_MOST)
            json_fail_at(json, from, RULE_CANONICAL, "an integer beyond 2^53-1");
    }
    if (zero && json->at - from > 1)
        json_fail_at(json, from, RULE_CANONICAL, "an integer with a leading zero");
    return value;
}

int64_t json_integer(struct json *json)
{
    json_expect(json, JSON_INTEGER, "an integer is expected");
    if (json->failure != NULL)
        return 0;
    bool negative = take(json, '-');
    int64_t value = read_digits(json);
    uint8_t after = peek(json);
    if (after == '.' || after == 'e' || after == 'E')
        json_fail(json, RULE_CANONICAL, "a fraction or an exponent");
    if (negative && value == 0)
        json_fail(json, RULE_CANONICAL, "-0 instead of 0");
    if (json->failure != NULL)
        return 0;
    return negative ? -value : value;
}

static bool take_word(struct json *json, const char *word)
{
    size_t size = strlen(word);
    if (json->failure != NULL || json->whole.size - json->at < size ||
        memcmp(json->whole.data + json->at, word, size) != 0)
        return false;
    json->at += size;
    return true;
}

bool json_boolean(struct json *json)
{
    static const char words[] = "true or false is expected";
    json_expect(json, json_next(json) == JSON_TRUE ? JSON_TRUE : JSON_FALSE, words);
    if (take_word(json, "true"))
        return true;
    if (!take_word(json, "false"))
        json_fail(json, RULE_CANONICAL, words);
    return false;
}

// ---- objects and arrays ----

static void enter(struct json *json, uint8_t open, enum json_kind kind, const char *failure)
{
    json_expect(json, kind, failure);
    if (!take(json, open))
        return;
    if (json->depth == JSON_DEPTH) {
        json_fail(json, RULE_CANONICAL, "nested too deep");
        return;
    }
    json->keys[json->depth] = (struct span){0};
    json->first[json->depth] = true;
    json->depth++;
}

// Whether one more member or element comes; otherwise the container is left.
static bool another(struct json *json, uint8_t close)
{
    if (json->failure != NULL || json->depth == 0)
        return false;
    if (take(json, close)) {
        json->depth--;
        return false;
    }
    bool *first = &json->first[json->depth - 1];
    if (!*first && !expect(json, ',', "a comma or the end is expected"))
        return false;
    *first = false;
    return true;
}

void json_enter_object(struct json *json)
{
    enter(json, '{', JSON_OBJECT, "an object is expected");
}

void json_enter_array(struct json *json)
{
    enter(json, '[', JSON_ARRAY, "an array is expected");
}

bool json_element(struct json *json)
{
    return another(json, ']');
}

static const struct plain printable = {0x20, 0x7e};

bool json_is_key(struct span raw)
{
    return plain_end(printable, raw, 0) == raw.size;
}

// A string that is printable up to its quote is a key. Any other is read as a string first, so that
// what is wrong with it is said as of any string.
static struct span read_key(struct json *json)
{
    size_t from = json->at;
    if (take(json, '"')) {
        json->at = plain_end(printable, json->whole, from + 1);
        if (take(json, '"'))
            return span_of(json->whole.data + from + 1, json->at - from - 2);
        json->at = from;
    }
    struct span string = json_string(json);
    json_fail_at(json, from, RULE_CANONICAL,
        "a key with bytes other than printable ASCII, or an escape");
    return string;
}

bool json_key(struct json *json, struct span *key)
{
    if (!another(json, '}'))
        return false;
    struct span *last = &json->keys[json->depth - 1];
    size_t from = json->at;
    struct span found = read_key(json);
    if (found.data == NULL)
        return false;
    // An empty key has no predecessor, and last->data is NULL only before the first.
    if (last->data != NULL && span_compare(*last, found) >= 0)
        json_fail_at(json, from, RULE_CANONICAL, "keys are not in order, or one stands twice");
    *last = span_of(found.data, found.size);
    *key = span_of(found.data, found.size);
    return expect(json, ':', "a colon is expected");
}

// ---- any value ----

static void skip_value(struct json *json);

static void skip_object(struct json *json)
{
    struct span key;
    json_enter_object(json);
    while (json_key(json, &key))
        skip_value(json);
}

static void skip_array(struct json *json)
{
    json_enter_array(json);
    while (json_element(json))
        skip_value(json);
}

static void skip_string(struct json *json)
{
    (void)json_string(json);
}

static void skip_integer(struct json *json)
{
    (void)json_integer(json);
}

static void skip_boolean(struct json *json)
{
    (void)json_boolean(json);
}

static void skip_null(struct json *json)
{
    if (!take_word(json, "null"))
        json_fail(json, RULE_CANONICAL, "null is expected");
}

static void skip_nothing(struct json *json)
{
    json_fail(json, RULE_CANONICAL, "a value is expected");
}

// Recursion ends at JSON_DEPTH, where enter() fails.
static void skip_value(struct json *json)
{
    static void (*const skips[])(struct json *) = {
        [JSON_NONE] = skip_nothing,
        [JSON_OBJECT] = skip_object,
        [JSON_ARRAY] = skip_array,
        [JSON_STRING] = skip_string,
        [JSON_INTEGER] = skip_integer,
        [JSON_TRUE] = skip_boolean,
        [JSON_FALSE] = skip_boolean,
        [JSON_NULL] = skip_null,
    };
    skips[json_next(json)](json);
}

struct span json_skip(struct json *json)
{
    size_t from = json->at;
    skip_value(json);
    if (json->failure != NULL)
        return (struct span){0};
    return span_of(json->whole.data + from, json->at - from);
}

enum err json_finish(struct json *json)
{
    if (json->depth != 0 || json->at == 0)
        json_fail(json, RULE_CANONICAL, "the value has no end");
    if (json->at != json->whole.size)
        json_fail(json, RULE_CANONICAL, "bytes after the value");
    return json->failure == NULL ? OK : ERR_FORM;
}
