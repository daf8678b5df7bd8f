#include "signer/base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

struct secret {
    size_t size;
    uint8_t data[SECRET_MOST];
};

struct secret *secret_new(void)
{
    void *page = mmap(NULL, sizeof(struct secret), PROT_READ | PROT_WRITE,
        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return NULL;
    if (mlock(page, sizeof(struct secret)) != 0 ||
        madvise(page, sizeof(struct secret), MADV_DONTDUMP) != 0 ||
        madvise(page, sizeof(struct secret), MADV_DONTFORK) != 0) {
        munmap(page, sizeof(struct secret));
        return NULL;
    }
    return page;
}

void secret_free(struct secret *secret)
{
    if (secret == NULL)
        return;
    OPENSSL_cleanse(secret, sizeof *secret);
    munlock(secret, sizeof *secret);
    munmap(secret, sizeof *secret);
}

static void drop_line_feed(struct secret *secret)
{
    if (secret->size > 0 && secret->data[secret->size - 1] == '\n')
        secret->data[--secret->size] = 0;
}

enum err secret_read_fd(struct secret *secret, int fd)
{
    secret->size = 0;
    for (;;) {
        if (secret->size == SECRET_MOST)
            return ERR_LIMIT;
        ssize_t got = read(fd, secret->data + secret->size, SECRET_MOST - secret->size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return ERR_SYSTEM;
        if (got == 0)
            break;
        secret->size += (size_t)got;
    }
    drop_line_feed(secret);
    return OK;
}

// A terminal hands over one line at a time: one read ends with it.
static enum err read_line(struct secret *secret, int fd)
{
    ssize_t got;
    do
        got = read(fd, secret->data, SECRET_MOST);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return ERR_SYSTEM;
    secret->size = (size_t)got;
    drop_line_feed(secret);
    return OK;
}

enum err secret_ask(struct secret *secret, const char *prompt)
{
    struct termios before, quiet;
    enum err err = ERR_SYSTEM;
    int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return ERR_SYSTEM;
    if (tcgetattr(fd, &before) != 0)
        goto out;
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    if (tcsetattr(fd, TCSAFLUSH, &quiet) != 0)
        goto out;
    dprintf(fd, "%s", prompt);
    err = read_line(secret, fd);
    tcsetattr(fd, TCSAFLUSH, &before);
    dprintf(fd, "\n");
out:
    close(fd);
    return err;
}

struct span secret_span(const struct secret *secret)
{
    return span_of(secret->data, secret->size);
}
