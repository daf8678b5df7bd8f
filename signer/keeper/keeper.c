#include "signer/keeper/keeper.h"

#include "signer/corridor/sandbox.h"

#include <stdlib.h>
#include <string.h>

struct asker keeper_asker(const struct keeper *keeper, const struct message *ask)
{
    return (struct asker){.waits = true, .id = ask->id, .gate = keeper->gate};
}

enum err keeper_answer(struct keeper *keeper, const struct asker *asker, struct message *answer)
{
    if (!asker->waits || asker->gate != keeper->gate || keeper->room.up.fd < 0)
        return OK;
    answer->id = asker->id;
    return channel_put(&keeper->room.up, answer);
}

enum err keeper_accept(struct keeper *keeper, const struct asker *asker,
    const struct hash *request, const struct place *place, enum fate fate)
{
    struct message answer = {.kind = ANSWER_ACCEPTED};
    answer.accepted.request = *request;
    answer.accepted.place = *place;
    answer.accepted.fate = fate;
    return keeper_answer(keeper, asker, &answer);
}

enum err keeper_refuse(
    struct keeper *keeper, const struct asker *asker, const struct refusal *refusal, bool known)
{
    struct message answer = {.kind = ANSWER_REFUSED};
    answer.refused.rule = span_text(refusal->rule);
    answer.refused.sentence = span_text(refusal->sentence);
    answer.refused.known = known;
    return keeper_answer(keeper, asker, &answer);
}

enum err keeper_refuse_known(struct keeper *keeper, const struct asker *asker,
    const struct hash *request, const struct hash *from, const struct refusal *refusal)
{
    struct refused refused = {.time = moment_now(), .request = *request, .from = *from};
    struct errand *errand;
    enum err err = keeper_errand(keeper, ERRAND_REFUSE, &errand);
    if (err != OK)
        return err;
    memcpy(refused.rule, refusal->rule, sizeof refused.rule);
    memcpy(refused.why, refusal->sentence, sizeof refused.why);
    refused_write(&refused, &errand->text);
    errand->asker = *asker;
    errand->refusal = *refusal;
    return keeper_record(keeper, errand, NULL);
}

enum err keeper_errand(struct keeper *keeper, enum errand_kind kind, struct errand **out)
{
    *out = errands_new(&keeper->errands, kind);
    return *out == NULL ? ERR_LIMIT : OK;
}

enum err keeper_record(
    struct keeper *keeper, struct errand *errand, const struct span_list *blobs)
{
    struct message order = {.kind = ORDER_RECORD, .id = errand->id};
    enum err err = bytes_finish(&errand->text);
    if (err != OK)
        return err;
    order.record.text = bytes_span(&errand->text);
    if (blobs != NULL)
        order.record.blobs = *blobs;
    return keeper_to_ledger(keeper, &order);
}

enum err keeper_to_ledger(struct keeper *keeper, struct message *message)
{
    if (channel_put(&keeper->room.down, message) != OK)
        log_halt(EXIT_NEIGHBOUR, "the line to the ledger is full or gone");
    return OK;
}

struct hearing_house keeper_house(const struct keeper *keeper)
{
    return (struct hearing_house){.charter = keeper->charter,
        .state = keeper->state,
        .appliance = keeper->appliance,
        .now = moment_now()};
}

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
    keeper->swept = now;
    if (desk_look_all(keeper) != OK)
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
