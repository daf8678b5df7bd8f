// How a request is shown to programs.
#include "admin-cli/folder.h"

#include "admin-cli/scribe.h"

static void scribe_items(struct scribe *scribe, const struct folder *folder)
{
    struct ballot ballot = folder_ballot(folder);
    bool motion = folder->opened.decides_count > 0;
    scribe_array(scribe, "items");
    for (size_t i = 0; i < folder->opened.item_count; i++) {
        const struct item *item = &folder->opened.items[i];
        scribe_object(scribe, NULL);
        scribe_text(scribe, "role", item->role);
        scribe_number(scribe, "version", item->version);
        scribe_hash(scribe, "payload", &item->payload);
        scribe_hash(scribe, "previous", &item->previous);
        if (!motion) {
            struct tally tally = decide_tally(&ballot, i);
            scribe_number(scribe, "approved", tally.approved);
            scribe_number(scribe, "needed", tally.need);
        }
        scribe_object_end(scribe);
    }
    scribe_array_end(scribe);
}

static void scribe_quorums(struct scribe *scribe, const struct folder *folder)
{
    struct ballot ballot = folder_ballot(folder);
    scribe_array(scribe, "quorums");
    for (size_t i = 0; i < decide_quorums(&ballot); i++) {
        struct tally tally = decide_tally(&ballot, i);
        scribe_object(scribe, NULL);
        scribe_text(scribe, "of", decide_name(&ballot, i));
        scribe_number(scribe, "approved", tally.approved);
        scribe_number(scribe, "needed", tally.need);
        scribe_object_end(scribe);
    }
    scribe_array_end(scribe);
    scribe_array(scribe, "reach");
    for (size_t i = 0; i < folder->opened.reach_count; i++) {
        const struct reach *reach = &folder->opened.reach[i];
        scribe_object(scribe, NULL);
        scribe_text(scribe, "role", reach->role);
        scribe_number(scribe, "keys", reach->key_count);
        scribe_number(scribe, "reached", decide_reached(&ballot, reach));
        scribe_number(scribe, "needed", reach->need);
        scribe_object_end(scribe);
    }
    scribe_array_end(scribe);
}

static void scribe_decisions(struct scribe *scribe, const struct folder *folder)
{
    char name[INQUIRY_NAME];
    scribe_array(scribe, "decisions");
    for (size_t i = 0; i < folder->decision_count; i++) {
        const struct decided *decided = &folder->decisions[i];
        inquiry_person(folder->charter, &decided->approver, name);
        scribe_object(scribe, NULL);
        scribe_text(scribe, "approver", name);
        scribe_text(scribe, "decision", decision_text(decided->decision));
        scribe_moment(scribe, "time", decided->time);
        scribe_number(scribe, "record", folder->decision_records[i]);
        scribe_object_end(scribe);
    }
    scribe_array_end(scribe);
}

static void scribe_opening(struct scribe *scribe, const struct folder *folder)
{
    char name[INQUIRY_NAME];
    inquiry_person(folder->charter, &folder->opened.requester, name);
    scribe_text(scribe, "requester", name);
    scribe_number(scribe, "record", folder->index);
    scribe_number(scribe, "epoch", folder->opened.epoch);
    scribe_moment(scribe, "opened", folder->opened.time);
    scribe_moment(scribe, "earliest", folder->opened.earliest);
    scribe_moment(scribe, "expires", folder->opened.expires);
    scribe_items(scribe, folder);
    scribe_quorums(scribe, folder);
    scribe_decisions(scribe, folder);
    if (folder->frozen != NULL)
        scribe_hash(scribe, "frozen", &folder->frozen->statement);
    if (folder->lifts != NULL) {
        scribe_object(scribe, "lifts");
        scribe_hash(scribe, "freeze", &folder->lifts->statement);
        scribe_moment(scribe, "since", folder->lifts->time);
        scribe_object_end(scribe);
    }
}

static void scribe_mandated(
    struct scribe *scribe, const struct house *house, const struct request *request)
{
    char name[INQUIRY_NAME];
    inquiry_person(house->charter, &request->requester, name);
    scribe_bool(scribe, "by_mandate", true);
    scribe_text(scribe, "requester", name);
    scribe_array(scribe, "items");
    for (size_t i = 0; i < request->item_count; i++) {
        scribe_object(scribe, NULL);
        scribe_text(scribe, "role", request->items[i].role);
        scribe_number(scribe, "version", request->items[i].version);
        scribe_hash(scribe, "payload", &request->items[i].payload);
        scribe_object_end(scribe);
    }
    scribe_array_end(scribe);
}

int folder_print_json(const struct inquiry *inquiry, const struct folder *folder)
{
    struct scribe scribe;
    scribe_init(&scribe);
    scribe_object(&scribe, NULL);
    scribe_hash(&scribe, "request", &inquiry->id);
    scribe_text(&scribe, "fate", fate_text(folder->fate));
    scribe_number(&scribe, "missing", folder->missing);
    if (folder->opened.item_count > 0)
        scribe_opening(&scribe, folder);
    if (folder->request.item_count > 0)
        scribe_mandated(&scribe, inquiry->house, &folder->request);
    if (folder->end.size > 0) {
        scribe_number(&scribe, "end_record", folder->end_index);
        scribe_span(&scribe, "end", bytes_span(&folder->end));
    }
    if (folder->review != NULL)
        scribe_span(&scribe, "rendering", bytes_span(&folder->review->rendering));
    scribe_object_end(&scribe);
    return scribe_print(&scribe) == OK ? STATUS_DONE
                                       : cli_say(STATUS_LOCAL, "the output cannot be written");
}
