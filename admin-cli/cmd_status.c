// conclave status: how the appliance is. What it says of itself is verified under the pinned log
// key, as far as records prove it.
#include "admin-cli/commands.h"
#include "admin-cli/inquiry.h"
#include "admin-cli/options.h"
#include "admin-cli/print.h"
#include "admin-cli/scribe.h"
#include "log/checkpoint.h"

static const char *const stages[] = {
    [STAGE_FOUNDING] = "founding", [STAGE_FOUNDED] = "founded", [STAGE_SERVING] = "serving"};

static const char *stage_name(enum stage stage)
{
    return stage < STAGE_FOUNDING || stage > STAGE_SERVING ? "unknown" : stages[stage];
}

// What the appliance says, copied, and what is proven.
struct report {
    enum stage stage;
    uint64_t records;
    uint32_t open;
    uint64_t epoch;
    struct hash charter;
    struct bytes vkey;
    struct bytes checkpoint;
    struct bytes version;
    bool waits;          // for time
    bool pinned;         // then checkpoint and what follows from it are verified
    struct house *house; // while it serves, and a log key is pinned here; else NULL
};

static void report_clear(struct report *report)
{
    bytes_clear(&report->vkey);
    bytes_clear(&report->checkpoint);
    bytes_clear(&report->version);
    house_free(report->house);
}

static void copy_status(const struct message *answer, struct report *report)
{
    report->stage = answer->status.stage;
    report->records = answer->status.size;
    report->open = answer->status.open;
    report->epoch = answer->status.epoch;
    report->charter = answer->status.charter;
    bytes_add(&report->vkey, answer->status.vkey);
    bytes_add(&report->checkpoint, answer->status.checkpoint);
    bytes_add(&report->version, answer->status.version);
    report->waits = answer->status.waits != 0;
}

static size_t live_mandates(const struct state *state)
{
    size_t count = 0;
    for (size_t i = 0; i < state->mandate_count; i++)
        count += state->mandates[i].live && state->mandates[i].until > moment_now();
    return count;
}

// ---- JSON ----

static void scribe_house(struct scribe *scribe, const struct house *house)
{
    if (house->state->time > 0)
        scribe_moment(scribe, "sealed", house->state->time);
    scribe_array(scribe, "freezes");
    for (size_t i = 0; i < house->state->freeze_count; i++)
        scribe_hash(scribe, NULL, &house->state->freezes[i].statement);
    scribe_array_end(scribe);
    scribe_number(scribe, "mandates", live_mandates(house->state));
}

static int print_json(const struct report *report)
{
    struct scribe scribe;
    scribe_init(&scribe);
    scribe_object(&scribe, NULL);
    scribe_text(&scribe, "stage", stage_name(report->stage));
    scribe_bool(&scribe, "verified", report->pinned);
    scribe_number(&scribe, "records", report->records);
    scribe_number(&scribe, "open", report->open);
    scribe_number(&scribe, "epoch", report->epoch);
    scribe_hash(&scribe, "charter", &report->charter);
    scribe_bool(&scribe, "waits", report->waits);
    if (report->house != NULL)
        scribe_house(&scribe, report->house);
    scribe_span(&scribe, "vkey", bytes_span(&report->vkey));
    scribe_exact(&scribe, "checkpoint", bytes_span(&report->checkpoint));
    scribe_span(&scribe, "version", bytes_span(&report->version));
    scribe_object_end(&scribe);
    return scribe_print(&scribe) == OK ? STATUS_DONE : STATUS_LOCAL;
}

// ---- text ----

static void print_row(const char *name, struct span value)
{
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    print_escape(&text, value);
    print_words(stdout, "%-10s%.*s\n", name, (int)text.size, (const char *)text.data);
    bytes_clear(&text);
}

static void print_house(const struct house *house)
{
    char time[MOMENT_TEXT + 1];
    moment_write(house->state->time, time);
    if (house->state->time > 0)
        print_words(stdout, "%-10s%s\n", "Sealed", time);
    if (house->state->freeze_count > 0)
        print_words(stdout, "%-10s%zu in force: see `conclave freeze list`\n", "Frozen",
            house->state->freeze_count);
    if (live_mandates(house->state) > 0)
        print_words(stdout, "%-10s%zu live: see `conclave mandate list`\n", "Mandates",
            live_mandates(house->state));
}

static int print_report(const struct cli *cli, const struct report *report)
{
    char charter[PRINT_HASH];
    if (cli->json)
        return print_json(report);
    hash_hex(&report->charter, charter);
    print_words(stdout, "%-10s%s\n", "Stage", stage_name(report->stage));
    print_row("Version", bytes_span(&report->version));
    if (report->vkey.size > 0)
        print_row("Log", bytes_span(&report->vkey));
    if (report->epoch > 0)
        print_words(stdout, "%-10sepoch %llu, %s\n", "Charter",
            (unsigned long long)report->epoch, charter);
    print_words(stdout, "%-10s%llu\n", "Records", (unsigned long long)report->records);
    print_words(stdout, "%-10s%u\n", "Open", report->open);
    if (report->waits)
        print_words(stdout,
            "%-10swaits for time: set its clock, or state the time with `conclave "
            "time state`\n",
            "Clock");
    if (report->house != NULL)
        print_house(report->house);
    print_words(stdout, "%s\n",
        report->pinned
            ? "The newest checkpoint is signed by the pinned log key and extends the last "
              "one seen."
            : "Nothing of this is verified: no log key is pinned here.");
    return STATUS_DONE;
}

// ---- asking ----

// The charter in force is not what the appliance says, but what its log proves.
static int verify(struct cli *cli, struct report *report)
{
    int status = inquiry_house(cli, &report->house);
    if (status != STATUS_DONE)
        return status;
    report->epoch = report->house->charter->epoch;
    report->charter = report->house->charter->hash;
    return STATUS_DONE;
}

static int ask_status(struct cli *cli, struct report *report)
{
    struct checkpoint newest;
    struct refusal refusal = {0};
    struct message ask = {.kind = ASK_STATUS}, answer;
    enum err err = report->pinned ? conclave_status(cli->conclave, &answer, &newest, &refusal)
                                  : conclave_ask(cli->conclave, &ask, &answer, &refusal);
    if (err != OK)
        return cli_fail(SIDE_DAEMON, err, &refusal);
    copy_status(&answer, report);
    // Before it serves nothing but its status is told.
    bool proves = report->pinned && report->stage == STAGE_SERVING;
    return proves ? verify(cli, report) : STATUS_DONE;
}

int cmd_status(struct cli *cli, int argc, char **argv)
{
    char origin[LIMIT_ROLE_NAME + 1];
    struct key log;
    struct report report = {.stage = 0};
    int status;
    if (!options_read(cli, NULL, 0, argc, argv, &status))
        return status;
    status = cli_connect(cli, false);
    if (status != STATUS_DONE)
        return status;
    report.pinned = conclave_pinned(cli->home, origin, &log) == OK;
    bytes_init(&report.vkey, LIMIT_RECORD);
    bytes_init(&report.checkpoint, LIMIT_CHECKPOINT);
    bytes_init(&report.version, LIMIT_RECORD);
    status = ask_status(cli, &report);
    if (status == STATUS_DONE)
        status = print_report(cli, &report);
    report_clear(&report);
    return status;
}
