#include "hsm/vault.h"

#include <inttypes.h>

// ---- what the token says ----

static void start_founding(struct vault *vault)
{
    struct refusal why = {0};
    size_t seals = 0;
    vault_must(seal_count(vault->token, &seals, &why), &why);
    if (seals > 0)
        log_halt(EXIT_HALT,
            "the token holds a seal: this appliance was founded. Start it without --found, or "
            "found another one in a new token");
    vault->stage = VAULT_AT_FOUNDING;
}

static _Noreturn void halt_unsealed(struct vault *vault)
{
    struct refusal why = {0};
    size_t seals = 0;
    vault_must(seal_count(vault->token, &seals, &why), &why);
    if (seals > 0)
        log_halt(EXIT_HALT,
            "no seal in the token is valid: it was changed or damaged. Nothing is signed with "
            "this token; restore it, or found another appliance in a new token");
    log_halt(EXIT_HALT,
        "the token holds keys but no seal: it was removed, or a founding broke off. If this "
        "appliance was never founded, start it with --found; else restore the token");
}

static void start_serving(struct vault *vault)
{
    struct refusal why = {0};
    enum err keys = keyring_load(vault->token, vault->keyring, &why);
    if (keys == ERR_NOT_FOUND)
        log_halt(EXIT_HALT, "the token is empty: start the appliance with --found");
    vault_must(keys, &why);
    enum err err = seal_key_find(vault->token, &vault->seal_key, &why);
    if (err == OK)
        err = seal_find(vault->token, &vault->seal_key, &vault->seal, &why);
    if (err == ERR_NOT_FOUND)
        halt_unsealed(vault);
    vault_must(err, &why);
    vault->stage = VAULT_AT_RESUME;
}

void resume_start(struct vault *vault)
{
    struct message seal = {.kind = VAULT_SEAL};
    if (vault->config.stage == STAGE_FOUNDING)
        start_founding(vault);
    else
        start_serving(vault);
    seal.seal.stage = vault->config.stage;
    seal.seal.number = vault->seal.number;
    seal.seal.epoch = vault->seal.epoch;
    seal.seal.charter = vault->seal.charter;
    seal.seal.size = vault->seal.size;
    seal.seal.root = vault->seal.root;
    seal.seal.state = vault->seal.state;
    if (vault->seal.number > 0)
        seal.seal.log = key_spki(&vault->keyring->log.key);
    vault_must(vault_say(vault, &seal), NULL);
}

// ---- what the ledger says, held against the seal ----

static void take_charter(struct vault *vault, struct span text)
{
    struct refusal why = {0};
    struct hash hash = hash_of(text);
    if (!hash_equal(&hash, &vault->seal.charter))
        log_halt(EXIT_HALT, "the ledger's charter is not the sealed one; restore the ledger "
                            "that belongs to this token");
    if (charter_read(text, vault->charter, &why) != OK)
        log_halt(EXIT_HALT, "the sealed charter cannot be read: %s", why.sentence);
    if (vault->charter->epoch != vault->seal.epoch)
        log_halt(EXIT_HALT, "the sealed charter is of another epoch than the seal says");
}

static void take_state(struct vault *vault, struct span text)
{
    struct state *state = vault->state;
    struct hash hash = hash_of(text);
    if (!hash_equal(&hash, &vault->seal.state))
        log_halt(EXIT_HALT, "the ledger's state is not the sealed one; restore the ledger that "
                            "belongs to this token");
    enum err err = state_read(text, state);
    if (err == ERR_HALT)
        log_halt(EXIT_HALT,
            "the sealed state is in a newer format than this version knows: install version %s",
            state->program);
    if (err != OK)
        log_halt(EXIT_HALT, "the sealed state cannot be read by this version");
    if (state->epoch != vault->seal.epoch || !hash_equal(&state->charter, &vault->seal.charter))
        log_halt(EXIT_HALT, "the sealed state names another charter than the seal");
    if (state->has_order && state->order.index >= vault->seal.size)
        log_halt(EXIT_HALT, "the sealed state names an order that its seal does not cover");
}

static void hold_keys(const struct vault *vault)
{
    struct refusal why = {0};
    if (keyring_holds(vault->keyring, vault->charter, vault->state, &why) != OK)
        log_halt(EXIT_HALT, "%s", why.sentence);
}

static void take_edge(struct vault *vault, const struct hash_list *nodes)
{
    struct merkle_edge edge;
    enum err err = merkle_edge_set(&edge, vault->seal.size, nodes->at, nodes->count);
    struct hash root = {0};
    if (err == OK)
        root = merkle_edge_root(&edge);
    if (err != OK || !hash_equal(&root, &vault->seal.root))
        log_halt(EXIT_HALT,
            "the ledger's log is not the one that was sealed at size %" PRIu64
            "; restore the ledger that belongs to this token",
            vault->seal.size);
    tree_init(vault->tree, &edge);
}

enum err resume_take(struct vault *vault, const struct message *message)
{
    take_charter(vault, message->resume.charter);
    take_state(vault, message->resume.state);
    hold_keys(vault);
    take_edge(vault, &message->resume.edge);
    vault->timed = true; // until the clock is looked at, when all records are known
    vault->stage = VAULT_AT_REPLAY;
    return OK;
}
