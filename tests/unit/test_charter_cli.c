// conclave charter, as far as it needs no appliance: drafted charters in files, and proofs over them.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "log/checkpoint.h"
#include "proto/dsse.h"
#include "tests/unit/cli_run.h"
#include "tests/unit/motion_world.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct cli_run run;
static struct key mine; // of a requester, in the file "mine"

static void read_key(const char *path)
{
    char pem[OUTPUT_MOST];
    cli_read(path, pem);
    assert_int_equal(key_from_pem(span_text(pem), &mine), OK);
}

// The pinned appliance's next charter names the key in "mine"; that of another one does, too.
static int make(void **state)
{
    char origin[LIMIT_ROLE_NAME + 1];
    struct key log;
    struct motion_world world;
    if (cli_folder(state) != 0)
        return -1;
    cli_run(WORDS("enrol", VKEY), &run);
    assert_int_equal(run.status, 0);
    cli_run(WORDS("key", "make", "mine"), &run);
    cli_run(WORDS("key", "make", "stranger"), &run);
    read_key("mine.pub");
    assert_int_equal(vkey_read(span_text(VKEY), origin, &log), OK);
    motion_world_init(&world);
    for (int own = 0; own < 2; own++) {
        struct charter *next = motion_world_next(&world);
        struct bytes text;
        bytes_init(&text, LIMIT_CHARTER);
        next->requesters[0].key = mine;
        if (own != 0)
            next->log = log.id;
        charter_write(next, &text);
        bytes_add_u8(&text, 0);
        assert_int_equal(bytes_finish(&text), OK);
        cli_write(own != 0 ? "next" : "other", (const char *)text.data);
        bytes_clear(&text);
        charter_free(next);
    }
    motion_world_clear(&world);
    return 0;
}

static void charter_cli__refuses_files_that_are_no_charter(void **state)
{
    (void)state;
    cli_write("text", "a text\n");
    cli_fails(1, "is no charter", WORDS("charter", "diff", "text"));
    cli_fails(1, "No such file", WORDS("charter", "diff", "nothing"));
    cli_fails(1, "is no charter",
        WORDS("charter", "prove", "text", "--out", "proof", "--requester", "mine"));
    cli_fails(1, "two forms", WORDS("charter", "show", "--text", "--json"));
}

static void charter_cli__r7_proves_possession_of_a_key_that_the_charter_names(void **state)
{
    char text[OUTPUT_MOST], next[OUTPUT_MOST];
    struct proofs proofs;
    struct bytes statement;
    (void)state;
    cli_run(WORDS("charter", "prove", "next", "--out", "good", "--requester", "mine"), &run);
    assert_string_equal(run.err, "");
    assert_int_equal(run.status, 0);
    cli_read("good", text);
    cli_read("next", next);
    assert_int_equal(proofs_read(span_text(text), &proofs), OK);
    assert_int_equal(proofs.count, 1);
    assert_true(hash_equal(&proofs.at[0].key, &mine.id));
    char origin[LIMIT_ROLE_NAME + 1];
    struct key log;
    assert_int_equal(vkey_read(span_text(VKEY), origin, &log), OK);
    struct hash charter = hash_of(span_text(next));
    bytes_init(&statement, LIMIT_RECORD);
    possession_write(&log.id, 2, &charter, &mine.id, &statement);
    assert_int_equal(dsse_verify(&mine, DSSE_POSSESSION, bytes_span(&statement),
                         span_of(proofs.at[0].signature, proofs.at[0].signature_size)),
        OK);
    bytes_clear(&statement);
    cli_fails(1, "not overwritten",
        WORDS("charter", "prove", "next", "--out", "good", "--requester", "mine"));
}

static void charter_cli__r7_proves_nothing_for_another_appliance(void **state)
{
    (void)state;
    cli_fails(5, "another appliance",
        WORDS("charter", "prove", "other", "--out", "p", "--requester", "mine"));
    cli_fails(1, "no log key is pinned",
        WORDS("charter", "prove", "next", "--out", "p", "--requester", "mine", "--home",
            "elsewhere"));
    assert_int_equal(access("p", F_OK), -1);
}

static void charter_cli__proves_no_key_that_the_charter_does_not_name(void **state)
{
    (void)state;
    cli_fails(1, "names this key nowhere",
        WORDS("charter", "prove", "next", "--out", "p", "--requester", "stranger"));
    cli_fails(1, "whose key signs", WORDS("charter", "prove", "next", "--out", "p"));
    cli_fails(1, "whose key signs",
        WORDS("charter", "prove", "next", "--out", "p", "--requester", "mine", "--module",
            "/nowhere.so", "--token", "alice"));
    assert_int_equal(access("p", F_OK), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(charter_cli__refuses_files_that_are_no_charter),
        cmocka_unit_test(charter_cli__r7_proves_possession_of_a_key_that_the_charter_names),
        cmocka_unit_test(charter_cli__r7_proves_nothing_for_another_appliance),
        cmocka_unit_test(charter_cli__proves_no_key_that_the_charter_does_not_name),
    };
    return cmocka_run_group_tests(tests, make, cli_no_folder);
}
