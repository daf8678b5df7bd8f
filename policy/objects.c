#include "policy/objects.h"

#include "proto/name.h"

#include <stdlib.h>
#include <string.h>

// ---- wishes ----

void wishes_write(const struct wishes *wishes, struct bytes *out)
{
    text_title(out, "conclave.wishes/v1");
    text_name(out, "origin");
    text_word(out, span_text(wishes->origin));
    text_end(out);
    for (size_t i = 0; i < wishes->key_count; i++) {
        text_name(out, "key");
        text_word(out, span_text(wishes->keys[i].role));
        text_plain(out, key_type_text(wishes->keys[i].type));
        text_end(out);
    }
}

// The role and the type that a `key:` line begins with, in both texts.
static enum key_type read_role_and_type(struct text *text, char role[LIMIT_ROLE_NAME + 1])
{
    text_read_name(text, "key");
    text_read_word(text, role, LIMIT_ROLE_NAME);
    enum key_type type = key_type_from(text_read_field(text, LIMIT_NAME));
    if (type == KEY_NONE || !role_name_is_good(span_text(role)))
        text_fail(text);
    return type;
}

static void read_wish(struct text *text, struct wishes *out)
{
    if (out->key_count == LIMIT_KEYS) {
        text_fail(text);
        return;
    }
    struct key_wish *wish = &out->keys[out->key_count++];
    wish->type = read_role_and_type(text, wish->role);
    text_read_end(text);
}

enum err wishes_read(struct span span, struct wishes *out)
{
    struct text text = text_of(span);
    memset(out, 0, sizeof *out);
    text_read_title(&text, "conclave.wishes/v1");
    text_read_name(&text, "origin");
    text_read_word(&text, out->origin, LIMIT_ROLE_NAME);
    text_read_end(&text);
    if (!origin_is_good(span_text(out->origin)))
        text_fail(&text);
    while (text_next_is(&text, "key"))
        read_wish(&text, out);
    return text_finish(&text);
}

// ---- objects ----

static int compare_keys(const void *a, const void *b)
{
    const struct made_key *first = a, *second = b;
    int order = strcmp(first->role, second->role);
    if (order != 0)
        return order;
    return span_compare(hash_span(&first->key.id), hash_span(&second->key.id));
}

static void write_key(const struct key *key, struct bytes *out)
{
    text_plain(out, key_type_text(key->type));
    text_base64(out, key_spki(key));
    text_end(out);
}

void objects_write(struct objects *objects, struct bytes *out)
{
    qsort(objects->keys, objects->key_count, sizeof objects->keys[0], compare_keys);
    text_title(out, "conclave.objects/v1");
    text_name(out, "log");
    write_key(&objects->log, out);
    text_name(out, "seal");
    text_plain(out, "hmac-sha256");
    text_end(out);
    for (size_t i = 0; i < objects->key_count; i++) {
        text_name(out, "key");
        text_word(out, span_text(objects->keys[i].role));
        write_key(&objects->keys[i].key, out);
    }
}

static void read_key(struct text *text, enum key_type type, struct key *out)
{
    uint8_t spki[KEY_SPKI_MOST];
    size_t size = text_read_base64_to(text, spki, sizeof spki);
    text_read_end(text);
    if (key_read(span_of(spki, size), out) != OK || out->type != type)
        text_fail(text);
}

// One public key stands at one place (R21): the log's, or one role's.
static bool stands_already(const struct objects *objects, const struct key *key)
{
    if (hash_equal(&objects->log.id, &key->id))
        return true;
    for (size_t i = 0; i < objects->key_count; i++)
        if (hash_equal(&objects->keys[i].key.id, &key->id))
            return true;
    return false;
}

static void read_made_key(struct text *text, struct objects *out)
{
    if (out->key_count == LIMIT_KEYS) {
        text_fail(text);
        return;
    }
    struct made_key *made = &out->keys[out->key_count];
    enum key_type type = read_role_and_type(text, made->role);
    read_key(text, type, &made->key);
    if (stands_already(out, &made->key) ||
        (out->key_count > 0 && compare_keys(made - 1, made) >= 0))
        text_fail(text);
    out->key_count++;
}

enum err objects_read(struct span span, struct objects *out)
{
    struct text text = text_of(span);
    memset(out, 0, sizeof *out);
    text_read_title(&text, "conclave.objects/v1");
    text_read_name(&text, "log");
    text_read_plain(&text, key_type_text(KEY_ED25519));
    read_key(&text, KEY_ED25519, &out->log);
    text_read_name(&text, "seal");
    text_read_plain(&text, "hmac-sha256");
    text_read_end(&text);
    while (text_next_is(&text, "key"))
        read_made_key(&text, out);
    return text_finish(&text);
}
