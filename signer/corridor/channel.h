// One end of the line between two rooms: a non-blocking stream socket with one receive and one
// send buffer. Many messages go in one read and one write.
//
// The loop that held (ARCHITECTURE.md, "The loop"): fill once when readable, take every message,
// put answers, flush once; ask for writability only with a remainder; never stop reading.
// Memory is bounded by what the gate lets in flight, and never by trust in it: a buffer that would
// pass its limit is a fatal error of the neighbour (CHANNEL_MOST). What a large message needed is
// given back once it is used up, so an idle channel keeps CHANNEL_KEEP a buffer at most.
#ifndef CONCLAVE_SIGNER_CORRIDOR_CHANNEL_H
#define CONCLAVE_SIGNER_CORRIDOR_CHANNEL_H

#include "signer/corridor/codec.h"

// What may lie in one buffer: the gate's byte budget (LIMIT_FLIGHT) and one frame over it.
enum {
    CHANNEL_MOST = 160 * 1024 * 1024,
    CHANNEL_READ = 1024 * 1024,
    CHANNEL_KEEP = 2 * CHANNEL_READ
};

struct channel {
    int fd; // -1: closed
    struct bytes in;
    size_t taken; // bytes of `in` that were handed out
    struct bytes out;
    size_t sent;            // bytes of `out` that were written
    bool takes_descriptors; // the control line; on any other the kernel drops what is passed
    int descriptor;         // the last one that came beside the bytes; -1: none
};

// Takes over `fd` and makes it non-blocking. On failure the channel is closed, and `fd` too.
enum err must_check channel_init(struct channel *channel, int fd);
void channel_close(struct channel *channel); // also takes a closed one

// One read. OK: bytes came; ERR_AGAIN: none now; ERR_CLOSED: the other side is gone; ERR_SYSTEM.
// Ends every span that was handed out before.
enum err must_check channel_fill(struct channel *channel);
// The next complete message. ERR_AGAIN: none whole; ERR_FORM: malformed, the channel is unusable.
// Spans are valid until the next channel_fill or channel_rest.
enum err must_check channel_take(struct channel *channel, struct message *out);
// Ends every span that was handed out, and gives back what a large message needed.
void channel_rest(struct channel *channel);
// Queues a message. ERR_LIMIT when the buffer would pass CHANNEL_MOST; ERR_FORM when the message
// is over a limit of its kind. The channel is as it was before then. On a closed channel the
// message is dropped: nobody would read it.
enum err must_check channel_put(struct channel *channel, const struct message *message);
// One non-blocking write of what is queued. OK also when a remainder is left; ERR_CLOSED.
enum err must_check channel_flush(struct channel *channel);
bool channel_wants_write(const struct channel *channel);

#endif
