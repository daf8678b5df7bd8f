// The audit of signatures: every item by every key of its role that signs, in the request's order,
// keys ascending. So an outcome's lines can be foretold, and they are.
#include "client/audit_part.h"

#include "metadata/tuf.h"

#include <stdlib.h>
#include <string.h>

// One item of an outcome.
struct signing {
    const struct item *item;
    const struct outcome *outcome;
    size_t at; // its next line
    struct bytes payload;
    bool here;      // the payload is at hand
    moment expires; // and says so; 0 when it is not
};

// ---- what was signed ----

// R2: metadata of the role's type and of the version that was approved. R6: not over, and living as
// long as the charter lets it.
static void check_words(struct audit *audit, struct signing *signing, const struct tuf *tuf)
{
    const struct item *item = signing->item;
    const struct opened *opened = &audit->flight.opened;
    const struct role *role = charter_role(audit->charter, item->role);
    signing->expires = tuf->expires;
    if (role == NULL)
        return;
    if (tuf->type != tuf_type_of_role(role_short_name(role)) || tuf->version != item->version)
        audit_find(audit, "R2", "the payload of %s is of another type or version", item->role);
    if (audit->flight.mandated)
        audit_covered(audit, item, tuf->expires);
    int64_t life = tuf->expires - opened->time;
    if (life < role->least || life > role->most || tuf->expires <= audit->flight.order.time)
        audit_find(audit, "R6",
            "the payload of %s had expired, or lives shorter or longer than the charter allows",
            item->role);
}

static enum err check_payload(struct audit *audit, struct signing *signing)
{
    struct refusal refusal = {0};
    const struct repository *repository =
        charter_repository_of(audit->charter, signing->item->role);
    enum err err =
        audit_fetch(audit, &signing->item->payload, &signing->payload, &signing->here);
    if (err != OK || !signing->here || repository == NULL)
        return err;
    struct tuf *tuf = calloc(1, sizeof *tuf);
    if (tuf == NULL)
        return ERR_MEMORY;
    err = tuf_read(repository->dialect, bytes_span(&signing->payload), tuf, &refusal);
    if (err == OK)
        check_words(audit, signing, tuf);
    else if (err == ERR_REFUSED)
        audit_find(audit, "R2", "the payload of %s is no metadata: %s", signing->item->role,
            refusal.sentence);
    free(tuf);
    return err == ERR_REFUSED ? OK : err;
}

// ---- the signatures ----

static enum err verify(struct audit *audit, const struct signing *signing,
    const struct key *key, const struct hash *signature)
{
    struct bytes bytes;
    bool here = false;
    bytes_init(&bytes, KEY_SIGNATURE_MOST);
    enum err err = audit_fetch(audit, signature, &bytes, &here);
    if (err == OK && here && signing->here) {
        err = key_verify(key, bytes_span(&signing->payload), bytes_span(&bytes));
        if (err == OK)
            audit->report.signatures++;
        else
            audit_find(audit, "R8", "a signature on %s does not hold over its payload",
                signing->item->role);
        err = err == ERR_MEMORY ? err : OK;
    }
    bytes_clear(&bytes);
    return err;
}

static bool is_line_of(const struct signing *signing, const struct key *key)
{
    const struct outcome *outcome = signing->outcome;
    if (signing->at >= outcome->signature_count)
        return false;
    const struct outcome_signature *line = &outcome->signatures[signing->at];
    return strcmp(line->role, signing->item->role) == 0 &&
           line->version == signing->item->version && hash_equal(&line->key, &key->id);
}

static enum err check_lines(struct audit *audit, struct signing *signing)
{
    const struct charter *charter = audit->charter;
    enum err err = OK;
    for (size_t i = 0; err == OK && i < charter->key_count; i++) {
        const struct role_key *key = &charter->keys[i];
        if (!charter_key_of(charter, key, signing->item->role) || !audit_signs(audit, key))
            continue;
        if (!is_line_of(signing, &key->key)) {
            audit_find(audit, "R8", "the signature of key %zu of the charter on %s is missing",
                i + 1, signing->item->role);
            continue;
        }
        const struct hash *signature = &signing->outcome->signatures[signing->at].signature;
        signing->at++;
        err = verify(audit, signing, &key->key, signature);
    }
    return err;
}

// ---- what it does to the state ----

static enum err move_role(struct audit *audit, const struct item *item, moment expires)
{
    struct role_state role = {
        .version = item->version, .payload = item->payload, .expires = expires};
    struct hash last = chain_previous(audit->state, item->role);
    memcpy(role.role, item->role, sizeof role.role);
    audit_move_window(audit, item);
    if (!hash_equal(&last, &item->payload))
        state_drop_signed(audit->state, item->role);
    enum err err = state_set(audit->state, &role);
    if (err == ERR_LIMIT)
        audit_find(audit, "R20", "more roles have signed than an appliance remembers");
    return err == ERR_LIMIT ? OK : err;
}

// Signed keys are seen by what was signed before; so roles move first, and signers afterwards.
static enum err remember(
    struct audit *audit, const struct outcome *outcome, const moment expires[LIMIT_ITEMS])
{
    enum err err = OK;
    uint64_t missing = 0;
    const struct opened *opened = &audit->flight.opened;
    for (size_t i = 0; err == OK && i < opened->item_count; i++)
        err = move_role(audit, &opened->items[i], expires[i]);
    if (err == OK)
        err = audit_remember_signers(audit, &missing);
    if (err == OK && missing != outcome->missing)
        audit_find(audit, "R12", "%llu keys of custodians may still sign, and it says %llu",
            (unsigned long long)missing, (unsigned long long)outcome->missing);
    return err;
}

enum err audit_signed(struct audit *audit, const struct outcome *outcome)
{
    const struct opened *opened = &audit->flight.opened;
    moment expires[LIMIT_ITEMS] = {0};
    struct signing signing = {.outcome = outcome};
    enum err err = OK;
    bytes_init(&signing.payload, LIMIT_PAYLOAD);
    for (size_t i = 0; err == OK && i < opened->item_count; i++) {
        signing.item = &opened->items[i];
        signing.expires = 0;
        bytes_reset(&signing.payload);
        err = check_payload(audit, &signing);
        if (err == OK)
            err = check_lines(audit, &signing);
        expires[i] = signing.expires;
    }
    bytes_clear(&signing.payload);
    if (err == OK && (signing.at != outcome->signature_count || outcome->done[0] != 0))
        audit_find(audit, "R8", "it holds signatures that nobody ordered");
    if (err == OK && !audit->flight.mandated)
        audit_sealed(audit, audit->flight.order.time);
    (*(outcome->adds ? &audit->report.additions : &audit->report.requests))++;
    if (err != OK)
        return err;
    return audit->flight.mandated ? audit_use_mandates(audit)
                                  : remember(audit, outcome, expires);
}
