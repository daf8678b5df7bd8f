// Proofs of possession: whoever enters a charter holds the key under which it says so (R7).
#include "policy/govern_part.h"
#include "proto/dsse.h"

#include <stdlib.h>
#include <string.h>

struct newcomer {
    const char *kind;
    const char *name;
    const struct key *key;
};
struct newcomers {
    struct newcomer at[LIMIT_ADMINISTRATORS + LIMIT_REQUESTERS];
    size_t count;
};

// A place is a name among the administrators or among the requesters.
static bool is_administrator_now(const struct charter *now, const struct administrator *who)
{
    const struct administrator *there = charter_administrator(now, &who->key.id);
    return there != NULL && strcmp(there->name, who->name) == 0;
}

static bool is_requester_now(const struct charter *now, const struct requester *who)
{
    const struct requester *there = charter_requester(now, &who->key.id);
    return there != NULL && strcmp(there->name, who->name) == 0;
}

static struct newcomers newcomers_of(const struct charter *now, const struct charter *next)
{
    struct newcomers all = {.count = 0};
    for (size_t i = 0; i < next->administrator_count; i++) {
        const struct administrator *who = &next->administrators[i];
        if (!is_administrator_now(now, who))
            all.at[all.count++] = (struct newcomer){"administrator", who->name, &who->key};
    }
    for (size_t i = 0; i < next->requester_count; i++) {
        const struct requester *who = &next->requesters[i];
        if (!is_requester_now(now, who))
            all.at[all.count++] = (struct newcomer){"requester", who->name, &who->key};
    }
    return all;
}

static const struct proof_line *proof_of(const struct proofs *proofs, const struct hash *key)
{
    for (size_t i = 0; i < proofs->count; i++)
        if (hash_equal(&proofs->at[i].key, key))
            return &proofs->at[i];
    return NULL;
}

static enum err check_proof(const struct charter *next, const struct newcomer *who,
    const struct proofs *proofs, struct refusal *refusal)
{
    const struct proof_line *proof = proof_of(proofs, &who->key->id);
    if (proof == NULL)
        return refuse(refusal, "R7",
            "The key of the %s %s is new there, and nothing proves who holds it: have %s sign "
            "a proof over this charter.",
            who->kind, who->name, who->name);
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    possession_write(&next->log, next->epoch, &next->hash, &who->key->id, &text);
    enum err err = bytes_finish(&text);
    if (err == OK)
        err = dsse_verify(who->key, DSSE_POSSESSION, bytes_span(&text),
            span_of(proof->signature, proof->signature_size));
    bytes_clear(&text);
    if (err != ERR_SIGNATURE)
        return err;
    return refuse(refusal, "R7",
        "The proof of the %s %s does not hold over this charter: have %s sign it anew.",
        who->kind, who->name, who->name);
}

// Each newcomer has a proof, and there are as many: then there is no other.
static enum err check_proofs(const struct charter *next, const struct newcomers *newcomers,
    const struct proofs *proofs, struct refusal *refusal)
{
    for (size_t i = 0; i < newcomers->count; i++) {
        enum err err = check_proof(next, &newcomers->at[i], proofs, refusal);
        if (err != OK)
            return err;
    }
    if (proofs->count == newcomers->count)
        return OK;
    return refuse(refusal, "R14",
        "There are %zu proofs of possession, but %zu keys are new at their place: send theirs "
        "alone.",
        proofs->count, newcomers->count);
}

enum err govern_proofs(
    const struct govern_case *given, const struct charter *next, struct refusal *refusal)
{
    struct newcomers newcomers = newcomers_of(given->charter, next);
    if (newcomers.count > 0 && given->evidence_count == 0)
        return refuse(refusal, "R7",
            "The key of the %s %s is new there, and nothing proves who holds it: have %s sign "
            "a proof over this charter.",
            newcomers.at[0].kind, newcomers.at[0].name, newcomers.at[0].name);
    if (govern_evidence(given, newcomers.count > 0, refusal) != OK)
        return ERR_REFUSED;
    if (newcomers.count == 0)
        return OK;
    struct proofs *proofs = malloc(sizeof *proofs);
    if (proofs == NULL)
        return ERR_MEMORY;
    enum err err = OK;
    if (proofs_read(given->evidence[0], proofs) != OK)
        err = refuse(refusal, "R2",
            "The file of evidence is no list of proofs of possession: make it with the tool of "
            "this version.");
    else
        err = check_proofs(next, &newcomers, proofs, refusal);
    free(proofs);
    return err;
}
