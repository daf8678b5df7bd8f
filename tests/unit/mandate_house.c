#include "tests/unit/mandate_house.h"

#include "tests/unit/charter_house.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { HOUR = 3600, RELEASE = 1 };

static const struct {
    const char *name;
    size_t repository;
    bool by_mandate;
} roles[] = {
    {"director/root", 0, false},
    {"director/snapshot", 0, true},
    {"director/supplier", 0, false},
    {"director/targets", 0, true},
    {"director/timestamp", 0, true},
    {"image/root", 1, false},
    {"image/snapshot", 1, false},
    {"image/targets", 1, false},
    {"image/timestamp", 1, true},
};

struct charter *mandate_draft(void)
{
    struct charter *charter = house_charter();
    charter->role_count = charter->key_count = 0;
    memset(charter->roles, 0, sizeof charter->roles);
    memset(charter->keys, 0, sizeof charter->keys);
    charter->repositories[0].dialect = DIALECT_UPTANE;
    charter->repositories[0].kind = KIND_DIRECTOR;
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        house_role(charter, roles[i].name, (struct quorum){RELEASE, 2}, 2);
        charter->roles[i].repository = roles[i].repository;
        charter->roles[i].by_mandate = roles[i].by_mandate;
        charter->roles[i].least = HOUR;
    }
    return charter;
}

struct charter *mandate_charter(void)
{
    struct charter *draft = mandate_draft(), *charter = charter_new();
    struct bytes text = house_text(draft);
    struct refusal refusal = {.rule = ""};
    assert_non_null(charter);
    if (charter_read(bytes_span(&text), charter, &refusal) != OK)
        fail_msg("%s: %s", refusal.rule, refusal.sentence);
    bytes_clear(&text);
    charter_free(draft);
    return charter;
}

struct role *mandate_role(struct charter *charter, const char *name)
{
    for (size_t i = 0; i < charter->role_count; i++)
        if (strcmp(charter->roles[i].name, name) == 0)
            return &charter->roles[i];
    fail_msg("no role %s", name);
    return NULL;
}

static void approve(struct mandate_state *mandate, const struct hash *key)
{
    size_t at = mandate->approver_count++;
    for (; at > 0 && span_compare(hash_span(&mandate->approvers[at - 1]), hash_span(key)) > 0;
         at--)
        mandate->approvers[at] = mandate->approvers[at - 1];
    mandate->approvers[at] = *key;
}

struct mandate_state mandate_of(const struct charter *charter, const char *role)
{
    struct mandate_state mandate = {.number = 3,
        .text = hash_of(span_text(role)),
        .live = true,
        .requester = charter->requesters[0].key.id,
        .first = 101,
        .last = 1000,
        .count = 500,
        .longest = 12 * HOUR,
        .until = MANDATE_NOW + 24 * HOUR};
    snprintf(mandate.role, sizeof mandate.role, "%s", role);
    approve(&mandate, &charter->administrators[0].key.id);
    approve(&mandate, &charter->administrators[1].key.id);
    return mandate;
}
