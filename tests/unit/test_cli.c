// The conclave command as a program: what it says and how it ends when it is used wrongly, without
// an appliance and without a terminal.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS_MOST = 16, OUTPUT_MOST = 64 * 1024 };

static char folder[] = "/tmp/conclave-cli-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL || chdir(folder) != 0 ? -1 : 0;
}

static int drop(const char *path, const struct stat *about, int kind, struct FTW *at)
{
    (void)about, (void)kind, (void)at;
    return remove(path);
}

static int remove_folder(void **state)
{
    (void)state;
    return nftw(folder, drop, 8, FTW_DEPTH | FTW_PHYS);
}

// What a run of the command left.
struct run {
    int status;
    char out[OUTPUT_MOST];
    char err[OUTPUT_MOST];
};

static void read_file(const char *path, char out[OUTPUT_MOST])
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    out[fread(out, 1, OUTPUT_MOST - 1, file)] = 0;
    fclose(file);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

// In a session of its own, so that there is no terminal to ask on.
static void run_in(const char *const *words, struct run *run)
{
    pid_t pid;
    int status;
    char *argv[WORDS_MOST + 4] = {strdup(CONCLAVE_PROGRAM), strdup("--home"), strdup("home")};
    char environment[] = "HOME=/nowhere", *const environ_[] = {environment, NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    for (size_t i = 0; words[i] != NULL; i++)
        argv[i + 3] = strdup(words[i]);
    assert_int_equal(posix_spawn_file_actions_init(&files), 0);
    assert_int_equal(posix_spawnattr_init(&attributes), 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, "out", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addopen(&files, 2, "err", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_int_equal(posix_spawn(&pid, argv[0], &files, &attributes, argv, environ_), 0);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    run->status = WEXITSTATUS(status);
    read_file("out", run->out);
    read_file("err", run->err);
    for (size_t i = 0; argv[i] != NULL; i++)
        free(argv[i]);
}

// Ends so, says one sentence with this word in it on standard error, and nothing else anywhere.
static void assert_fails(int status, const char *word, const char *const *words)
{
    static struct run run;
    run_in(words, &run);
    if (run.status != status || strstr(run.err, word) == NULL)
        fail_msg("%s %s: %d, \"%s\"; not %d, \"%s\"", words[0], words[0] ? words[1] : "",
            run.status, run.err, status, word);
    assert_int_equal(strncmp(run.err, "conclave: ", 10), 0);
    assert_ptr_equal(strchr(run.err, '\n'), run.err + strlen(run.err) - 1);
    assert_string_equal(run.out, "");
}

// Verifier keys of two logs; the key is the curve's base point.
#define VKEY  "example.com/log+72745303+AVhmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZm"
#define OTHER "example.com/other+9b7f472f+AVhmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZm"

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static const char *const names[][2] = {
    {"status", NULL},
    {"enrol", NULL},
    {"request", "submit"},
    {"request", "list"},
    {"request", "show"},
    {"request", "wait"},
    {"request", "withdraw"},
    {"approve", NULL},
    {"reject", NULL},
    {"signature", NULL},
    {"attach", NULL},
    {"key", "list"},
    {"key", "export"},
    {"key", "make"},
    {"key", "generate"},
    {"key", "retire"},
    {"key", "destroy"},
    {"charter", "show"},
    {"charter", "diff"},
    {"charter", "draft"},
    {"charter", "prove"},
    {"charter", "propose"},
    {"freeze", NULL},
    {"freeze", "list"},
    {"lift", NULL},
    {"time", "state"},
    {"repository", "import"},
    {"token", "generate"},
    {"token", "export"},
    {"policy", "check"},
    {"policy", "compile"},
    {"init", "keys"},
    {"init", "charter"},
    {"init", "begin"},
    {"init", "show"},
    {"init", "sign"},
    {"init", "status"},
    {"log", "list"},
    {"log", "show"},
    {"log", "verify"},
    {"log", "prove"},
    {"log", "export"},
};
enum { NAMES = sizeof names / sizeof names[0] };

// `name --option`, of one word or two.
static void run_named(size_t i, const char *option, struct run *run)
{
    if (names[i][1] == NULL)
        run_in(WORDS(names[i][0], option), run);
    else
        run_in(WORDS(names[i][0], names[i][1], option), run);
}

static void cli__every_command_has_help(void **state)
{
    static struct run run;
    char usage[64];
    (void)state;
    for (size_t i = 0; i < NAMES; i++) {
        run_named(i, "--help", &run);
        snprintf(usage, sizeof usage, "Usage: conclave %s%s%s ", names[i][0],
            names[i][1] == NULL ? "" : " ", names[i][1] == NULL ? "" : names[i][1]);
        assert_int_equal(run.status, 0);
        assert_int_equal(strncmp(run.out, usage, strlen(usage)), 0);
        assert_non_null(strstr(run.out, "--json"));
        assert_string_equal(run.err, "");
    }
    run_in(WORDS("--help"), &run);
    assert_int_equal(run.status, 0);
    for (size_t i = 0; i < NAMES; i++)
        assert_non_null(strstr(run.out, names[i][0]));
}

// Whether `text` has `word` with nothing behind it that could make it a longer one.
static bool mentions(const char *text, const char *word)
{
    size_t size = strlen(word);
    for (const char *at = text; (at = strstr(at, word)) != NULL; at += size)
        if (strchr(" *\n_", at[size]) != NULL)
            return true;
    return false;
}

// Every option that the help of a command lists; false at the end.
static bool next_option(const char **at, char option[64])
{
    const char *line = strstr(*at, "\n  --");
    if (line == NULL)
        return false;
    size_t size = strcspn(line + 3, " \n");
    assert_true(size < 64);
    memcpy(option, line + 3, size);
    option[size] = 0;
    *at = line + 3;
    return true;
}

static void cli__the_man_page_knows_every_command_and_option(void **state)
{
    static struct run run;
    static char page[OUTPUT_MOST];
    char option[64], command[64];
    (void)state;
    read_file(CONCLAVE_PAGE, page);
    for (size_t i = 0; i < NAMES; i++) {
        snprintf(command, sizeof command, "*conclave %s%s%s", names[i][0],
            names[i][1] == NULL ? "" : " ", names[i][1] == NULL ? "" : names[i][1]);
        if (!mentions(page, command))
            fail_msg("the page does not know %s", command);
        run_named(i, "--help", &run);
        for (const char *at = run.out; next_option(&at, option);)
            if (!mentions(page, option))
                fail_msg("the page does not know %s of %s", option, command);
    }
}

static void cli__every_command_refuses_unknown_options(void **state)
{
    static struct run run;
    (void)state;
    for (size_t i = 0; i < NAMES; i++) {
        run_named(i, "--pin", &run); // R19: there is no such option anywhere
        assert_int_equal(run.status, 1);
        assert_non_null(strstr(run.err, "--help"));
        assert_string_equal(run.out, "");
    }
}

static void cli__refuses_what_is_no_command(void **state)
{
    (void)state;
    assert_fails(1, "which command", WORDS("--json"));
    assert_fails(1, "\"nonsense\" is no command", WORDS("nonsense"));
    assert_fails(1, "\"request\" is no command", WORDS("request"));
    assert_fails(1, "\"request nonsense\"", WORDS("request", "nonsense"));
    assert_fails(1, "no option here", WORDS("--nonsense", "status"));
    assert_fails(1, "lacks its value", WORDS("--socket"));
    assert_fails(1, "\\x1b[2J", WORDS("\x1b[2J"));
}

static void cli__refuses_missing_and_superfluous_words(void **state)
{
    (void)state;
    assert_fails(1, "takes ID", WORDS("request", "show"));
    assert_fails(1, "takes ID", WORDS("request", "show", "one", "two"));
    assert_fails(1, "takes no argument", WORDS("status", "now"));
    assert_fails(1, "takes PAYLOAD SIGNATURES", WORDS("attach", "payload", "--out", "x"));
    assert_fails(1, "needs --out", WORDS("attach", "payload", "signature"));
    assert_fails(1, "needs --item", WORDS("request", "submit"));
    assert_fails(1, "needs --policy", WORDS("charter", "draft"));
    assert_fails(1, "needs --out", WORDS("charter", "draft", "--policy", "policy"));
    assert_fails(1, "needs --out", WORDS("charter", "prove", "next"));
    assert_fails(1, "takes ROLE KEY", WORDS("key", "retire", "image/root"));
    assert_fails(1, "takes everything | role ROLE | request ID", WORDS("freeze"));
    assert_fails(1, "takes everything", WORDS("freeze", "role", "image/root", "now"));
    assert_fails(1, "needs --root", WORDS("repository", "import", "image"));
    assert_fails(1, "needs --module", WORDS("approve", "abcdef01"));
    assert_fails(1, "needs --token", WORDS("approve", "abcdef01", "--module", "m"));
    assert_fails(1, "needs --policy", WORDS("init", "keys"));
    assert_fails(1, "together", WORDS("log", "verify", "--entries", "x"));
}

static void cli__refuses_values_that_are_none(void **state)
{
    (void)state;
    assert_fails(1, "a number", WORDS("log", "show", "first"));
    assert_fails(1, "a number", WORDS("log", "show", "+1"));
    assert_fails(1, "a number", WORDS("log", "list", "--from", "99999999999999999999"));
    assert_fails(1, "a number", WORDS("request", "wait", "abcdef01", "--timeout", "long"));
    assert_fails(1, "no format", WORDS("signature", "abcdef01", "--format", "png"));
    assert_fails(1, "no format", WORDS("key", "export", "image/root", "--format", "der"));
    assert_fails(1, "no key type", WORDS("key", "make", "x", "--type", "rsa"));
}

static void cli__refuses_bad_submissions_before_it_connects(void **state)
{
    (void)state;
    write_file("payload", "{}");
    assert_fails(1, "not ROLE=FILE",
        WORDS("request", "submit", "--requester", "k", "--item", "image/targets"));
    assert_fails(1, "not ROLE=FILE",
        WORDS("request", "submit", "--requester", "k", "--item", "targets=payload"));
    assert_fails(1, "No such file",
        WORDS("request", "submit", "--requester", "k", "--item", "image/targets=nothing"));
    assert_fails(1, "no duration",
        WORDS("request", "submit", "--requester", "k", "--item", "image/targets=payload",
            "--expires", "soon"));
    assert_fails(1, "no duration",
        WORDS("request", "submit", "--requester", "k", "--item", "image/targets=payload",
            "--expires", "91d"));
    assert_fails(1, "a reason",
        WORDS("request", "submit", "--requester", "k", "--item", "image/targets=payload",
            "--reason", ""));
}

static void cli__says_that_nothing_is_pinned(void **state)
{
    (void)state;
    assert_fails(1, "conclave enrol", WORDS("request", "list"));
    assert_fails(1, "conclave enrol", WORDS("log", "verify"));
    assert_fails(1, "conclave enrol", WORDS("key", "list"));
}

static void cli__says_that_no_appliance_is_there(void **state)
{
    (void)state;
    assert_fails(2, "no appliance", WORDS("--socket", "nowhere.sock", "status"));
    assert_fails(2, "no appliance", WORDS("status", "--socket", "nowhere.sock"));
}

static void cli__r19_says_that_there_is_no_terminal_for_the_pin(void **state)
{
    (void)state;
    assert_fails(
        1, "--pin-fd", WORDS("token", "export", "--module", "/nowhere.so", "--token", "alice"));
}

static void cli__says_that_a_module_is_not_there(void **state)
{
    (void)state;
    assert_fails(2, "/nowhere.so",
        WORDS("token", "export", "--module", "/nowhere.so", "--token", "a", "--pin-fd", "0"));
    assert_fails(2, "/nowhere.so",
        WORDS("token", "generate", "--module", "/nowhere.so", "--token", "a", "--pin-fd", "0"));
}

static void cli__pins_a_log_key_once(void **state)
{
    static struct run run;
    (void)state;
    assert_fails(1, "", WORDS("enrol", "nonsense"));
    run_in(WORDS("enrol", VKEY, "--json"), &run);
    assert_int_equal(run.status, 0);
    assert_non_null(strstr(run.out, "\"origin\":\"example.com/log\""));
    assert_fails(1, "", WORDS("enrol", OTHER));
    assert_fails(2, "no appliance", WORDS("--socket", "nowhere.sock", "request", "list"));
}

static void cli__makes_a_key_and_never_over_another(void **state)
{
    static struct run run;
    (void)state;
    run_in(WORDS("key", "make", "mine"), &run);
    assert_int_equal(run.status, 0);
    assert_int_equal(strlen(run.out), 65);
    assert_fails(1, "mine: File exists", WORDS("key", "make", "mine"));
}

#define SIGNATURE                                                                              \
    "{\"keyid\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\","         \
    "\"sig\":\"00ff\"}"

static void cli__attaches_signatures_to_a_payload(void **state)
{
    static struct run run;
    char file[OUTPUT_MOST];
    (void)state;
    write_file("payload", "{\"version\":1}");
    write_file("one", SIGNATURE "\n");
    run_in(WORDS("attach", "payload", "one", "--out", "file"), &run);
    assert_int_equal(run.status, 0);
    read_file("file", file);
    assert_string_equal(file, "{\"signatures\":[" SIGNATURE "],\"signed\":{\"version\":1}}");
    assert_fails(1, "second signature", WORDS("attach", "payload", "one", "one", "--out", "x"));
    assert_int_equal(access("x", F_OK), -1);
}

static void cli__finds_faults_in_policies(void **state)
{
    (void)state;
    write_file("policy", "appliance: [\n");
    assert_fails(1, "policy", WORDS("policy", "check", "policy"));
    assert_fails(1, "No such file", WORDS("policy", "check", "nothing"));
}

static void cli__verifies_nothing_that_is_not_there(void **state)
{
    (void)state;
    write_file("checkpoint", "no checkpoint\n");
    assert_fails(1, "verifier key",
        WORDS("log", "verify", "--entries", "e", "--checkpoint", "checkpoint", "--vkey",
            "checkpoint"));
    assert_fails(5, "checkpoint",
        WORDS("log", "verify", "--entries", "e", "--checkpoint", "checkpoint", "--vkey", VKEY));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cli__every_command_has_help),
        cmocka_unit_test(cli__the_man_page_knows_every_command_and_option),
        cmocka_unit_test(cli__every_command_refuses_unknown_options),
        cmocka_unit_test(cli__refuses_what_is_no_command),
        cmocka_unit_test(cli__refuses_missing_and_superfluous_words),
        cmocka_unit_test(cli__refuses_values_that_are_none),
        cmocka_unit_test(cli__refuses_bad_submissions_before_it_connects),
        cmocka_unit_test(cli__says_that_nothing_is_pinned),
        cmocka_unit_test(cli__says_that_no_appliance_is_there),
        cmocka_unit_test(cli__r19_says_that_there_is_no_terminal_for_the_pin),
        cmocka_unit_test(cli__says_that_a_module_is_not_there),
        cmocka_unit_test(cli__pins_a_log_key_once),
        cmocka_unit_test(cli__makes_a_key_and_never_over_another),
        cmocka_unit_test(cli__attaches_signatures_to_a_payload),
        cmocka_unit_test(cli__finds_faults_in_policies),
        cmocka_unit_test(cli__verifies_nothing_that_is_not_there),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
