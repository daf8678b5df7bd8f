// Where the vault reads the PIN from (R19). conclaved only opens the place; it never reads it.
#ifndef CONCLAVE_SIGNER_PIN_H
#define CONCLAVE_SIGNER_PIN_H

#include "proto/refusal.h"
#include "signer/config.h"

#include <stdbool.h>
#include <termios.h>

struct pin {
    int fd;                // for the vault; -1: it asks at the terminal
    bool asks;             // at the terminal
    struct termios before; // how the terminal was
};

// descriptor: `given` (-1: none was), which is then the pin's. credential: the file conclave-pin of
// systemd's credentials. terminal: there must be one. ERR_REFUSED with a sentence.
enum err must_check pin_open(
    struct pin *pin, enum pin_source source, int given, struct refusal *why);
// Once the vault has its own copy.
void pin_close(struct pin *pin);
// A vault that was ended while it asked has left the terminal without echo.
void pin_restore_terminal(const struct pin *pin);

#endif
