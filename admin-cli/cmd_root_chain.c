// The roots before the last one, as far as the log has them. The state's hash names the last payload;
// the opened record of a payload, which is proven to be in the log, names the one before it; and an
// import, which a quorum carried out, names the files of what was signed elsewhere.
#include "admin-cli/cmd_root.h"
#include "admin-cli/pages.h"
#include "metadata/history.h"
#include "proto/motion.h"

#include <stdlib.h>
#include <string.h>

enum {
    // Imports that are looked through: of each repository one is carried out, others are refused
    // or withdrawn.
    CHAIN_IMPORTS = 4 * LIMIT_REPOSITORIES,
    // Opened records that name roots of the repository: each twice as often as versions are kept.
    CHAIN_OPENINGS = 2 * LIMIT_HISTORY,
};

// A record that names a payload.
struct naming {
    uint64_t index;
    struct hash payload;
};

struct chain {
    struct rotation *rotation;
    char role[LIMIT_ROLE_NAME + sizeof "/root"];
    // The newest of each kind; older ones make room.
    struct naming openings[CHAIN_OPENINGS];
    size_t opening_count;
    struct naming imports[CHAIN_IMPORTS];
    size_t import_count;
    struct opened opened;
    struct tuf tuf;
    struct import_motion motion;
    struct plan_link links[LIMIT_HISTORY]; // newest first
    size_t count;
};

// ---- the log ----

static void keep(struct naming *list, size_t *count, size_t most, struct naming one)
{
    if (*count == most)
        memmove(&list[0], &list[1], --*count * sizeof list[0]);
    list[(*count)++] = one;
}

static void look(struct chain *chain, uint64_t index)
{
    for (size_t i = 0; i < chain->opened.item_count; i++) {
        const struct item *item = &chain->opened.items[i];
        // What is signed once more builds on itself.
        if (hash_equal(&item->payload, &item->previous))
            continue;
        if (strcmp(item->role, chain->role) == 0)
            keep(chain->openings, &chain->opening_count, CHAIN_OPENINGS,
                (struct naming){index, item->payload});
        else if (motion_of(item->role) == MOTION_IMPORT)
            keep(chain->imports, &chain->import_count, CHAIN_IMPORTS,
                (struct naming){index, item->payload});
    }
}

static enum err visit(void *context, const struct entry *entry, struct refusal *refusal)
{
    struct chain *chain = context;
    (void)refusal;
    if (record_kind(entry->text) != RECORD_OPENED)
        return OK;
    if (opened_read(entry->text, &chain->opened) == OK)
        look(chain, entry->index);
    return OK;
}

// ---- one link ----

// False when it is not the version before the one that was found last.
static bool add_link(struct chain *chain)
{
    const struct plan_link *after = chain->count == 0 ? NULL : &chain->links[chain->count - 1];
    if (chain->count == LIMIT_HISTORY || chain->tuf.type != TUF_ROOT ||
        (after != NULL && chain->tuf.version + 1 != after->version))
        return false;
    chain->links[chain->count++] = (struct plan_link){chain->tuf.version, chain->tuf.expires};
    return true;
}

// Bytes that nobody has any more are no error: the chain ends there.
static enum err fetch(
    struct chain *chain, const struct hash *hash, struct bytes *out, bool *here)
{
    struct refusal ignored = {0};
    enum err err = conclave_blob(chain->rotation->cli->conclave, hash, out, &ignored);
    *here = err == OK;
    return err == ERR_REFUSED || err == ERR_NOT_FOUND ? OK : err;
}

static bool read_root(struct chain *chain, struct span payload)
{
    struct refusal ignored = {0};
    enum dialect dialect = chain->rotation->repository->dialect;
    return tuf_read_past(dialect, payload, &chain->tuf, &ignored) == OK;
}

static enum err link_payload(struct chain *chain, const struct hash *payload, bool *here)
{
    struct bytes bytes;
    bytes_init(&bytes, LIMIT_PAYLOAD);
    enum err err = fetch(chain, payload, &bytes, here);
    *here = err == OK && *here && read_root(chain, bytes_span(&bytes)) && add_link(chain);
    bytes_clear(&bytes);
    return err;
}

// ---- what was signed here ----

static const struct naming *find(
    const struct naming *list, size_t count, const struct hash *payload)
{
    while (count-- > 0)
        if (hash_equal(&list[count].payload, payload))
            return &list[count];
    return NULL;
}

// What the payload was built on, by its opened record, which is proven to be in the log.
static enum err previous_of(struct chain *chain, const struct naming *naming,
    struct hash *previous, struct refusal *refusal)
{
    struct proven proven;
    struct rotation *rotation = chain->rotation;
    *previous = (struct hash){0};
    proven_init(&proven);
    enum err err =
        house_record(rotation->house, rotation->cli->conclave, naming->index, &proven, refusal);
    if (err == OK)
        err = opened_read(bytes_span(&proven.text), &chain->opened);
    for (size_t i = 0; err == OK && i < chain->opened.item_count; i++)
        if (hash_equal(&chain->opened.items[i].payload, &naming->payload))
            *previous = chain->opened.items[i].previous;
    proven_clear(&proven);
    return err;
}

static enum err walk(struct chain *chain, struct hash *payload, struct refusal *refusal)
{
    bool here = true;
    enum err err = link_payload(chain, payload, &here);
    while (err == OK && here && chain->count < LIMIT_HISTORY) {
        const struct naming *naming = find(chain->openings, chain->opening_count, payload);
        if (naming == NULL)
            return OK;
        err = previous_of(chain, naming, payload, refusal);
        if (err != OK || hash_is_none(payload))
            return err;
        err = link_payload(chain, payload, &here);
    }
    return err;
}

// ---- what was imported ----

static enum err link_file(struct chain *chain, const struct hash *file, bool *here)
{
    struct bytes bytes, part;
    struct refusal ignored = {0};
    bytes_init(&bytes, LIMIT_PAYLOAD);
    bytes_init(&part, LIMIT_PAYLOAD);
    enum err err = fetch(chain, file, &bytes, here);
    if (err == OK && *here)
        *here = history_canonical(chain->rotation->repository->dialect, bytes_span(&bytes),
                    &part, &ignored) == OK &&
                read_root(chain, bytes_span(&part)) && add_link(chain);
    bytes_clear(&bytes);
    bytes_clear(&part);
    return err;
}

// Whether the motion is of this repository, and its root the one that the walk came to.
static bool is_imported(const struct chain *chain, const struct hash *payload)
{
    const struct import_motion *motion = &chain->motion;
    for (size_t i = 0; i < motion->role_count; i++)
        if (strcmp(motion->roles[i].role, chain->role) == 0)
            return hash_equal(&motion->roles[i].payload, payload);
    return false;
}

static enum err walk_import(
    struct chain *chain, const struct naming *naming, const struct hash *payload)
{
    struct bytes text;
    bool here = false;
    bytes_init(&text, LIMIT_PAYLOAD);
    enum err err = fetch(chain, &naming->payload, &text, &here);
    here = here && import_motion_read(bytes_span(&text), &chain->motion) == OK &&
           is_imported(chain, payload);
    bytes_clear(&text);
    // The last of its roots is the one that is there already.
    for (size_t i = chain->motion.root_count; err == OK && here && i-- > 1;)
        err = link_file(chain, &chain->motion.roots[i - 1].file, &here);
    return err;
}

// ---- the whole ----

static enum err read_chain(struct chain *chain, struct refusal *refusal)
{
    struct rotation *rotation = chain->rotation;
    const struct role_state *last = state_role(rotation->house->state, chain->role);
    struct hash payload = last->payload;
    enum err err = OK;
    if (last->version > 1)
        err =
            pages_visit(rotation->cli, 0, rotation->house->newest.size, visit, chain, refusal);
    if (err == OK)
        err = walk(chain, &payload, refusal);
    for (size_t i = 0; err == OK && i < chain->import_count && !hash_is_none(&payload); i++)
        err = walk_import(chain, &chain->imports[i], &payload);
    return err;
}

int rotation_chain(struct rotation *rotation)
{
    struct refusal refusal = {0};
    if (rotation->repository == NULL || rotation->last.size == 0)
        return STATUS_DONE;
    struct chain *chain = calloc(1, sizeof *chain);
    if (chain == NULL)
        return cli_say(STATUS_LOCAL, "out of memory");
    chain->rotation = rotation;
    (void)snprintf(chain->role, sizeof chain->role, "%s/root", rotation->repository->name);
    enum err err = read_chain(chain, &refusal);
    for (size_t i = 0; err == OK && i < chain->count; i++)
        rotation->chain[i] = chain->links[chain->count - 1 - i];
    rotation->given.chain = rotation->chain;
    rotation->given.chain_count = chain->count;
    free(chain);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_DAEMON, err, &refusal);
}
