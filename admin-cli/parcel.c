#include "admin-cli/parcel.h"

#include "client/fault.h"
#include "client/receipt.h"

#include <stdlib.h>
#include <string.h>

struct parcel *parcel_new(void)
{
    struct parcel *parcel = calloc(1, sizeof *parcel);
    if (parcel == NULL)
        return NULL;
    for (size_t i = 0; i < PARCEL_OUTCOMES; i++)
        proven_init(&parcel->outcomes[i]);
    parcel->charter = charter_new();
    if (parcel->charter != NULL)
        return parcel;
    parcel_free(parcel);
    return NULL;
}

void parcel_free(struct parcel *parcel)
{
    if (parcel == NULL)
        return;
    for (size_t i = 0; i < PARCEL_OUTCOMES; i++)
        proven_clear(&parcel->outcomes[i]);
    charter_free(parcel->charter);
    free(parcel);
}

// ---- the outcomes ----

static enum err take_end(
    struct parcel *parcel, const struct message *dossier, struct refusal *refusal)
{
    // Of a freeze there is no opened record.
    if (dossier->dossier.opened.text.size > 0 &&
        opened_read(dossier->dossier.opened.text, &parcel->opened) != OK)
        return fault(ERR_FORM, refusal, "the request has no opened record that can be read");
    parcel->outcome_count = 1;
    return receipt_end(dossier, &parcel->outcomes[0]);
}

static size_t item_of(const struct parcel *parcel, const char *role)
{
    size_t i = 0;
    while (i < parcel->opened.item_count && strcmp(parcel->opened.items[i].role, role) != 0)
        i++;
    return i;
}

static int compare(const struct parcel *parcel, const struct outcome_signature *a,
    const struct outcome_signature *b)
{
    size_t left = item_of(parcel, a->role), right = item_of(parcel, b->role);
    if (left != right)
        return left < right ? -1 : 1;
    return span_compare(hash_span(&a->key), hash_span(&b->key));
}

static enum err add_line(
    struct parcel *parcel, const struct outcome_signature *line, struct refusal *refusal)
{
    size_t at = parcel->line_count;
    if (at == LIMIT_SIGNATURES)
        return fault(ERR_SIGNATURE, refusal, "the request has more signatures than keys");
    while (at > 0 && compare(parcel, &parcel->lines[at - 1], line) > 0)
        at--;
    if (at > 0 && compare(parcel, &parcel->lines[at - 1], line) == 0)
        return fault(
            ERR_SIGNATURE, refusal, "a key of %s signed the same payload twice", line->role);
    memmove(&parcel->lines[at + 1], &parcel->lines[at],
        (parcel->line_count - at) * sizeof parcel->lines[0]);
    parcel->lines[at] = *line;
    parcel->line_count++;
    return OK;
}

// The outcome that was fetched last, into `out`.
static enum err read_outcome(
    struct parcel *parcel, const struct hash *id, struct outcome *out, struct refusal *refusal)
{
    const struct proven *last = &parcel->outcomes[parcel->outcome_count - 1];
    if (outcome_read(bytes_span(&last->text), out) != OK || !hash_equal(&out->request, id))
        return fault(ERR_SIGNATURE, refusal, "record %llu is no outcome of this request",
            (unsigned long long)last->index);
    enum err err = OK;
    for (size_t i = 0; err == OK && i < out->signature_count; i++)
        err = add_line(parcel, &out->signatures[i], refusal);
    return err;
}

static enum err fetch_before(struct parcel *parcel, struct cli *cli, const struct house *house,
    const struct place *before, struct refusal *refusal)
{
    if (parcel->outcome_count == PARCEL_OUTCOMES)
        return fault(ERR_SIGNATURE, refusal, "the request has more outcomes than custodians");
    struct proven *next = &parcel->outcomes[parcel->outcome_count];
    enum err err = house_record(house, cli->conclave, before->index, next, refusal);
    if (err != OK)
        return err;
    struct hash leaf = merkle_leaf(bytes_span(&next->text));
    if (!hash_equal(&leaf, &before->leaf))
        return fault(ERR_SIGNATURE, refusal,
            "record %llu is not the one that the newest outcome adds to",
            (unsigned long long)before->index);
    parcel->outcome_count++;
    return OK;
}

static enum err read_all(struct parcel *parcel, struct cli *cli, const struct inquiry *inquiry,
    struct outcome *outcome, struct refusal *refusal)
{
    enum err err = read_outcome(parcel, &inquiry->id, outcome, refusal);
    memcpy(parcel->done, outcome->done, sizeof parcel->done);
    parcel->done_number = outcome->done_number;
    while (err == OK && outcome->adds) {
        struct place before = outcome->added_to;
        err = fetch_before(parcel, cli, inquiry->house, &before, refusal);
        if (err == OK)
            err = read_outcome(parcel, &inquiry->id, outcome, refusal);
    }
    return err;
}

enum err parcel_read(struct parcel *parcel, struct cli *cli, const struct inquiry *inquiry,
    struct refusal *refusal)
{
    const struct house *house = inquiry->house;
    struct outcome *outcome = calloc(1, sizeof *outcome);
    enum err err = outcome == NULL ? ERR_MEMORY : take_end(parcel, &inquiry->dossier, refusal);
    if (err == OK)
        err = read_all(parcel, cli, inquiry, outcome, refusal);
    free(outcome);
    if (err != OK || parcel->opened.item_count == 0)
        return err;
    return house_fetch_charter(
        house, cli->conclave, &parcel->opened.charter, parcel->charter, refusal);
}

// ---- signatures ----

static const struct key *key_of(
    const struct charter *charter, const struct outcome_signature *line)
{
    for (size_t i = 0; i < charter->key_count; i++)
        if (hash_equal(&charter->keys[i].key.id, &line->key) &&
            charter_key_of(charter, &charter->keys[i], line->role))
            return &charter->keys[i].key;
    return NULL;
}

static const struct hash *payload_of(
    const struct parcel *parcel, const struct outcome_signature *line)
{
    const struct item *item = &parcel->opened.items[item_of(parcel, line->role)];
    bool known = item < parcel->opened.items + parcel->opened.item_count;
    return known && item->version == line->version ? &item->payload : NULL;
}

enum err parcel_signature(const struct parcel *parcel, struct cli *cli,
    const struct outcome_signature *line, const struct key **key, struct bytes *signature,
    struct refusal *refusal)
{
    struct bytes payload;
    const struct hash *hash = payload_of(parcel, line);
    *key = key_of(parcel->charter, line);
    if (*key == NULL || hash == NULL)
        return fault(ERR_SIGNATURE, refusal,
            "the outcome names a key or payload of %s that charter and request do not have",
            line->role);
    bytes_init(&payload, LIMIT_PAYLOAD);
    enum err err = conclave_blob(cli->conclave, hash, &payload, refusal);
    if (err == OK)
        err = conclave_blob(cli->conclave, &line->signature, signature, refusal);
    if (err == OK && key_verify(*key, bytes_span(&payload), bytes_span(signature)) != OK)
        err = fault(ERR_SIGNATURE, refusal,
            "a signature on %s does not hold under the charter's key: do not use it",
            line->role);
    bytes_clear(&payload);
    return err;
}
