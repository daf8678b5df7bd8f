#include "signer/corridor/channel.h"

#include "signer/base/cursor.h"
#include "signer/corridor/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

enum err channel_init(struct channel *channel, int fd)
{
    *channel = (struct channel){.fd = fd, .descriptor = -1};
    bytes_init(&channel->in, CHANNEL_MOST);
    bytes_init(&channel->out, CHANNEL_MOST);
    int flags = fcntl(fd, F_GETFL);
    if (flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0)
        return OK;
    channel_close(channel);
    return ERR_SYSTEM;
}

static void close_if_open(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void channel_close(struct channel *channel)
{
    close_if_open(&channel->fd);
    close_if_open(&channel->descriptor);
    bytes_clear(&channel->in);
    bytes_clear(&channel->out);
    channel->taken = channel->sent = 0;
}

// Drops the used-up front of a buffer, and the memory of one that is empty and has grown large.
static void compact(struct bytes *bytes, size_t *used)
{
    bytes_drop(bytes, *used);
    *used = 0;
    if (bytes->size == 0 && bytes->capacity > CHANNEL_KEEP)
        bytes_clear(bytes);
}

void channel_rest(struct channel *channel)
{
    compact(&channel->in, &channel->taken);
}

static enum err err_of_errno(void)
{
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
        return ERR_AGAIN;
    return errno == EPIPE || errno == ECONNRESET ? ERR_CLOSED : ERR_SYSTEM;
}

static ssize_t receive(struct channel *channel, uint8_t *room)
{
    if (!channel->takes_descriptors)
        return read(channel->fd, room, CHANNEL_READ);
    int passed = -1;
    ssize_t got = descriptor_receive(channel->fd, room, CHANNEL_READ, &passed);
    if (passed >= 0) {
        close_if_open(&channel->descriptor);
        channel->descriptor = passed;
    }
    return got;
}

enum err channel_fill(struct channel *channel)
{
    if (channel->fd < 0)
        return ERR_CLOSED;
    channel_rest(channel);
    uint8_t *room = bytes_room(&channel->in, CHANNEL_READ);
    if (room == NULL)
        return bytes_finish(&channel->in);
    ssize_t got = receive(channel, room);
    if (got < 0)
        return err_of_errno();
    if (got == 0)
        return ERR_CLOSED;
    bytes_grew(&channel->in, (size_t)got);
    return OK;
}

enum err channel_take(struct channel *channel, struct message *out)
{
    struct span whole = bytes_span(&channel->in);
    size_t left = whole.size - channel->taken;
    if (left < CODEC_HEADER)
        return ERR_AGAIN;
    struct cursor cursor = cursor_of(span_of(whole.data + channel->taken, left));
    uint32_t size = cursor_u32(&cursor);
    if (size > LIMIT_FRAME)
        return ERR_FORM;
    if (size > cursor.rest.size)
        return ERR_AGAIN;
    enum err err = codec_decode(cursor_take(&cursor, size), out);
    if (err == OK)
        channel->taken += CODEC_HEADER + (size_t)size;
    return err;
}

// Encodes at the end of the buffer, or leaves it as it was.
static enum err append(struct bytes *out, const struct message *message)
{
    size_t before = out->size;
    codec_encode(message, out);
    enum err err = bytes_finish(out);
    if (err != OK) {
        out->size = before;
        out->failure = OK;
    }
    return err;
}

enum err channel_put(struct channel *channel, const struct message *message)
{
    if (channel->fd < 0)
        return OK;
    // What is moved was paid for: it is never more than what was written before.
    if (channel->sent >= channel->out.size - channel->sent)
        compact(&channel->out, &channel->sent);
    enum err err = append(&channel->out, message);
    if (err != ERR_LIMIT || channel->sent == 0)
        return err;
    compact(&channel->out, &channel->sent);
    return append(&channel->out, message);
}

enum err channel_flush(struct channel *channel)
{
    if (!channel_wants_write(channel))
        return OK;
    if (channel->fd < 0)
        return ERR_CLOSED;
    ssize_t put = send(channel->fd, channel->out.data + channel->sent,
        channel->out.size - channel->sent, MSG_NOSIGNAL);
    if (put < 0) {
        enum err err = err_of_errno();
        return err == ERR_AGAIN ? OK : err;
    }
    channel->sent += (size_t)put;
    if (!channel_wants_write(channel))
        compact(&channel->out, &channel->sent);
    return OK;
}

bool channel_wants_write(const struct channel *channel)
{
    return channel->out.size > channel->sent;
}
