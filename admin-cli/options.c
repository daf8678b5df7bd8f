#include "admin-cli/options.h"

#include "admin-cli/print.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

// Options that every command has.
enum { SHARED = 4, PAGE_NAME = 32, HELP_COLUMN = 21 };
struct shared {
    bool help;
    struct option_rule rules[SHARED];
};

static void shared_init(struct shared *shared, struct cli *cli)
{
    *shared = (struct shared){
        .rules =
            {
                {.name = "json", .help = "answer in JSON", .set = &cli->json},
                {.name = "socket",
                    .argument = "PATH",
                    .help = "the appliance's socket",
                    .text = &cli->socket},
                {.name = "home",
                    .argument = "DIR",
                    .help = "where the pinned log key is kept",
                    .text = &cli->home},
                {.name = "help", .help = "this text"},
            },
    };
    shared->rules[SHARED - 1].set = &shared->help;
}

static void print_rule(const struct option_rule *rule)
{
    char left[40], help[256];
    (void)snprintf(left, sizeof left, "--%s%s%s", rule->name, rule->argument == NULL ? "" : " ",
        rule->argument == NULL ? "" : rule->argument);
    (void)snprintf(help, sizeof help, "%s%s%s", rule->help, rule->needed ? " (needed)" : "",
        rule->values == NULL ? "" : " (may be given again)");
    print_words(stdout, "  %-18s ", left);
    print_paragraph(stdout, HELP_COLUMN, help);
}

// A page has the name of its commands' first word, but for two that stand on another's.
static void page_of(const struct command *command, char out[PAGE_NAME])
{
    static const char *const others[][2] = {{"reject", "approve"}, {"lift", "freeze"}};
    (void)snprintf(out, PAGE_NAME, "%.*s", (int)strcspn(command->name, " "), command->name);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (strcmp(out, others[i][0]) == 0)
            (void)snprintf(out, PAGE_NAME, "%s", others[i][1]);
}

static void print_help(const struct cli *cli, const struct option_rule *rules, size_t count,
    const struct shared *shared)
{
    const struct command *command = cli->command;
    char page[PAGE_NAME];
    print_words(stdout, "Usage: conclave %s [OPTION...]%s%s\n\n%s\n\n", command->name,
        command->arguments[0] == 0 ? "" : " ", command->arguments, command->summary);
    for (size_t i = 0; i < count; i++)
        print_rule(&rules[i]);
    for (size_t i = 0; i < SHARED; i++)
        print_rule(&shared->rules[i]);
    page_of(command, page);
    print_words(stdout, "\nThe manual page is conclave-%s(1).\n", page);
}

static bool apply(const struct option_rule *rule, const char *value)
{
    if (rule->set != NULL)
        *rule->set = true;
    if (rule->text != NULL)
        *rule->text = value;
    if (rule->values == NULL)
        return true;
    if (rule->values->count == OPTION_VALUES_MOST)
        return false;
    rule->values->at[rule->values->count++] = value;
    return true;
}

static const struct option_rule *rule_at(
    const struct option_rule *rules, size_t count, const struct shared *shared, size_t at)
{
    return at < count ? &rules[at] : &shared->rules[at - count];
}

static bool read_all(const struct option_rule *rules, size_t count, const struct shared *shared,
    int argc, char **argv)
{
    struct option known[OPTION_RULES_MOST + SHARED + 1] = {{0}};
    int at;
    for (size_t i = 0; i < count + SHARED; i++) {
        const struct option_rule *rule = rule_at(rules, count, shared, i);
        known[i].name = rule->name;
        known[i].has_arg = rule->argument == NULL ? no_argument : required_argument;
    }
    optind = 0; // glibc starts over, also after the global options were read
    opterr = 0;
    for (;;) {
        int found = getopt_long(argc, argv, "", known, &at);
        if (found == -1)
            return true;
        if (found != 0 || !apply(rule_at(rules, count, shared, (size_t)at), optarg))
            return false;
    }
}

static bool enough(const struct cli *cli)
{
    const struct command *command = cli->command;
    return cli->argument_count >= command->least &&
           (command->most < 0 || cli->argument_count <= command->most);
}

static const struct option_rule *missing(const struct option_rule *rules, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (rules[i].needed && ((rules[i].text != NULL && *rules[i].text == NULL) ||
                                   (rules[i].values != NULL && rules[i].values->count == 0)))
            return &rules[i];
    return NULL;
}

bool options_read(struct cli *cli, const struct option_rule *rules, size_t count, int argc,
    char **argv, int *status)
{
    struct shared shared;
    const char *name = cli->command->name;
    *status = STATUS_LOCAL;
    if (count > OPTION_RULES_MOST)
        return false;
    shared_init(&shared, cli);
    if (!read_all(rules, count, &shared, argc, argv)) {
        cli_say(STATUS_LOCAL,
            "`%s` is no option of `conclave %s`, lacks its value, or is given "
            "too often: see conclave %s --help",
            argv[optind > 0 ? optind - 1 : 0], name, name);
        return false;
    }
    cli->argument_count = argc - optind;
    cli->arguments = argv + optind;
    if (shared.help) {
        print_help(cli, rules, count, &shared);
        *status = STATUS_DONE;
        return false;
    }
    if (!enough(cli)) {
        cli_say(STATUS_LOCAL, "`conclave %s` takes %s: see conclave %s --help", name,
            cli->command->arguments[0] == 0 ? "no argument" : cli->command->arguments, name);
        return false;
    }
    const struct option_rule *lacking = missing(rules, count);
    if (lacking == NULL)
        return true;
    cli_say(STATUS_LOCAL, "`conclave %s` needs --%s %s: see conclave %s --help", name,
        lacking->name, lacking->argument, name);
    return false;
}

bool options_number(const char *name, const char *text, uint64_t most, uint64_t *out)
{
    char *end = NULL;
    errno = 0;
    *out = strtoull(text, &end, 10);
    if (text[0] >= '0' && text[0] <= '9' && *end == 0 && errno == 0 && *out <= most)
        return true;
    cli_say(STATUS_LOCAL, "%s takes a number of at most %llu, not \"%s\"", name,
        (unsigned long long)most, text);
    return false;
}
