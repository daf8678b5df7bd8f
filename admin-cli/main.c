// The conclave command: a table of commands, and the options before them.
#include "admin-cli/commands.h"
#include "admin-cli/print.h"

#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SOCKET_DEFAULT "/run/conclave/conclave.sock"

static const struct command commands[] = {
    {"status", "", 0, 0, "Shows how the appliance is, verified as far as it can be.",
        cmd_status},
    {"enrol", "VKEY", 1, 1, "Pins an appliance's log key in this home; compare it first.",
        cmd_enrol},
    {"request submit", "", 0, 0, "Asks for signatures; prints the request's id.",
        cmd_request_submit},
    {"request list", "", 0, 0, "Lists the requests to decide about.", cmd_request_list},
    {"request show", "ID", 1, 1, "Shows a request in words, as an approver sees it.",
        cmd_request_show},
    {"request wait", "ID", 1, 1, "Waits until the fate of a request is known.",
        cmd_request_wait},
    {"request proof", "ID", 1, 1, "Writes what became of a request, with its proof.",
        cmd_request_proof},
    {"request withdraw", "ID", 1, 1, "Takes back a request of one's own.",
        cmd_request_withdraw},
    {"approve", "ID", 1, 1, "Reviews a request and approves it with a token.", cmd_approve},
    {"reject", "ID", 1, 1, "Reviews a request and rejects it with a token.", cmd_reject},
    {"charter show", "", 0, 0, "Shows the charter in force.", cmd_charter_show},
    {"charter diff", "FILE", 1, 1, "Says what a drafted charter changes, and what it ends.",
        cmd_charter_diff},
    {"charter draft", "", 0, 0, "Compiles a policy to the charter that would follow.",
        cmd_charter_draft},
    {"charter prove", "FILE", 1, 1, "Proves that one holds a key that is new in a draft.",
        cmd_charter_prove},
    {"charter propose", "FILE", 1, 1, "Asks for a drafted charter to be put in force.",
        cmd_charter_propose},
    {"freeze list", "", 0, 0, "Lists the freezes that are in force.", cmd_freeze_list},
    {"freeze", "everything | role ROLE | request ID", 1, 2,
        "Stops signatures at once, until a quorum lifts it.", cmd_freeze},
    {"lift", "FREEZE", 1, 1, "Asks for the lift of a freeze.", cmd_lift},
    {"mandate propose", "ROLE", 1, 1, "Asks for a mandate: to sign with nobody present.",
        cmd_mandate_propose},
    {"mandate list", "", 0, 0, "Lists the mandates, live and ended.", cmd_mandate_list},
    {"mandate show", "ROLE", 1, 1, "Shows the mandate of a role.", cmd_mandate_show},
    {"mandate revoke", "ROLE", 1, 1, "Ends a mandate at once, for good.", cmd_mandate_revoke},
    {"time state", "[TIME]", 0, 1, "Asks for a statement of the time, after a wrong clock.",
        cmd_time_state},
    {"repository import", "NAME", 1, 1, "Asks that a repository signed elsewhere goes on here.",
        cmd_repository_import},
    {"root plan", "REPOSITORY", 1, 1, "Says what the next root is, and who must sign it.",
        cmd_root_plan},
    {"root review", "FILE", 1, 1,
        "Shows a drafted root in words, as its approvers will see it.", cmd_root_review},
    {"root sign", "FILE", 1, 1, "Asks for the signatures of a drafted root.", cmd_root_sign},
    {"root apply", "ID", 1, 1, "Verifies a signed root and writes its files.", cmd_root_apply},
    {"root cancel", "ID", 1, 1, "Takes back the request for a root.", cmd_request_withdraw},
    {"signature", "ID", 1, 1, "Fetches, verifies and prints the signatures of a request.",
        cmd_signature},
    {"canonical", "[FILE]", 0, 1, "Writes JSON in the form that is signed.", cmd_canonical},
    {"rules", "", 0, 0, "Lists the rules that what is signed is held to.", cmd_rules},
    {"attach", "PAYLOAD SIGNATURES...", 2, -1,
        "Joins a payload and its signatures to one TUF file.", cmd_attach},
    {"key list", "", 0, 0, "Lists the roles' keys: used, spare and retired.", cmd_key_list},
    {"key export", "ROLE", 1, 1, "Prints the public keys of a role, from the charter.",
        cmd_key_export},
    {"key generate", "ROLE=TYPE[:COUNT]...", 1, LIMIT_MOTION_KEYS,
        "Asks for new keys in the appliance's token.", cmd_key_generate},
    {"key retire", "ROLE KEY...", 2, 1 + LIMIT_MOTION_KEYS,
        "Asks that keys of a role sign no more.", cmd_key_retire},
    {"key destroy", "ROLE KEY...", 2, 1 + LIMIT_MOTION_KEYS,
        "Asks for the end of retired keys that no charter names.", cmd_key_destroy},
    {"key make", "FILE", 1, 1, "Makes a requester's key: FILE and FILE.pub.", cmd_key_make},
    {"token list", "", 0, 0, "Lists the tokens plugged in, and whose keys they hold.",
        cmd_token_list},
    {"token generate", "", 0, 0, "Makes an administrator's key in a token.",
        cmd_token_generate},
    {"token export", "", 0, 0, "Prints the public half of an administrator's key.",
        cmd_token_export},
    {"policy check", "FILE", 1, 1, "Says whether a policy file is good, and where it is not.",
        cmd_policy_check},
    {"policy compile", "FILE", 1, 1, "Prints the charter of a policy and of keys.",
        cmd_policy_compile},
    {"init keys", "", 0, 0, "Founding: generates the keys of a policy in the appliance.",
        cmd_init_keys},
    {"init charter", "", 0, 0, "Founding: compiles the policy and hands in the charter.",
        cmd_init_charter},
    {"init begin", "", 0, 0, "Founding: init keys and init charter in one go.", cmd_init_begin},
    {"init show", "", 0, 0, "Founding: shows what every administrator has to sign.",
        cmd_init_show},
    {"init sign", "", 0, 0, "Founding: signs it with a token, and pins the log key.",
        cmd_init_sign},
    {"init status", "", 0, 0, "Founding: says who has signed.", cmd_init_status},
    {"log list", "", 0, 0, "Lists the records of the log.", cmd_log_list},
    {"log show", "INDEX", 1, 1, "Prints one record, proven to be in the log.", cmd_log_show},
    {"log verify", "", 0, 0, "Checks the whole log, live or exported.", cmd_log_verify},
    {"log prove", "INDEX", 1, 1, "Writes the inclusion proof of a record (tlog-proof).",
        cmd_log_prove},
    {"log check", "PROOF RECORD", 2, 2, "Checks by its proof that a record is in the log.",
        cmd_log_check},
    {"log export", "DIR", 1, 1, "Writes the whole log to a folder.", cmd_log_export},
};
enum { COMMANDS = sizeof commands / sizeof commands[0], NAME_WORDS = 2 };

// A process that holds a PIN cannot be traced, and the leak checker traces.
#ifdef __SANITIZE_ADDRESS__
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}
#endif

// The commands whose first word this is; NULL: all. False when there is none.
static bool print_family(const char *word)
{
    bool found = false;
    for (size_t i = 0; i < COMMANDS; i++) {
        size_t first = strcspn(commands[i].name, " ");
        if (word != NULL &&
            (strlen(word) != first || strncmp(word, commands[i].name, first) != 0))
            continue;
        print_words(stdout, "  %-17s %s\n", commands[i].name, commands[i].summary);
        found = true;
    }
    return found;
}

static void print_help(void)
{
    print_words(stdout,
        "Usage: conclave [--socket PATH] [--home DIR] [--json] COMMAND [OPTION...]\n\n"
        "Signs software-update metadata that a quorum of people approved.\n\nCommands:\n");
    print_family(NULL);
    print_words(stdout,
        "\n`conclave help COMMAND` says more; so does conclave(1).\n\n"
        "Exit status: 0 done, 1 usage or local error, 2 daemon or token error,\n"
        "3 refused by policy, 4 waiting for approvals, 5 verification failed.\n");
}

// A command's name is one word or two; `*words` says how many it took.
static const struct command *find(int argc, char **argv, int *words)
{
    for (size_t i = 0; i < COMMANDS; i++) {
        const char *name = commands[i].name, *space = strchr(name, ' ');
        size_t first = space == NULL ? strlen(name) : (size_t)(space - name);
        if (strlen(argv[0]) != first || strncmp(argv[0], name, first) != 0)
            continue;
        *words = space == NULL ? 1 : 2;
        if (space == NULL || (argc > 1 && strcmp(argv[1], space + 1) == 0))
            return &commands[i];
    }
    return NULL;
}

static int run(struct cli *cli, int argc, char **argv);

// `conclave help COMMAND` is `conclave COMMAND --help`.
static int help(struct cli *cli, int argc, char **argv)
{
    char option[] = "--help", *words[NAME_WORDS + 1] = {NULL};
    int count = argc < NAME_WORDS ? argc : NAME_WORDS;
    if (argc == 0)
        return print_help(), STATUS_DONE;
    for (int i = 0; i < count; i++)
        words[i] = argv[i];
    words[count] = option;
    return run(cli, count + 1, words);
}

static int run(struct cli *cli, int argc, char **argv)
{
    int words = 0;
    if (strcmp(argv[0], "help") == 0)
        return help(cli, argc - 1, argv + 1);
    cli->command = find(argc, argv, &words);
    if (cli->command == NULL && argc > 1 && strcmp(argv[1], "--help") == 0 &&
        print_family(argv[0]))
        return STATUS_DONE;
    if (cli->command == NULL)
        return cli_say(STATUS_LOCAL, "\"%s%s%s\" is no command: see conclave --help", argv[0],
            argc > 1 ? " " : "", argc > 1 ? argv[1] : "");
    // The command's last word stands where a program's name does.
    int status = cli->command->run(cli, argc - words + 1, argv + words - 1);
    cli_disconnect(cli);
    if (fflush(stdout) != 0 && status == STATUS_DONE)
        return cli_say(STATUS_LOCAL, "the output cannot be written");
    return status;
}

static bool may_colour(void)
{
    const char *off = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return isatty(STDOUT_FILENO) && (off == NULL || off[0] == 0) && terminal != NULL &&
           strcmp(terminal, "dumb") != 0;
}

static const char *default_home(void)
{
    static char path[PATH_MAX];
    const char *home = getenv("HOME");
    (void)snprintf(path, sizeof path, "%s/.conclave", home == NULL ? "" : home);
    return path;
}

enum { OPTION_SOCKET = 1, OPTION_HOME, OPTION_JSON, OPTION_HELP, OPTION_VERSION };
static const struct option globals[] = {
    {"socket", required_argument, NULL, OPTION_SOCKET},
    {"home", required_argument, NULL, OPTION_HOME},
    {"json", no_argument, NULL, OPTION_JSON},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {0},
};

// The options before the command. -1: go on; otherwise the exit status.
static int read_globals(struct cli *cli, int argc, char **argv)
{
    opterr = 0;
    for (int found; (found = getopt_long(argc, argv, "+", globals, NULL)) != -1;) {
        if (found == OPTION_SOCKET)
            cli->socket = optarg;
        else if (found == OPTION_HOME)
            cli->home = optarg;
        else if (found == OPTION_JSON)
            cli->json = true;
        else if (found == OPTION_HELP)
            return print_help(), STATUS_DONE;
        else if (found == OPTION_VERSION)
            return print_words(stdout, "conclave " CONCLAVE_VERSION "\n"), STATUS_DONE;
        else
            return cli_say(STATUS_LOCAL,
                "`%s` is no option here, or lacks its value: see "
                "conclave --help",
                argv[optind - 1]);
    }
    return -1;
}

int main(int argc, char **argv)
{
    struct cli cli = {.socket = SOCKET_DEFAULT, .home = default_home()};
    // A pipe that nobody reads any more is an error of the output, not the end of us.
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)sigaction(SIGPIPE, &ignore, NULL);
    cli.colour = may_colour();
    int status = read_globals(&cli, argc, argv);
    if (status >= 0)
        return status;
    if (optind == argc)
        return cli_say(STATUS_LOCAL, "which command? See conclave --help");
    return run(&cli, argc - optind, argv + optind);
}
