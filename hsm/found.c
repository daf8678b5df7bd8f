#include "hsm/object.h"
#include "hsm/vault.h"

#include <stdlib.h>
#include <string.h>

// ---- the keys ----

// What a founding makes is named for the log, or for a role; what it left half made may have no name.
static void must_be_ours(struct vault *vault, CK_OBJECT_HANDLE key)
{
    struct refusal why = {0};
    char label[LIMIT_ROLE_NAME + 1] = "";
    struct object_room room = {(uint8_t *)label, sizeof label - 1};
    if (object_is_absent(vault->token, key, CKA_LABEL))
        return;
    vault_must(object_bytes(vault->token, key, CKA_LABEL, &room, &why), &why);
    if (strcmp(label, KEYRING_LOG) != 0 && strchr(label, '/') == NULL)
        log_halt(EXIT_HALT,
            "the token holds a key named %s, which no founding made: name the appliance's own "
            "token in the configuration, or empty this one",
            label);
}

// Any other key says that this is somebody's own token, and the configuration names the wrong one.
static void look_before_destroying(struct vault *vault)
{
    static const CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    struct refusal why = {0};
    struct object_template template = {.count = 0};
    CK_OBJECT_HANDLE keys[TOKEN_KEYS_MOST];
    size_t count = 0;
    object_template_add(&template, CKA_CLASS, &class, sizeof class);
    vault_must(object_find(vault->token, &template, keys, TOKEN_KEYS_MOST, &count, &why), &why);
    for (size_t i = 0; i < count; i++)
        must_be_ours(vault, keys[i]);
}

static void generate(struct vault *vault, const struct wishes *wishes)
{
    struct refusal why = {0};
    struct token_key made;
    look_before_destroying(vault);
    // A founding that broke off starts over: what it left is of nobody.
    vault_must(object_destroy_all(vault->token, &why), &why);
    vault_must(token_key_generate(vault->token, KEYRING_LOG, KEY_ED25519, &made, &why), &why);
    vault_must(seal_key_generate(vault->token, &vault->seal_key, &why), &why);
    for (size_t i = 0; i < wishes->key_count; i++)
        vault_must(token_key_generate(
                       vault->token, wishes->keys[i].role, wishes->keys[i].type, &made, &why),
            &why);
    vault_must(keyring_load(vault->token, vault->keyring, &why), &why);
    if (vault->keyring->count != wishes->key_count)
        log_halt(EXIT_TOKEN, "the token holds other keys than those that were generated");
}

static enum err list_objects(struct vault *vault)
{
    const struct keyring *keyring = vault->keyring;
    struct objects *objects = calloc(1, sizeof *objects);
    if (objects == NULL)
        return ERR_MEMORY;
    objects->log = keyring->log.key;
    objects->key_count = keyring->count;
    for (size_t i = 0; i < keyring->count; i++) {
        memcpy(objects->keys[i].role, keyring->keys[i].label, sizeof objects->keys[i].role);
        objects->keys[i].key = keyring->keys[i].key;
    }
    bytes_reset(&vault->objects);
    objects_write(objects, &vault->objects);
    free(objects);
    return bytes_finish(&vault->objects);
}

static enum err make_keys(struct vault *vault, uint64_t id, const struct wishes *wishes)
{
    generate(vault, wishes);
    enum err err = list_objects(vault);
    if (err != OK)
        return err;
    struct message answer = {.kind = ANSWER_FOUND_KEYS, .id = id};
    answer.found_keys_are.objects = bytes_span(&vault->objects);
    return vault_say(vault, &answer);
}

// The wishes are a client's, and nobody before the vault had to read them: a mistake in them is
// refused, not fatal.
enum err found_keys(struct vault *vault, const struct message *message)
{
    struct refusal refusal = {0};
    struct wishes *wishes = calloc(1, sizeof *wishes);
    if (wishes == NULL)
        return ERR_MEMORY;
    enum err err = wishes_read(message->found_keys.wishes, wishes);
    if (err == OK) {
        err = make_keys(vault, message->id, wishes);
    } else {
        refuse(&refusal, "R20", "The list of keys to generate is not one.");
        err = vault_refuse(vault, message->id, &refusal);
    }
    free(wishes);
    return err;
}

// ---- the first records ----

// The first state: nothing was signed yet.
static enum err first_state(struct vault *vault, moment now)
{
    memset(vault->state, 0, sizeof *vault->state);
    vault->state->time = now;
    vault->state->epoch = vault->charter->epoch;
    vault->state->charter = vault->charter->hash;
    bytes_reset(&vault->flight->state_text);
    state_write(vault->state, &vault->flight->state_text);
    return bytes_finish(&vault->flight->state_text);
}

static enum err begin_log(
    struct vault *vault, const struct message *message, struct place *last)
{
    struct merkle_edge empty;
    struct place first;
    merkle_edge_init(&empty);
    tree_init(vault->tree, &empty);
    enum err err = tree_append(vault->tree, message->found.founding, &first);
    return err == OK ? tree_append(vault->tree, message->found.founded, last) : err;
}

static enum err judge_founding(
    struct vault *vault, const struct message *message, moment now, struct refusal *refusal)
{
    struct found_judgement *judged = calloc(1, sizeof *judged);
    if (judged == NULL)
        return ERR_MEMORY;
    judged->keyring = vault->keyring;
    judged->objects = bytes_span(&vault->objects);
    judged->ask = message;
    judged->now = now;
    judged->charter = vault->charter;
    enum err err = found_judge(judged, refusal);
    free(judged);
    return err;
}

enum err found_take(struct vault *vault, const struct message *message)
{
    struct refusal refusal = {0};
    struct message answer = {.kind = VAULT_FOUND_JUDGED, .id = message->id};
    moment now = moment_now();
    enum err err = judge_founding(vault, message, now, &refusal);
    if (err == ERR_REFUSED)
        return vault_refuse(vault, message->id, &refusal);
    if (err == OK)
        err = begin_log(vault, message, &answer.judged.place);
    if (err == OK)
        err = first_state(vault, now);
    if (err != OK)
        return err;
    vault->stage = VAULT_AT_FOUND;
    answer.judged.state = bytes_span(&vault->flight->state_text);
    return vault_say(vault, &answer);
}

enum err found_execute(struct vault *vault, const struct message *message)
{
    if (vault->tree->durable.size != vault->tree->tip.size) {
        log_warn("the ledger wants a founding sealed that is not durable");
        return ERR_FORM;
    }
    enum err err =
        vault_seal(vault, message->id, vault->state, bytes_span(&vault->flight->state_text));
    vault->stage = VAULT_AT_FOUNDED;
    return err;
}
