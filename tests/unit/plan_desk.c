#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/plan_desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int open_of(void **state, enum dialect dialect)
{
    struct desk *desk = calloc(1, sizeof *desk);
    if (desk == NULL)
        return -1;
    house_init_of(&desk->house, dialect);
    bytes_init(&desk->last, LIMIT_PAYLOAD);
    bytes_init(&desk->draft, LIMIT_PAYLOAD);
    desk->plan = plan_new();
    desk->given.charter = desk->house.charter;
    desk->given.state = &desk->house.state;
    desk->given.repository = "image";
    desk->given.now = HOUSE_NOW;
    *state = desk;
    return desk->plan == NULL ? -1 : 0;
}

int desk_open(void **state)
{
    return open_of(state, DIALECT_TUF);
}

int desk_open_uptane(void **state)
{
    return open_of(state, DIALECT_UPTANE);
}

int desk_close(void **state)
{
    struct desk *desk = *state;
    house_clear(&desk->house);
    bytes_clear(&desk->last);
    bytes_clear(&desk->draft);
    plan_free(desk->plan);
    free(desk);
    return 0;
}

void desk_last(struct desk *desk, const char *name)
{
    house_signed(&desk->house, "image/root", name);
    bytes_reset(&desk->last);
    bytes_add(&desk->last, bytes_span(&desk->house.root));
    desk->given.last = bytes_span(&desk->last);
}

void desk_change_last(struct desk *desk, const char *old, const char *new)
{
    struct role_state last = *state_role(&desk->house.state, "image/root");
    replace_text(&desk->last, old, new);
    desk->given.last = bytes_span(&desk->last);
    last.payload = hash_of(desk->given.last);
    assert_int_equal(state_set(&desk->house.state, &last), OK);
}

// ---- keys ----

static size_t index_of(const struct desk *desk, enum tuf_type type, size_t n)
{
    const struct charter *charter = desk->house.charter;
    for (size_t i = 0; i < charter->key_count; i++)
        if (tuf_type_of_role(role_short_name(&charter->roles[charter->keys[i].role])) == type &&
            n-- == 0)
            return i;
    fail_msg("the role has fewer keys");
    return 0;
}

const struct key *desk_key(const struct desk *desk, enum tuf_type type, size_t n)
{
    return &desk->house.charter->keys[index_of(desk, type, n)].key;
}

void desk_drop(struct desk *desk, enum tuf_type type, size_t n)
{
    static char digits[PLAN_NAMED_MOST][2 * HASH_SIZE + 1];
    char *name = digits[desk->given.drop_count];
    hash_hex(&desk_key(desk, type, n)->id, name);
    desk->given.drops[desk->given.drop_count++] = name;
}

void desk_retire(struct desk *desk, enum tuf_type type, size_t n)
{
    struct key_state retired = {.key = *desk_key(desk, type, n), .retired = true};
    snprintf(retired.role, sizeof retired.role, "image/%s", tuf_type_text(type));
    assert_int_equal(state_set_key(&desk->house.state, &retired), OK);
}

void desk_replace(struct desk *desk, enum tuf_type type, size_t n, const struct key *key)
{
    desk_retire(desk, type, n);
    desk->house.charter->keys[index_of(desk, type, n)].key = *key;
}

void desk_custodian(struct desk *desk, size_t n, size_t administrator)
{
    struct role_key *key = &desk->house.charter->keys[index_of(desk, TUF_ROOT, n)];
    key->has_custodian = true;
    key->custodian = administrator;
}

// ---- drafts ----

void desk_make(struct desk *desk)
{
    bytes_reset(&desk->draft);
    if (plan_make(&desk->given, &desk->draft, &desk->refusal) != OK)
        fail_msg("%s %s", desk->refusal.rule, desk->refusal.sentence);
}

void desk_read(struct desk *desk)
{
    if (plan_read(&desk->given, bytes_span(&desk->draft), desk->plan, &desk->refusal) != OK)
        fail_msg("%s %s", desk->refusal.rule, desk->refusal.sentence);
}

// The design's rule; behind a slash stands the name of the check.
static void assert_refusal(const struct desk *desk, const char *rule, const char *sentence)
{
    size_t size = strcspn(desk->refusal.rule, "/");
    if (strlen(rule) != size || strncmp(desk->refusal.rule, rule, size) != 0 ||
        strstr(desk->refusal.sentence, sentence) == NULL)
        fail_msg("%s %s", desk->refusal.rule, desk->refusal.sentence);
}

void desk_refused(struct desk *desk, const char *rule, const char *sentence)
{
    desk->refusal = (struct refusal){.rule = ""};
    bytes_reset(&desk->draft);
    assert_int_equal(plan_make(&desk->given, &desk->draft, &desk->refusal), ERR_REFUSED);
    assert_int_equal(desk->draft.size, 0);
    assert_refusal(desk, rule, sentence);
}

void desk_unread(struct desk *desk, const char *rule, const char *sentence)
{
    desk->refusal = (struct refusal){.rule = ""};
    assert_int_equal(
        plan_read(&desk->given, bytes_span(&desk->draft), desk->plan, &desk->refusal),
        ERR_REFUSED);
    assert_refusal(desk, rule, sentence);
}

const struct plan_key *desk_line(
    const struct desk *desk, enum tuf_type type, const struct hash *identity)
{
    for (size_t i = 0; i < desk->plan->key_count; i++)
        if (desk->plan->keys[i].role == type &&
            hash_equal(&desk->plan->keys[i].identity, identity))
            return &desk->plan->keys[i];
    fail_msg("the plan has no line for the key");
    return NULL;
}

bool desk_notes(const struct desk *desk, const char *words)
{
    const struct bytes *notes = &desk->plan->notes;
    return notes->size > 0 && memmem(notes->data, notes->size, words, strlen(words)) != NULL;
}
