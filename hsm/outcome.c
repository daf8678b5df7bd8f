#include "hsm/vault.h"

#include <stdlib.h>
#include <string.h>

struct deed *deed_new(
    struct vault *vault, const struct hash *request, const struct place *order)
{
    struct deed *deed = calloc(1, sizeof *deed);
    if (deed == NULL)
        return NULL;
    signing_init(&deed->signing);
    deed->signing.token = vault->token;
    deed->signing.keyring = vault->keyring;
    deed->signing.charter = vault->charter;
    deed->signing.state = vault->state;
    deed->outcome.time = vault_now(vault);
    deed->outcome.request = *request;
    deed->outcome.order = *order;
    deed->outcome.state = vault->seal.state;
    return deed;
}

void deed_free(struct deed *deed)
{
    signing_clear(&deed->signing);
    free(deed);
}

void deed_sign(
    struct deed *deed, const struct item *items, size_t item_count, const struct span *payloads)
{
    struct refusal why = {0};
    struct signing *signing = &deed->signing;
    vault_must(signing_make(signing, items, item_count, payloads, &why), &why);
    deed->outcome.signature_count = signing->count;
    memcpy(deed->outcome.signatures, signing->lines, signing->count * sizeof signing->lines[0]);
}

enum err deed_say(struct vault *vault, uint64_t id, const struct deed *deed)
{
    struct bytes text;
    struct message answer = {.kind = VAULT_OUTCOME, .id = id};
    bytes_init(&text, LIMIT_RECORD);
    outcome_write(&deed->outcome, &text);
    enum err err = bytes_finish(&text);
    if (err == OK)
        err = tree_append(vault->tree, bytes_span(&text), &answer.outcome.place);
    if (err == OK) {
        vault_saw(vault, deed->outcome.time);
        vault->told = answer.outcome.place.index + 1;
        answer.outcome.order = deed->outcome.order;
        answer.outcome.text = bytes_span(&text);
        signing_spans(&deed->signing, &answer.outcome.signatures);
        err = vault_say(vault, &answer);
    }
    bytes_clear(&text);
    return err;
}
