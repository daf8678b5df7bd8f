// Images: their content under an old name; in `uptane` what their custom says, that no release
// counter falls, that no ECU is given two, and that what an ECU is given is what the Image repository has.
#include "metadata/custom.h"
#include "metadata/judge_part.h"
#include "metadata/rule.h"
#include "metadata/warning.h"

#include <inttypes.h>

// ---- an Image repository ----

static bool share_hardware(const struct custom *a, const struct custom *b)
{
    struct custom_list list = custom_hardware_ids(a);
    struct span id;
    while (custom_next_hardware_id(&list, &id))
        if (custom_has_hardware_id(b, id))
            return true;
    return false;
}

// `before` was signed last: it is not judged again, and what it does not say does not fall.
static enum err check_counter(const struct tuf_target *before, const struct tuf_target *target,
    const struct custom *custom, struct refusal *refusal)
{
    struct refusal ignored;
    struct custom last;
    if (custom_read(KIND_IMAGE, before, &last, &ignored) != OK ||
        custom->release_counter >= last.release_counter || !share_hardware(custom, &last))
        return OK;
    return rule_refuse(refusal, RULE_RELEASE_COUNTER_FALLS,
        "%.*s has release counter %" PRId64 ", and the last one had %" PRId64
        " for the same hardware: vehicles would refuse it.",
        (int)target->path.size, (const char *)target->path.data, custom->release_counter,
        last.release_counter);
}

static enum err judge_image(
    const struct tuf_target *target, const struct tuf_target *before, struct refusal *refusal)
{
    struct custom custom;
    enum err err = custom_read(KIND_IMAGE, target, &custom, refusal);
    return err == OK && before != NULL ? check_counter(before, target, &custom, refusal) : err;
}

// ---- a Director ----

// ECUs of one vehicle: a truck has some 150.
enum { ECUS_MOST = 256 };

struct ecus {
    struct span serials[ECUS_MOST];
    size_t count;
};

static enum err add_ecu(struct ecus *ecus, struct span serial, struct refusal *refusal)
{
    if (ecus->count == ECUS_MOST)
        return rule_refuse(refusal, RULE_ECUS_MOST,
            "There are more than %d ECUs, and no vehicle has so many: take some out.",
            (int)ECUS_MOST);
    for (size_t i = 0; i < ecus->count; i++)
        if (span_equal(ecus->serials[i], serial))
            return rule_refuse(refusal, RULE_ECU_TWICE,
                "The ECU %.*s is given two images: it installs one.", (int)serial.size,
                (const char *)serial.data);
    ecus->serials[ecus->count++] = serial;
    return OK;
}

static enum err judge_given(const struct judge_view *view, const struct tuf_target *target,
    struct ecus *ecus, struct refusal *refusal)
{
    struct custom custom;
    struct span serial, hardware_id;
    enum err err = custom_read(KIND_DIRECTOR, target, &custom, refusal);
    if (err != OK)
        return err;
    struct custom_list list = custom_ecus(&custom);
    while (err == OK && custom_next_ecu(&list, &serial, &hardware_id))
        err = add_ecu(ecus, serial, refusal);
    return err == OK ? judge_directed(view, target, &custom, refusal) : err;
}

// ---- all of them ----

// Whoever sends evidence with a Director's Targets has each image compared.
static bool at_hand(const struct judge_view *view)
{
    return view->repository->kind != KIND_DIRECTOR || judge_has_evidence(view);
}

static enum err judge_target(const struct judge_view *view, const struct tuf_target *target,
    const struct tuf_target *before, struct ecus *ecus, struct refusal *refusal)
{
    warnings_of_image(at_hand(view), target, before, view->warnings);
    if (view->repository->dialect != DIALECT_UPTANE)
        return OK;
    return view->repository->kind == KIND_DIRECTOR ? judge_given(view, target, ecus, refusal)
                                                   : judge_image(target, before, refusal);
}

// Both lists ascend by path.
enum err judge_images(const struct judge_view *view, struct refusal *refusal)
{
    struct tuf_targets now = tuf_targets_of(&view->tuf);
    struct tuf_targets last =
        tuf_targets_past(view->repository->dialect, view->given->previous);
    struct tuf_target target, before;
    struct ecus ecus;
    bool has_before = tuf_targets_next(&last, &before);
    enum err err = OK;
    ecus.count = 0;
    while (err == OK && tuf_targets_next(&now, &target)) {
        while (has_before && span_compare(before.path, target.path) < 0)
            has_before = tuf_targets_next(&last, &before);
        bool same = has_before && span_equal(before.path, target.path);
        err = judge_target(view, &target, same ? &before : NULL, &ecus, refusal);
    }
    return err;
}
