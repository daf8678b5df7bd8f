#include "tests/unit/charter_house.h"

#include "tests/unit/made_up.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void house_person(struct charter *charter, const char *name)
{
    size_t i = charter->administrator_count++;
    struct administrator *person = &charter->administrators[i];
    snprintf(person->name, sizeof person->name, "%s", name);
    person->key = made_up_key(PERSON_KEY + (unsigned)i);
}

void house_group(struct charter *charter, const char *name, size_t members)
{
    struct group *group = &charter->groups[charter->group_count++];
    snprintf(group->name, sizeof group->name, "%s", name);
    group->member_count = members;
    for (size_t i = 0; i < members; i++)
        group->members[i] = (uint8_t)i;
}

void house_requester(struct charter *charter, const char *name, const char *person)
{
    size_t i = charter->requester_count++;
    struct requester *requester = &charter->requesters[i];
    snprintf(requester->name, sizeof requester->name, "%s", name);
    snprintf(requester->person, sizeof requester->person, "%s", person);
    requester->quota = (struct quota){32, 1073741824, 1000};
    requester->key = made_up_key(REQUESTER_KEY + (unsigned)i);
}

void house_repository(struct charter *charter, const char *name)
{
    struct repository *repository = &charter->repositories[charter->repository_count++];
    snprintf(repository->name, sizeof repository->name, "%s", name);
    repository->dialect = DIALECT_TUF;
    repository->kind = KIND_IMAGE;
}

int house_key_order(const void *a, const void *b)
{
    const struct role_key *first = a, *second = b;
    return span_compare(hash_span(&first->key.id), hash_span(&second->key.id));
}

void house_role(struct charter *charter, const char *name, struct quorum quorum, size_t keys)
{
    size_t index = charter->role_count++;
    struct role *role = &charter->roles[index];
    snprintf(role->name, sizeof role->name, "%s", name);
    role->quorum = quorum;
    role->least = index % 2 == 0 ? 0 : 3600;
    role->most = 86400;
    role->threshold = 1;
    struct role_key *first = &charter->keys[charter->key_count];
    for (size_t i = 0; i < keys; i++) {
        first[i].role = index;
        first[i].key = made_up_key(ROLE_KEY + (unsigned)charter->key_count++);
    }
    qsort(first, keys, sizeof first[0], house_key_order);
}

struct charter *house_charter(void)
{
    struct charter *charter = charter_new();
    assert_non_null(charter);
    charter->epoch = 1;
    snprintf(charter->origin, sizeof charter->origin, "log.example/appliance-0001");
    charter->log = made_up_key(LOG_KEY).id;
    charter->clock = 300;
    charter->jump = 90 * 86400;
    static const char *const persons[] = {"alice", "bob", "carol", "dave"};
    for (size_t i = 0; i < 4; i++)
        house_person(charter, persons[i]);
    house_group(charter, "everyone", 4);
    house_group(charter, "release", 3);
    charter->changes = (struct quorum){0, 3};
    house_requester(charter, "image-service", "release-desk");
    house_requester(charter, "laptop", "dave");
    house_repository(charter, "director");
    house_repository(charter, "image");
    house_role(charter, "director/root", (struct quorum){0, 2}, 1);
    house_role(charter, "image/root", (struct quorum){0, 3}, 2);
    house_role(charter, "image/targets", (struct quorum){1, 2}, 1);
    charter->changes_delay = 600;
    struct role *root = &charter->roles[1];
    root->delay = 3600;
    root->within = 7 * 86400;
    root->rate = 12;
    root->rate_seconds = 30 * 86400;
    root->threshold = 2;
    charter->keys[2].has_custodian = true;
    charter->keys[2].custodian = 2;
    return charter;
}

struct bytes house_text(const struct charter *charter)
{
    struct bytes text;
    bytes_init(&text, LIMIT_CHARTER + 1024);
    charter_write(charter, &text);
    assert_int_equal(bytes_finish(&text), OK);
    return text;
}

void expect_text(struct span text, enum err err, const char *rule, const char *sentence)
{
    struct charter *out = charter_new();
    struct refusal refusal = {.rule = ""};
    assert_int_equal(charter_read(text, out, &refusal), err);
    if (err != OK) {
        assert_string_equal(refusal.rule, rule);
        if (strstr(refusal.sentence, sentence) == NULL)
            fail_msg("\"%s\" lacks \"%s\"", refusal.sentence, sentence);
    }
    charter_free(out);
}

void expect_charter(
    struct charter *charter, enum err err, const char *rule, const char *sentence)
{
    struct bytes text = house_text(charter);
    expect_text(bytes_span(&text), err, rule, sentence);
    bytes_clear(&text);
    charter_free(charter);
}

struct bytes house_replaced(const char *from, const char *to)
{
    struct charter *charter = house_charter();
    struct bytes text = house_text(charter), changed;
    charter_free(charter);
    bytes_init(&changed, LIMIT_CHARTER);
    uint8_t *at = memmem(text.data, text.size, from, strlen(from));
    if (at == NULL)
        fail_msg("the charter has no \"%s\"", from);
    bytes_add(&changed, span_of(text.data, (size_t)(at - text.data)));
    bytes_add_text(&changed, to);
    at += strlen(from);
    bytes_add(&changed, span_of(at, text.size - (size_t)(at - text.data)));
    bytes_clear(&text);
    return changed;
}

void expect_changes(const struct change *changes, size_t count, enum err err, const char *rule)
{
    for (size_t i = 0; i < count; i++) {
        struct bytes text = house_replaced(changes[i].from, changes[i].to);
        expect_text(bytes_span(&text), err, rule, changes[i].sentence);
        bytes_clear(&text);
    }
}
