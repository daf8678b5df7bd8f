// A made-up appliance behind a real unix socket, for tests of what clients believe: a log with a
// real key and real proofs, served by threads. A test may twist any answer before it is sent.
#ifndef CONCLAVE_TESTS_UNIT_APPLIANCE_FIXTURE_H
#define CONCLAVE_TESTS_UNIT_APPLIANCE_FIXTURE_H

#include "log/checkpoint.h"
#include "proto/message.h"

#include <pthread.h>
#include <stdatomic.h>

#define APPLIANCE_ORIGIN "log.example/made-up"

enum { APPLIANCE_RECORDS = 64, APPLIANCE_CLIENTS = 64 };

struct made_log {
    void *pair; // OpenSSL's
    struct key key;
    struct bytes records[APPLIANCE_RECORDS];
    struct hash leaves[APPLIANCE_RECORDS];
    size_t count;
};

void log_make(struct made_log *log);
void log_clear(struct made_log *log);
uint64_t log_append(struct made_log *log, struct span record);
// So many records of no meaning; `seed` tells one log's from another's.
void log_grow(struct made_log *log, size_t count, unsigned seed);
struct checkpoint log_checkpoint(const struct made_log *log, uint64_t size);
// The signed note of the first `size` records, appended; `key` signs under `origin`.
void log_note(const struct made_log *log, uint64_t size, const char *origin, struct bytes *out);
void log_include(
    const struct made_log *log, uint64_t index, uint64_t size, struct hash_list *out);

struct appliance {
    pthread_mutex_t
        lock; // held while an answer is made, and while the test changes what it shows
    struct made_log log;
    uint64_t size; // of the log as it shows it: all, or less
    struct bytes note;
    bool no_note;

    struct message dossier; // ANSWER_DOSSIER without paths and checkpoint
    struct span blob;       // the only one

    // Changes an answer, or returns false: then none is sent.
    bool (*twist)(
        struct appliance *appliance, const struct message *ask, struct message *answer);
    struct bytes raw; // sent instead of an answer, when not empty
    atomic_int asked; // how often

    char folder[64], path[96];
    int listener;
    pthread_t thread;
    pthread_t clients[APPLIANCE_CLIENTS];
    int fds[APPLIANCE_CLIENTS];
    atomic_int client_count;
};

// A log of `count` records, served until appliance_stop.
void appliance_start(struct appliance *appliance, size_t count);
void appliance_stop(struct appliance *appliance);
// Shows the first `size` records from now on.
void appliance_show(struct appliance *appliance, uint64_t size);
// Its verifier key, appended.
void appliance_vkey(const struct appliance *appliance, struct bytes *out);

#endif
