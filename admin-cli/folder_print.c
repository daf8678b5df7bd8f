// How a request is shown to people.
#include "admin-cli/folder.h"

#include "admin-cli/print.h"

#include <stdlib.h>

// ---- text ----

static const struct {
    enum fate fate;
    enum print_colour colour;
} colours[] = {
    {FATE_OPEN, PRINT_YELLOW},
    {FATE_SIGNED, PRINT_GREEN},
    {FATE_REJECTED, PRINT_RED},
    {FATE_REFUSED, PRINT_RED},
};

static void print_decisions(const struct folder *folder)
{
    char name[INQUIRY_NAME], time[MOMENT_TEXT + 1];
    for (size_t i = 0; i < folder->decision_count; i++) {
        const struct decided *decided = &folder->decisions[i];
        inquiry_person(folder->charter, &decided->approver, name);
        moment_write(decided->time, time);
        print_words(stdout, "          %s %s by %s, record %llu\n", time,
            decision_text(decided->decision), name,
            (unsigned long long)folder->decision_records[i]);
    }
}

static void print_items(const struct folder *folder)
{
    for (size_t i = 0; i < folder->opened.item_count; i++)
        print_words(stdout, "Item      %s %llu\n", folder->opened.items[i].role,
            (unsigned long long)folder->opened.items[i].version);
}

static void print_quorums(const struct folder *folder)
{
    struct ballot ballot = folder_ballot(folder);
    for (size_t i = 0; i < decide_quorums(&ballot); i++) {
        struct tally tally = decide_tally(&ballot, i);
        print_words(stdout, "Quorum    %s: %zu of %zu approvals\n", decide_name(&ballot, i),
            tally.approved, tally.need);
    }
    for (size_t i = 0; i < folder->opened.reach_count; i++) {
        const struct reach *reach = &folder->opened.reach[i];
        print_words(stdout, "Keys      %s: %zu can sign, %llu of %zu must\n", reach->role,
            decide_reached(&ballot, reach), (unsigned long long)reach->need, reach->key_count);
    }
}

static void print_frozen(const struct house *house, const struct folder *folder)
{
    char name[INQUIRY_NAME], time[MOMENT_TEXT + 1], hex[PRINT_HASH];
    if (folder->frozen == NULL)
        return;
    inquiry_person(house->charter, &folder->frozen->administrator, name);
    moment_write(folder->frozen->time, time);
    hash_hex(&folder->frozen->statement, hex);
    print_words(stdout, "Frozen    by %s, %s: nothing is signed before `conclave lift %.16s`\n",
        name, time, hex);
}

// What was never opened has nobody's approval, and no words that were shown.
static void print_mandated(const struct house *house, const struct request *request)
{
    char name[INQUIRY_NAME];
    inquiry_person(house->charter, &request->requester, name);
    print_words(stdout, "Requester %s\nOpened    never: mandates signed it at once\n", name);
    for (size_t i = 0; i < request->item_count; i++)
        print_words(stdout, "Item      %s %llu\n", request->items[i].role,
            (unsigned long long)request->items[i].version);
}

// The words of a lift follow from what approvers sign, and no statement has this time: the sealed state
// has it.
static void print_lifts(const struct house *house, const struct folder *folder)
{
    char name[INQUIRY_NAME], time[MOMENT_TEXT + 1];
    if (folder->lifts == NULL)
        return;
    inquiry_person(house->charter, &folder->lifts->administrator, name);
    moment_write(folder->lifts->time, time);
    print_words(stdout, "Lifts     a freeze by %s, in force since %s\n", name, time);
}

// ---- text: the end ----

static void print_why(const char *rule, const char *why)
{
    struct bytes line;
    bytes_init(&line, LIMIT_RECORD);
    bytes_add_format(&line, "          %s%s%s", rule, rule[0] == 0 ? "" : ": ", why);
    print_line(stdout, bytes_span(&line));
    bytes_clear(&line);
}

// A motion's outcome says what was done.
static void print_outcome(const struct outcome *outcome)
{
    char hex[PRINT_HASH];
    if (outcome->done[0] == 0)
        print_words(stdout, "          %zu signatures: see `conclave signature`\n",
            outcome->signature_count);
    else
        print_words(stdout, "          done: %s %llu\n", outcome->done,
            (unsigned long long)outcome->done_number);
    for (size_t i = 0; i < outcome->made_count; i++) {
        hash_hex(&outcome->made[i].key.id, hex);
        print_words(stdout, "          made: %s %s %s\n", outcome->made[i].role,
            key_type_text(outcome->made[i].key.type), hex);
    }
}

// A last record that refuses or ends a request says by which rule and why.
static void print_end(const struct folder *folder)
{
    struct ended ended;
    struct refused refused;
    struct span text = bytes_span(&folder->end);
    struct outcome *outcome = text.size == 0 ? NULL : calloc(1, sizeof *outcome);
    if (outcome == NULL)
        return;
    print_words(stdout, "End       record %llu (%s)\n", (unsigned long long)folder->end_index,
        record_kind_text(record_kind(text)));
    if (ended_read(text, &ended) == OK)
        print_why(ended.rule, ended.why);
    else if (refused_read(text, &refused) == OK)
        print_why(refused.rule, refused.why);
    else if (outcome_read(text, outcome) == OK)
        print_outcome(outcome);
    free(outcome);
}

// ---- text: the whole ----

static void print_fate_word(const struct cli *cli, enum fate fate)
{
    for (size_t i = 0; cli->colour && i < sizeof colours / sizeof colours[0]; i++)
        if (colours[i].fate == fate) {
            print_coloured(stdout, colours[i].colour, fate_text(fate));
            return;
        }
    print_words(stdout, "%s", fate_text(fate));
}

static void print_fate(const struct cli *cli, const struct folder *folder)
{
    char time[MOMENT_TEXT + 1];
    print_words(stdout, "Fate      ");
    print_fate_word(cli, folder->fate);
    print_words(stdout, "\n");
    moment_write(folder->opened.expires, time);
    if (folder->missing > 0)
        print_words(stdout, "          %llu key%s of custodians may still be added until %s\n",
            (unsigned long long)folder->missing, folder->missing == 1 ? "" : "s", time);
}

static void print_opening(const struct house *house, const struct folder *folder)
{
    char name[INQUIRY_NAME], time[MOMENT_TEXT + 1];
    const struct opened *opened = &folder->opened;
    inquiry_person(folder->charter, &opened->requester, name);
    moment_write(opened->time, time);
    print_words(stdout, "Requester %s\nOpened    %s, record %llu\n", name, time,
        (unsigned long long)folder->index);
    moment_write(opened->earliest, time);
    if (opened->earliest > opened->time)
        print_words(stdout, "Earliest  %s\n", time);
    moment_write(opened->expires, time);
    print_words(stdout, "Expires   %s\n", time);
    print_items(folder);
    print_quorums(folder);
    print_frozen(house, folder);
    print_lifts(house, folder);
    print_decisions(folder);
}

// What stands above the words: request, fate, requester, times, and a row or two for each item.
static size_t head_rows(const struct folder *folder)
{
    return 8 + 2 * folder->opened.item_count + folder->decision_count;
}

static int print_words_of(const struct cli *cli, const struct folder *folder)
{
    struct span rendering = bytes_span(&folder->review->rendering);
    print_words(stdout, "\n");
    if (!cli->pages)
        return print_foreign(stdout, rendering), STATUS_DONE;
    return print_pages(stdout, rendering, head_rows(folder), cli_more)
               ? STATUS_DONE
               : cli_say(STATUS_LOCAL, "nothing was signed");
}

static int print_text(
    const struct cli *cli, const struct inquiry *inquiry, const struct folder *folder)
{
    char hex[PRINT_HASH];
    hash_hex(&inquiry->id, hex);
    print_words(stdout, "Request   %s\n", hex);
    print_fate(cli, folder);
    if (folder->opened.item_count > 0)
        print_opening(inquiry->house, folder);
    if (folder->request.item_count > 0)
        print_mandated(inquiry->house, &folder->request);
    print_end(folder);
    if (folder->review == NULL)
        return STATUS_DONE;
    return print_words_of(cli, folder);
}

int folder_print(
    const struct cli *cli, const struct inquiry *inquiry, const struct folder *folder)
{
    if (cli->json)
        return folder_print_json(inquiry, folder);
    return print_text(cli, inquiry, folder);
}
