#include "client/source.h"

#include "client/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static enum err appliance_blob(
    void *context, const struct hash *hash, struct bytes *out, struct refusal *refusal)
{
    return conclave_blob(context, hash, out, refusal);
}

struct source source_of_appliance(struct conclave *conclave)
{
    return (struct source){.blob = appliance_blob, .context = conclave};
}

static enum err read_all(int fd, struct bytes *out)
{
    enum { CHUNK = 64 * 1024 };
    for (;;) {
        uint8_t chunk[CHUNK];
        ssize_t got = read(fd, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return ERR_SYSTEM;
        if (got == 0)
            return bytes_finish(out);
        bytes_add(out, span_of(chunk, (size_t)got));
        if (bytes_finish(out) != OK)
            return bytes_finish(out);
    }
}

enum err source_read_file(const char *path, struct bytes *out, struct refusal *refusal)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return fault(errno == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM, refusal, "%s: %s", path,
            strerror(errno));
    enum err err = read_all(fd, out);
    int wrong = errno;
    close(fd);
    if (err == ERR_LIMIT)
        return fault(err, refusal, "%s is longer than the %zu bytes that are allowed here",
            path, out->limit);
    if (err != OK)
        return fault(err, refusal, "%s cannot be read: %s", path, strerror(wrong));
    return OK;
}

static enum err folder_blob(
    void *context, const struct hash *hash, struct bytes *out, struct refusal *refusal)
{
    char path[PATH_MAX], hex[2 * HASH_SIZE + 1];
    size_t before = out->size;
    if (context == NULL)
        return ERR_NOT_FOUND;
    hash_hex(hash, hex);
    if ((size_t)snprintf(path, sizeof path, "%s/%s", (const char *)context, hex) >= sizeof path)
        return ERR_LIMIT;
    enum err err = source_read_file(path, out, refusal);
    if (err != OK)
        return err;
    struct hash found = hash_of(span_of(out->data + before, out->size - before));
    if (!hash_equal(&found, hash))
        return fault(
            ERR_SIGNATURE, refusal, "%s does not hold the bytes that its name says", path);
    return OK;
}

struct source source_of_folder(char *folder)
{
    return (struct source){.blob = folder_blob, .context = folder};
}
