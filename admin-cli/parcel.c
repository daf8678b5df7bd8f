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

// What was never opened, and no freeze either, went by mandate; the text is the id's own.
static enum err take_text(
    struct parcel *parcel, struct span text, const struct hash *id, struct refusal *refusal)
{
    struct request *request = calloc(1, sizeof *request);
    struct hash found = request_id(text);
    if (request == NULL)
        return ERR_MEMORY;
    bool good = hash_equal(&found, id) && request_read(text, request) == OK;
    if (good) {
        memcpy(parcel->items, request->items, sizeof parcel->items);
        parcel->item_count = request->item_count;
        parcel->by_mandate = true;
    }
    free(request);
    return good
               ? OK
               : fault(ERR_FORM, refusal, "the request's text cannot be read, or is another's");
}

static enum err take_end(
    struct parcel *parcel, const struct inquiry *inquiry, struct refusal *refusal)
{
    const struct message *dossier = &inquiry->dossier;
    enum err err = OK;
    if (dossier->dossier.opened.text.size == 0 && dossier->dossier.request.size > 0) {
        err = take_text(parcel, dossier->dossier.request, &inquiry->id, refusal);
    } else if (dossier->dossier.opened.text.size > 0) {
        if (opened_read(dossier->dossier.opened.text, &parcel->opened) != OK)
            return fault(
                ERR_FORM, refusal, "the request has no opened record that can be read");
        memcpy(parcel->items, parcel->opened.items, sizeof parcel->items);
        parcel->item_count = parcel->opened.item_count;
    }
    if (err != OK)
        return err;
    parcel->outcome_count = 1;
    return receipt_end(dossier, &parcel->outcomes[0]);
}

static size_t item_of(const struct parcel *parcel, const char *role)
{
    size_t i = 0;
    while (i < parcel->item_count && strcmp(parcel->items[i].role, role) != 0)
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

// Nobody adds anything later to what was signed under mandates.
static enum err check_whole(const struct parcel *parcel, struct refusal *refusal)
{
    size_t line = 0;
    for (size_t i = 0; i < parcel->item_count; i++) {
        const struct item *item = &parcel->items[i];
        size_t first = line;
        while (line < parcel->line_count && strcmp(parcel->lines[line].role, item->role) == 0 &&
               parcel->lines[line].version == item->version)
            line++;
        if (line == first)
            return fault(ERR_SIGNATURE, refusal,
                "the outcome has no signature on %s: do not use the others", item->role);
    }
    return OK;
}

static enum err take_charter(
    struct parcel *parcel, struct cli *cli, const struct house *house, struct refusal *refusal)
{
    if (parcel->by_mandate) {
        *parcel->charter = *house->charter;
        return check_whole(parcel, refusal);
    }
    return house_fetch_charter(
        house, cli->conclave, &parcel->opened.charter, parcel->charter, refusal);
}

enum err parcel_read(struct parcel *parcel, struct cli *cli, const struct inquiry *inquiry,
    struct refusal *refusal)
{
    struct outcome *outcome = calloc(1, sizeof *outcome);
    enum err err = outcome == NULL ? ERR_MEMORY : take_end(parcel, inquiry, refusal);
    if (err == OK)
        err = read_all(parcel, cli, inquiry, outcome, refusal);
    free(outcome);
    return err != OK || parcel->item_count == 0
               ? err
               : take_charter(parcel, cli, inquiry->house, refusal);
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
    size_t at = item_of(parcel, line->role);
    bool known = at < parcel->item_count && parcel->items[at].version == line->version;
    return known ? &parcel->items[at].payload : NULL;
}

static enum err stranger(
    const struct parcel *parcel, const struct outcome_signature *line, struct refusal *refusal)
{
    if (parcel->by_mandate && payload_of(parcel, line) != NULL)
        return fault(ERR_SIGNATURE, refusal,
            "%s was signed under a mandate with a key that the charter in force does not name, "
            "and cannot be verified here: sign a new version",
            line->role);
    return fault(ERR_SIGNATURE, refusal,
        "the outcome names a key or payload of %s that charter and request do not have",
        line->role);
}

enum err parcel_payload(const struct parcel *parcel, struct cli *cli,
    const struct outcome_signature *line, struct bytes *payload, struct refusal *refusal)
{
    const struct hash *hash = payload_of(parcel, line);
    return hash == NULL ? stranger(parcel, line, refusal)
                        : conclave_blob(cli->conclave, hash, payload, refusal);
}

enum dialect parcel_dialect(const struct parcel *parcel, const struct outcome_signature *line)
{
    const struct repository *repository = charter_repository_of(parcel->charter, line->role);
    return repository == NULL ? DIALECT_NONE : repository->dialect;
}

enum err parcel_signature(const struct parcel *parcel, struct cli *cli,
    const struct outcome_signature *line, const struct key **key, struct bytes *signature,
    struct refusal *refusal)
{
    struct bytes payload;
    *key = key_of(parcel->charter, line);
    if (*key == NULL)
        return stranger(parcel, line, refusal);
    bytes_init(&payload, LIMIT_PAYLOAD);
    enum err err = parcel_payload(parcel, cli, line, &payload, refusal);
    if (err == OK)
        err = conclave_blob(cli->conclave, &line->signature, signature, refusal);
    if (err == OK && key_verify(*key, bytes_span(&payload), bytes_span(signature)) != OK)
        err = fault(ERR_SIGNATURE, refusal,
            "a signature on %s does not hold under the charter's key: do not use it",
            line->role);
    bytes_clear(&payload);
    return err;
}
