// Objects of a token, one step above PKCS#11: find, read an attribute, create, destroy.
#ifndef CONCLAVE_HSM_OBJECT_H
#define CONCLAVE_HSM_OBJECT_H

#include "hsm/session.h"

// An attribute that is true or false.
struct object_flag {
    CK_ATTRIBUTE_TYPE type;
    const char *name; // "CKA_SENSITIVE", for the sentence
    CK_BBOOL value;
};

// CKA_ID of a pair of ours: random, the same in both halves.
enum { OBJECT_ID_SIZE = 16 };

// A template that is filled in piece by piece. What the attributes point at is the caller's.
enum { OBJECT_ATTRIBUTES = 32 };
struct object_template {
    CK_ATTRIBUTE at[OBJECT_ATTRIBUTES];
    CK_ULONG count;
};
void object_template_add(
    struct object_template *template, CK_ATTRIBUTE_TYPE type, const void *value, size_t size);
void object_template_flags(
    struct object_template *template, const struct object_flag *flags, size_t count);

// The handles of all objects that match; an empty template matches all. ERR_LIMIT for more than
// `most`.
enum err must_check object_find(struct token *token, struct object_template *template,
    CK_OBJECT_HANDLE *out, size_t most, size_t *count, struct refusal *why);
// Room for the bytes of an attribute: `size` is how many fit, and then how many there are.
struct object_room {
    uint8_t *at;
    size_t size;
};
// Reads one attribute into the room. ERR_TOKEN when there is none or it does not fit.
enum err must_check object_bytes(struct token *token, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_TYPE type, struct object_room *room, struct refusal *why);
enum err must_check object_number(struct token *token, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_TYPE type, CK_ULONG *out, struct refusal *why);
// Whether the token says that the object has no such attribute, or an empty one. False when it cannot
// be asked: what cannot be read may be damaged, and is not taken for empty.
bool object_is_absent(struct token *token, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type);
// Whether this private key is what is left of a pair of ours whose making broke off: of one of our
// types, not said to be made here, and without curve or modulus. A module sets these three together
// with the secret value, or none of them. What cannot be read for another reason is not torn.
bool object_is_torn_key(struct token *token, CK_OBJECT_HANDLE object);
// Whether every flag has its value. ERR_KEY with the name of the first that has not.
enum err must_check object_has_flags(struct token *token, CK_OBJECT_HANDLE object,
    const struct object_flag *flags, size_t count, struct refusal *why);
// Whether CKA_ALLOWED_MECHANISMS names exactly these, in whatever order. ERR_KEY when not.
enum err must_check object_allows_only(struct token *token, CK_OBJECT_HANDLE object,
    const CK_MECHANISM_TYPE *mechanisms, size_t count, struct refusal *why);
enum err must_check object_create(struct token *token, struct object_template *template,
    CK_OBJECT_HANDLE *out, struct refusal *why);
enum err must_check object_destroy(
    struct token *token, CK_OBJECT_HANDLE object, struct refusal *why);
// Destroys every object of the token.
enum err must_check object_destroy_all(struct token *token, struct refusal *why);

#endif
