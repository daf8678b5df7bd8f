#include "signer/base/err.h"

#include <stddef.h>

static const char *const texts[] = {
    [OK] = "ok",
    [ERR_FORM] = "malformed",
    [ERR_LIMIT] = "over a limit",
    [ERR_MEMORY] = "out of memory",
    [ERR_SYSTEM] = "system error",
    [ERR_CRYPTO] = "cryptographic library error",
    [ERR_SIGNATURE] = "signature or proof does not hold",
    [ERR_KEY] = "key is not acceptable",
    [ERR_NOT_FOUND] = "not found",
    [ERR_EXISTS] = "already exists",
    [ERR_CLOSED] = "connection closed",
    [ERR_AGAIN] = "not ready",
    [ERR_TOKEN] = "token error",
    [ERR_PIN] = "the token refused the PIN",
    [ERR_SPACE] = "no room on the disk",
    [ERR_HALT] = "halted",
    [ERR_REFUSED] = "refused",
};

const char *err_text(enum err err)
{
    if ((size_t)err >= sizeof texts / sizeof texts[0])
        return "unknown error";
    return texts[err];
}
