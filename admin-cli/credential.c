#include "admin-cli/credential.h"

#include "admin-cli/print.h"
#include "admin-cli/token_choice.h"

#include <limits.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

void credential_rules(struct credential *credential, struct option_rule *rules)
{
    *credential = (struct credential){0};
    rules[0] = (struct option_rule){.name = "module",
        .argument = "PATH",
        .help = "the token's PKCS#11 library",
        .needed = true,
        .text = &credential->module};
    rules[1] = (struct option_rule){.name = "token",
        .argument = "LABEL",
        .help = "the token, by label or serial:NUMBER, when more than one would do",
        .text = &credential->token};
    rules[2] = (struct option_rule){.name = "key-label",
        .argument = "LABEL",
        .help = "the key, when the token holds more than one",
        .text = &credential->key_label};
    rules[3] = (struct option_rule){.name = "pin-fd",
        .argument = "N",
        .help = "read the PIN from this descriptor, not from the terminal",
        .text = &credential->pin_fd};
}

// Libraries keep copies of the PIN in the heap: the process leaves no core and lets nobody trace.
static bool hide_memory(void)
{
    struct rlimit none = {0, 0};
    return setrlimit(RLIMIT_CORE, &none) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
}

// The label is the token's own words.
static void write_prompt(const struct admin_token_place *place, char *prompt, size_t room)
{
    struct bytes label;
    bytes_init(&label, room);
    print_escape(&label, span_text(place->token->label));
    size_t size = bytes_finish(&label) == OK ? label.size : 0;
    (void)snprintf(prompt, room, "PIN of the token \"%.*s\"%s: ", (int)size,
        size == 0 ? "" : (const char *)label.data,
        place->token->last_try ? ", the last try before it locks" : "");
    bytes_clear(&label);
}

enum { PROMPT_MOST = 256 }; // a label of 32 bytes, each escaped, and our words

static enum err read_pin(const struct credential *credential,
    const struct admin_token_place *place, struct secret *pin)
{
    char prompt[PROMPT_MOST];
    uint64_t fd;
    if (credential->pin_fd != NULL)
        return options_number("--pin-fd", credential->pin_fd, INT_MAX, &fd)
                   ? secret_read_fd(pin, (int)fd)
                   : ERR_FORM;
    write_prompt(place, prompt, sizeof prompt);
    return secret_ask(pin, prompt);
}

static int fail(enum err err, const struct refusal *refusal)
{
    return err == ERR_REFUSED ? cli_say(STATUS_REFUSED, "%s", refusal->sentence)
                              : cli_fail(SIDE_DAEMON, err, refusal);
}

typedef enum err chooser(const struct rack *rack, const struct token_wanted *wanted,
    struct admin_token_place *place, struct refusal *refusal);

static int no_pin(void)
{
    return cli_say(STATUS_LOCAL,
        "the PIN cannot be read: run this on a terminal, or name a descriptor with --pin-fd");
}

// Nobody types where standard input is no terminal, though there may be one behind it.
static bool can_read_pin(const struct credential *credential)
{
    return credential->pin_fd != NULL || isatty(STDIN_FILENO);
}

int credential_rack(const char *module, struct rack **rack)
{
    struct refusal refusal = {0};
    enum err err = rack_read(module, rack, &refusal);
    if (err == ERR_MEMORY)
        return cli_say(STATUS_LOCAL, "out of memory");
    return err == OK
               ? STATUS_DONE
               : cli_say(STATUS_DAEMON, "%s: name the token's PKCS#11 library with --module",
                     refusal.sentence);
}

static int find(const struct credential *credential, const struct holders *holders,
    chooser *choose, struct rack **rack, struct admin_token_place *place)
{
    struct refusal refusal = {0};
    const struct token_wanted wanted = {
        credential->module, credential->token, credential->key_label, holders};
    int status =
        can_read_pin(credential) ? credential_rack(credential->module, rack) : no_pin();
    if (status != STATUS_DONE)
        return status;
    enum err err = choose(*rack, &wanted, place, &refusal);
    return err == OK ? STATUS_DONE : fail(err, &refusal);
}

int credential_find(const struct credential *credential, const struct holders *holders,
    struct rack **rack, struct admin_token_place *place)
{
    return find(credential, holders, token_choose, rack, place);
}

int credential_find_bare(
    const struct credential *credential, struct rack **rack, struct admin_token_place *place)
{
    return find(credential, NULL, token_choose_bare, rack, place);
}

int credential_pin(const struct credential *credential, const struct admin_token_place *place,
    struct secret **out)
{
    struct refusal refusal = {0};
    *out = NULL;
    enum err err = admin_token_ready(place, &refusal);
    if (err != OK)
        return fail(err, &refusal);
    struct secret *pin = hide_memory() ? secret_new() : NULL;
    if (pin == NULL)
        return cli_say(STATUS_LOCAL, "no locked memory for the PIN: raise ulimit -l");
    err = read_pin(credential, place, pin);
    if (err == OK) {
        *out = pin;
        return STATUS_DONE;
    }
    secret_free(pin);
    return err == ERR_FORM ? STATUS_LOCAL : no_pin();
}

// A token that shows no key before the log-in shows now whose it is.
static int check_holder(const struct holders *holders, struct signer *signer)
{
    struct bytes names;
    const struct key *key = signer_key(signer);
    if (holders == NULL || holders_know(holders, &key->id))
        return STATUS_DONE;
    bytes_init(&names, LIMIT_SENTENCE);
    holders_list(holders, &names);
    size_t size = bytes_finish(&names) == OK ? names.size : 0;
    (void)cli_say(STATUS_REFUSED,
        "this token's key is nobody's that would do here: needed is the key of %.*s", (int)size,
        size == 0 ? "" : (const char *)names.data);
    bytes_clear(&names);
    return STATUS_REFUSED;
}

static int open_place(const struct credential *credential, const struct holders *holders,
    const struct admin_token_place *place, struct signer **out)
{
    struct refusal refusal = {0};
    struct secret *pin;
    int status = credential_pin(credential, place, &pin);
    if (status != STATUS_DONE)
        return status;
    enum err err = signer_from_token(place, pin, out, &refusal);
    secret_free(pin);
    return err == OK ? check_holder(holders, *out) : fail(err, &refusal);
}

int credential_open(
    const struct credential *credential, const struct holders *holders, struct signer **out)
{
    struct rack *rack = NULL;
    struct admin_token_place place;
    *out = NULL;
    int status = credential_find(credential, holders, &rack, &place);
    if (status == STATUS_DONE)
        status = open_place(credential, holders, &place, out);
    rack_free(rack);
    if (status != STATUS_DONE) {
        signer_free(*out);
        *out = NULL;
    }
    return status;
}
