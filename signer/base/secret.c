#include "signer/base/secret_part.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <sys/mman.h>
#include <unistd.h>

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

void secret_drop_line_feed(struct secret *secret)
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
    secret_drop_line_feed(secret);
    return OK;
}

struct span secret_span(const struct secret *secret)
{
    return span_of(secret->data, secret->size);
}
