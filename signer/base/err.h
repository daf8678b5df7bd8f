// Errors: one small set for the whole house. 0 is OK; every function that can fail is must_check
// and is tested with a visible `if`.
#ifndef CONCLAVE_SIGNER_BASE_ERR_H
#define CONCLAVE_SIGNER_BASE_ERR_H

#define must_check __attribute__((warn_unused_result))

enum err {
    OK = 0,
    ERR_FORM,      // the bytes do not have the form they must have
    ERR_LIMIT,     // more than a named limit allows (proto/limits.h)
    ERR_MEMORY,    // no memory
    ERR_SYSTEM,    // a system call failed; errno says why
    ERR_CRYPTO,    // a library operation failed that should not fail
    ERR_SIGNATURE, // a signature, proof or authentication code does not hold
    ERR_KEY,       // a public key that is never accepted (R16)
    ERR_NOT_FOUND, // no such thing
    ERR_EXISTS,    // there is one already
    ERR_CLOSED,    // the other side is gone
    ERR_AGAIN,     // nothing to do now; come back when the descriptor is ready
    ERR_TOKEN,     // the PKCS#11 token said no
    ERR_PIN,       // the token refused the PIN
    ERR_SPACE,     // the disk has no room for it (R9)
    ERR_HALT,      // the house must not go on; a sentence was logged that says what to do
    ERR_REFUSED,   // judged and refused; a struct refusal says by which rule
};

// A few words for people, never NULL: "malformed", "over a limit", ...
const char *err_text(enum err err);

#endif
