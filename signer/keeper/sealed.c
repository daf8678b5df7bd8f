// What was sealed last: state and charter. Both come with the outcome that names them, and what is
// open is held against them anew.
#include "signer/keeper/keeper.h"

#include <stdlib.h>

// The text of the charter comes when, and only when, it is another one.
static enum err take_charter(struct keeper *keeper, const struct state *state, struct span text)
{
    struct hash hash = hash_of(text);
    struct refusal unused;
    bool same = hash_equal(&state->charter, &keeper->charter->hash);
    if (same)
        return text.size == 0 && state->epoch == keeper->charter->epoch ? OK : ERR_FORM;
    if (!hash_equal(&hash, &state->charter))
        return ERR_FORM;
    struct charter *next = charter_new();
    if (next == NULL)
        return ERR_MEMORY;
    if (charter_read(text, next, &unused) != OK || next->epoch != state->epoch ||
        !hash_equal(&next->log, &keeper->appliance)) {
        charter_free(next);
        return ERR_FORM;
    }
    charter_free(keeper->charter);
    keeper->charter = next;
    bytes_reset(&keeper->charter_text);
    bytes_add(&keeper->charter_text, text);
    docket_find_people(keeper->docket, next);
    quotas_keep(&keeper->quotas, next);
    log_info("the charter of epoch %llu is in force", (unsigned long long)next->epoch);
    return bytes_finish(&keeper->charter_text);
}

static void take_time(
    struct keeper *keeper, const struct state *state, const struct outcome *outcome)
{
    if (state->motions[MOTION_TIME].number != keeper->state->motions[MOTION_TIME].number)
        watch_restart(&keeper->watch);
    watch_note(&keeper->watch, keeper->charter, state, outcome->time);
}

static enum err check_entries(struct keeper *keeper, bool freezes)
{
    enum err err = OK;
    for (size_t i = 0; err == OK && i < docket_count(keeper->docket); i++) {
        struct docket_entry *entry = docket_at(keeper->docket, i);
        err = desk_check_stale(keeper, entry);
        if (err == OK && freezes)
            err = desk_check_frozen(keeper, entry);
    }
    return err;
}

// The state that it names was told before.
static enum err take_told(
    struct keeper *keeper, const struct message *answer, const struct outcome *outcome)
{
    if (answer->signed_.charter.size > 0 || !hash_equal(&keeper->told, &outcome->state))
        return ERR_FORM;
    take_time(keeper, keeper->state, outcome);
    return OK;
}

static enum err take_state(struct keeper *keeper, const struct message *answer,
    const struct outcome *outcome, bool numbers)
{
    struct hash hash = hash_of(answer->signed_.state);
    if (!hash_equal(&hash, &outcome->state))
        return ERR_FORM;
    struct state *state = calloc(1, sizeof *state);
    if (state == NULL)
        return ERR_MEMORY;
    enum err err = state_read(answer->signed_.state, state);
    if (err == OK)
        err = take_charter(keeper, state, answer->signed_.charter);
    if (err != OK) {
        free(state);
        return err;
    }
    take_time(keeper, state, outcome);
    free(keeper->state);
    keeper->state = state;
    keeper->told = hash;
    // Only what was done for a motion or a freeze changes what is frozen.
    return numbers ? OK : check_entries(keeper, outcome->done[0] != 0);
}

enum err sealed_take(struct keeper *keeper, const struct message *answer, bool numbers)
{
    struct outcome *outcome = calloc(1, sizeof *outcome);
    if (outcome == NULL)
        return ERR_MEMORY;
    enum err err = outcome_read(answer->signed_.outcome, outcome);
    if (err == OK)
        err = answer->signed_.state.size == 0 ? take_told(keeper, answer, outcome)
                                              : take_state(keeper, answer, outcome, numbers);
    free(outcome);
    return err;
}
