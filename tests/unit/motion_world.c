#include "tests/unit/motion_world.h"

#include "tests/unit/rows.h"

#include "tests/unit/charter_house.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAY = 24 * 3600 };

static void must(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "motion world: %s\n", what);
    abort();
}

// Read from its text, as every room has it.
static struct charter *read_charter(struct span text)
{
    struct charter *charter = charter_new();
    struct refusal refusal = {.sentence = ""};
    must(charter != NULL, "no memory");
    must(charter_read(text, charter, &refusal) == OK, refusal.sentence);
    return charter;
}

void motion_world_init(struct motion_world *world)
{
    memset(world, 0, sizeof *world);
    struct charter *made = house_charter();
    world->charter_text = house_text(made);
    charter_free(made);
    world->charter = read_charter(bytes_span(&world->charter_text));
    world->state = calloc(1, sizeof *world->state);
    must(world->state != NULL, "no memory");
    world->state->time = MOTION_NOW - DAY;
    world->state->epoch = world->charter->epoch;
    world->state->charter = world->charter->hash;
    bytes_init(&world->payload, LIMIT_PAYLOAD);
    bytes_init(&world->previous, LIMIT_PAYLOAD);
    bytes_init(&world->rendering, RENDER_MOST);
    world->request = (struct request){.appliance = world->charter->log,
        .requester = world->charter->requesters[0].key.id,
        .reason = "as we agreed",
        .expires = MOTION_NOW + 10 * DAY};
}

void motion_world_clear(struct motion_world *world)
{
    charter_free(world->charter);
    free(world->state);
    bytes_clear(&world->charter_text);
    bytes_clear(&world->payload);
    bytes_clear(&world->previous);
    bytes_clear(&world->rendering);
    for (size_t i = 0; i < world->request.evidence_count; i++)
        bytes_clear(&world->evidence[i]);
}

struct charter *motion_world_next(const struct motion_world *world)
{
    struct charter *next = house_charter();
    next->epoch = world->charter->epoch + 1;
    next->previous = world->charter->hash;
    return next;
}

void motion_world_ask(struct motion_world *world, enum motion motion, uint64_t number)
{
    struct item *item = &world->request.items[0];
    *item = (struct item){.version = number, .payload = hash_of(bytes_span(&world->payload))};
    snprintf(item->role, sizeof item->role, "%s", motion_role(motion));
    world->request.item_count = 1;
}

void motion_world_show(struct motion_world *world, struct bytes evidence)
{
    size_t i = world->request.evidence_count++;
    must(i < MOTION_EVIDENCE, "too much evidence");
    world->evidence[i] = evidence;
    world->request.evidence[i] = hash_of(bytes_span(&evidence));
}

static void spans_of(const struct motion_world *world, struct span evidence[MOTION_EVIDENCE])
{
    for (size_t i = 0; i < world->request.evidence_count; i++)
        evidence[i] = bytes_span(&world->evidence[i]);
}

enum err motion_world_open(struct motion_world *world)
{
    struct span evidence[MOTION_EVIDENCE], payload = bytes_span(&world->payload);
    struct span previous = bytes_span(&world->previous), root = {0};
    spans_of(world, evidence);
    struct opening_case given = {.charter = world->charter,
        .charter_text = bytes_span(&world->charter_text),
        .state = world->state,
        .appliance = world->charter->log,
        .id = hash_of(span_text("the request")),
        .request = &world->request,
        .signature = span_text("signature"),
        .payloads = &payload,
        .previous = &previous,
        .roots = &root,
        .evidence = evidence,
        .time = MOTION_NOW};
    world->refusal = (struct refusal){.rule = ""};
    bytes_reset(&world->rendering);
    return opening_make(&given, &world->opened, &world->rendering, &world->refusal);
}

static void open_by_hand(struct motion_world *world, const char *decides)
{
    world->opened = (struct opened){.appliance = world->charter->log,
        .request = hash_of(span_text("the request")),
        .requester = world->request.requester,
        .item_count = 1,
        .decides_count = 1,
        .rendering = RENDERING,
        .epoch = world->charter->epoch,
        .charter = world->charter->hash,
        .time = MOTION_NOW,
        .earliest = MOTION_NOW + world->charter->changes_delay,
        .expires = world->request.expires};
    world->opened.items[0] = world->request.items[0];
    if (world->previous.size > 0)
        world->opened.items[0].previous = hash_of(bytes_span(&world->previous));
    snprintf(world->opened.decides[0], sizeof world->opened.decides[0], "%s", decides);
}

enum err motion_world_render(struct motion_world *world, const char *decides)
{
    struct span evidence[MOTION_EVIDENCE], payload = bytes_span(&world->payload);
    struct span previous = bytes_span(&world->previous);
    spans_of(world, evidence);
    open_by_hand(world, decides);
    struct render_case rendered = {.charter = world->charter,
        .request = &world->request,
        .opened = &world->opened,
        .payloads = &payload,
        .previous = &previous,
        .evidence = evidence};
    world->refusal = (struct refusal){.rule = ""};
    bytes_reset(&world->rendering);
    return render(&rendered, &world->rendering, &world->refusal);
}

bool motion_world_shows(const struct motion_world *world, const char *words)
{
    struct span rows = bytes_span(&world->rendering);
    return memmem(rows.data, rows.size, words, strlen(words)) != NULL || rows_hold(rows, words);
}
