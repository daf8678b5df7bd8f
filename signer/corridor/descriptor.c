#include "signer/corridor/descriptor.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// Room for one more than is ever sent, so that a second one arrives here to be closed.
enum { PASSED_MOST = 2 };

union rights {
    struct cmsghdr align;
    uint8_t space[CMSG_SPACE(PASSED_MOST * sizeof(int))];
};

enum err descriptor_send(int socket, struct span message, int descriptor)
{
    union rights rights = {.space = {0}};
    // struct iovec has no const; sendmsg does not write.
    struct iovec bytes = {.iov_len = message.size};
    memcpy(&bytes.iov_base, &message.data, sizeof bytes.iov_base);
    struct msghdr header = {.msg_iov = &bytes, .msg_iovlen = 1, .msg_control = &rights};
    header.msg_controllen = CMSG_SPACE(sizeof descriptor);
    struct cmsghdr *control = CMSG_FIRSTHDR(&header);
    control->cmsg_level = SOL_SOCKET;
    control->cmsg_type = SCM_RIGHTS;
    control->cmsg_len = CMSG_LEN(sizeof descriptor);
    memcpy(CMSG_DATA(control), &descriptor, sizeof descriptor);
    ssize_t sent = sendmsg(socket, &header, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR))
        return ERR_AGAIN;
    if (sent < 0)
        return errno == EPIPE || errno == ECONNRESET ? ERR_CLOSED : ERR_SYSTEM;
    return (size_t)sent == message.size ? OK : ERR_SYSTEM;
}

static void keep_first(const struct cmsghdr *control, int *descriptor)
{
    size_t count = (control->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; i++) {
        int passed;
        memcpy(&passed, CMSG_DATA(control) + i * sizeof passed, sizeof passed);
        if (*descriptor < 0)
            *descriptor = passed;
        else
            close(passed);
    }
}

ssize_t descriptor_receive(int socket, uint8_t *room, size_t size, int *descriptor)
{
    union rights rights;
    struct iovec bytes = {.iov_base = room, .iov_len = size};
    struct msghdr header = {.msg_iov = &bytes,
        .msg_iovlen = 1,
        .msg_control = &rights,
        .msg_controllen = sizeof rights};
    *descriptor = -1;
    ssize_t got = recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
    if (got < 0)
        return got;
    for (struct cmsghdr *control = CMSG_FIRSTHDR(&header); control != NULL;
         control = CMSG_NXTHDR(&header, control))
        if (control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_RIGHTS)
            keep_first(control, descriptor);
    return got;
}
