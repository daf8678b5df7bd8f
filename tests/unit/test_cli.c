// The conclave command as a program: what it says and how it ends when it is used wrongly, without
// an appliance and without a terminal.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/cli_run.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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
    {"canonical", NULL},
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
    {"token", "list"},
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
static void run_named(size_t i, const char *option, struct cli_run *run)
{
    if (names[i][1] == NULL)
        cli_run(WORDS(names[i][0], option), run);
    else
        cli_run(WORDS(names[i][0], names[i][1], option), run);
}

static void cli__every_command_has_help(void **state)
{
    static struct cli_run run;
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
    cli_run(WORDS("--help"), &run);
    assert_int_equal(run.status, 0);
    for (size_t i = 0; i < NAMES; i++)
        assert_non_null(strstr(run.out, names[i][0]));
}

static void cli__every_command_refuses_unknown_options(void **state)
{
    static struct cli_run run;
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
    cli_fails(1, "which command", WORDS("--json"));
    cli_fails(1, "\"nonsense\" is no command", WORDS("nonsense"));
    cli_fails(1, "\"request\" is no command", WORDS("request"));
    cli_fails(1, "\"request nonsense\"", WORDS("request", "nonsense"));
    cli_fails(1, "no option here", WORDS("--nonsense", "status"));
    cli_fails(1, "lacks its value", WORDS("--socket"));
    cli_fails(1, "\\x1b[2J", WORDS("\x1b[2J"));
}

static void cli__refuses_missing_and_superfluous_words(void **state)
{
    (void)state;
    cli_fails(1, "takes ID", WORDS("request", "show"));
    cli_fails(1, "takes ID", WORDS("request", "show", "one", "two"));
    cli_fails(1, "takes no argument", WORDS("status", "now"));
    cli_fails(1, "takes PAYLOAD SIGNATURES", WORDS("attach", "payload", "--out", "x"));
    cli_fails(1, "needs --out", WORDS("attach", "payload", "signature"));
    cli_fails(1, "needs --item", WORDS("request", "submit"));
    cli_fails(1, "needs --policy", WORDS("charter", "draft"));
    cli_fails(1, "needs --out", WORDS("charter", "draft", "--policy", "policy"));
    cli_fails(1, "needs --out", WORDS("charter", "prove", "next"));
    cli_fails(1, "takes ROLE KEY", WORDS("key", "retire", "image/root"));
    cli_fails(1, "takes everything | role ROLE | request ID", WORDS("freeze"));
    cli_fails(1, "takes everything", WORDS("freeze", "role", "image/root", "now"));
    cli_fails(1, "needs --root", WORDS("repository", "import", "image"));
    cli_fails(1, "needs --module", WORDS("approve", "abcdef01"));
    cli_fails(1, "needs --policy", WORDS("init", "keys"));
    cli_fails(1, "together", WORDS("log", "verify", "--entries", "x"));
}

static void cli__refuses_values_that_are_none(void **state)
{
    (void)state;
    cli_fails(1, "a number", WORDS("log", "show", "first"));
    cli_fails(1, "a number", WORDS("log", "show", "+1"));
    cli_fails(1, "a number", WORDS("log", "list", "--from", "99999999999999999999"));
    cli_fails(1, "a number", WORDS("request", "wait", "abcdef01", "--timeout", "long"));
    cli_fails(1, "no format", WORDS("signature", "abcdef01", "--format", "png"));
    cli_fails(1, "no format", WORDS("key", "export", "image/root", "--format", "der"));
    cli_fails(1, "no key type", WORDS("key", "make", "x", "--type", "rsa"));
}

static void cli__refuses_bad_submissions_before_it_connects(void **state)
{
    (void)state;
    cli_write("payload", "{}");
    cli_fails(1, "not ROLE=FILE",
        WORDS("request", "submit", "--requester", "k", "--item", "image/targets"));
    cli_fails(1, "not ROLE=FILE",
        WORDS("request", "submit", "--requester", "k", "--item", "targets=payload"));
    cli_fails(1, "No such file",
        WORDS("request", "submit", "--requester", "k", "--item", "image/targets=nothing"));
    cli_fails(1, "no duration",
        WORDS("request", "submit", "--requester", "k", "--item", "image/targets=payload",
            "--expires", "soon"));
    cli_fails(1, "no duration",
        WORDS("request", "submit", "--requester", "k", "--item", "image/targets=payload",
            "--expires", "91d"));
    cli_fails(1, "a reason",
        WORDS("request", "submit", "--requester", "k", "--item", "image/targets=payload",
            "--reason", ""));
}

// With one of the two options of a token, it is none.
static void cli__refuses_askers_that_are_none_or_two(void **state)
{
    (void)state;
    cli_write("payload", "{}");
    cli_fails(
        1, "whose key signs", WORDS("request", "submit", "--item", "image/targets=payload"));
    cli_fails(1, "whose key signs", WORDS("time", "state"));
    cli_fails(1, "whose key signs", WORDS("lift", "abcdef01", "--token", "alice"));
    cli_fails(1, "whose key signs",
        WORDS("time", "state", "--requester", "key", "--module", "/nowhere.so"));
}

static void cli__refuses_freezes_of_nothing_before_it_connects(void **state)
{
    (void)state;
    cli_fails(1, "what is to be frozen",
        WORDS("freeze", "all", "--module", "/nowhere.so", "--token", "alice"));
    cli_fails(1, "what is to be frozen",
        WORDS("freeze", "everything", "now", "--module", "/nowhere.so", "--token", "alice"));
    cli_fails(1, "what is to be frozen",
        WORDS("freeze", "role", "image", "--module", "/nowhere.so", "--token", "alice"));
    cli_fails(1, "what is to be frozen",
        WORDS("freeze", "request", "--module", "/nowhere.so", "--token", "alice"));
    cli_fails(1, "conclave enrol",
        WORDS("freeze", "role", "image/root", "--module", "/nowhere.so", "--token", "alice"));
}

static void cli__says_that_nothing_is_pinned(void **state)
{
    (void)state;
    cli_fails(1, "conclave enrol", WORDS("request", "list"));
    cli_fails(1, "conclave enrol", WORDS("log", "verify"));
    cli_fails(1, "conclave enrol", WORDS("key", "list"));
    cli_fails(1, "conclave enrol", WORDS("charter", "show"));
    cli_fails(1, "conclave enrol", WORDS("freeze", "list"));
    cli_fails(1, "conclave enrol", WORDS("lift", "abcdef01", "--requester", "key"));
    cli_fails(1, "conclave enrol", WORDS("time", "state", "--requester", "key"));
    cli_fails(1, "conclave enrol",
        WORDS("key", "generate", "image/root=ed25519", "--requester", "key"));
}

static void cli__says_that_no_appliance_is_there(void **state)
{
    (void)state;
    cli_fails(2, "no appliance", WORDS("--socket", "nowhere.sock", "status"));
    cli_fails(2, "no appliance", WORDS("status", "--socket", "nowhere.sock"));
}

static void cli__r19_says_that_there_is_no_terminal_for_the_pin(void **state)
{
    (void)state;
    cli_fails(
        1, "--pin-fd", WORDS("token", "export", "--module", "/nowhere.so", "--token", "alice"));
}

static void cli__says_that_a_module_is_not_there(void **state)
{
    (void)state;
    cli_fails(2, "/nowhere.so",
        WORDS("token", "export", "--module", "/nowhere.so", "--token", "a", "--pin-fd", "0"));
    cli_fails(2, "/nowhere.so",
        WORDS("token", "generate", "--module", "/nowhere.so", "--token", "a", "--pin-fd", "0"));
    cli_fails(2, "--module", WORDS("token", "list", "--module", "/nowhere.so"));
}

static void cli__refuses_a_type_of_key_that_is_none(void **state)
{
    (void)state;
    cli_fails(1, "rsa-4096",
        WORDS("token", "generate", "--module", "/nowhere.so", "--type", "rsa-1024"));
}

static void cli__pins_a_log_key_once(void **state)
{
    static struct cli_run run;
    (void)state;
    cli_fails(1, "", WORDS("enrol", "nonsense"));
    cli_run(WORDS("enrol", VKEY, "--json"), &run);
    assert_int_equal(run.status, 0);
    assert_non_null(strstr(run.out, "\"origin\":\"example.com/log\""));
    cli_fails(1, "", WORDS("enrol", OTHER));
    cli_fails(2, "no appliance", WORDS("--socket", "nowhere.sock", "request", "list"));
}

static void cli__makes_a_key_and_never_over_another(void **state)
{
    static struct cli_run run;
    (void)state;
    cli_run(WORDS("key", "make", "mine"), &run);
    assert_int_equal(run.status, 0);
    assert_int_equal(strlen(run.out), 65);
    cli_fails(1, "mine: File exists", WORDS("key", "make", "mine"));
}

#define SIGNATURE                                                                              \
    "{\"keyid\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\","         \
    "\"sig\":\"00ff\"}"

static void cli__attaches_signatures_to_a_payload(void **state)
{
    static struct cli_run run;
    char file[OUTPUT_MOST];
    (void)state;
    cli_write("payload", "{\"version\":1}");
    cli_write("one", SIGNATURE "\n");
    cli_run(WORDS("attach", "payload", "one", "--out", "file"), &run);
    assert_int_equal(run.status, 0);
    cli_read("file", file);
    assert_string_equal(file, "{\"signatures\":[" SIGNATURE "],\"signed\":{\"version\":1}}");
    cli_fails(1, "second signature", WORDS("attach", "payload", "one", "one", "--out", "x"));
    assert_int_equal(access("x", F_OK), -1);
}

static void cli__finds_faults_in_policies(void **state)
{
    (void)state;
    cli_write("policy", "appliance: [\n");
    cli_fails(1, "policy", WORDS("policy", "check", "policy"));
    cli_fails(1, "No such file", WORDS("policy", "check", "nothing"));
}

#define POLICY                                                                                 \
    "appliance: log.example/a\nadministrators:\n"                                              \
    "  - {name: alice, key: alice.pub}\n  - {name: bob, key: bob.pub}\n"                       \
    "  - {name: carol, key: carol.pub}\n"                                                      \
    "groups: [{name: all, members: [alice, bob, carol]}]\n"                                    \
    "requesters: [{name: desk, person: dora, key: desk.pub}]\n"                                \
    "repositories:\n  - name: image\n    dialect: tuf\n    roles:\n"                           \
    "      - {name: root, group: all, quorum: 2, expires: {most: 9d}, delay: none,\n"          \
    "         threshold: 1, keys: [{type: ed25519, count: 1}]}\n"

// The appliance is not even asked for keys that no charter could name.
static void cli__r5_makes_no_keys_for_a_policy_that_breaks_a_rule(void **state)
{
    static const char *const keys[] = {"alice", "bob", "carol", "desk"};
    static struct cli_run run;
    (void)state;
    for (size_t i = 0; i < 4; i++)
        cli_run(WORDS("key", "make", keys[i]), &run);
    cli_write("bad.yaml", POLICY "charter: {group: all, quorum: 3}\n");
    cli_write("good.yaml", POLICY "charter: {group: all, quorum: 2}\n");
    cli_fails(1, "bad.yaml:14:31: charter.quorum: R5: ", WORDS("policy", "check", "bad.yaml"));
    static const char *const steps[] = {"keys", "begin"};
    for (size_t i = 0; i < 2; i++) {
        cli_fails(1, "bad.yaml:14:31: charter.quorum: R5: ",
            WORDS("--socket", "nowhere.sock", "init", steps[i], "--policy", "bad.yaml"));
        cli_fails(2, "no appliance",
            WORDS("--socket", "nowhere.sock", "init", steps[i], "--policy", "good.yaml"));
    }
}

static void cli__verifies_nothing_that_is_not_there(void **state)
{
    (void)state;
    cli_write("checkpoint", "no checkpoint\n");
    cli_fails(1, "verifier key",
        WORDS("log", "verify", "--entries", "e", "--checkpoint", "checkpoint", "--vkey",
            "checkpoint"));
    cli_fails(5, "checkpoint",
        WORDS("log", "verify", "--entries", "e", "--checkpoint", "checkpoint", "--vkey", VKEY));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cli__every_command_has_help),
        cmocka_unit_test(cli__every_command_refuses_unknown_options),
        cmocka_unit_test(cli__refuses_what_is_no_command),
        cmocka_unit_test(cli__refuses_missing_and_superfluous_words),
        cmocka_unit_test(cli__refuses_values_that_are_none),
        cmocka_unit_test(cli__refuses_bad_submissions_before_it_connects),
        cmocka_unit_test(cli__refuses_askers_that_are_none_or_two),
        cmocka_unit_test(cli__refuses_freezes_of_nothing_before_it_connects),
        cmocka_unit_test(cli__says_that_nothing_is_pinned),
        cmocka_unit_test(cli__says_that_no_appliance_is_there),
        cmocka_unit_test(cli__r19_says_that_there_is_no_terminal_for_the_pin),
        cmocka_unit_test(cli__says_that_a_module_is_not_there),
        cmocka_unit_test(cli__refuses_a_type_of_key_that_is_none),
        cmocka_unit_test(cli__pins_a_log_key_once),
        cmocka_unit_test(cli__makes_a_key_and_never_over_another),
        cmocka_unit_test(cli__attaches_signatures_to_a_payload),
        cmocka_unit_test(cli__finds_faults_in_policies),
        cmocka_unit_test(cli__r5_makes_no_keys_for_a_policy_that_breaks_a_rule),
        cmocka_unit_test(cli__verifies_nothing_that_is_not_there),
    };
    return cmocka_run_group_tests(tests, cli_folder, cli_no_folder);
}
