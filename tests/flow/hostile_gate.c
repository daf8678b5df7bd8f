// A gate that somebody has taken over. It takes part in the ritual and then says to the keeper
// what hostile.conf tells it:
//
//   silent    nothing
//   garbage   bytes that are no message
//   huge      a frame that claims four gigabytes
//   order     ORDER_SIGN, which only a keeper may say
//   answer    an answer nobody asked for
//   flood     ask after ask, without ever reading an answer
//   greed     the blob whose hash stands behind the word, at once more often than it may
// or tries one of hostile_try()'s words. Its successor is silent.
#include "signer/corridor/room.h"
#include "signer/corridor/sandbox.h"
#include "tests/flow/hostile.h"

#include <unistd.h>

enum { GREED = 200 };

static void say(struct room *room, enum message_kind kind)
{
    struct message message = {.kind = kind, .id = 1};
    if (channel_put(&room->down, &message) != OK || channel_flush(&room->down) != OK)
        _exit(1);
}

static void say_bytes(struct room *room, const char *bytes, size_t size)
{
    if (write(room->down.fd, bytes, size) < 0)
        _exit(1);
}

static void flood(struct room *room)
{
    struct message ask = {.kind = ASK_STATUS};
    for (ask.id = 1;; ask.id++)
        if (channel_put(&room->down, &ask) != OK || channel_flush(&room->down) != OK)
            return;
}

static void greed(struct room *room)
{
    struct message ask = {.kind = ASK_BLOB};
    if (hex_read(span_text(hostile_argument()), ask.blob.hash.byte, HASH_SIZE) != OK)
        _exit(1);
    for (ask.id = 1; ask.id <= GREED; ask.id++)
        if (channel_put(&room->down, &ask) != OK)
            _exit(1);
    if (channel_flush(&room->down) != OK)
        _exit(1);
}

static void attack(struct room *room)
{
    hostile_try();
    if (hostile_is("garbage"))
        say_bytes(room, "\0\0\0\x0agarbage!!!", 14);
    if (hostile_is("huge"))
        say_bytes(room, "\xff\xff\xff\xff....", 8);
    if (hostile_is("order"))
        say(room, ORDER_SIGN);
    if (hostile_is("answer"))
        say(room, DONE_RECORD);
    if (hostile_is("flood"))
        flood(room);
    if (hostile_is("greed"))
        greed(room);
}

int main(void)
{
    static struct room room;
    struct room_config config;
    room_enter(&room, "gate", ROOM_HAS_DOWN, &config);
    sandbox_enter(SANDBOX_GATE, NULL);
    room_ready(&room);
    if (hostile_first())
        attack(&room);
    char byte;
    while (read(ROOM_CONTROL, &byte, 1) < 0)
        usleep(10000);
    return 0;
}
