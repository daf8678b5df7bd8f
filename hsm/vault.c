#include "hsm/vault.h"

#include "hsm/pin.h"
#include "signer/corridor/sandbox.h"

#include <stdlib.h>

enum {
    SERVING = VAULT_AT_REDO | VAULT_AT_SERVING | VAULT_AT_ORDER | VAULT_AT_RESERVE,
};

// Who may say what, and when. What is not in here ends the room.
static const struct row {
    enum message_kind kind;
    unsigned stages;
    vault_handler *handle;
} rows[] = {
    {VAULT_FOUND_KEYS, VAULT_AT_FOUNDING, found_keys},
    {VAULT_FOUND, VAULT_AT_FOUNDING, found_take},
    {VAULT_EXECUTE, VAULT_AT_FOUND, found_execute},
    {VAULT_RESUME, VAULT_AT_RESUME, resume_take},
    {VAULT_REPLAY, VAULT_AT_REPLAY, replay_record},
    {VAULT_RESUMED, VAULT_AT_REPLAY, replay_end},
    {VAULT_REDO, VAULT_AT_REDO, redo_sealed},
    {VAULT_APPEND, SERVING, append_record},
    {VAULT_DURABLE, SERVING | VAULT_AT_FOUND, append_durable},
    {VAULT_JUDGE, VAULT_AT_SERVING, order_judge},
    {VAULT_FREEZE, VAULT_AT_SERVING, freeze_take},
    {VAULT_EXECUTE, VAULT_AT_ORDER, execute_flight},
    {VAULT_MANDATE, VAULT_AT_SERVING, mandate_take},
    {VAULT_EXECUTE, VAULT_AT_RESERVE, mandate_execute},
};

static enum err from_ledger(void *context, const struct message *message)
{
    struct vault *vault = context;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].kind == message->kind && (rows[i].stages & (unsigned)vault->stage) != 0)
            return rows[i].handle(vault, message);
    log_warn("message %d does not belong here", (int)message->kind);
    return ERR_FORM;
}

static void vault_clear(struct vault *vault)
{
    token_close(vault->token);
    charter_free(vault->charter);
    if (vault->flight != NULL) {
        judge_clear(&vault->flight->judgement);
        bytes_clear(&vault->flight->state_text);
        bytes_clear(&vault->flight->payloads);
    }
    bytes_clear(&vault->objects);
    free(vault->flight);
    free(vault->past);
    free(vault->tree);
    free(vault->state);
    free(vault->keyring);
}

static void vault_init(struct vault *vault)
{
    vault->keyring = calloc(1, sizeof *vault->keyring);
    vault->charter = charter_new();
    vault->state = calloc(1, sizeof *vault->state);
    vault->tree = calloc(1, sizeof *vault->tree);
    vault->flight = calloc(1, sizeof *vault->flight);
    vault->past = calloc(1, sizeof *vault->past);
    if (vault->past == NULL || vault->keyring == NULL || vault->charter == NULL ||
        vault->state == NULL || vault->tree == NULL || vault->flight == NULL)
        log_halt(EXIT_HALT, "out of memory");
    bytes_init(&vault->objects, LIMIT_OBJECTS);
    bytes_init(&vault->flight->state_text, LIMIT_STATE);
    bytes_init(&vault->flight->payloads, LIMIT_REQUEST_BYTES);
}

// The PIN is in memory from here to the answer of the token, and no longer.
static void log_in(struct vault *vault)
{
    struct refusal why = {0};
    vault_must(
        token_open(vault->config.module, vault->config.token, &vault->token, &why), &why);
    struct secret *pin = pin_take(ROOM_RESOURCE, vault->config.token);
    if (pin == NULL)
        log_halt(EXIT_PIN, "no PIN can be read: give it by a file or credential, or start the "
                           "appliance from a terminal");
    enum err err = token_login(vault->token, pin, &why);
    secret_free(pin);
    if (err == ERR_PIN)
        log_halt(EXIT_PIN, "%s", why.sentence);
    vault_must(err, &why);
}

int main(void)
{
    struct vault vault = {0};
    const struct room_loop loop = {.context = &vault, .from_up = from_ledger};
    room_enter(&vault.room, "vault", ROOM_HAS_UP, &vault.config);
    vault_init(&vault);
    log_in(&vault);
    room_list_libraries(&vault.room);
    sandbox_enter(SANDBOX_VAULT, vault.config.folder);
    resume_start(&vault);
    room_ready(&vault.room);
    int status = room_run(&vault.room, &loop);
    vault_clear(&vault);
    return status;
}
