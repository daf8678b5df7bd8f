#include "proto/message.h"

const char *fate_text(enum fate fate)
{
    static const char *const texts[] = {
        [FATE_UNKNOWN] = "unknown",
        [FATE_OPEN] = "open",
        [FATE_SIGNED] = "signed",
        [FATE_REJECTED] = "rejected",
        [FATE_WITHDRAWN] = "withdrawn",
        [FATE_EXPIRED] = "expired",
        [FATE_REFUSED] = "refused",
    };
    if ((size_t)fate >= sizeof texts / sizeof texts[0])
        return "unknown";
    return texts[fate];
}
