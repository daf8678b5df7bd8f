#include "client/house.h"

#include "client/fault.h"
#include "client/tail.h"

#include <stdlib.h>
#include <string.h>

struct house *house_new(void)
{
    struct house *house = calloc(1, sizeof *house);
    if (house == NULL)
        return NULL;
    bytes_init(&house->charter_text, LIMIT_CHARTER);
    bytes_init(&house->note, LIMIT_CHECKPOINT);
    house->charter = charter_new();
    house->state = calloc(1, sizeof *house->state);
    if (house->charter != NULL && house->state != NULL)
        return house;
    house_free(house);
    return NULL;
}

void house_free(struct house *house)
{
    if (house == NULL)
        return;
    charter_free(house->charter);
    free(house->state);
    bytes_clear(&house->charter_text);
    bytes_clear(&house->note);
    free(house);
}

static enum err fetch_record(
    struct conclave *conclave, uint64_t index, struct bytes *text, struct refusal *refusal)
{
    struct message ask = {.kind = ASK_RECORDS}, answer;
    ask.page.first = index;
    ask.page.count = 1;
    enum err err = conclave_ask(conclave, &ask, &answer, refusal);
    if (err != OK)
        return err;
    if (answer.records.entries.count != 1 || answer.records.entries.at[0].index != index)
        return fault(
            ERR_NOT_FOUND, refusal, "the log has no record %llu", (unsigned long long)index);
    bytes_add(text, answer.records.entries.at[0].text);
    return bytes_finish(text);
}

static void copy_path(const struct hash_list *from, struct merkle_path *to)
{
    memcpy(to->nodes, from->at, sizeof to->nodes);
    to->count = from->count;
}

static enum err check_inclusion(const struct house *house, const struct message *proof,
    uint64_t index, const struct hash *leaf, struct refusal *refusal)
{
    struct checkpoint checkpoint;
    struct merkle_path path;
    enum err err =
        checkpoint_open(proof->proof.checkpoint, house->origin, &house->log, &checkpoint);
    if (err != OK)
        return fault(ERR_SIGNATURE, refusal,
            "the appliance showed a checkpoint that the pinned log key did not sign: stop, and "
            "compare the log key with the other administrators");
    copy_path(&proof->proof.path, &path);
    if (!merkle_included(index, checkpoint.size, leaf, &path, &checkpoint.root))
        return fault(ERR_SIGNATURE, refusal,
            "record %llu is not in the log that the checkpoint signs: stop, and show it to the "
            "other administrators",
            (unsigned long long)index);
    return OK;
}

void proven_init(struct proven *proven)
{
    *proven = (struct proven){0};
    bytes_init(&proven->text, LIMIT_RECORD);
    bytes_init(&proven->note, LIMIT_CHECKPOINT);
}

void proven_clear(struct proven *proven)
{
    bytes_clear(&proven->text);
    bytes_clear(&proven->note);
}

enum err house_record(const struct house *house, struct conclave *conclave, uint64_t index,
    struct proven *out, struct refusal *refusal)
{
    struct message ask = {.kind = ASK_PROVE}, answer;
    out->index = index;
    bytes_reset(&out->text);
    bytes_reset(&out->note);
    enum err err = fetch_record(conclave, index, &out->text, refusal);
    if (err != OK)
        return err;
    struct hash leaf = merkle_leaf(bytes_span(&out->text));
    ask.prove.index = index;
    err = conclave_ask(conclave, &ask, &answer, refusal);
    if (err == OK)
        err = check_inclusion(house, &answer, index, &leaf, refusal);
    if (err != OK)
        return err;
    copy_path(&answer.proof.path, &out->path);
    bytes_add(&out->note, answer.proof.checkpoint);
    return bytes_finish(&out->note);
}

static enum err read_founding(
    struct house *house, struct conclave *conclave, struct refusal *refusal)
{
    struct proven first;
    proven_init(&first);
    enum err err = house_record(house, conclave, 0, &first, refusal);
    if (err != OK)
        goto out;
    if (founding_read(bytes_span(&first.text), &house->founding) != OK ||
        !hash_equal(&house->founding.log.id, &house->log.id) ||
        strcmp(house->founding.origin, house->origin) != 0)
        err = fault(ERR_SIGNATURE, refusal,
            "the first record of the log does not name the log key that is pinned here: stop, "
            "and compare the log key with the other administrators");
out:
    proven_clear(&first);
    return err;
}

// Under mandates nothing is sealed for an order: its numbers were, before. The outcome is under the
// checkpoint, and names its order by the leaf.
static enum err check_mandated(struct conclave *conclave, const struct state *state,
    const struct place *order, struct refusal *refusal)
{
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    enum err err = fetch_record(conclave, order->index, &text, refusal);
    struct hash leaf = merkle_leaf(bytes_span(&text));
    bool later = state->has_order && state->order.index >= order->index;
    if (err == OK && (later || !hash_equal(&leaf, &order->leaf) ||
                         record_kind(bytes_span(&text)) != RECORD_MANDATED))
        err = fault(ERR_SIGNATURE, refusal,
            "the state that the newest outcome names belongs to another order");
    bytes_clear(&text);
    return err;
}

static enum err check_order(struct conclave *conclave, const struct state *state,
    const struct place *order, struct refusal *refusal)
{
    bool same = state->has_order && state->order.index == order->index &&
                hash_equal(&state->order.leaf, &order->leaf);
    return same ? OK : check_mandated(conclave, state, order, refusal);
}

static enum err read_state(struct house *house, struct conclave *conclave,
    const struct outcome *outcome, struct refusal *refusal)
{
    struct bytes text;
    bytes_init(&text, LIMIT_STATE);
    enum err err = conclave_blob(conclave, &outcome->state, &text, refusal);
    if (err == OK && state_read(bytes_span(&text), house->state) != OK)
        err = fault(ERR_FORM, refusal, "the state that the newest outcome names is no state");
    if (err == OK)
        err = check_order(conclave, house->state, &outcome->order, refusal);
    bytes_clear(&text);
    return err;
}

static enum err load_state(
    struct house *house, struct conclave *conclave, struct refusal *refusal)
{
    struct bytes text;
    struct outcome *outcome = calloc(1, sizeof *outcome);
    bytes_init(&text, LIMIT_RECORD);
    *house->state = (struct state){0};
    enum err err = outcome == NULL
                       ? ERR_MEMORY
                       : tail_find(conclave, &house->newest, RECORD_OUTCOME, &text, refusal);
    if (err != OK || text.size == 0)
        goto out;
    err = outcome_read(bytes_span(&text), outcome) == OK
              ? read_state(house, conclave, outcome, refusal)
              : fault(ERR_FORM, refusal, "the newest outcome record cannot be read");
out:
    bytes_clear(&text);
    free(outcome);
    return err;
}

static enum err fetch_charter(const struct house *house, struct conclave *conclave,
    const struct hash *hash, struct bytes *text, struct charter *out, struct refusal *refusal)
{
    bytes_reset(text);
    enum err err = conclave_blob(conclave, hash, text, refusal);
    if (err == OK)
        err = charter_read(bytes_span(text), out, refusal);
    if (err == OK && !hash_equal(&out->log, &house->log.id))
        err = fault(ERR_SIGNATURE, refusal,
            "the charter names another log key than the pinned: do not sign anything");
    return err;
}

enum err house_fetch_charter(const struct house *house, struct conclave *conclave,
    const struct hash *hash, struct charter *out, struct refusal *refusal)
{
    struct bytes text;
    bytes_init(&text, LIMIT_CHARTER);
    enum err err = fetch_charter(house, conclave, hash, &text, out, refusal);
    bytes_clear(&text);
    return err;
}

// The state names the charter in force; before the first outcome that is the founding's, which every
// administrator has signed.
static enum err read_charter(
    struct house *house, struct conclave *conclave, struct refusal *refusal)
{
    const struct state *state = house->state;
    const struct hash *hash = state->epoch == 0 ? &house->founding.charter : &state->charter;
    enum err err =
        fetch_charter(house, conclave, hash, &house->charter_text, house->charter, refusal);
    if (err == OK && state->epoch != 0 && state->epoch != house->charter->epoch)
        err = fault(ERR_SIGNATURE, refusal,
            "the charter is of another epoch than the state says: do not sign anything");
    return err;
}

static enum err load_once(
    struct house *house, struct conclave *conclave, struct refusal *refusal)
{
    struct message status;
    enum err err = conclave_status(conclave, &status, &house->newest, refusal);
    if (err != OK)
        return err;
    house->stage = status.status.stage;
    bytes_reset(&house->note);
    bytes_add(&house->note, status.status.checkpoint);
    err = read_founding(house, conclave, refusal);
    if (err == OK)
        err = load_state(house, conclave, refusal);
    if (err == OK)
        err = read_charter(house, conclave, refusal);
    // What the first state says, too, before any outcome names one.
    house->state->epoch = house->charter->epoch;
    house->state->charter = house->charter->hash;
    return err;
}

// The appliance keeps the newest states only: one that was sealed while the records before it were
// read may be gone. A busy house is asked again.
enum { LOAD_TRIES = 3 };

enum err house_load(
    struct house *house, struct conclave *conclave, const char *home, struct refusal *refusal)
{
    enum err err = conclave_pinned(home, house->origin, &house->log);
    if (err != OK)
        return fault(err, refusal,
            "no log key is pinned in %s: enrol with `conclave enrol VKEY` first", home);
    err = load_once(house, conclave, refusal);
    for (int i = 1; i < LOAD_TRIES && err == ERR_REFUSED; i++)
        err = load_once(house, conclave, refusal);
    return err;
}
