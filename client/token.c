#include "client/token.h"

#include "client/fault.h"
#include "client/token_p11.h"

#include <stdlib.h>
#include <string.h>

struct admin_token {
    char label[TOKEN_LABEL_MOST + 1];
    struct p11 *p11;     // or
    struct token *token; // by hsm/'s own calls, with
    struct token_key pair;
    struct key key;
};

enum err admin_token_ready(const struct admin_token_place *place, struct refusal *refusal)
{
    char name[RACK_NAME];
    const char *label = place->token->label;
    if (place->token->state == RACK_LOCKED)
        return fault(ERR_PIN, refusal,
            "the PIN of the token \"%s\" is locked: unlock it with its maker's tool", label);
    if (place->token->state != RACK_READY)
        return fault(ERR_TOKEN, refusal,
            "the token \"%s\" is not initialised: give it a user PIN with its maker's tool",
            label);
    if (!rack_name(place->rack, place->token, name))
        return fault(ERR_TOKEN, refusal,
            "two tokens are called \"%s\" and have the same serial number: unplug one, or give "
            "one another label",
            label);
    return OK;
}

// The PIN may be right and the private half missing all the same.
static enum err open_direct(const struct admin_token_place *place, const struct secret *pin,
    struct admin_token *token, struct refusal *refusal)
{
    char name[RACK_NAME];
    if (!rack_name(place->rack, place->token, name))
        return ERR_TOKEN;
    enum err err = token_open(place->module, name, &token->token, refusal);
    if (err == OK)
        err = token_login(token->token, pin, refusal);
    if (err == OK)
        err = token_key_find(token->token, &place->key->key, &token->pair, refusal);
    if (err == ERR_NOT_FOUND)
        return fault(ERR_NOT_FOUND, refusal,
            "the token \"%s\" holds no private half of such a key: make one with `conclave "
            "token generate`",
            place->token->label);
    token->key = token->pair.key;
    return err;
}

static enum err open_either(const struct admin_token_place *place, const struct secret *pin,
    struct admin_token *token, struct refusal *refusal)
{
    if (secret_span(pin).size == 0)
        return fault(ERR_PIN, refusal,
            "the PIN for the token \"%s\" is empty: nothing was tried", place->token->label);
    return place->token->has_ed25519 && place->key != NULL
               ? open_direct(place, pin, token, refusal)
               : p11_open(place, pin, &token->p11, &token->key, refusal);
}

enum err admin_token_open(const struct admin_token_place *place, const struct secret *pin,
    struct admin_token **out, struct refusal *refusal)
{
    struct admin_token *token = calloc(1, sizeof *token);
    *out = NULL;
    (void)fault(OK, refusal, "no memory for a token");
    if (token == NULL)
        return ERR_MEMORY;
    memcpy(token->label, place->token->label, sizeof token->label);
    enum err err = admin_token_ready(place, refusal);
    if (err == OK)
        err = open_either(place, pin, token, refusal);
    if (err == OK)
        *out = token;
    else
        admin_token_close(token);
    return err;
}

void admin_token_close(struct admin_token *token)
{
    if (token == NULL)
        return;
    p11_close(token->p11);
    token_close(token->token);
    free(token);
}

const struct key *admin_token_key(const struct admin_token *token)
{
    return &token->key;
}

static enum err sign(struct admin_token *token, struct span message, struct bytes *signature)
{
    struct refusal unused;
    return token->p11 != NULL
               ? p11_sign(token->p11, &token->key, message, signature)
               : token_key_sign(token->token, &token->pair, message, signature, &unused);
}

enum err admin_token_sign(struct admin_token *token, struct span message,
    struct bytes *signature, struct refusal *refusal)
{
    struct bytes made;
    bytes_init(&made, KEY_SIGNATURE_MOST);
    enum err err = sign(token, message, &made);
    if (err == OK)
        err = key_verify(&token->key, message, bytes_span(&made));
    if (err == OK) {
        bytes_add(signature, bytes_span(&made));
        err = bytes_finish(signature);
    } else if (err == ERR_SIGNATURE)
        (void)fault(err, refusal,
            "the token \"%s\" gave a signature that its public key does not verify: the key "
            "that it shows is not the one it holds",
            token->label);
    else
        (void)fault(err, refusal,
            "the token \"%s\" did not sign: plug it in again, leave it in, and start over; "
            "nothing was signed",
            token->label);
    bytes_clear(&made);
    return err;
}
