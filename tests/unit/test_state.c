// The state that the vault seals.
#include "policy/state.h"
#include "tests/unit/mutation.h"

#include <stdio.h>

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
#define FORMAT   "format: 2 " CONCLAVE_VERSION "\n"
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
#define LIMITS   " 101 100000 50000 86400 " DAY " 512 612\n"
#define MANDATE  "mandate: director/targets 3 " HASH_A " live " HASH_B LIMITS
#define ENDED    "mandate: image/timestamp 1 " HASH_B " ended " HASH_A " 1 9 9 60 " DAY " 9 9\n"
#define BY_1     "approved: director/targets " HASH_A "\n"
#define BY_2     "approved: director/targets " HASH_B "\n"
#define NO_MORE  "mandate: none\n" // what format 1 had
#define CAR      "role: director/targets@VIN7 40 " HASH_A " " DAY " 0 " NEVER "\n"
#define ROOT     "role: image/root 3 " HASH_A " 2027-11-20T08:00:00Z 0 " NEVER "\n"
#define LEAF     "role: image/targets 12 " HASH_B " " DAY " 3 " DAY "\n"
#define SIGNED_1 "signed: image/root " HASH_A " 1840\n"
#define SIGNED_2 "signed: image/root " HASH_B " 1838\n"

static const char whole[] = HEAD IMPORT KEYS CLOCK SPARE_1 SPARE_2 RETIRED FREEZE_1 FREEZE_2
    FREEZER1 FREEZER2 MANDATE ENDED BY_1 BY_2 CAR ROOT LEAF SIGNED_1 SIGNED_2;

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
        "conclave.state/v2\n" FORMAT TIME ORDER CHARTER SINCE MANDATE,
        TITLE TIME ORDER CHARTER SINCE MANDATE,
        TITLE "format: 0 0.2.0\n" TIME ORDER CHARTER SINCE MANDATE,
        TITLE "format: 2\n" TIME ORDER CHARTER SINCE MANDATE,
        TITLE "format: 2 0.2.0 0\n" TIME ORDER CHARTER SINCE MANDATE,
        TITLE "format: 2 %1b[2J\n" TIME ORDER CHARTER SINCE MANDATE,
        TITLE "format: 2 .2\n" TIME ORDER CHARTER SINCE MANDATE,
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
        HEAD NO_MORE,
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

static void state__refuses_what_is_no_mandate(void **unused)
{
    (void)unused;
    static const char start[] = HEAD "mandate: director/targets ";
    static const char *const bad[] = {
        "3 " HASH_A " live " HASH_B LIMITS MANDATE,
        "0 " HASH_A " live " HASH_B LIMITS,
        "3 none live " HASH_B LIMITS,
        "3 " HASH_A " dead " HASH_B LIMITS,
        "3 " HASH_A " live none" LIMITS,
        "3 " HASH_A " live " HASH_B " 0 100000 50000 86400 " DAY " 512 612\n",
        "3 " HASH_A " live " HASH_B " 101 100 50000 86400 " DAY " 512 612\n",
        "3 " HASH_A " live " HASH_B " 101 9007199254740992 50000 86400 " DAY " 512 612\n",
        "3 " HASH_A " live " HASH_B " 101 100000 0 86400 " DAY " 0 612\n",
        "3 " HASH_A " live " HASH_B " 101 100000 50000 0 " DAY " 512 612\n",
        "3 " HASH_A " live " HASH_B " 101 100000 50000 31622401 " DAY " 512 612\n",
        "3 " HASH_A " live " HASH_B " 101 100000 50000 86400 never 512 612\n",
        "3 " HASH_A " live " HASH_B " 101 100000 50000 86400 " DAY " 50001 612\n",
        "3 " HASH_A " live " HASH_B " 101 100000 50000 86400 " DAY " 512\n",
        "3 " HASH_A " live " HASH_B " 101 100000 50000 86400 " DAY " 512 9007199254740992\n",
    };
    static struct state state;
    char text[1024];
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        snprintf(text, sizeof text, "%s%s", start, bad[i]);
        if (state_read(span_text(text), &state) != ERR_FORM)
            fail_msg("taken: %s", text);
    }
    static const char *const lists[] = {
        HEAD ENDED MANDATE,
        HEAD MANDATE MANDATE,
        HEAD "mandate: director/targets@VIN7 3 " HASH_A " live " HASH_B LIMITS,
        HEAD BY_1,
        HEAD BY_1 MANDATE,
        HEAD MANDATE BY_2 BY_1,
        HEAD MANDATE BY_1 BY_1,
        HEAD ENDED "approved: image/timestamp " HASH_A "\n",
        HEAD MANDATE "approved: director/snapshot " HASH_A "\n",
        HEAD MANDATE "approved: director/targets none\n",
        HEAD MANDATE BY_1 ENDED,
        HEAD MANDATE CAR BY_1,
        HEAD CAR MANDATE,
    };
    REFUSES(lists);
}

static void state__refuses_a_freeze_that_is_a_revocation(void **unused)
{
    (void)unused;
    static const char *const bad[] = {
        HEAD "freeze: " HASH_A " " HASH_B " " DAY " mandate director/targets " HASH_A "\n"};
    REFUSES(bad);
}

// What programs of the version before have sealed is read, and is written anew in this format.
static void state__reads_the_format_before_this_one(void **unused)
{
    (void)unused;
    static const char before[] = TITLE
        "format: 1 0.2.0\n" TIME ORDER CHARTER SINCE KEYS FREEZER1 NO_MORE ROOT LEAF SIGNED_1;
    static const char now[] = HEAD KEYS FREEZER1 ROOT LEAF SIGNED_1;
    static struct state state;
    struct bytes out;
    bytes_init(&out, LIMIT_STATE);
    assert_int_equal(state_read(span_text(before), &state), OK);
    assert_int_equal(state.format, 1);
    assert_int_equal(state.mandate_count, 0);
    state_write(&state, &out);
    assert_true(span_is(bytes_span(&out), now));
    bytes_clear(&out);
    static const char *const bad[] = {
        TITLE "format: 1 0.2.0\n" TIME ORDER CHARTER SINCE,
        TITLE "format: 1 0.2.0\n" TIME ORDER CHARTER SINCE MANDATE,
        TITLE "format: 1 0.2.0\n" TIME ORDER CHARTER SINCE NO_MORE NO_MORE,
        TITLE "format: 1 0.2.0\n" TIME ORDER CHARTER SINCE NO_MORE MANDATE,
        TITLE "format: 1 0.2.0\n" TIME ORDER CHARTER SINCE ROOT NO_MORE,
    };
    REFUSES(bad);
}

// The lines behind a newer format are none that these programs know.
static void state__r10_names_the_programs_that_wrote_a_newer_format(void **unused)
{
    (void)unused;
    static struct state state;
    static const char *const newer[] = {
        TITLE "format: 3 0.9.1\n",
        TITLE "format: 3 0.9.1\nquorum: of another kind\n",
        TITLE "format: 9223372036854775807 0.9.1\n" TIME ORDER CHARTER SINCE MANDATE,
        TITLE "format: 3 0.9.1\nno line at all",
    };
    for (size_t i = 0; i < sizeof newer / sizeof newer[0]; i++) {
        assert_int_equal(state_read(span_text(newer[i]), &state), ERR_HALT);
        assert_string_equal(state.program, "0.9.1");
    }
    static const char *const bad[] = {
        TITLE "format: 3\n" TIME,
        TITLE "format: 03 0.9.1\n" TIME,
        "conclave.states/v1\nformat: 2 0.9.1\n",
    };
    REFUSES(bad);
    const char *other = TITLE "format: 2 0.0.1\n" TIME IDLE CHARTER SINCE MANDATE;
    assert_int_equal(state_read(span_text(other), &state), OK);
    assert_string_equal(state.program, "0.0.1");
    assert_int_equal(state.format, STATE_FORMAT);
}

static struct hash hash_number(unsigned number)
{
    return hash_of(span_of(&number, sizeof number));
}

static void state__is_read_as_it_is_written(void **unused)
{
    (void)unused;
    static const char *const good[] = {whole, HEAD MANDATE,
        TITLE FORMAT TIME IDLE CHARTER "since: 0\n" MANDATE, HEAD KEYS MANDATE LEAF SIGNED_1,
        HEAD RETIRED FREEZER1 MANDATE, HEAD, HEAD ENDED, HEAD MANDATE ENDED BY_2, HEAD CAR};
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
    const struct mandate_state *mandate = state_mandate(&state, "director/targets");
    assert_ptr_equal(mandate, &state.mandates[0]);
    assert_int_equal(mandate->number, 3);
    assert_true(mandate->live);
    assert_int_equal(mandate->requester.byte[0], 0xbb);
    assert_int_equal(mandate->first, 101);
    assert_int_equal(mandate->last, 100000);
    assert_int_equal(mandate->count, 50000);
    assert_int_equal(mandate->longest, 86400);
    assert_int_equal(mandate->reserved, 512);
    assert_int_equal(mandate->top, 612);
    assert_int_equal(mandate->approver_count, 2);
    assert_false(state.mandates[1].live);
    assert_null(state_mandate(&state, "director/targets@VIN7"));
    assert_int_equal(state_role(&state, "director/targets@VIN7")->version, 40);
    assert_null(state_role(&state, "director/targets"));
    assert_int_equal(state_vehicles(&state), 1);
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

// The next mandate of a role stands in its place; what ended keeps its number and its versions.
static void state__a_role_has_one_mandate(void **unused)
{
    (void)unused;
    static const char *const names[] = {"b/timestamp", "a/snapshot", "b/timestamp"};
    static struct state state;
    state = (struct state){.mandate_count = 0};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct mandate_state mandate = {
            .number = i + 1, .live = true, .top = 7, .approver_count = 2};
        snprintf(mandate.role, sizeof mandate.role, "%s", names[i]);
        assert_int_equal(state_set_mandate(&state, &mandate), OK);
    }
    assert_int_equal(state.mandate_count, 2);
    assert_string_equal(state.mandates[0].role, "a/snapshot");
    assert_int_equal(state.mandates[1].number, 3);
    state_end_mandate(&state, "b/timestamp");
    state_end_mandate(&state, "c/timestamp");
    assert_true(state.mandates[0].live);
    assert_false(state.mandates[1].live);
    assert_int_equal(state.mandates[1].approver_count, 0);
    assert_int_equal(state.mandates[1].top, 7);
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
        cmocka_unit_test(state__refuses_what_is_no_mandate),
        cmocka_unit_test(state__refuses_a_freeze_that_is_a_revocation),
        cmocka_unit_test(state__reads_the_format_before_this_one),
        cmocka_unit_test(state__r10_names_the_programs_that_wrote_a_newer_format),
        cmocka_unit_test(state__is_read_as_it_is_written),
        cmocka_unit_test(state__holds_what_its_lines_say),
        cmocka_unit_test(state__keeps_its_roles_in_order_whatever_is_set_first),
        cmocka_unit_test(state__a_role_has_one_mandate),
        cmocka_unit_test(state__a_key_stands_in_one_list_and_moves_when_it_is_retired),
        cmocka_unit_test(state__takes_freezes_and_signatures_in_and_out),
        cmocka_unit_test(state__every_mutation_is_refused_or_written_back_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
