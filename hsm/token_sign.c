#include "hsm/token_kind.h"

static enum err sign_raw(struct token *token, const struct token_key *key,
    const struct token_kind *kind, struct span input, uint8_t out[KEY_SIGNATURE_MOST],
    struct refusal *why)
{
    CK_MECHANISM mechanism = kind->sign;
    CK_ULONG size = kind->signature_size;
    CK_RV rv = token->p11->C_SignInit(token->session, &mechanism, key->handle);
    // C_Sign takes a pointer to bytes that it does not change.
    if (rv == CKR_OK)
        rv = token->p11->C_Sign(
            token->session, (CK_BYTE *)(uintptr_t)input.data, input.size, out, &size);
    if (rv != CKR_OK || size != kind->signature_size)
        return token_failed(why, "signing failed", rv);
    return OK;
}

enum err token_key_sign(struct token *token, const struct token_key *key, struct span message,
    struct bytes *out, struct refusal *why)
{
    const struct token_kind *kind = token_kind_of(key->key.type);
    if (kind == NULL)
        return ERR_KEY;
    uint8_t raw[KEY_SIGNATURE_MOST];
    if (kind->over_digest) {
        // CKM_ECDSA signs whatever it is given: here it is never given but one digest.
        struct key_digest digest = key_digest_of(key->key.type, message);
        enum err err = sign_raw(token, key, kind, span_of(digest.byte, digest.size), raw, why);
        return err == OK ? key_ecdsa_der(span_of(raw, kind->signature_size), out) : err;
    }
    enum err err = sign_raw(token, key, kind, message, raw, why);
    if (err == OK)
        bytes_add(out, span_of(raw, kind->signature_size));
    return err == OK ? bytes_finish(out) : err;
}
