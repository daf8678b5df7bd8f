#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/keeper_house.h"
#include "tests/unit/made_up.h"

#include <stdio.h>
#include <string.h>

enum { ROLE_KEY = 200 };

static void add_role(struct charter *charter, const char *name, size_t keys, bool custodians)
{
    size_t index = charter->role_count++;
    struct role *role = &charter->roles[index];
    snprintf(role->name, sizeof role->name, "%s", name);
    role->quorum = (struct quorum){.group = 0, .k = 2};
    role->most = 90 * HOUSE_DAY;
    role->threshold = 1;
    for (size_t i = 0; i < keys; i++)
        charter->keys[charter->key_count++] = (struct role_key){.role = index,
            .key = made_up_key(ROLE_KEY + (unsigned)(10 * index + i)),
            .has_custodian = custodians,
            .custodian = i};
}

static int by_key(const void *a, const void *b)
{
    const struct role_key *left = a, *right = b;
    int order = (left->role > right->role) - (left->role < right->role);
    return order != 0 ? order
                      : memcmp(left->key.id.byte, right->key.id.byte, sizeof left->key.id.byte);
}

static void add_requester(
    struct charter *charter, const char *name, const char *person, const struct person *who)
{
    struct requester *requester = &charter->requesters[charter->requester_count++];
    snprintf(requester->name, sizeof requester->name, "%s", name);
    snprintf(requester->person, sizeof requester->person, "%s", person);
    requester->quota = (struct quota){.open = 32, .bytes = 1 << 30, .records = 1000};
    requester->key = who->key;
}

void house_fill_charter(struct keeper_house *house)
{
    static const char *const names[] = {"alice", "bob", "carol", "dave", "erin"};
    struct charter *charter = house->charter;
    charter->epoch = 1;
    snprintf(charter->origin, sizeof charter->origin, HOUSE_ORIGIN);
    charter->log = house->log.key.id;
    charter->clock = 300;
    charter->jump = 30 * HOUSE_DAY;
    for (size_t i = 0; i < HOUSE_PEOPLE; i++) {
        snprintf(charter->administrators[i].name, LIMIT_NAME, "%s", names[i]);
        charter->administrators[i].key = house->people[i].key;
        charter->groups[0].members[i] = (uint8_t)i;
    }
    snprintf(charter->groups[0].name, LIMIT_NAME, "everyone");
    charter->administrator_count = charter->groups[0].member_count = HOUSE_PEOPLE;
    charter->group_count = 1;
    charter->changes = (struct quorum){.group = 0, .k = 3};
    add_requester(charter, "laptop", "erin", &house->laptop);
    add_requester(charter, "service", "release-desk", &house->service);
    snprintf(charter->repositories[0].name, LIMIT_NAME, "image");
    charter->repositories[0].dialect = DIALECT_TUF;
    charter->repositories[0].kind = KIND_IMAGE;
    charter->repository_count = 1;
    add_role(charter, "image/root", 3, true);
    add_role(charter, "image/targets", 1, false);
    qsort(charter->keys, charter->key_count, sizeof charter->keys[0], by_key);
}
