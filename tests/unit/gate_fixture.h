// The real conclave-gate between a test that plays conclaved and keeper, and clients on real
// sockets. Everything here fails the test when it does not work, and no wait is longer than
// PATIENCE.
#ifndef CONCLAVE_TESTS_UNIT_GATE_FIXTURE_H
#define CONCLAVE_TESTS_UNIT_GATE_FIXTURE_H

#include "proto/decode.h"
#include "signer/corridor/channel.h"

#include <sys/types.h>

enum {
    PATIENCE = 10 * 1000, // milliseconds
    QUIET = 200,          // milliseconds in which what must not come would have come
};

struct gate_fixture {
    pid_t pid;
    struct channel control; // conclaved's end
    struct channel keeper;  // the keeper's end
    int listener;
    char folder[64];
    char path[96];
};

// Starts the program, gives it its configuration and waits until it is ready.
void gate_start(struct gate_fixture *gate);
// The same, but says nothing to it and waits for nothing.
void gate_spawn(struct gate_fixture *gate);
// Closes the control line; it must end with status 0.
void gate_stop(struct gate_fixture *gate);
// It must end by itself with this status.
void gate_ends(struct gate_fixture *gate, int status);

// What the keeper is asked next.
void keeper_hears(struct gate_fixture *gate, struct message *ask);
// How many asks come until none has come for QUIET; `last` is the last (may be NULL).
size_t keeper_hears_all(struct gate_fixture *gate, struct message *asks, size_t most);
void keeper_hears_nothing(struct gate_fixture *gate);
void keeper_says(struct gate_fixture *gate, const struct message *message);
// Answers with a small refusal whose sentence is `words`.
void keeper_refuses(struct gate_fixture *gate, uint64_t id, const char *words);

int client_connect(struct gate_fixture *gate);
void client_sends(int fd, const struct message *ask);
void client_sends_bytes(int fd, struct span bytes);
// ASK_STATUS with this id.
void client_asks_status(int fd, uint64_t id);
// The next answer; ends with decoded_clear.
void client_hears(int fd, struct decoded *answer);
// The next answer must be a refusal with this id and words.
void client_hears_refusal(int fd, uint64_t id, const char *words);
void client_hears_nothing(int fd);
// The gate must close the connection within `milliseconds` (and may write before).
void client_is_hung_up(int fd, int milliseconds);

#endif
