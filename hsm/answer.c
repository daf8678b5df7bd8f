#include "hsm/vault.h"

enum err vault_say(struct vault *vault, const struct message *message)
{
    return channel_put(&vault->room.up, message);
}

enum err vault_refuse(struct vault *vault, uint64_t id, const struct refusal *refusal)
{
    struct message answer = {.kind = ANSWER_REFUSED, .id = id};
    answer.refused.rule = span_text(refusal->rule);
    answer.refused.sentence = span_text(refusal->sentence);
    return vault_say(vault, &answer);
}

void vault_must(enum err err, const struct refusal *why)
{
    if (err == OK)
        return;
    bool said = why != NULL && why->sentence[0] != '\0';
    // A token that is away may be back at the next start; one that computes wrongly, or holds keys
    // that were not made here, stays as it is.
    int status = err == ERR_SIGNATURE || err == ERR_KEY ? EXIT_HALT : EXIT_TOKEN;
    log_halt(status, "%s", said ? why->sentence : err_text(err));
}

enum err vault_seal(
    struct vault *vault, uint64_t id, const struct state *next, struct span text)
{
    struct refusal why = {0};
    struct seal seal = {.number = vault->seal.number + 1,
        .epoch = next->epoch,
        .charter = next->charter,
        .size = vault->tree->durable.size,
        .root = merkle_edge_root(&vault->tree->durable),
        .state = hash_of(text),
        .comebacks = vault->seal.comebacks};
    if (vault->timed)
        comebacks_forget(&seal.comebacks, moment_now() - LIMIT_REQUEST_LIFE);
    vault_must(seal_write(vault->token, &vault->seal_key, &seal, &why), &why);
    vault->seal = seal;
    struct message sealed = {.kind = VAULT_SEALED, .id = id};
    sealed.sealed.number = seal.number;
    sealed.sealed.epoch = seal.epoch;
    sealed.sealed.charter = seal.charter;
    sealed.sealed.state = seal.state;
    return vault_say(vault, &sealed);
}
