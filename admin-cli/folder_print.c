// How a request is shown: to people, and as JSON.
#include "admin-cli/folder.h"

#include "admin-cli/print.h"
#include "admin-cli/scribe.h"
#include "policy/decide.h"

#include <string.h>

static struct tally tally_of(
    const struct house *house, const struct folder *folder, size_t item)
{
    struct vote votes[LIMIT_DECISIONS];
    const struct requester *requester =
        charter_requester(house->charter, &folder->opened.requester);
    for (size_t i = 0; i < folder->decision_count; i++)
        votes[i] = (struct vote){.approver = folder->decisions[i].approver,
            .decision = folder->decisions[i].decision};
    struct ballot ballot = {
        .charter = house->charter,
        .opened = &folder->opened,
        .person = requester == NULL ? "" : requester->person,
        .votes = votes,
        .vote_count = folder->decision_count,
    };
    return decide_item(&ballot, item);
}

// ---- text ----

static const struct {
    enum fate fate;
    const char *colour;
} colours[] = {
    {FATE_OPEN, "\033[33m"},
    {FATE_SIGNED, "\033[32m"},
    {FATE_REJECTED, "\033[31m"},
    {FATE_REFUSED, "\033[31m"},
};

static void print_fate(const struct cli *cli, enum fate fate)
{
    const char *colour = NULL;
    for (size_t i = 0; cli->colour && i < sizeof colours / sizeof colours[0]; i++)
        if (colours[i].fate == fate)
            colour = colours[i].colour;
    printf("Fate      %s%s%s\n", colour == NULL ? "" : colour, fate_text(fate),
        colour == NULL ? "" : "\033[0m");
}

static void print_decisions(const struct house *house, const struct folder *folder)
{
    char name[INQUIRY_NAME], time[MOMENT_TEXT + 1];
    for (size_t i = 0; i < folder->decision_count; i++) {
        const struct decided *decided = &folder->decisions[i];
        inquiry_person(house->charter, &decided->approver, name);
        moment_write(decided->time, time);
        printf("          %s %s by %s, record %llu\n", time, decision_text(decided->decision),
            name, (unsigned long long)folder->decision_records[i]);
    }
}

static void print_items(const struct house *house, const struct folder *folder)
{
    for (size_t i = 0; i < folder->opened.item_count; i++) {
        struct tally tally = tally_of(house, folder, i);
        printf("Item      %s %llu: %zu of %zu approvals\n", folder->opened.items[i].role,
            (unsigned long long)folder->opened.items[i].version, tally.approved, tally.need);
    }
}

// A last record that refuses or ends a request says by which rule and why.
static void print_end(const struct folder *folder)
{
    struct ended ended;
    struct refused refused;
    struct span text = bytes_span(&folder->end);
    if (text.size == 0)
        return;
    printf("End       record %llu (%s)\n", (unsigned long long)folder->end_index,
        record_kind_text(record_kind(text)));
    if (ended_read(text, &ended) == OK)
        printf("          %s%s%s\n", ended.rule, ended.rule[0] == 0 ? "" : ": ", ended.why);
    else if (refused_read(text, &refused) == OK)
        printf(
            "          %s%s%s\n", refused.rule, refused.rule[0] == 0 ? "" : ": ", refused.why);
}

static void print_text(
    const struct cli *cli, const struct inquiry *inquiry, const struct folder *folder)
{
    char hex[PRINT_HASH], name[INQUIRY_NAME], time[MOMENT_TEXT + 1];
    hash_hex(&inquiry->id, hex);
    printf("Request   %s\n", hex);
    print_fate(cli, folder->fate);
    if (folder->opened.item_count > 0) {
        inquiry_person(inquiry->house->charter, &folder->opened.requester, name);
        moment_write(folder->opened.time, time);
        printf("Requester %s\nOpened    %s, record %llu\n", name, time,
            (unsigned long long)folder->index);
        moment_write(folder->opened.expires, time);
        printf("Expires   %s\n", time);
        print_items(inquiry->house, folder);
        print_decisions(inquiry->house, folder);
    }
    print_end(folder);
    if (folder->review == NULL)
        return;
    fputc('\n', stdout);
    fwrite(folder->review->rendering.data, 1, folder->review->rendering.size, stdout);
}

// ---- JSON ----

static void scribe_items(
    struct scribe *scribe, const struct house *house, const struct folder *folder)
{
    scribe_array(scribe, "items");
    for (size_t i = 0; i < folder->opened.item_count; i++) {
        const struct item *item = &folder->opened.items[i];
        struct tally tally = tally_of(house, folder, i);
        scribe_object(scribe, NULL);
        scribe_text(scribe, "role", item->role);
        scribe_number(scribe, "version", item->version);
        scribe_hash(scribe, "payload", &item->payload);
        scribe_hash(scribe, "previous", &item->previous);
        scribe_number(scribe, "approved", tally.approved);
        scribe_number(scribe, "needed", tally.need);
        scribe_object_end(scribe);
    }
    scribe_array_end(scribe);
}

static void scribe_decisions(
    struct scribe *scribe, const struct house *house, const struct folder *folder)
{
    char name[INQUIRY_NAME];
    scribe_array(scribe, "decisions");
    for (size_t i = 0; i < folder->decision_count; i++) {
        const struct decided *decided = &folder->decisions[i];
        inquiry_person(house->charter, &decided->approver, name);
        scribe_object(scribe, NULL);
        scribe_text(scribe, "approver", name);
        scribe_text(scribe, "decision", decision_text(decided->decision));
        scribe_moment(scribe, "time", decided->time);
        scribe_number(scribe, "record", folder->decision_records[i]);
        scribe_object_end(scribe);
    }
    scribe_array_end(scribe);
}

static void scribe_opening(
    struct scribe *scribe, const struct house *house, const struct folder *folder)
{
    char name[INQUIRY_NAME];
    inquiry_person(house->charter, &folder->opened.requester, name);
    scribe_text(scribe, "requester", name);
    scribe_number(scribe, "record", folder->index);
    scribe_moment(scribe, "opened", folder->opened.time);
    scribe_moment(scribe, "earliest", folder->opened.earliest);
    scribe_moment(scribe, "expires", folder->opened.expires);
    scribe_items(scribe, house, folder);
    scribe_decisions(scribe, house, folder);
}

static int print_json(const struct inquiry *inquiry, const struct folder *folder)
{
    struct scribe scribe;
    scribe_init(&scribe);
    scribe_object(&scribe, NULL);
    scribe_hash(&scribe, "request", &inquiry->id);
    scribe_text(&scribe, "fate", fate_text(folder->fate));
    if (folder->opened.item_count > 0)
        scribe_opening(&scribe, inquiry->house, folder);
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

int folder_print(
    const struct cli *cli, const struct inquiry *inquiry, const struct folder *folder)
{
    if (cli->json)
        return print_json(inquiry, folder);
    print_text(cli, inquiry, folder);
    return STATUS_DONE;
}
