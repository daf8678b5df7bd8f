#include "admin-cli/cmd_root_shelf.h"

#include "client/fault.h"
#include "client/source.h"
#include "metadata/history.h"
#include "metadata/tuf.h"
#include "proto/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// What lies there; empty when nothing does.
static enum err read_there(const char *path, struct bytes *out, struct refusal *refusal)
{
    enum err err = source_read_file(path, out, refusal);
    return err == ERR_NOT_FOUND ? OK : err;
}

// The name of a new file is durable when its folder is.
static enum err sync_folder(const char *folder, struct refusal *refusal)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;
    int wrong = errno;
    if (fd >= 0)
        (void)close(fd);
    return good ? OK : fault(ERR_SYSTEM, refusal, "%s: %s", folder, strerror(wrong));
}

// A link is made only where nothing is, so that no other program's file is replaced.
static enum err put_new(const char *path, struct span file, struct refusal *refusal)
{
    char part[FILE_PATH];
    if ((size_t)snprintf(part, sizeof part, "%s.part", path) >= sizeof part)
        return ERR_LIMIT;
    enum err err = file_write(part, file, refusal);
    if (err != OK)
        return err;
    bool good = link(part, path) == 0;
    int wrong = errno;
    (void)unlink(part);
    if (good)
        return OK;
    return fault(wrong == EEXIST ? ERR_EXISTS : ERR_SYSTEM, refusal, "%s cannot be written: %s",
        path, strerror(wrong));
}

static enum err check_same(
    const char *path, const struct bytes *there, struct span file, struct refusal *refusal)
{
    if (span_equal(bytes_span(there), file))
        return OK;
    return fault(ERR_EXISTS, refusal,
        "%s is there already and holds other bytes: compare the two, and move it away if it "
        "shall be replaced",
        path);
}

enum err shelf_put(
    const char *folder, const struct shelf_root *root, char *path, struct refusal *refusal)
{
    char name[64];
    struct bytes there;
    (void)snprintf(name, sizeof name, "%" PRIu64 ".root.json", root->version);
    if (file_join(path, folder, name) != OK)
        return ERR_LIMIT;
    bytes_init(&there, LIMIT_PAYLOAD);
    enum err err = read_there(path, &there, refusal);
    if (err == OK && there.size > 0)
        err = check_same(path, &there, root->file, refusal);
    else if (err == OK)
        err = put_new(path, root->file, refusal);
    bytes_clear(&there);
    return err == OK ? sync_folder(folder, refusal) : err;
}

// ---- the newest ----

// What lies there, seen from the root that is to be put.
enum there { THERE_OTHER, THERE_BEFORE, THERE_NEWER };

static enum there place_of(const struct shelf_root *root, struct span payload)
{
    struct refusal ignored = {0};
    struct hash hash = hash_of(payload);
    struct tuf *tuf = calloc(1, sizeof *tuf);
    bool newer = tuf != NULL && tuf_read_past(root->dialect, payload, tuf, &ignored) == OK &&
                 tuf->type == TUF_ROOT && tuf->version > root->version;
    free(tuf);
    if (newer)
        return THERE_NEWER;
    return !hash_is_none(&root->previous) && hash_equal(&hash, &root->previous) ? THERE_BEFORE
                                                                                : THERE_OTHER;
}

// Whoever left a version out finds out here; whoever applies an older one again changes nothing.
static enum err put_over(const char *path, const struct bytes *there,
    const struct shelf_root *root, struct refusal *refusal)
{
    struct bytes part;
    bytes_init(&part, LIMIT_PAYLOAD);
    enum err err = history_canonical(root->dialect, bytes_span(there), &part, refusal);
    enum there place = err == OK ? place_of(root, bytes_span(&part)) : THERE_OTHER;
    bytes_clear(&part);
    if (err == ERR_MEMORY)
        return err;
    if (place == THERE_OTHER)
        return fault(ERR_EXISTS, refusal,
            "%s is not the root that version %" PRIu64
            " follows: apply the versions between first, or move it away",
            path, root->version);
    return place == THERE_NEWER ? OK : file_write(path, root->file, refusal);
}

enum err shelf_put_newest(
    const char *folder, const struct shelf_root *root, char *path, struct refusal *refusal)
{
    struct bytes there;
    if (file_join(path, folder, "root.json") != OK)
        return ERR_LIMIT;
    bytes_init(&there, LIMIT_PAYLOAD);
    enum err err = read_there(path, &there, refusal);
    if (err == OK && there.size == 0)
        err = put_new(path, root->file, refusal);
    else if (err == OK && !span_equal(bytes_span(&there), root->file))
        err = put_over(path, &there, root, refusal);
    bytes_clear(&there);
    return err == OK ? sync_folder(folder, refusal) : err;
}
