#include "policy/allot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Keys that one sentence lists, and hex digits of each: enough to be named by.
enum { LISTED_MOST = 8, LISTED_DIGITS = 12 };

static int compare(const void *a, const void *b)
{
    const struct candidate *first = a, *second = b;
    return span_compare(hash_span(&first->key.id), hash_span(&second->key.id));
}

static void at(const struct allotment *allotment, const struct key_slot *slot,
    const char *field, struct policy_fault *fault)
{
    const struct source *role = &allotment->sources->roles[slot->role];
    policy_fault_at(fault, "repositories[%zu].roles[%zu].keys[%zu]%s", role->entry, role->inner,
        slot->entry, field);
}

static const char *role_of(const struct allotment *allotment, const struct key_slot *slot)
{
    return allotment->charter->roles[slot->role].name;
}

// ---- keys that are named ----

static bool is_named(const struct key_slot *slot, const struct candidate *candidate)
{
    char hex[2 * HASH_SIZE + 1];
    hash_hex(&candidate->key.id, hex);
    return slot->role == candidate->role && strncmp(hex, slot->named, strlen(slot->named)) == 0;
}

// ALLOT_NONE with the fault when it is none or more than one.
static size_t find_named(
    const struct allotment *allotment, const struct key_slot *slot, struct policy_fault *fault)
{
    size_t found = ALLOT_NONE;
    for (size_t i = 0; i < allotment->candidate_count; i++) {
        if (!is_named(slot, &allotment->candidates[i]))
            continue;
        if (found != ALLOT_NONE) {
            policy_fault_say(fault, "Two keys of %s begin like this: write more digits.",
                role_of(allotment, slot));
            return ALLOT_NONE;
        }
        found = i;
    }
    if (found == ALLOT_NONE)
        policy_fault_say(fault,
            "%s has no such key, neither in the charter nor spare: correct the digits.",
            role_of(allotment, slot));
    return found;
}

static enum err check_named(
    const struct key_slot *slot, const struct candidate *candidate, struct policy_fault *fault)
{
    if (candidate->standing == CANDIDATE_RETIRED)
        return policy_fault_say(
            fault, "This key is retired and never comes back: take the entry out.");
    if (candidate->taken)
        return policy_fault_say(fault, "This key is named twice: take one entry out.");
    if (slot->type != KEY_NONE && slot->type != candidate->key.type)
        return policy_fault_say(fault, "This key is of type %s: correct the type.",
            key_type_text(candidate->key.type));
    return OK;
}

static enum err take_named(struct allotment *allotment, struct policy_fault *fault)
{
    for (size_t i = 0; i < allotment->slot_count; i++) {
        const struct key_slot *slot = &allotment->slots[i];
        if (slot->named[0] == '\0')
            continue;
        at(allotment, slot, ".key", fault);
        size_t found = find_named(allotment, slot, fault);
        if (found == ALLOT_NONE ||
            check_named(slot, &allotment->candidates[found], fault) != OK)
            return ERR_FORM;
        allotment->candidates[found].taken = true;
        allotment->chosen[i] = found;
    }
    return OK;
}

// ---- keys that are counted ----

typedef bool fits(const struct key_slot *slot, const struct candidate *candidate);

static bool fits_custodian(const struct key_slot *slot, const struct candidate *candidate)
{
    if (candidate->standing != CANDIDATE_PRESENT)
        return false;
    return slot->has_custodian
               ? candidate->custody == CUSTODY_OF && candidate->custodian == slot->custodian
               : candidate->custody == CUSTODY_NONE;
}

static bool fits_free(const struct key_slot *slot, const struct candidate *candidate)
{
    (void)slot;
    return candidate->standing == CANDIDATE_PRESENT && candidate->custody != CUSTODY_OF;
}

static bool fits_spare(const struct key_slot *slot, const struct candidate *candidate)
{
    (void)slot;
    return candidate->standing == CANDIDATE_SPARE;
}

static size_t find(
    const struct allotment *allotment, const struct key_slot *slot, fits *candidate_fits)
{
    for (size_t i = 0; i < allotment->candidate_count; i++) {
        const struct candidate *candidate = &allotment->candidates[i];
        if (!candidate->taken && candidate->role == slot->role &&
            candidate->key.type == slot->type && candidate_fits(slot, candidate))
            return i;
    }
    return ALLOT_NONE;
}

static void take(struct allotment *allotment, fits *candidate_fits)
{
    for (size_t i = 0; i < allotment->slot_count; i++) {
        if (allotment->chosen[i] != ALLOT_NONE)
            continue;
        size_t found = find(allotment, &allotment->slots[i], candidate_fits);
        if (found == ALLOT_NONE)
            continue;
        allotment->candidates[found].taken = true;
        allotment->chosen[i] = found;
    }
}

// ---- what does not come out even ----

// The present keys that a slot's entry could mean, in words: "sha256:26dccebacd35 (alice), ...".
static void list_present(
    const struct allotment *allotment, const struct key_slot *slot, char *out, size_t size)
{
    size_t used = 0, listed = 0;
    out[0] = '\0';
    for (size_t i = 0; i < allotment->candidate_count && used < size; i++) {
        const struct candidate *one = &allotment->candidates[i];
        char hex[2 * HASH_SIZE + 1];
        if (one->role != slot->role || one->key.type != slot->type ||
            one->standing != CANDIDATE_PRESENT)
            continue;
        hash_hex(&one->key.id, hex);
        const char *before = listed == 0 ? "" : ", ";
        int grew = listed++ == LISTED_MOST ? snprintf(out + used, size - used, ", ...")
                                           : snprintf(out + used, size - used, "%ssha256:%.*s",
                                                 before, LISTED_DIGITS, hex);
        used += grew < 0 ? 0 : (size_t)grew;
        if (listed > LISTED_MOST)
            return;
    }
}

static bool is_left_over(const struct key_slot *slot, const struct candidate *candidate)
{
    return !candidate->taken && candidate->standing == CANDIDATE_PRESENT &&
           candidate->role == slot->role && candidate->key.type == slot->type;
}

static enum err check_left_over(
    const struct allotment *allotment, const struct key_slot *slot, struct policy_fault *fault)
{
    char list[LISTED_MOST * (LISTED_DIGITS + 12)];
    for (size_t i = 0; i < allotment->candidate_count; i++) {
        if (slot->named[0] != '\0' || !is_left_over(slot, &allotment->candidates[i]))
            continue;
        list_present(allotment, slot, list, sizeof list);
        at(allotment, slot, "", fault);
        return policy_fault_say(fault,
            "Which %s keys of %s stay? Name each that does, as in {key: sha256:...}; the "
            "others "
            "are retired. It has %s.",
            key_type_text(slot->type), role_of(allotment, slot), list);
    }
    return OK;
}

static size_t count_missing(const struct allotment *allotment, const struct key_slot *slot)
{
    size_t missing = 0;
    for (size_t i = 0; i < allotment->slot_count; i++)
        missing += allotment->chosen[i] == ALLOT_NONE &&
                   allotment->slots[i].role == slot->role &&
                   allotment->slots[i].type == slot->type;
    return missing;
}

static enum err check_filled(
    const struct allotment *allotment, size_t index, struct policy_fault *fault)
{
    const struct key_slot *slot = &allotment->slots[index];
    if (allotment->chosen[index] != ALLOT_NONE)
        return OK;
    size_t missing = count_missing(allotment, slot);
    at(allotment, slot, "", fault);
    return policy_fault_say(fault,
        "%s lacks %zu keys of type %s: make them first, with `conclave key generate "
        "%s=%s:%zu`.",
        role_of(allotment, slot), missing, key_type_text(slot->type), role_of(allotment, slot),
        key_type_text(slot->type), missing);
}

enum err allot(struct allotment *allotment, struct policy_fault *fault)
{
    qsort(allotment->candidates, allotment->candidate_count, sizeof allotment->candidates[0],
        compare);
    for (size_t i = 0; i < allotment->slot_count; i++)
        allotment->chosen[i] = ALLOT_NONE;
    if (take_named(allotment, fault) != OK)
        return ERR_FORM;
    take(allotment, fits_custodian);
    take(allotment, fits_free);
    for (size_t i = 0; i < allotment->slot_count; i++)
        if (check_left_over(allotment, &allotment->slots[i], fault) != OK)
            return ERR_FORM;
    take(allotment, fits_spare);
    for (size_t i = 0; i < allotment->slot_count; i++)
        if (check_filled(allotment, i, fault) != OK)
            return ERR_FORM;
    return OK;
}
