#include "admin-cli/keeping.h"

#include "admin-cli/file.h"
#include "admin-cli/print.h"
#include "client/fault.h"
#include "client/receipt.h"

#include <string.h>

// The request's text, and two files for each record: as many as custodians add outcomes.
enum { KEEPING_PATHS = (1 + 2 * (1 + LIMIT_ADMINISTRATORS)) * FILE_PATH };

enum err keeping_init(struct keeping *keeping, const struct cli *cli, const char *folder,
    const struct hash *request, struct refusal *refusal)
{
    *keeping = (struct keeping){.folder = folder};
    bytes_init(&keeping->paths, KEEPING_PATHS);
    hash_hex(request, keeping->request);
    enum err err = conclave_pinned(cli->home, keeping->origin, &keeping->log);
    if (err != OK)
        return fault(
            err, refusal, "no log key is pinned in %s any more: enrol again", cli->home);
    return folder == NULL ? OK : file_folder(folder, refusal);
}

void keeping_clear(struct keeping *keeping)
{
    bytes_clear(&keeping->paths);
}

static enum err keep(
    struct keeping *keeping, const char *name, struct span content, struct refusal *refusal)
{
    char path[FILE_PATH];
    if (file_join(path, keeping->folder, name) != OK)
        return fault(ERR_LIMIT, refusal, "the path is too long: %s", keeping->folder);
    enum err err = file_write(path, content, refusal);
    if (err != OK)
        return err;
    bytes_add(&keeping->paths, span_of(path, strlen(path) + 1));
    return bytes_finish(&keeping->paths);
}

enum { KEEPING_NAME = 2 * HASH_SIZE + 32 }; // REQUEST.INDEX.record

enum err keeping_request(struct keeping *keeping, struct span text, struct refusal *refusal)
{
    char name[KEEPING_NAME];
    if (keeping->folder == NULL)
        return OK;
    (void)snprintf(name, sizeof name, "%s.request", keeping->request);
    return keep(keeping, name, text, refusal);
}

enum err keeping_record(
    struct keeping *keeping, const struct proven *proven, struct refusal *refusal)
{
    char name[KEEPING_NAME];
    struct bytes proof;
    if (keeping->folder == NULL)
        return OK;
    unsigned long long index = proven->index;
    bytes_init(&proof, LIMIT_RECORD);
    enum err err = receipt_proof(proven, keeping->origin, &keeping->log, &proof, refusal);
    (void)snprintf(name, sizeof name, "%s.%llu.record", keeping->request, index);
    if (err == OK)
        err = keep(keeping, name, bytes_span(&proven->text), refusal);
    (void)snprintf(name, sizeof name, "%s.%llu.proof", keeping->request, index);
    if (err == OK)
        err = keep(keeping, name, bytes_span(&proof), refusal);
    bytes_clear(&proof);
    return err;
}

static const char *next_path(const struct keeping *keeping, const char *path)
{
    const char *first = (const char *)keeping->paths.data;
    if (keeping->paths.size == 0)
        return NULL;
    const char *next = path == NULL ? first : path + strlen(path) + 1;
    return next == first + keeping->paths.size ? NULL : next;
}

void keeping_print(const struct keeping *keeping)
{
    for (const char *p = next_path(keeping, NULL); p != NULL; p = next_path(keeping, p))
        print_line(stdout, span_text(p));
}

void keeping_scribe(const struct keeping *keeping, struct scribe *scribe)
{
    scribe_array(scribe, "kept");
    for (const char *p = next_path(keeping, NULL); p != NULL; p = next_path(keeping, p))
        scribe_text(scribe, NULL, p);
    scribe_array_end(scribe);
}
