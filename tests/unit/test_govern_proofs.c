// Proofs of possession: whoever enters a charter holds the key (R7), and shows nothing else (R14).
#include "proto/dsse.h"
#include "tests/unit/charter_house.h"
#include "tests/unit/council.h"
#include "tests/unit/made_up.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct council *council;
static struct charter *draft;
static struct proofs proofs;
static struct person eve, frank; // two who come

static int set_up(void **state)
{
    (void)state;
    council = council_new();
    draft = council_draft(council);
    proofs.count = 0;
    person_make(&eve, KEY_ED25519);
    person_make(&frank, KEY_P256);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    council_free(council);
    person_clear(&eve);
    person_clear(&frank);
    return 0;
}

// eve comes as an administrator, and frank as a requester's new key.
static void propose_both(void)
{
    struct administrator *added = &draft->administrators[draft->administrator_count++];
    snprintf(added->name, sizeof added->name, "eve");
    added->key = eve.key;
    draft->requesters[1].key = frank.key;
    council_proposes(council, draft);
}

static void refuses(const char *rule, const char *sentence)
{
    if (proofs.count > 0)
        council_shows_proofs(council, &proofs);
    council_refuses(council, rule, sentence);
}

static void charter__r7_every_new_key_is_proven_by_who_holds_it(void **unused)
{
    (void)unused;
    propose_both();
    council_proves(&proofs, council, &eve);
    council_proves(&proofs, council, &frank);
    council_shows_proofs(council, &proofs);
    council_does(council, NULL);
}

static void charter__r7_takes_no_key_without_a_proof(void **unused)
{
    (void)unused;
    propose_both();
    refuses("R7", "The key of the administrator eve is new there");
}

static void charter__r7_takes_no_key_beside_another_ones_proof(void **unused)
{
    (void)unused;
    propose_both();
    council_proves(&proofs, council, &eve);
    refuses("R7", "The key of the requester laptop is new there");
}

static void charter__r7_a_proof_of_another_key_is_none(void **unused)
{
    (void)unused;
    propose_both();
    council_proves(&proofs, council, &frank);
    council_proves(&proofs, council, &frank);
    proofs.at[0].key = eve.key.id;
    refuses("R7", "The proof of the administrator eve does not hold");
}

// What a proof is over instead of the text that it must be over.
struct instead {
    const char *type;
    bool log, epoch, charter, key;
};

static void prove_instead(const struct person *person, const struct instead *instead)
{
    struct hash other = council_hash(1);
    struct proof_line *line = &proofs.at[proofs.count++];
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    possession_write(instead->log ? &other : &council->charter->log,
        instead->epoch ? 3 : council->item.version,
        instead->charter ? &other : &council->item.payload,
        instead->key ? &frank.key.id : &person->key.id, &text);
    line->key = person->key.id;
    line->signature_size =
        person_sign(person, instead->type, bytes_span(&text), line->signature);
    bytes_clear(&text);
}

static void charter__r7_a_proof_is_over_this_very_charter(void **unused)
{
    (void)unused;
    static const struct instead wrong[] = {
        {DSSE_POSSESSION, true, false, false, false},
        {DSSE_POSSESSION, false, true, false, false},
        {DSSE_POSSESSION, false, false, true, false},
        {DSSE_POSSESSION, false, false, false, true},
        {DSSE_APPROVAL, false, false, false, false},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        propose_both();
        proofs.count = 0;
        council_proves(&proofs, council, &frank);
        prove_instead(&eve, &wrong[i]);
        refuses("R7", "The proof of the administrator eve does not hold");
        draft = council_draft(council);
    }
    static const struct instead right = {DSSE_POSSESSION, false, false, false, false};
    propose_both();
    proofs.count = 0;
    council_proves(&proofs, council, &frank);
    prove_instead(&eve, &right);
    council_shows_proofs(council, &proofs);
    council_takes(council, NULL);
}

static void charter__r7_a_broken_proof_does_not_hold(void **unused)
{
    (void)unused;
    propose_both();
    council_proves(&proofs, council, &eve);
    council_proves(&proofs, council, &frank);
    for (size_t i = 0; i < 2; i++) {
        struct proofs broken = proofs;
        broken.at[i].signature[9] ^= 1;
        council_shows_proofs(council, &broken);
        council_refuses(council, "R7", "does not hold over this charter");
        bytes_clear(&council->files[--council->file_count]);
    }
    council_shows_proofs(council, &proofs);
    council_takes(council, NULL);
}

static void charter__r14_shows_no_proof_that_nobody_needs(void **unused)
{
    (void)unused;
    struct person grace;
    person_make(&grace, KEY_ED25519);
    propose_both();
    council_proves(&proofs, council, &eve);
    council_proves(&proofs, council, &frank);
    council_proves(&proofs, council, &grace);
    refuses("R14", "There are 3 proofs of possession, but 2 keys are new");
    draft = council_draft(council);
    council_proposes(council, draft);
    refuses("R14", "comes with 1 files of evidence, and takes 0");
    person_clear(&grace);
}

static void charter__r14_shows_one_list_of_proofs(void **unused)
{
    (void)unused;
    propose_both();
    council_shows(council, span_text("conclave.proofs/v1\n"));
    council_refuses(council, "R2", "is no list of proofs");
    council_shows(council, span_text("conclave.proofs/v1\n"));
    council_refuses(council, "R14", "comes with 2 files of evidence, and takes 1");
}

// ---- what is new at its place ----

static void charter__r7_a_new_name_is_a_new_place(void **unused)
{
    (void)unused;
    snprintf(draft->administrators[3].name, LIMIT_NAME + 1, "david");
    snprintf(draft->requesters[1].person, LIMIT_NAME + 1, "david");
    council_proposes(council, draft);
    refuses("R7", "The key of the administrator david is new there");
    draft = council_draft(council);
    snprintf(draft->requesters[1].name, LIMIT_NAME + 1, "notebook");
    council_proposes(council, draft);
    refuses("R7", "The key of the requester notebook is new there");
}

static void charter__r7_two_who_change_places_both_prove_it(void **unused)
{
    (void)unused;
    struct key key = draft->administrators[0].key;
    draft->administrators[0].key = draft->administrators[1].key;
    draft->administrators[1].key = key;
    council_proposes(council, draft);
    refuses("R7", "The key of the administrator alice is new there");
    draft = council_draft(council);
    key = draft->administrators[1].key;
    draft->administrators[1].key = draft->requesters[0].key;
    draft->requesters[0].key = key;
    council_proposes(council, draft);
    refuses("R7", "The key of the administrator bob is new there");
}

static void charter__r7_who_stays_or_goes_proves_nothing(void **unused)
{
    (void)unused;
    snprintf(draft->requesters[0].person, LIMIT_NAME + 1, "night-desk");
    draft->requesters[0].quota.open = 7;
    draft->requester_count--;
    council_proposes(council, draft);
    council_takes(council, NULL);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(charter__r7_takes_no_key_without_a_proof),
        EACH(charter__r7_takes_no_key_beside_another_ones_proof),
        EACH(charter__r7_a_proof_of_another_key_is_none),
        EACH(charter__r7_a_proof_is_over_this_very_charter),
        EACH(charter__r7_a_broken_proof_does_not_hold),
        EACH(charter__r14_shows_no_proof_that_nobody_needs),
        EACH(charter__r14_shows_one_list_of_proofs),
        EACH(charter__r7_a_new_name_is_a_new_place),
        EACH(charter__r7_two_who_change_places_both_prove_it),
        EACH(charter__r7_who_stays_or_goes_proves_nothing),
        EACH(charter__r7_every_new_key_is_proven_by_who_holds_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
