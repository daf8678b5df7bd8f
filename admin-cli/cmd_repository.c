// conclave repository import: a repository that was signed elsewhere goes on here. Its history is
// verified on this machine first, and each rule that it breaks is shown before anybody is asked to
// accept it.
#include "admin-cli/commands.h"
#include "admin-cli/making.h"
#include "admin-cli/table.h"
#include "metadata/history.h"

#include <stdlib.h>
#include <string.h>

struct importing {
    struct option_values roots;
    struct option_values files;
    bool yes;
};

// The files' bytes, which the submission keeps.
struct shown {
    struct span roots[OPTION_VALUES_MOST];
    struct span files[OPTION_VALUES_MOST];
};

// ---- reading ----

static int add_file(struct submission *submission, const char *path, struct span *content)
{
    struct refusal refusal = {0};
    struct hash hash;
    enum err err = submission_add_file(submission, path, &hash, content, &refusal);
    if (err == OK)
        err = submission_name_evidence(submission, &hash);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_LOCAL, err, &refusal);
}

static int add_files(
    struct submission *submission, const struct option_values *paths, struct span *contents)
{
    int status = STATUS_DONE;
    for (size_t i = 0; status == STATUS_DONE && i < paths->count; i++)
        status = add_file(submission, paths->at[i], &contents[i]);
    return status;
}

// DIALECT_NONE of a repository that the charter does not name: check_named has refused it before.
static enum dialect dialect_of(const struct making *making)
{
    const struct repository *repository =
        charter_repository_named(making->house->charter, making->cli->arguments[0]);
    return repository == NULL ? DIALECT_NONE : repository->dialect;
}

static int check_named(const struct making *making)
{
    if (dialect_of(making) != DIALECT_NONE)
        return STATUS_DONE;
    return cli_say(STATUS_REFUSED,
        "the charter names no repository %s: propose a charter that does first",
        making->cli->arguments[0]);
}

// What a role signed last is sealed in canonical form, which comes along, too.
static int add_part(struct making *making, struct span file)
{
    struct refusal refusal = {0};
    struct bytes part;
    bytes_init(&part, LIMIT_PAYLOAD);
    enum err err = history_canonical(dialect_of(making), file, &part, &refusal);
    int status = err == OK ? making_evidence(making, bytes_span(&part))
                           : cli_fail(SIDE_LOCAL, err, &refusal);
    bytes_clear(&part);
    return status;
}

static int add_parts(
    struct making *making, const struct importing *importing, const struct shown *shown)
{
    int status = add_part(making, shown->roots[importing->roots.count - 1]);
    for (size_t i = 0; status == STATUS_DONE && i < importing->files.count; i++)
        status = add_part(making, shown->files[i]);
    return status;
}

// ---- findings ----

static const struct table_column columns[] = {{"version", TABLE_NUMBER}, {"id", TABLE_TEXT},
    {"rule", TABLE_TEXT}, {"sentence", TABLE_FOLDS}};

static void add_finding(struct table *table, const struct import_finding *finding)
{
    const struct rule *rule = history_rule_of(finding->id, NULL);
    table_line(table);
    table_set_number(table, 0, finding->version);
    table_set_text(table, 1, finding->id);
    table_set_text(table, 2, rule == NULL ? "" : rule->design);
    table_set_text(table, 3, rule == NULL ? "" : rule->past);
}

// Standard output is for the request's id alone.
static int print_findings(const struct import_motion *motion)
{
    struct table *table =
        table_new("findings", columns, sizeof columns / sizeof columns[0], false);
    if (table == NULL)
        return cli_say(STATUS_LOCAL, "out of memory");
    table_to(table, stderr);
    for (size_t i = 0; i < motion->finding_count; i++)
        add_finding(table, &motion->findings[i]);
    enum err err = table_print(table);
    table_free(table);
    return err == OK ? STATUS_DONE : cli_say(STATUS_LOCAL, "the table cannot be printed");
}

static int show_findings(const struct import_motion *motion, bool yes)
{
    bool same = false;
    int status = motion->finding_count == 0 ? STATUS_DONE : print_findings(motion);
    if (status != STATUS_DONE || motion->finding_count == 0 || yes)
        return status;
    if (cli_confirm(stderr,
            "This history breaks the rules above. Type accept to ask that it is "
            "accepted so: ",
            "accept", &same) != OK)
        return cli_say(
            STATUS_LOCAL, "there is no terminal to confirm on: scripts say --yes, and mean it");
    return same ? STATUS_DONE : cli_say(STATUS_LOCAL, "nothing was asked for");
}

// ---- the motion ----

static int read_history(const struct making *making, const struct importing *importing,
    const struct shown *shown, struct import_motion *motion)
{
    struct refusal refusal = {0};
    struct history_case given = {
        .repository = making->cli->arguments[0],
        .dialect = dialect_of(making),
        .roots = shown->roots,
        .root_count = importing->roots.count,
        .files = shown->files,
        .file_count = importing->files.count,
    };
    enum err err = history_read(&given, motion, &refusal);
    return err == OK ? show_findings(motion, importing->yes)
                     : cli_fail(SIDE_LOCAL, err, &refusal);
}

static int set_motion(struct making *making, struct import_motion *motion)
{
    struct bytes text;
    motion->number = making->house->state->motions[MOTION_IMPORT].number + 1;
    bytes_init(&text, LIMIT_PAYLOAD);
    import_motion_write(motion, &text);
    return making_set(making, MOTION_IMPORT, motion->number, &text);
}

static int fill_import(struct making *making, const struct importing *importing,
    struct shown *shown, struct import_motion *motion)
{
    int status = check_named(making);
    if (status == STATUS_DONE)
        status = add_files(making->submission, &importing->roots, shown->roots);
    if (status == STATUS_DONE)
        status = add_files(making->submission, &importing->files, shown->files);
    if (status == STATUS_DONE)
        status = read_history(making, importing, shown, motion);
    if (status == STATUS_DONE)
        status = add_parts(making, importing, shown);
    return status == STATUS_DONE ? set_motion(making, motion) : status;
}

static int make_import(struct making *making)
{
    struct shown *shown = calloc(1, sizeof *shown);
    struct import_motion *motion = calloc(1, sizeof *motion);
    int status = STATUS_LOCAL;
    if (shown != NULL && motion != NULL)
        status = fill_import(making, making->options, shown, motion);
    else
        (void)cli_say(status, "out of memory");
    free(shown);
    free(motion);
    return status;
}

int cmd_repository_import(struct cli *cli, int argc, char **argv)
{
    struct asker asker;
    struct importing importing = {.yes = false};
    struct option_rule rules[ASKER_RULES + 3];
    int status;
    asker_rules(&asker, rules);
    rules[ASKER_RULES] = (struct option_rule){.name = "root",
        .argument = "FILE",
        .help = "a file of the chain of roots, in order",
        .needed = true,
        .values = &importing.roots};
    rules[ASKER_RULES + 1] = (struct option_rule){.name = "file",
        .argument = "FILE",
        .help = "the newest file of another role",
        .values = &importing.files};
    rules[ASKER_RULES + 2] = (struct option_rule){
        .name = "yes", .help = "accept what the history breaks", .set = &importing.yes};
    if (!options_read(cli, rules, ASKER_RULES + 3, argc, argv, &status))
        return status;
    return making_run(cli, &asker, make_import, &importing);
}
