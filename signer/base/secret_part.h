// What a secret is made of. Nobody outside signer/base/secret*.c includes this.
#ifndef CONCLAVE_SIGNER_BASE_SECRET_PART_H
#define CONCLAVE_SIGNER_BASE_SECRET_PART_H

#include "signer/base/secret.h"

struct secret {
    size_t size;
    uint8_t data[SECRET_MOST];
};

// One LF at the end is the key's that was pressed, not the secret's.
void secret_drop_line_feed(struct secret *secret);

#endif
