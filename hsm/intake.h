// What may come into the log as a record that the vault only appends: the kinds, when each may
// come, and its strict reader. Founding and founded come with VAULT_FOUND alone, an order with
// VAULT_JUDGE, one under mandates with VAULT_MANDATE, a freeze with VAULT_FREEZE; an outcome is the
// vault's own. These come back only at start. Pure.
#ifndef CONCLAVE_HSM_INTAKE_H
#define CONCLAVE_HSM_INTAKE_H

#include "proto/record.h"

enum intake_when { INTAKE_APPEND = 1 << 0, INTAKE_REPLAY = 1 << 1 };

// A record that was read.
struct intake {
    enum record_kind kind;
    union {
        struct start start;
        struct opened opened;
        struct decided decided;
        struct ended ended;
        struct refused refused;
        struct order order;
        struct outcome outcome;
        struct mandated mandated;
        struct gate_record gate;
        struct frozen frozen;
        struct stop stop;
        struct clock_record clock;
        struct quota_record quota;
    };
};

// The time that it states.
moment intake_time(const struct intake *intake);
// ERR_FORM: not a record that may come then, or not in its form.
enum err must_check intake_read(struct span text, enum intake_when when, struct intake *out);

#endif
