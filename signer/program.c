#include "signer/program.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// A little at a time would be many calls, and all of it at once much memory for one moment.
enum { READ_AT_ONCE = 1024 * 1024 };

static enum err read_all(
    int descriptor, const char *path, struct bytes *out, struct refusal *why)
{
    for (;;) {
        size_t left = out->limit - out->size, most = left < READ_AT_ONCE ? left : READ_AT_ONCE;
        uint8_t *room = bytes_room(out, most);
        if (room == NULL)
            return bytes_finish(out);
        ssize_t got = read(descriptor, room, most);
        if (got < 0)
            return refuse(why, "", "cannot read %s: %s", path, strerror(errno));
        if (got == 0)
            return OK;
        bytes_grew(out, (size_t)got);
        if (out->size > PROGRAM_MOST)
            return refuse(why, "", "%s is larger than %d bytes: it is no program of the house",
                path, PROGRAM_MOST);
    }
}

static enum err hash_file(
    int descriptor, const char *path, struct hash *hash, struct refusal *why)
{
    struct stat st;
    if (fstat(descriptor, &st) != 0 || !S_ISREG(st.st_mode))
        return refuse(why, "", "%s is no file", path);
    struct bytes all;
    bytes_init(&all, PROGRAM_MOST + 1);
    enum err err = read_all(descriptor, path, &all, why);
    if (err == OK)
        *hash = hash_of(bytes_span(&all));
    bytes_clear(&all);
    return err;
}

static enum err open_path(
    struct program_file *file, const char *path, const char *name, struct refusal *why)
{
    *file = (struct program_file){
        .descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)};
    snprintf(file->is.name, sizeof file->is.name, "%s", name);
    if (file->descriptor < 0)
        return refuse(why, "", "cannot open %s: %s", path, strerror(errno));
    enum err err = hash_file(file->descriptor, path, &file->is.hash, why);
    if (err != OK)
        program_close(file);
    return err;
}

enum err program_open(
    struct program_file *file, const char *folder, const char *name, struct refusal *why)
{
    char path[PATH_MAX];
    int size = snprintf(path, sizeof path, "%s/%s", folder, name);
    file->descriptor = -1;
    if (size < 0 || (size_t)size >= sizeof path)
        return refuse(
            why, "", "the path of %s is too long: name a shorter one with --rooms", name);
    return open_path(file, path, name, why);
}

enum err program_open_self(struct program_file *file, const char *name, struct refusal *why)
{
    enum err err = open_path(file, "/proc/self/exe", name, why);
    program_close(file);
    return err;
}

enum err program_open_again(struct program_file *file, const char *folder, struct refusal *why)
{
    struct program_file now;
    enum err err = program_open(&now, folder, file->is.name, why);
    if (err != OK)
        return err;
    if (!hash_equal(&now.is.hash, &file->is.hash)) {
        program_close(&now);
        return refuse(why, "",
            "%s/%s is not the program that was recorded when the house started: see who "
            "changed "
            "it, and start the house again",
            folder, file->is.name);
    }
    *file = now;
    return OK;
}

void program_close(struct program_file *file)
{
    if (file->descriptor >= 0)
        close(file->descriptor);
    file->descriptor = -1;
}
