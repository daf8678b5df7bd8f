// The PIN: from the descriptor that conclaved left for it (a file, a systemd credential) or, when
// there is none, from the terminal (R19). Never from arguments, environment or configuration.
#ifndef CONCLAVE_HSM_PIN_H
#define CONCLAVE_HSM_PIN_H

#include "signer/base/secret.h"

// Reads it and closes the descriptor. NULL when there is neither descriptor nor terminal, or no
// memory that can be locked. Ends with secret_free, at once after the log-in.
struct secret *pin_take(int fd, const char *token_label);

#endif
