// conclave root review: a drafted root against the one signed last, in the words of requests.
#include "admin-cli/cmd_root.h"
#include "admin-cli/commands.h"
#include "admin-cli/options.h"
#include "admin-cli/print.h"
#include "metadata/opening.h"
#include "metadata/render.h"

#include <stdlib.h>
#include <string.h>

// ---- rendering ----

// Nobody has asked yet: the first requester of the charter stands for whoever will.
static void fill_request(const struct rotation *rotation, struct request *request)
{
    struct item *item = &request->items[0];
    const struct house *house = rotation->house;
    request->appliance = house->log.id;
    request->requester = house->charter->requesters[0].key.id;
    request->expires = rotation->given.now + LIMIT_REQUEST_LIFE;
    (void)snprintf(request->reason, sizeof request->reason, "draft");
    (void)snprintf(item->role, sizeof item->role, "%s", rotation->plan->role->name);
    item->version = rotation->plan->version;
    item->payload = hash_of(bytes_span(&rotation->payload));
    request->item_count = 1;
}

// From the item on: what stands above it speaks of a request.
static void cut(const struct bytes *whole, struct bytes *out)
{
    static const char item[] = "---- item ";
    const uint8_t *at = memmem(whole->data, whole->size, item, strlen(item));
    if (at != NULL)
        bytes_add(out, span_of(at, whole->size - (size_t)(at - whole->data)));
}

static enum err render_item(const struct rotation *rotation, struct request *request,
    struct opened *opened, struct bytes *out, struct refusal *refusal)
{
    struct bytes whole;
    struct span payload = bytes_span(&rotation->payload), last = rotation->given.last;
    fill_request(rotation, request);
    const struct opening_case given = {
        .charter = rotation->house->charter,
        .charter_text = bytes_span(&rotation->house->charter_text),
        .state = rotation->house->state,
        .appliance = rotation->house->log.id,
        .request = request,
        .signature = span_text(""),
        .payloads = &payload,
        .previous = &last,
        .roots = &last,
        .time = rotation->given.now,
    };
    bytes_init(&whole, RENDER_MOST);
    enum err err = opening_make(&given, opened, &whole, refusal);
    if (err == OK)
        cut(&whole, out);
    bytes_clear(&whole);
    return err == OK ? bytes_finish(out) : err;
}

int rotation_render(const struct rotation *rotation, struct bytes *out)
{
    struct refusal refusal = {0};
    struct request *request = calloc(1, sizeof *request);
    struct opened *opened = calloc(1, sizeof *opened);
    enum err err = request == NULL || opened == NULL
                       ? ERR_MEMORY
                       : render_item(rotation, request, opened, out, &refusal);
    free(request);
    free(opened);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_LOCAL, err, &refusal);
}

// ---- the command ----

static int print(const struct rotation *rotation, const struct bytes *words)
{
    struct scribe scribe;
    struct refusal missing = {0};
    enum err reachable = plan_reachable(rotation->plan, &missing);
    if (rotation->cli->json) {
        scribe_init(&scribe);
        scribe_object(&scribe, NULL);
        rotation_scribe(rotation, &scribe);
        scribe_bool(&scribe, "reachable", reachable == OK);
        scribe_span(&scribe, "rendering", bytes_span(words));
        scribe_object_end(&scribe);
        if (scribe_print(&scribe) != OK)
            return STATUS_LOCAL;
    } else {
        print_foreign(stdout, bytes_span(words));
        print_words(stdout, "\n");
        rotation_print(rotation);
    }
    return reachable == OK ? STATUS_DONE : cli_fail(SIDE_LOCAL, reachable, &missing);
}

static int run(struct cli *cli)
{
    struct rotation rotation;
    struct bytes words;
    bytes_init(&words, RENDER_MOST);
    int status = rotation_begin(&rotation, cli);
    if (status == STATUS_DONE)
        status = rotation_read(&rotation, cli->arguments[0]);
    if (status == STATUS_DONE)
        status = rotation_chain(&rotation);
    if (status == STATUS_DONE)
        status = rotation_plan(&rotation);
    if (status == STATUS_DONE)
        status = rotation_render(&rotation, &words);
    if (status == STATUS_DONE)
        status = print(&rotation, &words);
    bytes_clear(&words);
    rotation_clear(&rotation);
    return status;
}

int cmd_root_review(struct cli *cli, int argc, char **argv)
{
    int status;
    return options_read(cli, NULL, 0, argc, argv, &status) ? run(cli) : status;
}
