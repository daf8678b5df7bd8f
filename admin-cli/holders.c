#include "admin-cli/holders.h"

#include "admin-cli/print.h"

#include <stdio.h>

enum {
    // Names that a sentence holds: more would push out of it what is to be done.
    LIST_MOST = 4,
    // Hex digits by which people tell keys apart.
    KEY_DIGITS = 12,
};

void holders_administrators(struct holders *holders, const struct charter *charter)
{
    *holders = (struct holders){.charter = charter};
    for (size_t i = 0; i < charter->administrator_count; i++)
        holders->administrators[i] = true;
}

void holders_asking(struct holders *holders, const struct charter *charter, bool motion)
{
    *holders = (struct holders){.charter = charter, .requesters = true};
    for (size_t i = 0; motion && i < charter->administrator_count; i++)
        holders->administrators[i] = true;
}

void holders_deciding(
    struct holders *holders, const struct ballot *ballot, enum decision decision)
{
    struct refusal unused;
    *holders = (struct holders){.charter = ballot->charter};
    for (size_t i = 0; i < ballot->charter->administrator_count; i++)
        holders->administrators[i] =
            decide_admits(
                ballot, &ballot->charter->administrators[i].key.id, decision, &unused) == OK;
}

const char *holders_name(const struct holders *holders, const struct hash *key)
{
    const struct charter *charter = holders->charter;
    const struct administrator *administrator = charter_administrator(charter, key);
    const struct requester *requester =
        holders->requesters ? charter_requester(charter, key) : NULL;
    if (administrator != NULL &&
        holders->administrators[administrator - charter->administrators])
        return administrator->name;
    return requester == NULL ? NULL : requester->name;
}

bool holders_know(const struct holders *holders, const struct hash *key)
{
    return holders_name(holders, key) != NULL ||
           charter_administrator(holders->charter, key) != NULL;
}

void holders_key(const struct key *key, struct bytes *out)
{
    char hex[PRINT_HASH];
    hash_hex(&key->id, hex);
    bytes_add_text(out, key_type_text(key->type));
    bytes_add_text(out, " ");
    bytes_add(out, span_of(hex, KEY_DIGITS));
}

static void add_one(const char *name, const struct key *key, size_t before, struct bytes *out)
{
    if (before >= LIST_MOST)
        return;
    bytes_add_text(out, before == 0 ? "" : ", ");
    bytes_add_text(out, name);
    bytes_add_text(out, " (");
    holders_key(key, out);
    bytes_add_text(out, ")");
}

void holders_list(const struct holders *holders, struct bytes *out)
{
    const struct charter *charter = holders->charter;
    char more[32];
    size_t count = 0;
    for (size_t i = 0; i < charter->administrator_count; i++)
        if (holders->administrators[i])
            add_one(
                charter->administrators[i].name, &charter->administrators[i].key, count++, out);
    for (size_t i = 0; holders->requesters && i < charter->requester_count; i++)
        add_one(charter->requesters[i].name, &charter->requesters[i].key, count++, out);
    if (count == 0)
        bytes_add_text(out, "nobody");
    if (count <= LIST_MOST)
        return;
    (void)snprintf(more, sizeof more, " and %zu more", count - LIST_MOST);
    bytes_add_text(out, more);
}
