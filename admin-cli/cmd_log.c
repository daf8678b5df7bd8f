// conclave log list, show, prove: single records of the log.
#include "admin-cli/commands.h"
#include "admin-cli/file.h"
#include "admin-cli/gist.h"
#include "admin-cli/inquiry.h"
#include "admin-cli/options.h"
#include "admin-cli/pages.h"
#include "admin-cli/print.h"
#include "admin-cli/scribe.h"
#include "admin-cli/table.h"
#include "client/receipt.h"
#include "proto/text.h"

#include <string.h>

// ---- list ----

static const struct table_column columns[] = {{"record", TABLE_NUMBER}, {"kind", TABLE_TEXT},
    {"time", TABLE_TEXT}, {"request", TABLE_TEXT}, {"size", TABLE_NUMBER | TABLE_SPARE},
    {"what", TABLE_FOLDS}};

// The value of a record's `time:` line; each kind has one.
static void time_of(struct span record, char out[MOMENT_TEXT + 1])
{
    struct text text = text_of(record);
    out[0] = 0;
    while (text.rest.size > 0) {
        if (text_next_is(&text, "time")) {
            moment at = text_read_moment_line(&text, "time");
            if (!text.failed)
                moment_write(at, out);
            return;
        }
        const uint8_t *end = memchr(text.rest.data, '\n', text.rest.size);
        if (end == NULL)
            return;
        size_t line = (size_t)(end - text.rest.data) + 1;
        text.rest = span_of(text.rest.data + line, text.rest.size - line);
    }
}

struct listing {
    struct table *table;
    const struct charter *charter; // in force, for the names of people
    bool json;
};

// In a table no more than a glance holds; `conclave log show` has all of it.
enum { GLANCE = 60 };

static void set_gist(const struct listing *listing, struct span record)
{
    struct bytes gist;
    bytes_init(&gist, LIMIT_RECORD);
    gist_write(record, listing->charter, &gist);
    if (!listing->json && gist.size > GLANCE) {
        gist.size = GLANCE;
        bytes_add_text(&gist, "...");
    }
    table_set(listing->table, 5, bytes_span(&gist));
    bytes_clear(&gist);
}

static enum err add_line(void *context, const struct entry *entry, struct refusal *refusal)
{
    struct listing *listing = context;
    struct hash request;
    char hex[PRINT_HASH] = "", time[MOMENT_TEXT + 1];
    (void)refusal;
    if (record_request(entry->text, &request) && !hash_is_none(&request))
        hash_hex(&request, hex);
    hex[listing->json ? PRINT_HASH - 1 : 16] = 0;
    time_of(entry->text, time);
    table_line(listing->table);
    table_set_number(listing->table, 0, entry->index);
    table_set_text(listing->table, 1, record_kind_text(record_kind(entry->text)));
    table_set_text(listing->table, 2, time);
    table_set_text(listing->table, 3, hex);
    table_set_number(listing->table, 4, entry->text.size);
    set_gist(listing, entry->text);
    return OK;
}

static int list(struct cli *cli, const struct house *house, uint64_t from)
{
    struct refusal refusal = {0};
    struct listing listing = {
        .table = table_new("records", columns, sizeof columns / sizeof columns[0], cli->json),
        .charter = house->charter,
        .json = cli->json,
    };
    enum err err = listing.table == NULL ? ERR_MEMORY
                                         : pages_visit(cli, from, house->newest.size, add_line,
                                               &listing, &refusal);
    if (err == OK)
        err = table_print(listing.table);
    table_free(listing.table);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_DAEMON, err, &refusal);
}

int cmd_log_list(struct cli *cli, int argc, char **argv)
{
    const char *from_text = "0";
    const struct option_rule rules[] = {
        {.name = "from",
            .argument = "N",
            .help = "the first record to list; 0 when it is not given",
            .text = &from_text},
    };
    struct house *house = NULL;
    uint64_t from;
    int status;
    if (!options_read(cli, rules, 1, argc, argv, &status))
        return status;
    if (!options_number("--from", from_text, LIMIT_INDEX, &from))
        return STATUS_LOCAL;
    status = inquiry_house(cli, &house);
    if (status == STATUS_DONE)
        status = list(cli, house, from);
    house_free(house);
    return status;
}

// ---- show, prove ----

static void scribe_gist(
    struct scribe *scribe, struct span record, const struct charter *charter)
{
    struct bytes gist;
    bytes_init(&gist, LIMIT_RECORD);
    gist_write(record, charter, &gist);
    scribe_span(scribe, "what", bytes_span(&gist));
    bytes_clear(&gist);
}

static int print_record(
    const struct cli *cli, const struct house *house, const struct proven *proven)
{
    struct scribe scribe;
    struct hash leaf = merkle_leaf(bytes_span(&proven->text));
    if (!cli->json) {
        print_foreign(stdout, bytes_span(&proven->text));
        return STATUS_DONE;
    }
    scribe_init(&scribe);
    scribe_object(&scribe, NULL);
    scribe_number(&scribe, "record", proven->index);
    scribe_text(&scribe, "kind", record_kind_text(record_kind(bytes_span(&proven->text))));
    scribe_gist(&scribe, bytes_span(&proven->text), house->charter);
    scribe_hash(&scribe, "leaf", &leaf);
    scribe_span(&scribe, "text", bytes_span(&proven->text));
    scribe_object_end(&scribe);
    return scribe_print(&scribe) == OK ? STATUS_DONE : STATUS_LOCAL;
}

// Where `log prove` writes what; NULL: proof to standard output, record nowhere.
struct prove_files {
    const char *proof;
    const char *record;
};

static int scribe_proof(
    const struct proven *proven, struct span proof, const struct prove_files *files)
{
    struct scribe scribe;
    scribe_init(&scribe);
    scribe_object(&scribe, NULL);
    scribe_number(&scribe, "record", proven->index);
    if (files->proof != NULL)
        scribe_text(&scribe, "file", files->proof);
    if (files->record != NULL)
        scribe_text(&scribe, "record_file", files->record);
    scribe_exact(&scribe, "proof", proof);
    scribe_object_end(&scribe);
    return scribe_print(&scribe) == OK ? STATUS_DONE : STATUS_LOCAL;
}

static int print_proof(const struct cli *cli, const struct house *house,
    const struct proven *proven, const struct prove_files *files)
{
    struct bytes proof;
    int status = STATUS_DONE;
    struct refusal refusal = {0};
    bytes_init(&proof, LIMIT_RECORD);
    enum err err = receipt_proof(proven, house->origin, &house->log, &proof, &refusal);
    if (err == OK && files->record != NULL)
        err = file_write(files->record, bytes_span(&proven->text), &refusal);
    if (err == OK && files->proof != NULL)
        err = file_write(files->proof, bytes_span(&proof), &refusal);
    if (err == OK && cli->json)
        status = scribe_proof(proven, bytes_span(&proof), files);
    else if (err == OK && files->proof == NULL)
        status = cli_bytes(bytes_span(&proof));
    bytes_clear(&proof);
    return err == OK ? status : cli_fail(SIDE_LOCAL, err, &refusal);
}

static int fetch(struct cli *cli, struct proven *proven, struct house **house)
{
    struct refusal refusal = {0};
    uint64_t index;
    if (!options_number("INDEX", cli->arguments[0], LIMIT_INDEX, &index))
        return STATUS_LOCAL;
    int status = inquiry_house(cli, house);
    if (status == STATUS_DONE) {
        enum err err = house_record(*house, cli->conclave, index, proven, &refusal);
        if (err != OK)
            status = cli_fail(SIDE_DAEMON, err, &refusal);
    }
    return status;
}

int cmd_log_show(struct cli *cli, int argc, char **argv)
{
    struct house *house = NULL;
    struct proven proven;
    int status;
    if (!options_read(cli, NULL, 0, argc, argv, &status))
        return status;
    proven_init(&proven);
    status = fetch(cli, &proven, &house);
    if (status == STATUS_DONE)
        status = print_record(cli, house, &proven);
    proven_clear(&proven);
    house_free(house);
    return status;
}

int cmd_log_prove(struct cli *cli, int argc, char **argv)
{
    struct prove_files files = {.proof = NULL};
    const struct option_rule rules[] = {
        {.name = "out", .argument = "FILE", .help = "write it here", .text = &files.proof},
        {.name = "record",
            .argument = "FILE",
            .help = "write the record itself here",
            .text = &files.record},
    };
    struct house *house = NULL;
    struct proven proven;
    int status;
    if (!options_read(cli, rules, 2, argc, argv, &status))
        return status;
    proven_init(&proven);
    status = fetch(cli, &proven, &house);
    if (status == STATUS_DONE)
        status = print_proof(cli, house, &proven, &files);
    proven_clear(&proven);
    house_free(house);
    return status;
}
