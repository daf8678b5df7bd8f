#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/dossier_world.h"
#include "tests/unit/samples.h"

void world_write_request(unsigned nonce, struct bytes *out)
{
    struct request *request = calloc(1, sizeof *request);
    assert_non_null(request);
    request->appliance = made_up_hash(1);
    request->requester = made_up_hash(2);
    request->nonce[0] = (uint8_t)nonce;
    snprintf(request->reason, sizeof request->reason, "because");
    request->expires = december;
    request->items[0] = made_up_item("image/targets", 12, 3);
    request->item_count = 1;
    bytes_init(out, LIMIT_RECORD);
    request_write(request, out);
    assert_int_equal(bytes_finish(out), OK);
    free(request);
}

void world_write_opened(const struct hash *id, struct bytes *out)
{
    struct opened *opened = calloc(1, sizeof *opened);
    assert_non_null(opened);
    opened->appliance = made_up_hash(1);
    opened->request = *id;
    opened->requester = made_up_hash(2);
    opened->signature[0] = 1;
    opened->signature_size = 64;
    opened->items[0] = made_up_item("image/targets", 12, 3);
    opened->item_count = 1;
    opened->rendering = 1;
    opened->shown = made_up_hash(4);
    opened->epoch = 1;
    opened->charter = made_up_hash(5);
    opened->time = opened->earliest = december - 1000;
    opened->expires = december;
    bytes_init(out, LIMIT_RECORD);
    opened_write(opened, out);
    assert_int_equal(bytes_finish(out), OK);
    free(opened);
}

static void write_ended(const struct hash *id, enum ending how, struct bytes *out)
{
    struct ended ended = {.time = december, .request = *id, .how = how};
    snprintf(ended.why, sizeof ended.why, "why not");
    bytes_init(out, LIMIT_RECORD);
    ended_write(&ended, out);
    assert_int_equal(bytes_finish(out), OK);
}

void world_write_outcome(const struct hash *id, struct bytes *out)
{
    struct outcome *outcome = calloc(1, sizeof *outcome);
    assert_non_null(outcome);
    outcome->time = december;
    outcome->request = *id;
    outcome->order = (struct place){9, made_up_hash(6)};
    outcome->state = made_up_hash(7);
    outcome->signature_count = 1;
    outcome->signatures[0].version = 12;
    outcome->signatures[0].key = made_up_hash(8);
    outcome->signatures[0].signature = made_up_hash(9);
    snprintf(outcome->signatures[0].role, sizeof outcome->signatures[0].role, "image/targets");
    bytes_init(out, LIMIT_RECORD);
    outcome_write(outcome, out);
    assert_int_equal(bytes_finish(out), OK);
    free(outcome);
}

void world_write_refused(const struct hash *id, struct bytes *out)
{
    struct refused refused = {.time = december, .request = *id, .from = made_up_hash(2)};
    snprintf(refused.rule, sizeof refused.rule, "R2");
    snprintf(refused.why, sizeof refused.why, "why not");
    bytes_init(out, LIMIT_RECORD);
    refused_write(&refused, out);
    assert_int_equal(bytes_finish(out), OK);
}

static void write_end(enum fate fate, const struct hash *id, struct bytes *out)
{
    static const enum ending endings[] = {[FATE_REJECTED] = ENDING_REJECTED,
        [FATE_WITHDRAWN] = ENDING_WITHDRAWN,
        [FATE_EXPIRED] = ENDING_EXPIRED,
        [FATE_REFUSED] = ENDING_REFUSED};
    if (fate == FATE_SIGNED)
        world_write_outcome(id, out);
    else
        write_ended(id, endings[fate], out);
}

void world_make(struct world *world, enum fate fate)
{
    memset(world, 0, sizeof *world);
    world_write_request(1, &world->request);
    world->id = request_id(bytes_span(&world->request));
    world_write_opened(&world->id, &world->opened);
    appliance_start(&world->appliance, OPENED);
    struct made_log *log = &world->appliance.log;
    assert_int_equal(log_append(log, bytes_span(&world->opened)), OPENED);
    log_grow(log, END - OPENED - 1, 3);
    struct message *dossier = &world->appliance.dossier;
    dossier->dossier.fate = fate;
    dossier->dossier.request = bytes_span(&world->request);
    dossier->dossier.opened = (struct entry){OPENED, bytes_span(&world->opened)};
    if (fate > FATE_OPEN) {
        write_end(fate, &world->id, &world->end);
        assert_int_equal(log_append(log, bytes_span(&world->end)), END);
        dossier->dossier.end = (struct entry){END, bytes_span(&world->end)};
    }
    log_grow(log, ALL - log->count, 4);
    appliance_show(&world->appliance, ALL);
    visitor_make(&world->visitor, &world->appliance);
}

void world_clear(struct world *world)
{
    visitor_clear(&world->visitor);
    appliance_stop(&world->appliance);
    bytes_clear(&world->request);
    bytes_clear(&world->opened);
    bytes_clear(&world->end);
}
