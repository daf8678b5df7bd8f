#include "proto/line.h"

#include "proto/name.h"

#include <string.h>

void line_numbered(
    struct bytes *out, const char *name, uint64_t number, const struct hash *hash)
{
    text_name(out, name);
    text_number(out, number);
    text_hash(out, hash);
    text_end(out);
}

struct hash line_read_numbered(struct text *text, const char *name, uint64_t *number)
{
    text_read_name(text, name);
    *number = text_read_number(text, LIMIT_INDEX);
    struct hash hash = text_read_hash(text);
    text_read_end(text);
    return hash;
}

void line_number(struct bytes *out, const char *name, uint64_t number)
{
    text_name(out, name);
    text_number(out, number);
    text_end(out);
}

uint64_t line_read_number(struct text *text, const char *name, uint64_t least, uint64_t most)
{
    text_read_name(text, name);
    uint64_t number = text_read_number(text, most);
    text_read_end(text);
    if (number < least)
        text_fail(text);
    return number;
}

void line_word(struct bytes *out, const char *name, const char *word)
{
    text_name(out, name);
    text_word(out, span_text(word));
    text_end(out);
}

void line_read_word(struct text *text, const char *name, char *out, size_t most)
{
    text_read_name(text, name);
    text_read_word(text, out, most);
    text_read_end(text);
}

void line_signature(struct bytes *out, const uint8_t *signature, size_t size)
{
    text_name(out, "signature");
    text_base64(out, span_of(signature, size));
    text_end(out);
}

size_t line_read_signature(struct text *text, uint8_t *out)
{
    text_read_name(text, "signature");
    size_t size = text_read_base64_to(text, out, KEY_SIGNATURE_MOST);
    text_read_end(text);
    return size;
}

// ---- rules ----

void line_rule(struct bytes *out, const char *rule)
{
    line_word(out, "rule", rule[0] == '\0' ? "none" : rule);
}

// The name of a check: lower-case words, digits and hyphens, as in `root-next`.
static bool check_is_good(struct span check)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    for (size_t i = 0; i < check.size; i++)
        if (memchr(letters, check.data[i], sizeof letters - 1) == NULL)
            return false;
    return check.size > 0 && check.data[0] != '-';
}

// R and one or two digits, as design section 3 counts; and the check's own name behind a slash.
static bool rule_is_good(struct span rule)
{
    const uint8_t *slash = rule.size == 0 ? NULL : memchr(rule.data, '/', rule.size);
    size_t size = slash == NULL ? rule.size : (size_t)(slash - rule.data);
    if (size < 2 || size > 3 || rule.data[0] != 'R' || rule.data[1] == '0')
        return false;
    for (size_t i = 1; i < size; i++)
        if (rule.data[i] < '0' || rule.data[i] > '9')
            return false;
    return slash == NULL || check_is_good(span_of(slash + 1, rule.size - size - 1));
}

void line_read_rule(struct text *text, char *out, size_t room)
{
    line_read_word(text, "rule", out, room - 1);
    if (strcmp(out, "none") == 0)
        out[0] = '\0';
    else if (!rule_is_good(span_text(out)))
        text_fail(text);
}

// ---- fields ----

void field_read_role(struct text *text, char *out)
{
    size_t size = text_read_word(text, out, LIMIT_ROLE_NAME);
    if (!role_name_is_good(span_of(out, size)))
        text_fail(text);
}

void field_read_item(struct text *text, char *out)
{
    size_t size = text_read_word(text, out, LIMIT_ROLE_NAME);
    if (!item_name_is_good(span_of(out, size)))
        text_fail(text);
}

void field_key(struct bytes *out, const struct key *key)
{
    text_plain(out, key_type_text(key->type));
    text_base64(out, key_spki(key));
}

void field_read_key(struct text *text, struct key *out)
{
    uint8_t spki[KEY_SPKI_MOST];
    struct span type = text_read_field(text, LIMIT_NAME);
    size_t size = text_read_base64_to(text, spki, sizeof spki);
    if (key_read(span_of(spki, size), out) != OK || !span_is(type, key_type_text(out->type)))
        text_fail(text);
}

// ---- orders ----

bool hash_ascends(const struct hash *before, const struct hash *after)
{
    return span_compare(hash_span(before), hash_span(after)) < 0;
}

bool role_key_ascends(const char *role_before, const struct hash *key_before,
    const char *role_after, const struct hash *key_after)
{
    int order = strcmp(role_before, role_after);
    return order < 0 || (order == 0 && hash_ascends(key_before, key_after));
}
