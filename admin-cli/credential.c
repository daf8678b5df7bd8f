#include "admin-cli/credential.h"

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
        .help = "the token",
        .needed = true,
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

static enum err read_pin(const struct credential *credential, struct secret *pin)
{
    char prompt[128];
    uint64_t fd;
    if (credential->pin_fd != NULL)
        return options_number("--pin-fd", credential->pin_fd, INT_MAX, &fd)
                   ? secret_read_fd(pin, (int)fd)
                   : ERR_FORM;
    // Nobody types where standard input is no terminal, though there may be one behind it.
    if (!isatty(STDIN_FILENO))
        return ERR_SYSTEM;
    (void)snprintf(prompt, sizeof prompt, "PIN of the token \"%s\": ", credential->token);
    return secret_ask(pin, prompt);
}

int credential_pin(const struct credential *credential, struct secret **out)
{
    *out = NULL;
    struct secret *pin = hide_memory() ? secret_new() : NULL;
    if (pin == NULL)
        return cli_say(STATUS_LOCAL, "no locked memory for the PIN: raise ulimit -l");
    enum err err = read_pin(credential, pin);
    if (err == OK) {
        *out = pin;
        return STATUS_DONE;
    }
    secret_free(pin);
    return err == ERR_FORM ? STATUS_LOCAL
                           : cli_say(STATUS_LOCAL,
                                 "the PIN cannot be read: run this on a terminal, or name a "
                                 "descriptor with --pin-fd");
}

int credential_open(const struct credential *credential, struct signer **out)
{
    struct refusal refusal = {0};
    struct admin_token_name name = {
        credential->module, credential->token, credential->key_label};
    struct secret *pin;
    *out = NULL;
    int status = credential_pin(credential, &pin);
    if (status != STATUS_DONE)
        return status;
    enum err err = signer_from_token(&name, pin, out, &refusal);
    secret_free(pin);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_DAEMON, err, &refusal);
}
