// What a Director gives to ECUs, held against what an Image repository says of it (Uptane standard, full
// verification; formats reference, section 2, Director Targets). The Image repository's Targets, and those
// of the roles that they delegate to, travel as evidence; a path is looked up in them as clients do it.
#include "metadata/judge_part.h"
#include "metadata/pattern.h"
#include "metadata/rule.h"
#include "policy/chain.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

// Delegations that clients follow from targets.json down.
enum { DEPTH_MOST = 5 };

// What other work costs beside a step of matching a byte (metadata/pattern.h), so that one bound holds
// for all that suppliers' files may cost: reading a key, verifying a signature, and so many bytes read, or
// hashed for a signature.
enum { KEY_STEPS = 512, SIGNATURE_STEPS = 4096, STEP_READ = 64, STEP_HASHED = 16 };

// ---- the images of a file ----

static enum err add_image(struct judge_file *file, size_t *room, const struct tuf_target *image)
{
    if (file->image_count == *room) {
        size_t more = 2 * *room + 16;
        struct tuf_target *images = realloc(file->images, more * sizeof *images);
        if (images == NULL)
            return ERR_MEMORY;
        file->images = images;
        *room = more;
    }
    file->images[file->image_count++] = *image;
    return OK;
}

// So that many images are found in many: the list ascends by path.
static enum err list_images(const struct judge_view *view, struct judge_file *file)
{
    size_t room = 0;
    struct tuf_target image;
    if (file->delegated != NULL)
        return OK;
    file->delegated = calloc(TUF_DELEGATIONS_MOST, sizeof file->delegated[0]);
    if (file->delegated == NULL)
        return ERR_MEMORY;
    struct tuf_targets targets =
        tuf_targets_past(view->repository->dialect, file->envelope.signed_part);
    enum err err = OK;
    while (err == OK && tuf_targets_next(&targets, &image))
        err = add_image(file, &room, &image);
    return err;
}

static int compare_path(const void *path, const void *image)
{
    return span_compare(*(const struct span *)path, ((const struct tuf_target *)image)->path);
}

// ---- where the path is looked up ----

struct search {
    const struct judge_view *view;
    struct judge_evidence *evidence;
    const char *repository; // whose images are searched
    struct span path;
    bool visited[LIMIT_ITEMS]; // files of evidence
    bool ended;                // a terminating role was asked
    const struct tuf_target *found;
};

// False when that is too much.
static bool spend(const struct search *search, uint64_t steps)
{
    uint64_t *left = judge_evidence_steps(search->view);
    *left = *left > steps ? *left - steps : 0;
    return *left > 0;
}

// The hash of what a role of the searched repository signed last; false when it does not live here.
static bool lives_here(const struct search *search, struct span short_name, struct hash *last)
{
    char role[FULL_NAME];
    snprintf(role, sizeof role, "%s/%.*s", search->repository, (int)short_name.size,
        (const char *)short_name.data);
    *last = chain_previous(search->view->given->state, role);
    return charter_role(search->view->given->charter, role) != NULL;
}

// The keys of what a file delegates, and one of its roles.
struct delegation {
    struct tuf tuf;
    struct tuf_key keys[TUF_KEYS_MOST];
    size_t key_count;
    const struct tuf_delegation *role;
};

// Only signatures that name a key of the role are verified.
static uint64_t signing_steps(const struct delegation *by, const struct judge_file *file)
{
    const struct tuf_envelope *envelope = &file->envelope;
    uint64_t each = SIGNATURE_STEPS + envelope->signed_part.size / STEP_HASHED;
    uint64_t steps = by->role->keyid_count * by->key_count;
    for (size_t i = 0; i < envelope->signature_count; i++)
        for (size_t k = 0; k < by->role->keyid_count; k++)
            if (span_equal(envelope->signatures[i].keyid, by->role->keyids[k]))
                steps += each;
    return steps;
}

static bool is_signed(
    const struct search *search, const struct delegation *by, const struct judge_file *file)
{
    if (!spend(search, signing_steps(by, file)))
        return false;
    return tuf_envelope_signers(&file->envelope, by->keys, by->key_count, by->role->keyids,
               by->role->keyid_count) >= (size_t)by->role->threshold;
}

// The newest file of a role that lives elsewhere, or what one that lives here signed last.
static struct judge_file *seek_file(const struct search *search, const struct delegation *by)
{
    struct judge_file *found = NULL;
    struct hash last;
    bool here = lives_here(search, by->role->name, &last);
    for (size_t i = 0; i < search->evidence->count; i++) {
        struct judge_file *file = &search->evidence->files[i];
        if (file->type != TUF_TARGETS || (found != NULL && file->version <= found->version))
            continue;
        if (here ? hash_equal(&file->signed_hash, &last) : is_signed(search, by, file))
            found = file;
    }
    return found;
}

// Of the role at a place among those that `parent` delegates to; found once for all images.
static enum err find_file(const struct search *search, struct judge_file *parent, size_t place,
    const struct tuf_delegation *role, struct refusal *refusal)
{
    if (parent->delegated[place] != NULL)
        return OK;
    struct delegation *by = calloc(1, sizeof *by);
    if (by == NULL)
        return ERR_MEMORY;
    judge_delegations_of(search->view, parent, &by->tuf);
    by->key_count = tuf_delegations_keys(&by->tuf, by->keys);
    by->role = role;
    if (spend(search, by->key_count * KEY_STEPS))
        parent->delegated[place] = seek_file(search, by);
    free(by);
    if (parent->delegated[place] != NULL)
        return OK;
    return rule_refuse(refusal, RULE_IMAGE_EVIDENCE,
        "Clients look for %.*s in %.*s.json of %s, and that is not among the evidence as its "
        "role signed it: send the complete signed file.",
        (int)(search->path.size < LIMIT_NAME ? search->path.size : LIMIT_NAME),
        (const char *)search->path.data, (int)role->name.size, (const char *)role->name.data,
        search->repository);
}

static enum err visit(
    struct search *search, struct judge_file *file, unsigned depth, struct refusal *refusal);

// Asks those that a file delegates the path to, in their order, until one has it or one is terminating.
// Whom a terminating role delegates to nobody asks here: stock clients do not, though the specification
// does; nor who comes behind it: there it is the other way round.
static enum err visit_delegated(
    struct search *search, struct judge_file *file, unsigned depth, struct refusal *refusal)
{
    struct tuf_delegation role;
    struct tuf tuf;
    enum dialect dialect = search->view->repository->dialect;
    if (!spend(search, file->delegations.size / STEP_READ))
        return OK; // and is refused for that
    judge_delegations_of(search->view, file, &tuf);
    struct tuf_delegations roles = tuf_delegations_of(&tuf);
    enum err err = OK;
    for (size_t i = 0; err == OK && search->found == NULL && !search->ended &&
                       tuf_delegations_next(&roles, &role);
         i++) {
        if (!pattern_delegates(
                dialect, &role, search->path, judge_evidence_steps(search->view)))
            continue;
        err = find_file(search, file, i, &role, refusal);
        if (err == OK)
            err = visit(
                search, file->delegated[i], role.terminating ? DEPTH_MOST : depth + 1, refusal);
        search->ended = search->ended || role.terminating;
    }
    return err;
}

static enum err visit(
    struct search *search, struct judge_file *file, unsigned depth, struct refusal *refusal)
{
    if (search->visited[file->place])
        return OK;
    search->visited[file->place] = true;
    enum err err = list_images(search->view, file);
    if (err != OK)
        return err;
    if (file->image_count > 0)
        search->found = bsearch(&search->path, file->images, file->image_count,
            sizeof file->images[0], compare_path);
    if (search->found != NULL || depth == DEPTH_MOST || file->delegations.size == 0)
        return OK;
    return visit_delegated(search, file, depth, refusal);
}

// ---- what is found there ----

static enum err check_content(const char *repository, const struct tuf_target *directed,
    const struct tuf_target *image, struct refusal *refusal)
{
    // Each hash that the Director gives is one that the Image repository gives.
    if (directed->length == image->length && span_equal(directed->sha256, image->sha256) &&
        (directed->sha512.size == 0 || span_equal(directed->sha512, image->sha512)))
        return OK;
    return rule_refuse(refusal, RULE_IMAGE_OTHER_CONTENT,
        "%.*s has another length or other hashes than %s says, and vehicles would refuse it: "
        "direct what that repository has.",
        (int)directed->path.size, (const char *)directed->path.data, repository);
}

static enum err check_hardware(const struct tuf_target *directed, const struct custom *given,
    const struct custom *image, struct refusal *refusal)
{
    struct custom_list list = custom_ecus(given);
    struct span serial, hardware;
    while (custom_next_ecu(&list, &serial, &hardware))
        if (!custom_has_hardware_id(image, hardware))
            return rule_refuse(refusal, RULE_IMAGE_OTHER_HARDWARE,
                "The Image repository does not say that %.*s is for the hardware %.*s of the "
                "ECU %.*s: vehicles would refuse it.",
                (int)directed->path.size, (const char *)directed->path.data, (int)hardware.size,
                (const char *)hardware.data, (int)serial.size, (const char *)serial.data);
    return OK;
}

// A Director that says no counter leaves it to the Image repository.
static enum err check_counter(const struct tuf_target *directed, const struct custom *given,
    const struct custom *image, struct refusal *refusal)
{
    if (given->release_counter < 0 || given->release_counter >= image->release_counter)
        return OK;
    return rule_refuse(refusal, RULE_IMAGE_COUNTER_LOWER,
        "%.*s is directed with release counter %" PRId64
        ", and the Image repository gives it %" PRId64 ": do not lower it.",
        (int)directed->path.size, (const char *)directed->path.data, given->release_counter,
        image->release_counter);
}

static enum err check_found(const struct search *search, const struct tuf_target *directed,
    const struct custom *given, struct refusal *refusal)
{
    struct custom image;
    enum err err = check_content(search->repository, directed, search->found, refusal);
    if (err == OK)
        err = custom_read(KIND_IMAGE, search->found, &image, refusal);
    if (err == OK)
        err = check_hardware(directed, given, &image, refusal);
    return err == OK ? check_counter(directed, given, &image, refusal) : err;
}

// ---- whose Targets the evidence has ----

static struct judge_file *main_file(const struct search *search)
{
    struct hash last;
    if (!lives_here(search, span_text("targets"), &last) || hash_is_none(&last))
        return NULL;
    for (size_t i = 0; i < search->evidence->count; i++)
        if (hash_equal(&search->evidence->files[i].signed_hash, &last))
            return &search->evidence->files[i];
    return NULL;
}

static void need_visited(const struct search *search)
{
    for (size_t i = 0; i < search->evidence->count; i++)
        if (search->visited[i])
            judge_evidence_need(search->view, &search->evidence->files[i]);
}

// In one Image repository. OK also when the path is not there, and then nothing is found.
static enum err search_one(struct search *search, const struct tuf_target *directed,
    const struct custom *given, bool *belongs, struct refusal *refusal)
{
    struct judge_file *file = main_file(search);
    if (file == NULL)
        return OK;
    *belongs = true;
    enum err err = visit(search, file, 0, refusal);
    // What was not looked for any more was perhaps not missing.
    if ((err == OK || err == ERR_REFUSED) && *judge_evidence_steps(search->view) == 0)
        return rule_refuse(refusal, RULE_IMAGE_SEARCH_MOST,
            "To find %.*s in the files of delegated roles takes too many steps: send fewer "
            "files, with fewer signatures, and write patterns with fewer wildcards.",
            (int)directed->path.size, (const char *)directed->path.data);
    if (err == OK && search->found != NULL)
        err = check_found(search, directed, given, refusal);
    if (err == OK && search->found != NULL)
        need_visited(search);
    return err;
}

static enum err refuse_unknown(
    const struct tuf_target *directed, bool belongs, struct refusal *refusal)
{
    int size = (int)directed->path.size;
    const char *path = (const char *)directed->path.data;
    if (!belongs)
        return rule_refuse(refusal, RULE_IMAGE_EVIDENCE,
            "The evidence has no targets.json that an Image repository of this charter signed "
            "last, and %.*s is compared with nothing: send it, or no evidence.",
            size, path);
    return rule_refuse(refusal, RULE_IMAGE_UNKNOWN,
        "The Image repository does not have %.*s: vehicles would refuse it.", size, path);
}

enum err judge_directed(const struct judge_view *view, const struct tuf_target *target,
    const struct custom *custom, struct refusal *refusal)
{
    const struct charter *charter = view->given->charter;
    struct judge_evidence *evidence;
    struct refusal first = {0};
    bool belongs = false, refused = false;
    enum err err = judge_evidence_read(view, &evidence, refusal);
    if (err != OK || evidence->count == 0)
        return err;
    for (size_t i = 0; i < charter->repository_count; i++) {
        const struct repository *repository = &charter->repositories[i];
        if (repository->kind != KIND_IMAGE || repository->dialect != DIALECT_UPTANE)
            continue;
        struct search search = {.view = view,
            .evidence = evidence,
            .repository = repository->name,
            .path = target->path};
        err = search_one(&search, target, custom, &belongs, refusal);
        if (err != OK && err != ERR_REFUSED)
            return err;
        if (err == OK && search.found != NULL)
            return OK;
        if (err == ERR_REFUSED && !refused)
            first = *refusal;
        refused = refused || err == ERR_REFUSED;
    }
    if (!refused)
        return refuse_unknown(target, belongs, refusal);
    *refusal = first;
    return ERR_REFUSED;
}
