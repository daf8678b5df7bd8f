// Parcels: all signatures of a request, however many outcomes it has, from an appliance that lies.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "admin-cli/parcel.h"
#include "tests/unit/showroom.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A request for two roles; one signs at once, the other's outcome adds to it.
struct desk {
    struct cli cli;
    struct inquiry inquiry;
    struct opened opened;
    struct outcome outcomes[2];
    struct bytes opened_text;
    struct bytes request_text;
    uint64_t first; // index of the first outcome
    struct parcel *parcel;
};

static struct desk desk;

static int make(void **state)
{
    (void)showroom_make(state);
    memset(&desk, 0, sizeof desk);
    bytes_init(&desk.opened_text, LIMIT_RECORD);
    bytes_init(&desk.request_text, LIMIT_RECORD);
    struct fixture *fixture = showroom.fixture;
    fixture_found(fixture);
    struct request request =
        fixture_request(fixture, "image/root", 1, span_text("the root's payload"));
    struct request other =
        fixture_request(fixture, "image/targets", 7, span_text("the targets' payload"));
    request.items[request.item_count++] = other.items[0];
    desk.opened = fixture_opened(fixture, &request);
    request_write(&request, &desk.request_text);
    (void)fixture_open(fixture, &desk.opened);
    struct place order = {.index = 3, .leaf = {{1}}};
    struct outcome both = fixture_outcome(fixture, &desk.opened, &order);
    desk.outcomes[0] = desk.outcomes[1] = both;
    desk.outcomes[0].signatures[0] = both.signatures[1]; // image/targets
    desk.outcomes[0].signature_count = desk.outcomes[1].signature_count = 1;
    desk.outcomes[0].missing = 1;
    return 0;
}

static int clean(void **state)
{
    parcel_free(desk.parcel);
    house_free(desk.inquiry.house);
    bytes_clear(&desk.opened_text);
    bytes_clear(&desk.request_text);
    return showroom_clean(state);
}

static struct hash_list path_of(uint64_t index)
{
    struct hash_list list = {.count = 0};
    log_include(&showroom.appliance.log, index, showroom.appliance.size, &list);
    return list;
}

// Writes the outcomes to the log, and a client fetches the dossier of the last.
static void show(void)
{
    struct fixture *fixture = showroom.fixture;
    struct message *dossier = &desk.inquiry.dossier;
    struct place first = fixture_append_outcome(fixture, &desk.outcomes[0]);
    desk.first = first.index;
    if (desk.outcomes[1].adds && hash_is_none(&desk.outcomes[1].added_to.leaf))
        desk.outcomes[1].added_to = first;
    struct place last = fixture_append_outcome(fixture, &desk.outcomes[1]);
    showroom_show();
    opened_write(&desk.opened, &desk.opened_text);
    desk.cli.conclave = showroom.visitor.conclave;
    desk.inquiry.id = desk.opened.request;
    desk.inquiry.house = house_new();
    snprintf(desk.inquiry.house->origin, LIMIT_ROLE_NAME, "%s", APPLIANCE_ORIGIN);
    desk.inquiry.house->log = showroom.appliance.log.key;
    dossier->dossier.fate = FATE_SIGNED;
    dossier->dossier.opened.text = bytes_span(&desk.opened_text);
    dossier->dossier.end =
        (struct entry){last.index, bytes_span(&fixture->records[last.index])};
    dossier->dossier.end_path = path_of(last.index);
    dossier->dossier.checkpoint = bytes_span(&showroom.appliance.note);
}

static enum err read_parcel(struct refusal *refusal)
{
    memset(refusal, 0, sizeof *refusal);
    parcel_free(desk.parcel);
    desk.parcel = parcel_new();
    assert_non_null(desk.parcel);
    return parcel_read(desk.parcel, &desk.cli, &desk.inquiry, refusal);
}

static void assert_refused(enum err err, const char *word)
{
    struct refusal refusal;
    enum err got = read_parcel(&refusal);
    if (got != err || strstr(refusal.sentence, word) == NULL)
        fail_msg("%s: %s; not %s", err_text(got), refusal.sentence, word);
}

static enum err signature_of(size_t line, struct refusal *refusal)
{
    const struct key *key;
    struct bytes signature;
    memset(refusal, 0, sizeof *refusal);
    bytes_init(&signature, KEY_SIGNATURE_MOST);
    enum err err = parcel_signature(
        desk.parcel, &desk.cli, &desk.parcel->lines[line], &key, &signature, refusal);
    bytes_clear(&signature);
    return err;
}

// The same request as if mandates had signed it: never opened, and its outcome is the first.
static void show_mandated(void)
{
    show();
    struct message *dossier = &desk.inquiry.dossier;
    dossier->dossier.opened = (struct entry){0};
    dossier->dossier.request = bytes_span(&desk.request_text);
    *desk.inquiry.house->charter = *showroom.fixture->charter;
}

// ---- tests ----

static void parcel__r12_collects_every_outcome_in_the_items_order(void **state)
{
    struct refusal refusal;
    (void)state;
    desk.outcomes[1].adds = true;
    show();
    if (read_parcel(&refusal) != OK)
        fail_msg("%s", refusal.sentence);
    assert_int_equal(desk.parcel->outcome_count, 2);
    assert_int_equal(desk.parcel->outcomes[0].index, desk.first + 1);
    assert_int_equal(desk.parcel->outcomes[1].index, desk.first);
    assert_int_equal(desk.parcel->line_count, 2);
    assert_string_equal(desk.parcel->lines[0].role, "image/root");
    assert_string_equal(desk.parcel->lines[1].role, "image/targets");
    assert_string_equal(desk.parcel->done, "");
    for (size_t i = 0; i < 2; i++)
        if (signature_of(i, &refusal) != OK)
            fail_msg("%s", refusal.sentence);
}

static void parcel__needs_no_record_before_an_outcome_that_adds_to_none(void **state)
{
    struct refusal refusal;
    (void)state;
    show();
    assert_int_equal(read_parcel(&refusal), OK);
    assert_int_equal(desk.parcel->outcome_count, 1);
    assert_int_equal(desk.parcel->line_count, 1);
}

static void parcel__refuses_a_record_that_is_not_the_one_added_to(void **state)
{
    (void)state;
    desk.outcomes[1].adds = true;
    desk.outcomes[1].added_to = (struct place){.index = 2, .leaf = {{1}}};
    show();
    assert_refused(ERR_SIGNATURE, "is not the one");
}

static void parcel__finds_each_lie_about_the_outcome_before(void **state)
{
    static const struct {
        enum lie lie;
        enum err err;
    } lies[] = {
        {LIE_RECORD, ERR_SIGNATURE},
        {LIE_INDEX, ERR_NOT_FOUND},
        {LIE_NO_RECORD, ERR_NOT_FOUND},
        {LIE_PATH, ERR_SIGNATURE},
        {LIE_CHECKPOINT, ERR_SIGNATURE},
        {LIE_KIND, ERR_FORM},
        {LIE_NONE, OK},
    };
    (void)state;
    desk.outcomes[1].adds = true;
    show();
    showroom.about = desk.first;
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        showroom.lie = lies[i].lie;
        assert_refused(lies[i].err, "");
    }
}

static void parcel__refuses_an_outcome_of_another_request(void **state)
{
    (void)state;
    desk.outcomes[1].adds = true;
    desk.outcomes[0].request.byte[0] ^= 1;
    show();
    assert_refused(ERR_SIGNATURE, "no outcome of this request");
}

static void parcel__r5_refuses_a_key_that_signed_twice(void **state)
{
    (void)state;
    desk.outcomes[1].adds = true;
    desk.outcomes[0].signatures[0] = desk.outcomes[1].signatures[0];
    show();
    assert_refused(ERR_SIGNATURE, "twice");
}

static void parcel__r8_refuses_what_charter_and_request_do_not_have(void **state)
{
    struct refusal refusal;
    (void)state;
    show();
    assert_int_equal(read_parcel(&refusal), OK);
    struct outcome_signature *line = &desk.parcel->lines[0], good = *line;
    line->key.byte[0] ^= 1;
    assert_int_equal(signature_of(0, &refusal), ERR_SIGNATURE);
    *line = good;
    line->version++;
    assert_int_equal(signature_of(0, &refusal), ERR_SIGNATURE);
    *line = good;
    snprintf(line->role, sizeof line->role, "image/targets");
    assert_int_equal(signature_of(0, &refusal), ERR_SIGNATURE);
    *line = good;
    assert_int_equal(signature_of(0, &refusal), OK);
}

// The signature of the other item: it holds, but over other bytes.
static void parcel__r8_refuses_a_signature_that_does_not_hold(void **state)
{
    struct refusal refusal;
    (void)state;
    desk.outcomes[1].signatures[0].signature = desk.outcomes[0].signatures[0].signature;
    show();
    assert_int_equal(read_parcel(&refusal), OK);
    assert_int_equal(signature_of(0, &refusal), ERR_SIGNATURE);
    assert_non_null(strstr(refusal.sentence, "does not hold"));
}

static void parcel__says_that_a_motion_was_carried_out(void **state)
{
    struct refusal refusal;
    (void)state;
    desk.outcomes[1].signature_count = 0;
    snprintf(desk.outcomes[1].done, LIMIT_ROLE_NAME, "conclave/time");
    desk.outcomes[1].done_number = 4;
    show();
    assert_int_equal(read_parcel(&refusal), OK);
    assert_string_equal(desk.parcel->done, "conclave/time");
    assert_int_equal(desk.parcel->done_number, 4);
    assert_int_equal(desk.parcel->line_count, 0);
}

// ---- under mandates ----

static void sign_both(void)
{
    desk.outcomes[1].signatures[1] = desk.outcomes[0].signatures[0];
    desk.outcomes[1].signature_count = 2;
}

static void parcel__takes_what_mandates_signed_from_the_request(void **state)
{
    struct refusal refusal;
    (void)state;
    sign_both();
    show_mandated();
    if (read_parcel(&refusal) != OK)
        fail_msg("%s", refusal.sentence);
    assert_true(desk.parcel->by_mandate);
    assert_int_equal(desk.parcel->item_count, 2);
    assert_int_equal(desk.parcel->line_count, 2);
    for (size_t i = 0; i < 2; i++)
        if (signature_of(i, &refusal) != OK)
            fail_msg("%s", refusal.sentence);
}

static void parcel__r8_refuses_a_mandated_item_without_signature(void **state)
{
    (void)state;
    show_mandated();
    assert_refused(ERR_SIGNATURE, "no signature on image/targets");
}

static void parcel__r12_refuses_another_version_than_a_mandated_items(void **state)
{
    (void)state;
    sign_both();
    desk.outcomes[1].signatures[1].version++;
    show_mandated();
    assert_refused(ERR_SIGNATURE, "no signature on image/targets");
}

static void parcel__r8_refuses_a_key_that_the_charter_dropped(void **state)
{
    struct refusal refusal;
    (void)state;
    sign_both();
    show_mandated();
    struct charter *charter = desk.inquiry.house->charter;
    for (size_t i = 0; i < charter->key_count; i++)
        charter->keys[i].key.id.byte[0] ^= 1;
    assert_int_equal(read_parcel(&refusal), OK);
    assert_int_equal(signature_of(0, &refusal), ERR_SIGNATURE);
    assert_non_null(strstr(refusal.sentence, "does not name"));
}

static void parcel__refuses_another_text_than_the_requests(void **state)
{
    (void)state;
    sign_both();
    show_mandated();
    desk.request_text.data[desk.request_text.size - 2] ^= 1;
    assert_refused(ERR_FORM, "is another's");
}

#define ROW(name) cmocka_unit_test_setup_teardown(parcel__##name, make, clean)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW(r12_collects_every_outcome_in_the_items_order),
        ROW(needs_no_record_before_an_outcome_that_adds_to_none),
        ROW(refuses_a_record_that_is_not_the_one_added_to),
        ROW(finds_each_lie_about_the_outcome_before),
        ROW(refuses_an_outcome_of_another_request),
        ROW(r5_refuses_a_key_that_signed_twice),
        ROW(r8_refuses_what_charter_and_request_do_not_have),
        ROW(r8_refuses_a_signature_that_does_not_hold),
        ROW(says_that_a_motion_was_carried_out),
        ROW(takes_what_mandates_signed_from_the_request),
        ROW(r8_refuses_a_mandated_item_without_signature),
        ROW(r12_refuses_another_version_than_a_mandated_items),
        ROW(r8_refuses_a_key_that_the_charter_dropped),
        ROW(refuses_another_text_than_the_requests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
