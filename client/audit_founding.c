// The audit of the first two records, which everything after them is verified under.
#include "client/audit_part.h"

#include "policy/objects.h"
#include "proto/dsse.h"

#include <stdlib.h>
#include <string.h>

static void check_listed(struct audit *audit, const struct objects *objects)
{
    for (size_t i = 0; i < audit->charter->key_count; i++) {
        const struct role_key *key = &audit->charter->keys[i];
        size_t k = 0;
        while (k < objects->key_count && !hash_equal(&objects->keys[k].key.id, &key->key.id))
            k++;
        if (k == objects->key_count)
            audit_find(audit, "R18", "a key of %s was not generated at the founding",
                audit->charter->roles[key->role].name);
    }
}

// R18: the list that the founding record names by hash holds every key of the charter.
static enum err check_objects(struct audit *audit)
{
    struct bytes text;
    bool here = false;
    struct objects *objects = calloc(1, sizeof *objects);
    bytes_init(&text, LIMIT_OBJECTS);
    enum err err = objects == NULL ? ERR_MEMORY
                                   : audit_fetch(audit, &audit->founding.objects, &text, &here);
    if (err == OK && here && audit_form(audit, objects_read(bytes_span(&text), objects)))
        check_listed(audit, objects);
    bytes_clear(&text);
    free(objects);
    return err;
}

static enum err check_first_charter(struct audit *audit)
{
    const struct charter *charter = audit->charter;
    audit->state->epoch = audit->report.epoch = charter->epoch;
    audit->state->charter = charter->hash;
    *audit->state_before = *audit->state;
    if (charter->epoch != 1 || !hash_equal(&charter->log, &audit->log.id) ||
        strcmp(charter->origin, audit->origin) != 0)
        audit_find(audit, "R7", "its charter is not the first charter of this log");
    return check_objects(audit);
}

enum err audit_founding(struct audit *audit, struct span text)
{
    struct founding *founding = &audit->founding;
    if (audit->at.index != 0) {
        audit_find(audit, "R10", "a founding record stands in the middle of the log");
        return OK;
    }
    if (!audit_form(audit, founding_read(text, founding)))
        return OK;
    if (!hash_equal(&founding->log.id, &audit->log.id) ||
        strcmp(founding->origin, audit->origin) != 0)
        audit_find(audit, "R21", "it names another log key or origin than the verifier key");
    bytes_add(&audit->founding_text, text);
    enum err err = bytes_finish(&audit->founding_text);
    if (err == OK)
        err = audit_load_charter(audit, &founding->charter);
    if (err != OK || audit->charter == NULL)
        return err;
    audit_stated(audit, founding->time);
    audit_timed(audit, founding->time);
    return check_first_charter(audit);
}

static const struct founded_signature *founded_by(
    const struct founded *founded, const struct hash *key)
{
    for (size_t i = 0; i < founded->signature_count; i++)
        if (hash_equal(&founded->signatures[i].key, key))
            return &founded->signatures[i];
    return NULL;
}

// n of n: a founding nobody may have missed.
static void check_founders(struct audit *audit, const struct founded *founded)
{
    const struct charter *charter = audit->charter;
    if (founded->signature_count != charter->administrator_count)
        audit_find(audit, "R5", "%zu signatures stand under the founding of %zu administrators",
            founded->signature_count, charter->administrator_count);
    for (size_t i = 0; i < charter->administrator_count; i++) {
        const struct administrator *who = &charter->administrators[i];
        const struct founded_signature *by = founded_by(founded, &who->key.id);
        if (by == NULL)
            audit_find(audit, "R5", "%s did not sign the founding record", who->name);
        else if (dsse_verify(&who->key, DSSE_FOUNDING, bytes_span(&audit->founding_text),
                     span_of(by->signature, by->signature_size)) != OK)
            audit_find(audit, "R3", "the founding signature of %s does not hold", who->name);
    }
}

enum err audit_founded(struct audit *audit, struct span text)
{
    struct founded founded;
    const struct place first = {.leaf = audit->founding_leaf};
    if (audit->at.index != 1) {
        audit_find(audit, "R10", "founding signatures stand in the middle of the log");
        return OK;
    }
    if (!audit_form(audit, founded_read(text, &founded)))
        return OK;
    if (!audit_same_place(&founded.founding, &first))
        audit_find(audit, "R3", "it signs another founding record than the first record");
    if (audit->charter == NULL)
        return OK;
    audit_sealed(audit, founded.time); // however long the administrators took
    audit_timed(audit, founded.time);
    check_founders(audit, &founded);
    return OK;
}
