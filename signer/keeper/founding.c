#include "signer/keeper/founding.h"

#include "log/merkle.h"
#include "proto/dsse.h"

#include <stdlib.h>
#include <string.h>

void draft_init(struct draft *draft)
{
    *draft = (struct draft){0};
    bytes_init(&draft->objects, LIMIT_OBJECTS);
    bytes_init(&draft->charter, LIMIT_CHARTER);
    bytes_init(&draft->founding, LIMIT_RECORD);
}

void draft_clear(struct draft *draft)
{
    bytes_clear(&draft->objects);
    bytes_clear(&draft->charter);
    bytes_clear(&draft->founding);
    charter_free(draft->read);
    draft_init(draft);
}

enum err draft_set_objects(struct draft *draft, struct span objects)
{
    draft_clear(draft);
    bytes_add(&draft->objects, objects);
    return bytes_finish(&draft->objects);
}

static bool was_made(const struct objects *objects, const char *role, const struct key *key)
{
    for (size_t i = 0; i < objects->key_count; i++)
        if (strcmp(objects->keys[i].role, role) == 0 &&
            hash_equal(&objects->keys[i].key.id, &key->id))
            return true;
    return false;
}

// The charter's keys are distinct (charter_read), so equal counts and inclusion make them equal.
static enum err check_keys(
    const struct charter *charter, const struct objects *objects, struct refusal *refusal)
{
    if (charter->epoch != 1 || !hash_is_none(&charter->previous))
        return refuse(refusal, "R7", "a founding charter has epoch 1 and no previous one");
    if (!hash_equal(&charter->log, &objects->log.id))
        return refuse(refusal, "R21",
            "the charter names another log key than the one that was generated; compile it "
            "again");
    bool same = charter->key_count == objects->key_count;
    for (size_t i = 0; same && i < charter->key_count; i++)
        same = was_made(
            objects, charter->roles[charter->keys[i].role].name, &charter->keys[i].key);
    if (!same)
        return refuse(refusal, "R18",
            "the charter does not name exactly the keys that were generated; compile it again");
    return OK;
}

static void write_founding(struct draft *draft, const struct objects *objects, moment now)
{
    struct founding founding = {
        .time = now,
        .log = objects->log,
        .charter = draft->read->hash,
        .objects = hash_of(bytes_span(&draft->objects)),
    };
    memcpy(founding.origin, draft->read->origin, sizeof founding.origin);
    bytes_reset(&draft->founding);
    founding_write(&founding, &draft->founding);
    draft->founded = (struct founded){.time = now};
    draft->founded.founding.leaf = merkle_leaf(bytes_span(&draft->founding));
}

static enum err take_charter(struct draft *draft, struct span text, moment now,
    struct objects *objects, struct refusal *refusal)
{
    if (objects_read(bytes_span(&draft->objects), objects) != OK)
        return ERR_FORM;
    enum err err = charter_read(text, draft->read, refusal);
    if (err != OK)
        return ERR_REFUSED;
    err = check_keys(draft->read, objects, refusal);
    if (err != OK)
        return err;
    bytes_reset(&draft->charter);
    bytes_add(&draft->charter, text);
    write_founding(draft, objects, now);
    return bytes_finish(&draft->charter);
}

enum err draft_set_charter(
    struct draft *draft, struct span charter, moment now, struct refusal *refusal)
{
    if (draft->objects.size == 0)
        return refuse(refusal, "R18", "generate the keys first: conclave init keys");
    bytes_reset(&draft->founding);
    if (draft->read == NULL)
        draft->read = charter_new();
    struct objects *objects = calloc(1, sizeof *objects);
    enum err err = ERR_MEMORY;
    if (draft->read != NULL && objects != NULL)
        err = take_charter(draft, charter, now, objects, refusal);
    free(objects);
    return err;
}

// Signatures ascend by key: found, or the place where it belongs.
static size_t signature_place(
    const struct founded *founded, const struct hash *key, bool *there)
{
    size_t at = 0;
    while (at < founded->signature_count &&
           memcmp(founded->signatures[at].key.byte, key->byte, HASH_SIZE) < 0)
        at++;
    *there = at < founded->signature_count && hash_equal(&founded->signatures[at].key, key);
    return at;
}

enum err draft_sign(struct draft *draft, const struct hash *approver, struct span signature,
    struct refusal *refusal)
{
    if (draft->founding.size == 0)
        return refuse(refusal, "R18", "there is no charter to sign yet: conclave init charter");
    const struct administrator *who = charter_administrator(draft->read, approver);
    if (who == NULL)
        return refuse(refusal, "R5",
            "this key is no administrator's in the charter; use the token that is enrolled");
    if (signature.size > KEY_SIGNATURE_MOST ||
        dsse_verify(&who->key, DSSE_FOUNDING, bytes_span(&draft->founding), signature) != OK)
        return refuse(refusal, "R3",
            "the signature of %s does not fit the founding record; fetch it and sign again",
            who->name);
    bool there;
    struct founded *founded = &draft->founded;
    size_t at = signature_place(founded, approver, &there);
    if (there)
        return refuse(refusal, "R5", "%s has signed the founding already", who->name);
    memmove(&founded->signatures[at + 1], &founded->signatures[at],
        (founded->signature_count - at) * sizeof founded->signatures[0]);
    founded->signatures[at] =
        (struct founded_signature){.key = *approver, .signature_size = signature.size};
    memcpy(founded->signatures[at].signature, signature.data, signature.size);
    founded->signature_count++;
    return OK;
}

bool draft_is_signed(const struct draft *draft)
{
    return draft->founding.size > 0 &&
           draft->founded.signature_count == draft->read->administrator_count;
}

void draft_answer(const struct draft *draft, struct message *out)
{
    *out = (struct message){.kind = ANSWER_FOUNDING};
    out->founding.founding = bytes_span(&draft->founding);
    out->founding.charter = bytes_span(&draft->charter);
    out->founding.objects = bytes_span(&draft->objects);
    out->founding.complete = draft->complete;
    for (size_t i = 0; i < draft->founded.signature_count; i++)
        out->founding.signed_by.at[out->founding.signed_by.count++] =
            draft->founded.signatures[i].key;
}
