// conclave mandate list, show, revoke: the standing permissions to sign with nobody present.
#include "admin-cli/commands.h"
#include "admin-cli/freezing.h"
#include "admin-cli/inquiry.h"
#include "admin-cli/print.h"
#include "admin-cli/scribe.h"
#include "admin-cli/table.h"

#include <inttypes.h>
#include <string.h>

// A mandate that nobody ended is over when its time is.
static const char *standing(const struct mandate_state *mandate)
{
    if (!mandate->live)
        return "ended";
    return mandate->until <= moment_now() ? "over" : "live";
}

static void add_approvers(const struct charter *charter, const struct mandate_state *mandate,
    const char *between, struct bytes *out)
{
    char name[INQUIRY_NAME];
    for (size_t i = 0; i < mandate->approver_count; i++) {
        inquiry_person(charter, &mandate->approvers[i], name);
        bytes_add_format(out, "%s%s", i == 0 ? "" : between, name);
    }
}

// Seconds, as a policy file would say them: 1d, 90m.
enum { DURATION_TEXT = 24 };

static void duration_text(int64_t seconds, char out[DURATION_TEXT])
{
    static const struct {
        int64_t seconds;
        char letter;
    } units[] = {{24 * 3600, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
    size_t i = 0;
    while (seconds % units[i].seconds != 0)
        i++;
    (void)snprintf(
        out, DURATION_TEXT, "%" PRId64 "%c", seconds / units[i].seconds, units[i].letter);
}

// ---- list ----

enum column {
    ROLE,
    NUMBER,
    STATE,
    REQUESTER,
    VERSIONS,
    COUNT,
    RESERVED,
    HIGHEST,
    LONGEST,
    UNTIL,
    APPROVED
};
static const struct table_column columns[] = {
    [ROLE] = {"role", TABLE_TEXT},
    [NUMBER] = {"number", TABLE_NUMBER},
    [STATE] = {"state", TABLE_TEXT},
    [REQUESTER] = {"requester", TABLE_TEXT},
    [VERSIONS] = {"versions", TABLE_TEXT},
    [COUNT] = {"count", TABLE_NUMBER},
    [RESERVED] = {"reserved", TABLE_NUMBER},
    [HIGHEST] = {"highest", TABLE_NUMBER | TABLE_SPARE},
    [LONGEST] = {"longest", TABLE_TEXT | TABLE_SPARE},
    [UNTIL] = {"until", TABLE_TEXT},
    [APPROVED] = {"approved", TABLE_FOLDS},
};

static void list_live(
    struct table *table, const struct charter *charter, const struct mandate_state *mandate)
{
    char name[INQUIRY_NAME], versions[64], longest[DURATION_TEXT], until[MOMENT_TEXT + 1];
    struct bytes who;
    bytes_init(&who, LIMIT_RECORD);
    inquiry_person(charter, &mandate->requester, name);
    table_set_text(table, REQUESTER, name);
    (void)snprintf(
        versions, sizeof versions, "%" PRIu64 "-%" PRIu64, mandate->first, mandate->last);
    table_set_text(table, VERSIONS, versions);
    table_set_number(table, COUNT, mandate->count);
    table_set_number(table, RESERVED, mandate->reserved);
    duration_text(mandate->longest, longest);
    table_set_text(table, LONGEST, longest);
    moment_write(mandate->until, until);
    table_set_text(table, UNTIL, until);
    add_approvers(charter, mandate, " ", &who);
    table_set(table, APPROVED, bytes_span(&who));
    bytes_clear(&who);
}

static void list_one(
    struct table *table, const struct charter *charter, const struct mandate_state *mandate)
{
    table_line(table);
    table_set_text(table, ROLE, mandate->role);
    table_set_number(table, NUMBER, mandate->number);
    table_set_text(table, STATE, standing(mandate));
    table_set_number(table, HIGHEST, mandate->top);
    if (mandate->live)
        list_live(table, charter, mandate);
}

int cmd_mandate_list(struct cli *cli, int argc, char **argv)
{
    struct house *house = NULL;
    int status;
    if (!options_read(cli, NULL, 0, argc, argv, &status))
        return status;
    status = inquiry_house(cli, &house);
    struct table *table =
        status != STATUS_DONE
            ? NULL
            : table_new("mandates", columns, sizeof columns / sizeof columns[0], cli->json);
    for (size_t i = 0; table != NULL && i < house->state->mandate_count; i++)
        list_one(table, house->charter, &house->state->mandates[i]);
    if (status == STATUS_DONE && (table == NULL || table_print(table) != OK))
        status = cli_say(STATUS_LOCAL, "the table cannot be printed");
    table_free(table);
    house_free(house);
    return status;
}

// ---- show ----

static void print_live(const struct charter *charter, const struct mandate_state *mandate)
{
    char name[INQUIRY_NAME], longest[DURATION_TEXT], until[MOMENT_TEXT + 1];
    struct bytes who;
    bytes_init(&who, LIMIT_RECORD);
    inquiry_person(charter, &mandate->requester, name);
    duration_text(mandate->longest, longest);
    moment_write(mandate->until, until);
    add_approvers(charter, mandate, ", ", &who);
    print_words(stdout,
        "Requester %s\nVersions  %" PRIu64 " to %" PRIu64 "\nCount     %" PRIu64
        " payloads, numbers reserved for %" PRIu64
        "\nLongest   %s from the signature to the expiry\nUntil     %s\nApproved  %.*s\n",
        name, mandate->first, mandate->last, mandate->count, mandate->reserved, longest, until,
        (int)who.size, (const char *)who.data);
    bytes_clear(&who);
}

static int print_text(const struct charter *charter, const struct mandate_state *mandate)
{
    char hex[PRINT_HASH];
    hash_hex(&mandate->text, hex);
    print_words(stdout, "Mandate   %s %" PRIu64 ", %s\nText      %s\n", mandate->role,
        mandate->number, standing(mandate), hex);
    if (mandate->live)
        print_live(charter, mandate);
    if (mandate->top > 0)
        print_words(
            stdout, "Highest   version %" PRIu64 " may have been signed\n", mandate->top);
    return STATUS_DONE;
}

static void scribe_live(
    struct scribe *scribe, const struct charter *charter, const struct mandate_state *mandate)
{
    char name[INQUIRY_NAME];
    inquiry_person(charter, &mandate->requester, name);
    scribe_text(scribe, "requester", name);
    scribe_hash(scribe, "requester_key", &mandate->requester);
    scribe_number(scribe, "first", mandate->first);
    scribe_number(scribe, "last", mandate->last);
    scribe_number(scribe, "count", mandate->count);
    scribe_number(scribe, "reserved", mandate->reserved);
    scribe_number(scribe, "longest", (uint64_t)mandate->longest);
    scribe_moment(scribe, "until", mandate->until);
    scribe_array(scribe, "approved");
    for (size_t i = 0; i < mandate->approver_count; i++) {
        inquiry_person(charter, &mandate->approvers[i], name);
        scribe_text(scribe, NULL, name);
    }
    scribe_array_end(scribe);
}

static int print_json(const struct charter *charter, const struct mandate_state *mandate)
{
    struct scribe scribe;
    scribe_init(&scribe);
    scribe_object(&scribe, NULL);
    scribe_text(&scribe, "role", mandate->role);
    scribe_number(&scribe, "number", mandate->number);
    scribe_hash(&scribe, "mandate", &mandate->text);
    scribe_text(&scribe, "state", standing(mandate));
    scribe_number(&scribe, "highest", mandate->top);
    if (mandate->live)
        scribe_live(&scribe, charter, mandate);
    scribe_object_end(&scribe);
    return scribe_print(&scribe) == OK ? STATUS_DONE
                                       : cli_say(STATUS_LOCAL, "the output cannot be written");
}

// The role's mandate; NULL (and said) when it never had one.
static const struct mandate_state *find(const struct cli *cli, const struct house *house)
{
    const char *role = cli->arguments[0];
    const struct mandate_state *mandate = state_mandate(house->state, role);
    if (mandate == NULL)
        (void)cli_say(
            STATUS_LOCAL, "%s never had a mandate: see `conclave mandate list`", role);
    return mandate;
}

int cmd_mandate_show(struct cli *cli, int argc, char **argv)
{
    struct house *house = NULL;
    int status;
    if (!options_read(cli, NULL, 0, argc, argv, &status))
        return status;
    status = inquiry_house(cli, &house);
    if (status == STATUS_DONE) {
        const struct mandate_state *mandate = find(cli, house);
        if (mandate == NULL)
            status = STATUS_LOCAL;
        else
            status = cli->json ? print_json(house->charter, mandate)
                               : print_text(house->charter, mandate);
    }
    house_free(house);
    return status;
}

// ---- revoke ----

static int revoke(struct cli *cli, struct freezing *freezing, struct house *house)
{
    struct freeze_of *of = &freezing->freeze.of;
    const struct mandate_state *mandate = find(cli, house);
    if (mandate == NULL)
        return STATUS_LOCAL;
    if (!mandate->live)
        return cli_say(STATUS_LOCAL, "the mandate of %s has ended: there is nothing to revoke",
            mandate->role);
    of->what = FREEZE_MANDATE;
    of->thing = mandate->text;
    memcpy(of->role, mandate->role, sizeof of->role);
    return freezing_run(cli, freezing, house);
}

int cmd_mandate_revoke(struct cli *cli, int argc, char **argv)
{
    struct freezing freezing;
    struct option_rule rules[FREEZING_RULES];
    struct house *house = NULL;
    int status;
    freezing_init(&freezing, rules);
    freezing.what = "What is revoked";
    freezing.warning =
        "This cannot be lifted: the role's quorum has to approve another mandate.";
    freezing.word = "revoke";
    if (options_read(cli, rules, FREEZING_RULES, argc, argv, &status)) {
        status = inquiry_house(cli, &house);
        if (status == STATUS_DONE)
            status = revoke(cli, &freezing, house);
        house_free(house);
    }
    freezing_clear(&freezing);
    return status;
}
