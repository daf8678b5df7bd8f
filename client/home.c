#include "client/home.h"

#include "client/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

// The name that a file has until it is whole; the lock lets one writer in.
#define UNFINISHED "unfinished"

static enum err check_owner(const char *path, int folder, struct refusal *refusal)
{
    struct stat status;
    if (fstat(folder, &status) != 0)
        return fault(ERR_SYSTEM, refusal, "%s: %s", path, strerror(errno));
    bool ours = status.st_uid == geteuid() || geteuid() == 0;
    if (!ours || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return fault(ERR_SYSTEM, refusal,
            "%s can be written by others, who could pin another log there; give it to its "
            "owner alone (chmod 700)",
            path);
    return OK;
}

enum err home_open(const char *path, int *folder, struct refusal *refusal)
{
    *folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*folder < 0)
        return fault(errno == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM, refusal, "%s: %s", path,
            strerror(errno));
    enum err err = check_owner(path, *folder, refusal);
    if (err == OK)
        return OK;
    close(*folder);
    *folder = -1;
    return err;
}

enum err home_make(const char *path, int *folder, struct refusal *refusal)
{
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return fault(ERR_SYSTEM, refusal, "%s cannot be made: %s", path, strerror(errno));
    return home_open(path, folder, refusal);
}

enum err home_lock(int folder)
{
    while (flock(folder, LOCK_EX) != 0)
        if (errno != EINTR)
            return ERR_SYSTEM;
    return OK;
}

void home_unlock(int folder)
{
    flock(folder, LOCK_UN);
}

static enum err read_all(int fd, struct bytes *out)
{
    enum { CHUNK = 4096 };
    uint8_t chunk[CHUNK];
    for (;;) {
        ssize_t got = read(fd, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return ERR_SYSTEM;
        if (got == 0 || bytes_finish(out) != OK)
            return bytes_finish(out);
        bytes_add(out, span_of(chunk, (size_t)got));
    }
}

enum err home_read(int folder, const char *name, struct bytes *out)
{
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM;
    enum err err = read_all(fd, out);
    close(fd);
    return err;
}

static bool write_all(int fd, struct span content)
{
    while (content.size > 0) {
        ssize_t put = write(fd, content.data, content.size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        content = span_of(content.data + put, content.size - (size_t)put);
    }
    return true;
}

enum err home_write(int folder, const char *name, struct span content)
{
    int fd =
        openat(folder, UNFINISHED, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return ERR_SYSTEM;
    bool written = write_all(fd, content) && fsync(fd) == 0;
    written = close(fd) == 0 && written;
    if (written && renameat(folder, UNFINISHED, folder, name) == 0 && fsync(folder) == 0)
        return OK;
    unlinkat(folder, UNFINISHED, 0);
    return ERR_SYSTEM;
}
