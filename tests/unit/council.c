#include "tests/unit/council.h"

#include "proto/dsse.h"
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

static struct charter *read_house(void)
{
    struct charter *draft = house_charter(), *charter = charter_new();
    struct bytes text = house_text(draft);
    struct refusal refusal;
    assert_non_null(charter);
    assert_int_equal(charter_read(bytes_span(&text), charter, &refusal), OK);
    bytes_clear(&text);
    charter_free(draft);
    return charter;
}

struct council *council_new(void)
{
    struct council *council = calloc(1, sizeof *council);
    assert_non_null(council);
    council->charter = read_house();
    council->state = calloc(1, sizeof *council->state);
    council->govern = govern_new();
    assert_non_null(council->state);
    assert_non_null(council->govern);
    council->now = council->state->time = COUNCIL_TIME;
    council->state->epoch = council->charter->epoch;
    council->state->charter = council->charter->hash;
    bytes_init(&council->payload, LIMIT_PAYLOAD);
    return council;
}

static void forget_files(struct council *council)
{
    for (size_t i = 0; i < council->file_count; i++)
        bytes_clear(&council->files[i]);
    council->file_count = 0;
}

void council_free(struct council *council)
{
    forget_files(council);
    bytes_clear(&council->payload);
    charter_free(council->charter);
    govern_free(council->govern);
    free(council->state);
    free(council);
}

// ---- asking ----

void council_asks(
    struct council *council, enum motion motion, uint64_t version, struct bytes *text)
{
    forget_files(council);
    assert_int_equal(bytes_finish(text), OK);
    bytes_reset(&council->payload);
    bytes_add(&council->payload, bytes_span(text));
    bytes_clear(text);
    council->item =
        (struct item){.version = version, .payload = hash_of(bytes_span(&council->payload))};
    snprintf(council->item.role, sizeof council->item.role, "%s", motion_role(motion));
}

void council_shows(struct council *council, struct span file)
{
    struct bytes *copy = &council->files[council->file_count++];
    bytes_init(copy, LIMIT_PAYLOAD);
    bytes_add(copy, file);
    assert_int_equal(bytes_finish(copy), OK);
}

enum err council_judges(struct council *council)
{
    struct span evidence[LIMIT_ITEMS];
    for (size_t i = 0; i < council->file_count; i++)
        evidence[i] = bytes_span(&council->files[i]);
    struct govern_case given = {.charter = council->charter,
        .state = council->state,
        .item = &council->item,
        .payload = bytes_span(&council->payload),
        .evidence = evidence,
        .evidence_count = council->file_count,
        .now = council->now};
    council->refusal = (struct refusal){.rule = ""};
    return govern_judge(&given, council->govern, &council->refusal);
}

void council_refuses(struct council *council, const char *rule, const char *sentence)
{
    enum err err = council_judges(council);
    if (err != ERR_REFUSED)
        fail_msg("not refused (%s): should be %s, %s", err_text(err), rule, sentence);
    if (strcmp(council->refusal.rule, rule) != 0 ||
        strstr(council->refusal.sentence, sentence) == NULL)
        fail_msg("%s \"%s\", should be %s \"%s\"", council->refusal.rule,
            council->refusal.sentence, rule, sentence);
}

void council_takes(struct council *council, const char *decides)
{
    enum err err = council_judges(council);
    if (err != OK)
        fail_msg(
            "%s: %s \"%s\"", err_text(err), council->refusal.rule, council->refusal.sentence);
    assert_int_equal(council->govern->decides_count, 1);
    assert_string_equal(council->govern->decides[0], decides == NULL ? "charter" : decides);
}

void council_does(struct council *council, const struct key *made)
{
    council_takes(council, NULL);
    const struct govern_deed deed = {
        .item = &council->item, .order = COUNCIL_ORDER, .made = made};
    assert_int_equal(
        govern_apply(council->govern, council->charter, &deed, council->state), OK);
}

// ---- charters ----

struct charter *council_draft(const struct council *council)
{
    struct charter *draft = charter_new();
    assert_non_null(draft);
    *draft = *council->charter;
    draft->epoch++;
    draft->previous = council->charter->hash;
    return draft;
}

void council_proposes(struct council *council, struct charter *draft)
{
    struct bytes text = house_text(draft);
    council_asks(council, MOTION_CHARTER, draft->epoch, &text);
    charter_free(draft);
}

void council_proves(
    struct proofs *proofs, const struct council *council, const struct person *person)
{
    struct proof_line *line = &proofs->at[proofs->count++];
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    possession_write(&council->charter->log, council->item.version, &council->item.payload,
        &person->key.id, &text);
    line->key = person->key.id;
    line->signature_size =
        person_sign(person, DSSE_POSSESSION, bytes_span(&text), line->signature);
    bytes_clear(&text);
}

static int proof_order(const void *a, const void *b)
{
    const struct proof_line *first = a, *second = b;
    return span_compare(hash_span(&first->key), hash_span(&second->key));
}

void council_shows_proofs(struct council *council, struct proofs *proofs)
{
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    qsort(proofs->at, proofs->count, sizeof proofs->at[0], proof_order);
    proofs_write(proofs, &text);
    council_shows(council, bytes_span(&text));
    bytes_clear(&text);
}

// ---- the state ----

struct hash council_hash(unsigned number)
{
    return hash_of(span_of(&number, sizeof number));
}

void council_has_key(struct council *council, const char *role, unsigned number, bool retired)
{
    struct key_state key = {
        .key = made_up_key(number), .retired = retired, .by = retired ? 0 : 1};
    snprintf(key.role, sizeof key.role, "%s", role);
    assert_int_equal(state_set_key(council->state, &key), OK);
}
