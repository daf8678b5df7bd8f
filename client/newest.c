#include "client/newest.h"

#include "client/fault.h"
#include "client/home.h"

#include <errno.h>
#include <string.h>

static enum err open_note(const struct conclave *conclave, struct span note,
    struct checkpoint *out, struct refusal *refusal)
{
    enum err err = checkpoint_open(note, conclave->origin, &conclave->log, out);
    if (err == OK)
        return OK;
    return fault(err == ERR_MEMORY ? err : ERR_SIGNATURE, refusal,
        "the appliance shows a checkpoint that the log key pinned in %s (%s) did not sign; "
        "is this the right appliance?",
        conclave->path, conclave->origin);
}

// OK with size 0: none is kept yet.
static enum err read_kept(
    const struct conclave *conclave, struct checkpoint *out, struct refusal *refusal)
{
    struct bytes note;
    bytes_init(&note, LIMIT_CHECKPOINT);
    *out = (struct checkpoint){.size = 0};
    enum err err = home_read(conclave->home, HOME_CHECKPOINT, &note);
    if (err == OK)
        err = checkpoint_open(bytes_span(&note), conclave->origin, &conclave->log, out);
    bytes_clear(&note);
    if (err == OK || err == ERR_NOT_FOUND)
        return OK;
    return fault(err, refusal, "%s/%s cannot be used: %s", conclave->path, HOME_CHECKPOINT,
        err_text(err));
}

static enum err keep(
    struct conclave *conclave, const char *name, struct span note, struct refusal *refusal)
{
    if (home_write(conclave->home, name, note) == OK)
        return OK;
    return fault(ERR_SYSTEM, refusal, "%s/%s cannot be written: %s", conclave->path, name,
        strerror(errno));
}

// They do not go together: both are kept, since whoever sees both knows.
static enum err conflict(struct conclave *conclave, const struct checkpoint *kept,
    const struct checkpoint *shown, struct span note, struct refusal *refusal)
{
    enum err err = keep(conclave, HOME_CONFLICT, note, refusal);
    if (err != OK)
        return err;
    return fault(ERR_SIGNATURE, refusal,
        "the log that the appliance shows (%llu records) does not go with the one seen before "
        "(%llu records): it was put back or forked. Stop the appliance and show both "
        "checkpoints: %s and %s in %.120s",
        (unsigned long long)shown->size, (unsigned long long)kept->size, HOME_CHECKPOINT,
        HOME_CONFLICT, conclave->path);
}

// Whether the appliance proves that `larger` extends `smaller`; it is not asked about the empty.
static enum err prove(struct conclave *conclave, const struct checkpoint *smaller,
    const struct checkpoint *larger, bool *holds, struct refusal *refusal)
{
    struct message ask = {
        .kind = ASK_EXTEND, .prove = {.index = smaller->size, .size = larger->size}};
    enum err err = session_ask(conclave, &ask, &conclave->inner, CONNECTION_FOR_EVER, refusal);
    *holds = false;
    // It may say that it cannot: then it does not hold.
    if (err == ERR_REFUSED)
        return OK;
    if (err != OK)
        return err;
    const struct hash_list *list = &conclave->inner.message.proof.path;
    struct merkle_path path = {.count = list->count};
    memcpy(path.nodes, list->at, list->count * sizeof list->at[0]);
    *holds = merkle_extends(smaller->size, &smaller->root, larger->size, &larger->root, &path);
    return OK;
}

static enum err compare(struct conclave *conclave, const struct checkpoint *kept,
    const struct checkpoint *shown, bool strict, bool *holds, struct refusal *refusal)
{
    *holds = kept->size == 0;
    if (*holds)
        return OK;
    if (kept->size == shown->size) {
        *holds = hash_equal(&kept->root, &shown->root);
        return OK;
    }
    if (kept->size < shown->size)
        return prove(conclave, kept, shown, holds, refusal);
    if (strict || shown->size == 0)
        return OK;
    return prove(conclave, shown, kept, holds, refusal);
}

enum err newest_take(struct conclave *conclave, struct span note, bool strict,
    struct checkpoint *out, struct refusal *refusal)
{
    struct checkpoint kept;
    bool holds = false;
    enum err err = open_note(conclave, note, out, refusal);
    if (err == OK)
        err = read_kept(conclave, &kept, refusal);
    if (err == OK)
        err = compare(conclave, &kept, out, strict, &holds, refusal);
    if (err != OK)
        return err;
    if (!holds)
        return conflict(conclave, &kept, out, note, refusal);
    return out->size > kept.size ? keep(conclave, HOME_CHECKPOINT, note, refusal) : OK;
}

enum err newest_none(struct conclave *conclave, struct refusal *refusal)
{
    struct checkpoint kept;
    enum err err = read_kept(conclave, &kept, refusal);
    if (err != OK || kept.size == 0)
        return err;
    return fault(ERR_SIGNATURE, refusal,
        "the appliance shows no checkpoint, but %s has seen one of %llu records: it was put "
        "back. Stop it",
        conclave->path, (unsigned long long)kept.size);
}
