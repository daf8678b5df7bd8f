// The audit of how many keys must be able to sign before any does (R12).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "metadata/tuf.h"
#include "tests/unit/audit_fixture.h"

#include <stdlib.h>
#include <string.h>

enum { ALICE, BOB, CAROL };

static const char supplier[] = "image/supplier";

static void audit__r12_finds_a_reach_that_the_charter_does_not_give(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_role(log, &half, supplier, 1);
    half.opened.reach[0].need = 1;
    half_reopen(log, &half);
    assert_only(log, log->record_count - 1, "R12", "how many keys");
    half.opened.reach_count = 0;
    half_reopen(log, &half);
    assert_found_last(log, "R12", "how many keys");
    fixture_lose(log, &half.opened.items[0].payload);
    assert_clean(log); // nobody can say
}

static void audit__r12_finds_signatures_before_the_threshold_can_be_reached(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_role(log, &half, supplier, 1);
    half.opened.reach[0].need = 4;
    half_reopen(log, &half);
    half_approve_both(log, &half);
    half_order(log, &half);
    assert_found_last(log, "R12", "too few keys of image/supplier");
}

static void audit__r12_retired_keys_neither_sign_nor_count(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_role(log, &half, supplier, 1);
    half_retire(log, supplier, ALICE);
    half_approve_both(log, &half);
    half_sign(log, &half);
    assert_clean(log);
    half_retire(log, supplier, FIXTURE_ADMINS); // the one that nobody guards
    half_open_role(log, &half, supplier, 2);
    assert_int_equal(half.opened.reach[0].key_count, 2);
    half_approve_both(log, &half);
    half_order(log, &half);
    assert_only(log, log->record_count - 1, "R12", "too few keys");
}

static void audit__r12_finds_an_order_for_which_no_key_may_sign(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_retire(log, supplier, ALICE);
    half_retire(log, supplier, BOB);
    half_retire(log, supplier, FIXTURE_ADMINS);
    half_open_role(log, &half, supplier, 1);
    half_approve_both(log, &half);
    half_order(log, &half);
    assert_found_last(log, "R12", "no key of image/supplier may sign");
}

// ---- roots ----

enum { ROOT_KEYS = FIXTURE_ADMINS, LISTED = ROOT_KEYS + 3 };

static int by_id(const void *a, const void *b)
{
    const struct role_key *left = a, *right = b;
    return memcmp(left->key.id.byte, right->key.id.byte, HASH_SIZE);
}

// Three keys of image/root, of alice, bob and carol.
static void guard_root(struct fixture *log)
{
    struct charter *charter = log->charter;
    charter->key_count = 0;
    for (size_t i = 0; i < ROOT_KEYS; i++)
        charter->keys[charter->key_count++] =
            (struct role_key){.key = i == 0 ? log->roles[0].key : log->spare[i].key,
                .has_custodian = true,
                .custodian = i};
    qsort(charter->keys, ROOT_KEYS, sizeof charter->keys[0], by_id);
    charter->keys[charter->key_count++] =
        (struct role_key){.role = 1, .key = log->roles[1].key};
}

static int make_guarded_root(void **state)
{
    struct fixture *log = fixture_new_shaped(guard_root);
    fixture_found(log);
    *state = log;
    return 0;
}

static int by_hash(const void *a, const void *b)
{
    return memcmp(a, b, HASH_SIZE);
}

static void add_key_id(struct bytes *out, const struct hash *id)
{
    bytes_add_text(out, "\"");
    bytes_add_hex(out, hash_span(id));
    bytes_add_text(out, "\"");
}

static void add_role(struct bytes *out, const char *name, const struct key *keys, size_t count,
    uint64_t threshold)
{
    bytes_add_format(out, "\"%s\":{\"keyids\":[", name);
    for (size_t i = 0; i < count; i++) {
        struct hash id = tuf_key_id(DIALECT_TUF, &keys[i]);
        bytes_add_text(out, i == 0 ? "" : ",");
        add_key_id(out, &id);
    }
    bytes_add_format(out, "],\"threshold\":%llu}", (unsigned long long)threshold);
}

static void add_keys(struct bytes *out, const struct key keys[LISTED])
{
    struct hash ids[LISTED];
    for (size_t i = 0; i < LISTED; i++)
        ids[i] = tuf_key_id(DIALECT_TUF, &keys[i]);
    qsort(ids, LISTED, sizeof ids[0], by_hash);
    for (size_t i = 0; i < LISTED; i++) {
        size_t k = 0;
        for (struct hash id = tuf_key_id(DIALECT_TUF, &keys[k]); !hash_equal(&id, &ids[i]);)
            id = tuf_key_id(DIALECT_TUF, &keys[++k]);
        bytes_add_text(out, i == 0 ? "" : ",");
        add_key_id(out, &ids[i]);
        bytes_add_text(out, ":");
        tuf_key_write(DIALECT_TUF, &keys[k], out);
    }
}

// A root of the three keys; those of the other roles live where they like.
static struct request ask_root(struct fixture *log, uint64_t version, uint64_t threshold)
{
    struct bytes root;
    struct key keys[LISTED];
    char expires[MOMENT_TEXT + 1];
    for (size_t i = 0; i < ROOT_KEYS; i++)
        keys[i] = log->charter->keys[i].key;
    keys[3] = log->spare[5].key;
    keys[4] = log->roles[1].key;
    keys[5] = log->spare[6].key;
    moment_write(log->now + 30 * 24 * 3600, expires);
    bytes_init(&root, LIMIT_PAYLOAD);
    bytes_add_format(&root,
        "{\"_type\":\"root\",\"consistent_snapshot\":true,\"expires\":\"%s\",\"keys\":{",
        expires);
    add_keys(&root, keys);
    bytes_add_text(&root, "},\"roles\":{");
    add_role(&root, "root", keys, ROOT_KEYS, threshold);
    bytes_add_text(&root, ",");
    add_role(&root, "snapshot", &keys[3], 1, 1);
    bytes_add_text(&root, ",");
    add_role(&root, "targets", &keys[4], 1, 1);
    bytes_add_text(&root, ",");
    add_role(&root, "timestamp", &keys[5], 1, 1);
    bytes_add_format(
        &root, "},\"spec_version\":\"1.0.0\",\"version\":%llu}", (unsigned long long)version);
    struct request request = fixture_request(log, "image/root", version, bytes_span(&root));
    bytes_clear(&root);
    return request;
}

static void audit__r12_a_root_reaches_the_old_and_the_new_threshold(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open(log, &half, ask_root(log, 1, 2));
    assert_int_equal(half.opened.reach_count, 1);
    half_approve_both(log, &half);
    half_sign(log, &half);
    half_open(log, &half, ask_root(log, 2, 3));
    assert_int_equal(half.opened.reach_count, 2);
    half_approve_both(log, &half);
    assert_clean(log);
    half_order(log, &half);
    assert_only(log, log->record_count - 1, "R12", "too few keys of image/root");
    half_approve(log, &half, CAROL);
    half_sign(log, &half);
    assert_only(log, log->record_count - 4, "R12", "too few keys of image/root");
    half_open(log, &half, ask_root(log, 3, 2));
    half.opened.reach[0] = half.opened.reach[1]; // the new threshold alone
    half.opened.reach_count = 1;
    half_reopen(log, &half);
    assert_found_last(log, "R12", "how many keys");
}

// An opening may be older than the last outcome, and the root that it knew with it.
static void audit__r12_accepts_a_reach_that_the_last_outcome_overtook(void **state)
{
    struct fixture *log = *state;
    struct half half, late;
    struct request request = ask_root(log, 2, 3);
    late.opened = fixture_opened(log, &request);
    assert_int_equal(late.opened.reach_count, 1);
    half_open(log, &half, ask_root(log, 1, 2));
    half_approve_both(log, &half);
    half_sign(log, &half);
    half_reopen(log, &late);
    assert_clean(log);
}

#define AUDIT_ROOT(name)                                                                       \
    cmocka_unit_test_setup_teardown(audit__##name, make_guarded_root, audit_clean)

int main(void)
{
    const struct CMUnitTest tests[] = {
        AUDIT_GUARDED(r12_finds_a_reach_that_the_charter_does_not_give),
        AUDIT_GUARDED(r12_finds_signatures_before_the_threshold_can_be_reached),
        AUDIT_GUARDED(r12_retired_keys_neither_sign_nor_count),
        AUDIT_GUARDED(r12_finds_an_order_for_which_no_key_may_sign),
        AUDIT_ROOT(r12_a_root_reaches_the_old_and_the_new_threshold),
        AUDIT_ROOT(r12_accepts_a_reach_that_the_last_outcome_overtook),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
