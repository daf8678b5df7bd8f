#include "policy/dialect.h"

static const char *const dialects[] = {
    [DIALECT_NONE] = "none", [DIALECT_TUF] = "tuf", [DIALECT_UPTANE] = "uptane"};
static const char *const kinds[] = {
    [KIND_NONE] = "none", [KIND_IMAGE] = "image", [KIND_DIRECTOR] = "director"};
enum {
    DIALECTS = sizeof dialects / sizeof dialects[0],
    KINDS = sizeof kinds / sizeof kinds[0]
};

const char *dialect_text(enum dialect dialect)
{
    return (size_t)dialect < DIALECTS ? dialects[dialect] : dialects[DIALECT_NONE];
}

enum dialect dialect_from(struct span text)
{
    for (size_t i = DIALECT_NONE + 1; i < DIALECTS; i++)
        if (span_is(text, dialects[i]))
            return (enum dialect)i;
    return DIALECT_NONE;
}

bool dialect_takes(enum dialect dialect, enum key_type type)
{
    bool ecdsa = type == KEY_P256 || type == KEY_P384;
    return type != KEY_NONE &&
           (dialect == DIALECT_TUF || (dialect == DIALECT_UPTANE && !ecdsa));
}

const char *dialect_key_types(enum dialect dialect)
{
    return dialect == DIALECT_UPTANE ? "ed25519, rsa-2048, rsa-3072 and rsa-4096"
                                     : "ed25519, ecdsa-p256, ecdsa-p384, rsa-2048, rsa-3072 "
                                       "and rsa-4096";
}

const char *kind_text(enum repository_kind kind)
{
    return (size_t)kind < KINDS ? kinds[kind] : kinds[KIND_NONE];
}

enum repository_kind kind_from(struct span text)
{
    for (size_t i = KIND_NONE + 1; i < KINDS; i++)
        if (span_is(text, kinds[i]))
            return (enum repository_kind)i;
    return KIND_NONE;
}
