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
    return OK;
}

static enum err note_gate(struct keeper *keeper)
{
    struct gate_record record = {.time = moment_now(), .why = "the gate was replaced"};
    struct errand *errand;
    enum err err = keeper_errand(keeper, ERRAND_NOTE, &errand);
    if (err != OK)
        return err;
    gate_record_write(&record, &errand->text);
    return keeper_record(keeper, errand, NULL);
}

static enum err from_control(void *context, const struct message *message)
{
    struct keeper *keeper = context;
    if (message->kind != ROOM_GATE)
        return ERR_FORM;
    return keeper->stage == STAGE_SERVING ? note_gate(keeper) : OK;
}

// ---- time ----

enum { SWEEP_MS = 1000 };

static int turn(void *context)
{
    struct keeper *keeper = context;
    moment now = moment_now();
    if (keeper->stage != STAGE_SERVING || now == keeper->swept)
        return SWEEP_MS;
    // The first time after a start everything is looked at; later what changed was, when it did.
    bool first = keeper->swept == 0;
    keeper->swept = now;
    if ((first ? desk_look_all(keeper) : desk_sweep(keeper)) != OK)
        log_halt(EXIT_HALT, "the docket could not be gone through; see the line before");
    return SWEEP_MS;
}

_Static_assert(LIMIT_OPEN + LIMIT_CREDITS + HEARING_WANTS + ERRANDS_KEPT < ERRANDS_MOST,
    "all open requests can end at once while the gate uses its credits");

static void keeper_init(struct keeper *keeper)
{
    errands_init(&keeper->errands);
    draft_init(&keeper->draft);
    keeper->gate = 1;
    keeper->docket = docket_new();
    keeper->charter = charter_new();
    keeper->state = calloc(1, sizeof *keeper->state);
    if (keeper->docket == NULL || keeper->charter == NULL || keeper->state == NULL)
        log_halt(EXIT_HALT, "no memory to start with");
}

int main(void)
{
    static struct keeper keeper;
    struct room_config config;
    room_enter(&keeper.room, "keeper", ROOM_HAS_UP | ROOM_HAS_DOWN, &config);
    keeper.stage = config.stage;
    keeper_init(&keeper);
    room_list_libraries(&keeper.room);
    sandbox_enter(SANDBOX_KEEPER, NULL);
    keeper_start(&keeper);
    room_ready(&keeper.room);
    if (keeper.stage == STAGE_SERVING && keeper_note_start(&keeper) != OK)
        log_halt(EXIT_HALT, "the start record could not be sent to the ledger");
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
