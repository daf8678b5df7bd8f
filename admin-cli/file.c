#include "admin-cli/file.h"

#include "client/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool write_all(int fd, struct span content)
{
    while (content.size > 0) {
        ssize_t put = write(fd, content.data, content.size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        content.data += put;
        content.size -= (size_t)put;
    }
    return true;
}

enum err file_write(const char *path, struct span content, struct refusal *refusal)
{
    char draft[FILE_PATH];
    if ((size_t)snprintf(draft, sizeof draft, "%s.new", path) >= sizeof draft)
        return fault(ERR_LIMIT, refusal, "the path is too long: %s", path);
    int fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0)
        return fault(ERR_SYSTEM, refusal, "%s: %s", draft, strerror(errno));
    bool good = write_all(fd, content) && fsync(fd) == 0;
    good = close(fd) == 0 && good;
    if (good && rename(draft, path) == 0)
        return OK;
    int wrong = errno;
    (void)unlink(draft);
    return fault(ERR_SYSTEM, refusal, "%s cannot be written: %s", path, strerror(wrong));
}

enum err file_folder(const char *path, struct refusal *refusal)
{
    if (mkdir(path, 0755) == 0 || errno == EEXIST)
        return OK;
    return fault(ERR_SYSTEM, refusal, "%s: %s", path, strerror(errno));
}

enum err file_join(char *out, const char *folder, const char *name)
{
    return (size_t)snprintf(out, FILE_PATH, "%s/%s", folder, name) < FILE_PATH ? OK : ERR_LIMIT;
}
