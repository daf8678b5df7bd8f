#include "hsm/found_judge.h"

#include "proto/dsse.h"

#include <string.h>

static enum err check_form(
    struct found_judgement *judged, const char *rule, struct refusal *refusal)
{
    if (founding_read(judged->ask->found.founding, &judged->founding) != OK)
        return refuse(refusal, rule, "The founding record is not a record of its form.");
    if (founded_read(judged->ask->found.founded, &judged->founded) != OK)
        return refuse(refusal, rule, "The record of signatures is not a record of its form.");
    return OK;
}

static enum err check_objects(
    struct found_judgement *judged, const char *rule, struct refusal *refusal)
{
    if (judged->objects.size > 0 && span_equal(judged->ask->found.objects, judged->objects))
        return OK;
    return refuse(refusal, rule,
        "The list of objects is not that of the keys generated last: generate keys and compile "
        "the charter again.");
}

static enum err check_charter(
    struct found_judgement *judged, const char *rule, struct refusal *refusal)
{
    enum err err = charter_read(judged->ask->found.charter, judged->charter, refusal);
    if (err == ERR_FORM)
        return refuse(refusal, rule, "The charter is not one.");
    return err;
}

static enum err check_first(
    struct found_judgement *judged, const char *rule, struct refusal *refusal)
{
    if (judged->charter->epoch == 1 && hash_is_none(&judged->charter->previous))
        return OK;
    return refuse(refusal, rule, "The charter is not a first one: epoch 1, previous none.");
}

static enum err check_keys(
    struct found_judgement *judged, const char *rule, struct refusal *refusal)
{
    (void)rule; // the keyring's own
    return keyring_fits(judged->keyring, judged->charter, refusal);
}

// Every field is the vault's own knowledge but the time.
static enum err check_founding(
    struct found_judgement *judged, const char *rule, struct refusal *refusal)
{
    struct founding mine = {.time = judged->founding.time,
        .log = judged->keyring->log.key,
        .charter = hash_of(judged->ask->found.charter),
        .objects = hash_of(judged->objects)};
    memcpy(mine.origin, judged->charter->origin, sizeof mine.origin);
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    founding_write(&mine, &text);
    enum err err = bytes_finish(&text);
    if (err == OK && !span_equal(bytes_span(&text), judged->ask->found.founding))
        err = refuse(refusal, rule,
            "The founding record is not about this log key, charter and list of objects.");
    bytes_clear(&text);
    return err;
}

static enum err check_place(
    struct found_judgement *judged, const char *rule, struct refusal *refusal)
{
    struct hash leaf = merkle_leaf(judged->ask->found.founding);
    if (judged->founded.founding.index == 0 &&
        hash_equal(&judged->founded.founding.leaf, &leaf))
        return OK;
    return refuse(refusal, rule, "The signatures are over another founding record.");
}

static const struct founded_signature *signature_of(
    const struct founded *founded, const struct hash *key, size_t *count)
{
    const struct founded_signature *found = NULL;
    *count = 0;
    for (size_t i = 0; i < founded->signature_count; i++)
        if (hash_equal(&founded->signatures[i].key, key)) {
            found = &founded->signatures[i];
            (*count)++;
        }
    return found;
}

static enum err check_everybody(
    struct found_judgement *judged, const char *rule, struct refusal *refusal)
{
    const struct charter *charter = judged->charter;
    for (size_t i = 0; i < charter->administrator_count; i++) {
        size_t count = 0;
        signature_of(&judged->founded, &charter->administrators[i].key.id, &count);
        if (count != 1)
            return refuse(refusal, rule, "%s did not sign the founding once.",
                charter->administrators[i].name);
    }
    if (charter->administrator_count > 0 &&
        judged->founded.signature_count == charter->administrator_count)
        return OK;
    return refuse(refusal, rule, "Somebody signed the founding who is no administrator.");
}

static enum err check_signatures(
    struct found_judgement *judged, const char *rule, struct refusal *refusal)
{
    for (size_t i = 0; i < judged->charter->administrator_count; i++) {
        const struct administrator *person = &judged->charter->administrators[i];
        size_t count = 0;
        const struct founded_signature *given =
            signature_of(&judged->founded, &person->key.id, &count);
        if (given == NULL)
            return ERR_NOT_FOUND;
        enum err err = dsse_verify(&person->key, DSSE_FOUNDING, judged->ask->found.founding,
            span_of(given->signature, given->signature_size));
        if (err == ERR_SIGNATURE)
            return refuse(refusal, rule, "The signature of %s does not hold.", person->name);
        if (err != OK)
            return err;
    }
    return OK;
}

static enum err check_time(
    struct found_judgement *judged, const char *rule, struct refusal *refusal)
{
    int64_t ahead = judged->founded.time - judged->now;
    if (judged->founding.time <= judged->founded.time && ahead <= judged->charter->clock &&
        -ahead <= judged->charter->clock)
        return OK;
    return refuse(refusal, rule,
        "The founding's times are not near the vault's clock: compare the clocks.");
}

const struct found_row found_table[] = {
    {"R3", "the records' form", check_form},
    {"R18", "the list of objects", check_objects},
    {"R7", "the charter", check_charter},
    {"R7", "a first charter", check_first},
    {"R18", "the charter's keys", check_keys},
    {"R3", "the founding record", check_founding},
    {"R3", "what was signed", check_place},
    {"R5", "everybody signed", check_everybody},
    {"R3", "the signatures", check_signatures},
    {"R13", "the times", check_time},
};
const size_t found_rows = sizeof found_table / sizeof found_table[0];

enum err found_judge_by(const struct found_row *rows, size_t count,
    struct found_judgement *judged, struct refusal *refusal)
{
    for (size_t i = 0; i < count; i++) {
        enum err err = rows[i].check(judged, rows[i].rule, refusal);
        if (err != OK)
            return err;
    }
    return OK;
}

enum err found_judge(struct found_judgement *judged, struct refusal *refusal)
{
    return found_judge_by(found_table, found_rows, judged, refusal);
}
