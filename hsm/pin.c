#include "hsm/pin.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { PROMPT_MOST = 128 };

static enum err read_pin(struct secret *pin, int fd, const char *token_label)
{
    if (fcntl(fd, F_GETFD) >= 0) {
        enum err err = secret_read_fd(pin, fd);
        close(fd);
        return err;
    }
    char prompt[PROMPT_MOST];
    snprintf(prompt, sizeof prompt, "PIN of the token %s: ", token_label);
    return secret_ask(pin, prompt);
}

struct secret *pin_take(int fd, const char *token_label)
{
    struct secret *pin = secret_new();
    if (pin != NULL && read_pin(pin, fd, token_label) == OK)
        return pin;
    secret_free(pin);
    return NULL;
}
