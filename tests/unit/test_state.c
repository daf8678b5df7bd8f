// The state that the vault seals.
#include "policy/state.h"
#include "tests/unit/made_up.h"
#include "tests/unit/mutation.h"

#include <stdio.h>
#include <stdlib.h>

#define HASH_A "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define DAY    "2026-12-31T00:00:00Z"
#define NEVER  "1970-01-01T00:00:00Z"
// Three public keys, ascending by their hashes.
#define KEY_1                                                                                  \
    "sha256:04559c778816d2af060b7744299f9202930f118217750c2e152bf9aa2491dcb4 "                 \
    "MCowBQYDK2VwAyEA3wTH1go6BM7jMa3/BhNa5wCERRQjc1BCbPBaUTO2PeE="
#define KEY_2                                                                                  \
    "sha256:3bbb5a44af5316a1e0e0c40a674f23b8880dac6590e91dd0fef382fad8c826fa "                 \
    "MCowBQYDK2VwAyEAF8tK47BimrkZMqw7J4yeQWSGty1SAuzO1Y/pCRxtv6Y="
#define KEY_3                                                                                  \
    "sha256:f65ecd9e773bf21d69ce931a7b99da0724c44b8ec66e6edbbfc3a8dff105b5ca "                 \
    "MCowBQYDK2VwAyEAE/aJg/m/jjQd5Z4NQ5cOV9qFwPv36PthqHzIiQwxBKU="

#define TITLE    "conclave.state/v1\n"
#define FORMAT   "format: 1 " CONCLAVE_VERSION "\n"
#define TIME     "time: 2026-11-20T08:00:00Z\n"
#define ORDER    "order: 1840 " HASH_A "\n"
#define IDLE     "order: none\n"
#define CHARTER  "charter: 4 " HASH_B "\n"
#define SINCE    "since: 17\n"
#define HEAD     TITLE FORMAT TIME ORDER CHARTER SINCE
#define IMPORT   "motion: conclave/import 1 " HASH_A "\n"
#define KEYS     "motion: conclave/keys 3 " HASH_B "\n"
#define CLOCK    "motion: conclave/time 2 " HASH_A "\n"
#define SPARE_1  "spare: image/root ed25519 " KEY_1 " by 3\n"
#define SPARE_2  "spare: image/root ed25519 " KEY_2 " by 2\n"
#define RETIRED  "retired: director/root ed25519 " KEY_3 "\n"
#define FREEZE_1 "freeze: " HASH_A " " HASH_B " " DAY " role image/targets\n"
#define FREEZE_2 "freeze: " HASH_B " " HASH_B " " DAY " everything\n"
#define FREEZER1 "freezer: " HASH_A " 2\n"
#define FREEZER2 "freezer: " HASH_B " 7\n"
#define MANDATE  "mandate: none\n"
#define ROOT     "role: image/root 3 " HASH_A " 2027-11-20T08:00:00Z 0 " NEVER "\n"
#define LEAF     "role: image/targets 12 " HASH_B " " DAY " 3 " DAY "\n"
#define SIGNED_1 "signed: image/root " HASH_A " 1840\n"
#define SIGNED_2 "signed: image/root " HASH_B " 1838\n"

static const char whole[] = HEAD IMPORT KEYS CLOCK SPARE_1 SPARE_2 RETIRED FREEZE_1 FREEZE_2
    FREEZER1 FREEZER2 MANDATE ROOT LEAF SIGNED_1 SIGNED_2;

// Which programs wrote a state is the one thing that is not written back.
static bool state_again(struct span text, struct bytes *out)
{
    static struct state state;
    if (state_read(text, &state) != OK || strcmp(state.program, CONCLAVE_VERSION) != 0)
        return false;
    state_write(&state, out);
    return true;
}

static void refuses(const char *const *bad, size_t count)
{
    static struct state state;
    for (size_t i = 0; i < count; i++)
        if (state_read(span_text(bad[i]), &state) != ERR_FORM)
            fail_msg("taken: %s", bad[i]);
}
#define REFUSES(bad) refuses(bad, sizeof bad / sizeof bad[0])

static void state__refuses_what_is_no_head_of_a_state(void **unused)
{
    (void)unused;
    static const char *const bad[] = {
        "",
        TITLE,
        TITLE FORMAT,
        TITLE FORMAT TIME,
        TITLE FORMAT TIME ORDER,
        TITLE FORMAT TIME ORDER CHARTER,
        HEAD,
        "conclave.state/v2\n" FORMAT TIME ORDER CHARTER SINCE MANDATE,
        TITLE TIME ORDER CHARTER SINCE MANDATE,
        TITLE "format: 0 0.2.0\n" TIME ORDER CHARTER SINCE MANDATE,
        TITLE "format: 1\n" TIME ORDER CHARTER SINCE MANDATE,
        TITLE "format: 1 0.2.0 0\n" TIME ORDER CHARTER SINCE MANDATE,
        TITLE "format: 1 %1b[2J\n" TIME ORDER CHARTER SINCE MANDATE,
        TITLE "format: 1 .2\n" TIME ORDER CHARTER SINCE MANDATE,
        TITLE FORMAT ORDER TIME CHARTER SINCE MANDATE,
        TITLE FORMAT TIME "order:\n" CHARTER SINCE MANDATE,
        TITLE FORMAT TIME "order: none none\n" CHARTER SINCE MANDATE,
        TITLE FORMAT TIME "order: 1840\n" CHARTER SINCE MANDATE,
        TITLE FORMAT TIME "order: 1840 none\n" CHARTER SINCE MANDATE,
        TITLE FORMAT TIME "order: none " HASH_A "\n" CHARTER SINCE MANDATE,
        TITLE FORMAT TIME "order: 9223372036854775808 " HASH_A "\n" CHARTER SINCE MANDATE,
        TITLE FORMAT TIME ORDER "charter: 0 " HASH_B "\n" SINCE MANDATE,
        TITLE FORMAT TIME ORDER "charter: 4 none\n" SINCE MANDATE,
        TITLE FORMAT TIME ORDER SINCE CHARTER MANDATE,
        TITLE FORMAT TIME ORDER CHARTER "since: none\n" MANDATE,
        TITLE FORMAT TIME ORDER CHARTER "since: 9223372036854775808\n" MANDATE,
        HEAD "mandate: image/timestamp\n",
        HEAD MANDATE MANDATE,
        HEAD MANDATE "end: none\n",
    };
    REFUSES(bad);
}

static void state__refuses_what_is_no_list_of_a_state(void **unused)
{
    (void)unused;
    static const char *const bad[] = {
        HEAD KEYS IMPORT MANDATE,
        HEAD KEYS KEYS MANDATE,
        HEAD "motion: conclave/keys 0 " HASH_A "\n" MANDATE,
        HEAD "motion: conclave/keys 3 none\n" MANDATE,
        HEAD "motion: conclave/charter 3 " HASH_A "\n" MANDATE,
        HEAD "motion: conclave/lift 1 " HASH_A "\n" MANDATE,
        HEAD "motion: conclave/other 1 " HASH_A "\n" MANDATE,
        HEAD MANDATE KEYS,
        HEAD SPARE_2 SPARE_1 MANDATE,
        HEAD SPARE_1 SPARE_1 MANDATE,
        HEAD RETIRED SPARE_1 MANDATE,
        HEAD SPARE_1 "spare: image/targets ed25519 " KEY_1 " by 3\n" MANDATE,
        HEAD SPARE_1 "retired: image/root ed25519 " KEY_1 "\n" MANDATE,
        HEAD "spare: image/root ecdsa-p256 " KEY_1 " by 3\n" MANDATE,
        HEAD "spare: image/root ed25519 " HASH_A
             " MCowBQYDK2VwAyEA3wTH1go6BM7jMa3/BhNa5wCERRQjc1BCbPBaUTO2PeE= by 3\n" MANDATE,
        HEAD "spare: image/root ed25519 " KEY_1 " by 0\n" MANDATE,
        HEAD "spare: image/root ed25519 " KEY_1 "\n" MANDATE,
        HEAD "spare: image ed25519 " KEY_1 " by 3\n" MANDATE,
        HEAD "retired: image/root ed25519 " KEY_1 " by 3\n" MANDATE,
        HEAD FREEZE_2 FREEZE_1 MANDATE,
        HEAD FREEZE_1 FREEZE_1 MANDATE,
        HEAD "freeze: none " HASH_B " " DAY " everything\n" MANDATE,
        HEAD "freeze: " HASH_A " none " DAY " everything\n" MANDATE,
        HEAD "freeze: " HASH_A " " HASH_B " " DAY " nothing\n" MANDATE,
        HEAD "freeze: " HASH_A " " HASH_B " " DAY " everything image/root\n" MANDATE,
        HEAD "freeze: " HASH_A " " HASH_B " " DAY " role conclave/charter\n" MANDATE,
        HEAD FREEZER1 FREEZE_1 MANDATE,
        HEAD FREEZER2 FREEZER1 MANDATE,
        HEAD FREEZER1 FREEZER1 MANDATE,
        HEAD "freezer: " HASH_A " 0\n" MANDATE,
        HEAD MANDATE FREEZE_1,
        HEAD MANDATE LEAF ROOT,
        HEAD MANDATE ROOT ROOT,
        HEAD MANDATE "role: image/root 0 " HASH_A " " DAY " 0 " NEVER "\n",
        HEAD MANDATE "role: image/root 03 " HASH_A " " DAY " 0 " NEVER "\n",
        HEAD MANDATE "role: image/root 9007199254740992 " HASH_A " " DAY " 0 " NEVER "\n",
        HEAD MANDATE "role: image/root 3 none " DAY " 0 " NEVER "\n",
        HEAD MANDATE "role: image/root 3 " HASH_A " never 0 " NEVER "\n",
        HEAD MANDATE "role: image/root 3 " HASH_A " " DAY "\n",
        HEAD MANDATE "role: image/root 3 " HASH_A " " DAY " 0 none\n",
        HEAD MANDATE "role: image 3 " HASH_A " " DAY " 0 " NEVER "\n",
        HEAD MANDATE "role: none/root 3 " HASH_A " " DAY " 0 " NEVER "\n",
        HEAD MANDATE "role: image/a/b 3 " HASH_A " " DAY " 0 " NEVER "\n",
        HEAD MANDATE SIGNED_1 ROOT,
        HEAD MANDATE SIGNED_2 SIGNED_1,
        HEAD MANDATE SIGNED_1 SIGNED_1,
        HEAD MANDATE "signed: image/root none 1840\n",
        HEAD MANDATE "signed: image " HASH_A " 1840\n",
    };
    REFUSES(bad);
}

// The lines behind a newer format are none that these programs know.
static void state__r10_names_the_programs_that_wrote_a_newer_format(void **unused)
{
    (void)unused;
    static struct state state;
    static const char *const newer[] = {
        TITLE "format: 2 0.9.1\n",
        TITLE "format: 2 0.9.1\nquorum: of another kind\n",
        TITLE "format: 9223372036854775807 0.9.1\n" TIME ORDER CHARTER SINCE MANDATE,
        TITLE "format: 2 0.9.1\nno line at all",
    };
    for (size_t i = 0; i < sizeof newer / sizeof newer[0]; i++) {
        assert_int_equal(state_read(span_text(newer[i]), &state), ERR_HALT);
        assert_string_equal(state.program, "0.9.1");
    }
    static const char *const bad[] = {
        TITLE "format: 2\n" TIME,
        TITLE "format: 02 0.9.1\n" TIME,
        "conclave.states/v1\nformat: 2 0.9.1\n",
    };
    REFUSES(bad);
    const char *other = TITLE "format: 1 0.0.1\n" TIME IDLE CHARTER SINCE MANDATE;
    assert_int_equal(state_read(span_text(other), &state), OK);
    assert_string_equal(state.program, "0.0.1");
    assert_int_equal(state.format, STATE_FORMAT);
}

static void long_role(char out[LIMIT_ROLE_NAME + 1], unsigned number)
{
    snprintf(out, LIMIT_ROLE_NAME + 1, "%050u/%050u", number, number);
}

static struct hash hash_number(unsigned number)
{
    return hash_of(span_of(&number, sizeof number));
}

static void fill_keys(struct state *state)
{
    for (unsigned i = 0; i < LIMIT_SPARE; i++) {
        struct key_state key = {.by = LIMIT_VERSION, .key = made_up_long_key(i)};
        long_role(key.role, i);
        assert_int_equal(state_set_key(state, &key), OK);
    }
}

static void fill_freezes(struct state *state)
{
    const moment late = 253402300799; // 9999-12-31T23:59:59Z
    for (unsigned i = 0; i < LIMIT_FREEZES; i++) {
        struct freeze_state freeze = {.statement = hash_number(i),
            .administrator = hash_number(i % LIMIT_ADMINISTRATORS),
            .time = late,
            .of = {.what = FREEZE_ROLE}};
        long_role(freeze.of.role, i);
        assert_int_equal(state_set_freeze(state, &freeze), OK);
        assert_int_equal(state_set_freezer(state, &freeze.administrator, LIMIT_INDEX), OK);
    }
}

static void fill_roles(struct state *state)
{
    const moment late = 253402300799;
    for (unsigned i = 0; i < LIMIT_ROLES; i++) {
        struct role_state role = {.version = LIMIT_VERSION,
            .payload = hash_number(i),
            .expires = late,
            .used = LIMIT_INDEX,
            .used_since = late};
        long_role(role.role, i);
        assert_int_equal(state_set(state, &role), OK);
    }
    for (unsigned i = 0; i < LIMIT_KEYS; i++) {
        struct signed_state line = {.key = hash_number(i), .order = LIMIT_INDEX};
        long_role(line.role, i);
        assert_int_equal(state_set_signed(state, &line), OK);
    }
}

static struct state *largest(void)
{
    struct state *state = calloc(1, sizeof *state);
    assert_non_null(state);
    state->time = 253402300799;
    state->has_order = true;
    state->order = (struct place){LIMIT_INDEX, hash_number(1)};
    state->epoch = state->since = LIMIT_INDEX;
    state->charter = hash_number(2);
    static const enum motion chains[] = {MOTION_IMPORT, MOTION_KEYS, MOTION_TIME};
    for (size_t i = 0; i < 3; i++)
        state->motions[chains[i]] = (struct motion_state){LIMIT_VERSION, hash_number(3)};
    fill_keys(state);
    fill_freezes(state);
    fill_roles(state);
    return state;
}

static void state__r20_the_largest_fits_its_limit(void **unused)
{
    (void)unused;
    struct state *state = largest();
    static struct state again;
    struct bytes text, back;
    bytes_init(&text, LIMIT_STATE);
    bytes_init(&back, LIMIT_STATE);
    state_write(state, &text);
    assert_int_equal(bytes_finish(&text), OK);
    assert_int_equal(state_read(bytes_span(&text), &again), OK);
    state_write(&again, &back);
    assert_true(span_equal(bytes_span(&text), bytes_span(&back)));
    bytes_clear(&text);
    bytes_clear(&back);
    free(state);
}

static void state__r20_refuses_what_is_over_a_list(void **unused)
{
    (void)unused;
    struct state *state = largest();
    struct role_state role = {.role = "z/z", .version = 1, .payload = hash_number(1)};
    assert_int_equal(state_set(state, &role), ERR_LIMIT);
    struct key_state key = {.role = "z/z", .by = 1, .key.id = hash_number(1)};
    assert_int_equal(state_set_key(state, &key), ERR_LIMIT);
    struct freeze_state freeze = {.statement = hash_number(LIMIT_FREEZES)};
    assert_int_equal(state_set_freeze(state, &freeze), ERR_LIMIT);
    struct hash administrator = hash_number(LIMIT_ADMINISTRATORS);
    assert_int_equal(state_set_freezer(state, &administrator, 1), ERR_LIMIT);
    struct signed_state line = {.role = "z/z", .key = hash_number(1)};
    assert_int_equal(state_set_signed(state, &line), ERR_LIMIT);
    // What is there already is no more.
    role = state->roles[7];
    assert_int_equal(state_set(state, &role), OK);
    key = state->spare[7];
    assert_int_equal(state_set_key(state, &key), OK);
    administrator = hash_number(7);
    assert_int_equal(state_set_freezer(state, &administrator, 1), OK);
    line = state->signed_[7];
    assert_int_equal(state_set_signed(state, &line), OK);
    free(state);
}

static void reads_no_longer_list(const struct state *full, const char *before, const char *line)
{
    static struct state again;
    struct bytes text, longer;
    bytes_init(&text, LIMIT_STATE);
    bytes_init(&longer, LIMIT_STATE);
    state_write(full, &text);
    assert_int_equal(bytes_finish(&text), OK);
    uint8_t *at = before == NULL ? text.data + text.size
                                 : memmem(text.data, text.size, before, strlen(before));
    assert_non_null(at);
    bytes_add(&longer, span_of(text.data, (size_t)(at - text.data)));
    bytes_add_text(&longer, line);
    bytes_add(&longer, span_of(at, text.size - (size_t)(at - text.data)));
    assert_int_equal(bytes_finish(&longer), OK);
    assert_int_equal(state_read(bytes_span(&text), &again), OK);
    assert_int_equal(state_read(bytes_span(&longer), &again), ERR_FORM);
    bytes_clear(&text);
    bytes_clear(&longer);
}

static void state__r20_reads_no_list_over_its_limit(void **unused)
{
    (void)unused;
    static const char last[] =
        "sha256:ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
    struct state *state = largest();
    char line[512];
    snprintf(line, sizeof line, "retired: z/z ed25519 %s\n", KEY_3);
    reads_no_longer_list(state, "freeze: ", line);
    snprintf(line, sizeof line, "freeze: %s %s %s everything\n", last, last, DAY);
    reads_no_longer_list(state, "freezer: ", line);
    snprintf(line, sizeof line, "freezer: %s 1\n", last);
    reads_no_longer_list(state, "mandate: ", line);
    snprintf(line, sizeof line, "role: z/z 1 %s %s 0 %s\n", last, DAY, NEVER);
    reads_no_longer_list(state, "signed: ", line);
    snprintf(line, sizeof line, "signed: z/z %s 1\n", last);
    reads_no_longer_list(state, NULL, line);
    free(state);
}

static void state__is_read_as_it_is_written(void **unused)
{
    (void)unused;
    static const char *const good[] = {whole, HEAD MANDATE,
        TITLE FORMAT TIME IDLE CHARTER "since: 0\n" MANDATE, HEAD KEYS MANDATE LEAF SIGNED_1,
        HEAD RETIRED FREEZER1 MANDATE};
    struct bytes out;
    bytes_init(&out, LIMIT_STATE);
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        bytes_reset(&out);
        assert_true(state_again(span_text(good[i]), &out));
        assert_true(span_is(bytes_span(&out), good[i]));
    }
    bytes_clear(&out);
}

static void state__holds_what_its_lines_say(void **unused)
{
    (void)unused;
    static struct state state;
    assert_int_equal(state_read(span_text(whole), &state), OK);
    assert_true(state.has_order);
    assert_int_equal(state.order.index, 1840);
    assert_int_equal(state.order.leaf.byte[0], 0xaa);
    assert_int_equal(state.epoch, 4);
    assert_int_equal(state.charter.byte[0], 0xbb);
    assert_int_equal(state.since, 17);
    assert_int_equal(state.motions[MOTION_KEYS].number, 3);
    assert_int_equal(state.motions[MOTION_TIME].payload.byte[0], 0xaa);
    assert_int_equal(state.motions[MOTION_CHARTER].number, 0);
    assert_int_equal(state.spare_count, 3);
    assert_int_equal(state.spare[1].by, 2);
    assert_true(state.spare[2].retired);
    assert_int_equal(state.freezes[0].of.what, FREEZE_ROLE);
    struct hash frozen = state.freezes[1].statement;
    assert_ptr_equal(state_freeze(&state, &frozen), &state.freezes[1]);
    assert_int_equal(state_freezer(&state, &state.freezers[1].administrator), 7);
    const struct role_state *targets = state_role(&state, "image/targets");
    assert_non_null(targets);
    assert_int_equal(targets->version, 12);
    assert_int_equal(targets->payload.byte[31], 0xbb);
    assert_int_equal(targets->used, 3);
    assert_int_equal(targets->used_since, targets->expires);
    assert_null(state_role(&state, "image/snapshot"));
    assert_null(state_role(&state, "image/target"));
    const struct signed_state *line = state_signed(&state, "image/root", &frozen);
    assert_ptr_equal(line, &state.signed_[1]);
    assert_int_equal(line->order, 1838);
    assert_null(state_signed(&state, "image/targets", &frozen));
}

static void state__keeps_its_roles_in_order_whatever_is_set_first(void **unused)
{
    (void)unused;
    static const char *const names[] = {"b/x", "a/x", "c/x", "a-b/x", "b/x", "a/w"};
    static struct state state;
    state = (struct state){.role_count = 0};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct role_state role = {.version = i + 1, .payload = {{1}}};
        snprintf(role.role, sizeof role.role, "%s", names[i]);
        assert_int_equal(state_set(&state, &role), OK);
    }
    assert_int_equal(state.role_count, 5);
    assert_int_equal(state_role(&state, "b/x")->version, 5);
    assert_string_equal(state.roles[0].role, "a-b/x");
    assert_string_equal(state.roles[4].role, "c/x");
}

static void state__a_key_stands_in_one_list_and_moves_when_it_is_retired(void **unused)
{
    (void)unused;
    static struct state state;
    assert_int_equal(state_read(span_text(whole), &state), OK);
    struct key_state key = state.spare[0];
    struct hash id = key.key.id, other = hash_number(1);
    key.retired = true;
    key.by = 0;
    assert_int_equal(state_set_key(&state, &key), OK);
    assert_int_equal(state.spare_count, 3);
    assert_false(state.spare[0].retired);
    assert_true(
        hash_equal(&state.spare[2].key.id, &id)); // image/root stands behind director/root
    state_drop_key(&state, &other);
    assert_int_equal(state.spare_count, 3);
    state_drop_key(&state, &id);
    assert_int_equal(state.spare_count, 2);
    assert_null(state_key(&state, &id));
}

static void state__takes_freezes_and_signatures_in_and_out(void **unused)
{
    (void)unused;
    static struct state state;
    assert_int_equal(state_read(span_text(whole), &state), OK);
    struct freeze_state freeze = state.freezes[0];
    assert_int_equal(state_set_freeze(&state, &freeze), ERR_EXISTS);
    state_drop_freeze(&state, &freeze.statement);
    assert_int_equal(state.freeze_count, 1);
    state_drop_freeze(&state, &freeze.statement);
    assert_int_equal(state.freeze_count, 1);
    assert_int_equal(state_set_freeze(&state, &freeze), OK);
    assert_true(hash_equal(&state.freezes[0].statement, &freeze.statement));
    struct signed_state line = {.role = "a/a", .key = hash_number(1), .order = 2};
    assert_int_equal(state_set_signed(&state, &line), OK);
    line.order = 3;
    assert_int_equal(state_set_signed(&state, &line), OK);
    assert_int_equal(state.signed_count, 3);
    assert_int_equal(state.signed_[0].order, 3);
    state_drop_signed(&state, "image/root");
    assert_int_equal(state.signed_count, 1);
    assert_string_equal(state.signed_[0].role, "a/a");
}

static void state__every_mutation_is_refused_or_written_back_alike(void **unused)
{
    (void)unused;
    static const uint8_t flips[] = {1, 2, 4, 8, 16, 32, 64, 128, 0x0a, 0x1a, 0x2a, 0x55, 0xff};
    struct mutation_count count = mutate(state_again, span_text(whole), flips, sizeof flips);
    assert_true(count.taken > 0); // another digit is another state
    assert_true(count.refused > count.taken);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(state__refuses_what_is_no_head_of_a_state),
        cmocka_unit_test(state__refuses_what_is_no_list_of_a_state),
        cmocka_unit_test(state__r10_names_the_programs_that_wrote_a_newer_format),
        cmocka_unit_test(state__r20_the_largest_fits_its_limit),
        cmocka_unit_test(state__r20_refuses_what_is_over_a_list),
        cmocka_unit_test(state__r20_reads_no_list_over_its_limit),
        cmocka_unit_test(state__is_read_as_it_is_written),
        cmocka_unit_test(state__holds_what_its_lines_say),
        cmocka_unit_test(state__keeps_its_roles_in_order_whatever_is_set_first),
        cmocka_unit_test(state__a_key_stands_in_one_list_and_moves_when_it_is_retired),
        cmocka_unit_test(state__takes_freezes_and_signatures_in_and_out),
        cmocka_unit_test(state__every_mutation_is_refused_or_written_back_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
