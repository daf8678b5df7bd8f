#include "signer/keeper/keeper.h"

#include "signer/corridor/sandbox.h"

#include <stdlib.h>

// ---- the gate's replacement ----

// What the old gate asked is heard to its end, but nobody waits for the answers.
static enum err gate_lost(void *context, enum err why)
{
    struct keeper *keeper = context;
    log_warn("the gate is lost (%s): asking for a new one", err_text(why));
    keeper->gate++;
    keeper->promised = 0;
    for (size_t i = 0; i < LIMIT_CREDITS; i++)
        keeper->parked[i].used = false;
    freeze_forget(keeper);
    return OK;
}

static enum err stop(struct keeper *keeper)
{
    if (keeper->stopping)
        return OK;
    keeper->stopping = true;
    keeper->room.stopping = keeper->stage != STAGE_SERVING; // there is no log yet
    return mandated_stop(keeper);
}

static enum err from_control(void *context, const struct message *message)
{
    struct keeper *keeper = context;
    if (message->kind == ROOM_STOP)
        return stop(keeper);
    if (message->kind != ROOM_GATE)
        return ERR_FORM;
    return keeper->stage == STAGE_SERVING && !keeper->stopping ? note_gate(keeper) : OK;
}

// ---- time ----

enum { SWEEP_MS = 1000 };

static enum err sweep(struct keeper *keeper, moment now)
{
    enum err err = time_watch(keeper);
    // Everything after a start, and after time came back; later what changed was, when it did.
    bool all = keeper->swept == 0;
    keeper->swept = now;
    if (err == OK && keeper_has_time(keeper) && quotas_is_over(&keeper->quotas, now))
        err = note_quotas(keeper);
    if (err != OK)
        return err;
    return all ? desk_look_all(keeper) : desk_sweep(keeper);
}

// The stop record is the last one, so what the vault was asked for comes first; the loop is left
// when it stands (answer.c).
static void look_at_stop(struct keeper *keeper)
{
    if (!keeper->stopping || keeper->stop_noted || keeper->signing ||
        keeper->stage != STAGE_SERVING)
        return;
    if (note_stop(keeper) != OK)
        log_halt(EXIT_HALT, "its stop cannot be recorded; see the line before");
}

static int turn(void *context)
{
    struct keeper *keeper = context;
    moment now = moment_now();
    look_at_stop(keeper);
    if (keeper->stage != STAGE_SERVING || keeper->stopping || now == keeper->swept)
        return SWEEP_MS;
    if (sweep(keeper, now) != OK)
        log_halt(EXIT_HALT, "the docket could not be gone through; see the line before");
    return SWEEP_MS;
}

_Static_assert(LIMIT_OPEN + LIMIT_CREDITS + WANTS_AT_ONCE + ERRANDS_KEPT < ERRANDS_MOST,
    "all open requests can end at once while the gate uses its credits");

static void keeper_init(struct keeper *keeper)
{
    errands_init(&keeper->errands);
    draft_init(&keeper->draft);
    bytes_init(&keeper->charter_text, LIMIT_CHARTER);
    quotas_begin(&keeper->quotas, moment_now());
    keeper->gate = 1;
    keeper->docket = docket_new();
    keeper->charter = charter_new();
    keeper->state = calloc(1, sizeof *keeper->state);
    keeper->mandates.lasts = calloc(1, sizeof *keeper->mandates.lasts);
    keeper->mandates.past.lasts = keeper->mandates.lasts;
    if (keeper->docket == NULL || keeper->charter == NULL || keeper->state == NULL ||
        keeper->mandates.lasts == NULL)
        log_halt(EXIT_HALT, "no memory to start with");
}

// The first records of a run: what was started, and whether it has time.
static void note_begin(struct keeper *keeper, struct span programs)
{
    if (keeper->stage != STAGE_SERVING)
        return;
    if (note_start(keeper, programs) != OK || time_watch(keeper) != OK)
        log_halt(EXIT_HALT, "the start record could not be sent to the ledger");
}

int main(void)
{
    static struct keeper keeper;
    static struct room_config config;
    room_enter(&keeper.room, "keeper", ROOM_HAS_UP | ROOM_HAS_DOWN, &config);
    keeper.stage = config.stage;
    keeper_init(&keeper);
    room_list_libraries(&keeper.room);
    sandbox_enter(SANDBOX_KEEPER, NULL);
    keeper_start(&keeper);
    note_begin(&keeper, span_text(config.programs));
    room_ready(&keeper.room);
    const struct room_loop loop = {
        .context = &keeper,
        .from_up = keeper_from_gate,
        .from_down = keeper_from_ledger,
        .from_control = from_control,
        .turn = turn,
        .up_lost = gate_lost,
    };
    return room_run(&keeper.room, &loop);
}
