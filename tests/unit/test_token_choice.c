// Which token is meant: by whose key it holds, and by what it is called.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "admin-cli/token_choice.h"
#include "tests/unit/charter_house.h"
#include "tests/unit/made_up.h"

#include <stdio.h>
#include <string.h>

enum { STRANGER = 900 };

static struct rack *rack;
static struct charter *charter;
static struct holders holders;
static struct token_wanted wanted;
static struct admin_token_place place;
static struct refusal why;

static int make(void **state)
{
    (void)state;
    rack = calloc(1, sizeof *rack);
    charter = house_charter();
    assert_non_null(rack);
    holders_administrators(&holders, charter);
    wanted = (struct token_wanted){.module = "m", .holders = &holders};
    memset(&why, 0, sizeof why);
    return 0;
}

static int clean(void **state)
{
    (void)state;
    rack_free(rack);
    charter_free(charter);
    return 0;
}

static struct rack_token *plug(const char *label)
{
    struct rack_token *token = &rack->tokens[rack->count++];
    token->state = RACK_READY;
    snprintf(token->label, sizeof token->label, "%s", label);
    snprintf(token->serial, sizeof token->serial, "%zu", rack->count);
    return token;
}

static void add_key(struct rack_token *token, const char *label, const struct key *key)
{
    struct rack_key *made = &token->keys[token->key_count++];
    snprintf(made->label, sizeof made->label, "%s", label);
    if (key != NULL)
        made->key = *key;
}

static const struct key *key_of(const char *name)
{
    return &charter_administrator_named(charter, name)->key;
}

// A token with the key of the same name.
static struct rack_token *plug_person(const char *name)
{
    struct rack_token *token = plug(name);
    add_key(token, "approver", key_of(name));
    return token;
}

static struct rack_token *plug_stranger(const char *label)
{
    struct key key = made_up_key(STRANGER);
    struct rack_token *token = plug(label);
    add_key(token, "approver", &key);
    return token;
}

static void refuses(enum err err, const char *words)
{
    assert_int_equal(token_choose(rack, &wanted, &place, &why), err);
    if (strstr(why.sentence, words) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", why.sentence, words);
}

static void takes(const struct rack_token *token, size_t key)
{
    assert_int_equal(token_choose(rack, &wanted, &place, &why), OK);
    assert_ptr_equal(place.token, token);
    assert_ptr_equal(place.key, &token->keys[key]);
    assert_ptr_equal(place.rack, rack);
    assert_string_equal(place.module, "m");
}

static void token_choice__finds_none_where_none_is_plugged_in(void **state)
{
    (void)state;
    refuses(ERR_NOT_FOUND, "needed is the key of alice (ed25519 ");
    assert_non_null(strstr(why.sentence, "found: no token at all"));
    plug("")->state = RACK_BLANK;
    refuses(ERR_NOT_FOUND, "found: no token at all");
    wanted.token = "";
    refuses(ERR_NOT_FOUND, "there is no token called \"\"");
}

static void token_choice__takes_no_key_of_a_stranger(void **state)
{
    (void)state;
    plug_stranger("other");
    refuses(ERR_NOT_FOUND, "found: \"other\"");
    wanted.token = "other";
    refuses(ERR_REFUSED, "is nobody's that would do here: needed is the key of alice");
}

static void token_choice__takes_no_key_of_another_type_than_ours(void **state)
{
    (void)state;
    add_key(plug("other"), "approver", NULL);
    wanted.holders = NULL;
    refuses(ERR_NOT_FOUND, "no token with such a key");
    wanted.token = "other";
    refuses(ERR_NOT_FOUND, "holds no such key");
}

static void token_choice__asks_which_of_several_and_names_them(void **state)
{
    (void)state;
    plug_person("bob");
    plug_person("dave");
    plug_stranger("other");
    refuses(ERR_TOKEN, "2 keys");
    assert_non_null(strstr(why.sentence, "\"bob\" (bob, ed25519 "));
    assert_non_null(strstr(why.sentence, "\"dave\" (dave, ed25519 "));
    assert_null(strstr(why.sentence, "other"));
    wanted.key_label = "another";
    refuses(ERR_NOT_FOUND, "no token with a key that would do");
}

static void token_choice__asks_which_of_two_that_have_one_label(void **state)
{
    (void)state;
    plug_person("bob");
    plug_stranger("bob");
    wanted.token = "bob";
    refuses(ERR_TOKEN, "with --token serial:1 or serial:2");
    wanted.token = "serial:2";
    refuses(ERR_REFUSED, "nobody's");
    wanted.token = "serial:1";
    takes(&rack->tokens[0], 0);
    // By whose key it is there is no question.
    wanted.token = NULL;
    takes(&rack->tokens[0], 0);
}

static void token_choice__asks_which_key_of_a_named_token(void **state)
{
    (void)state;
    struct rack_token *token = plug_person("bob");
    add_key(token, "second", key_of("carol"));
    wanted.token = "bob";
    refuses(ERR_TOKEN, "holds 2 keys that would do: name one with --key-label");
    wanted.key_label = "third";
    refuses(ERR_NOT_FOUND, "holds no such key");
    wanted.key_label = "second";
    takes(token, 1);
}

static void token_choice__r20_says_no_more_than_fits(void **state)
{
    (void)state;
    for (size_t i = 0; i < TOKEN_SLOTS_MOST; i++)
        plug_stranger("a label of thirty-two bytes, all");
    refuses(ERR_NOT_FOUND, "needed is the key of alice");
    assert_non_null(strstr(why.sentence, "\" and more"));
    assert_true(strlen(why.sentence) < LIMIT_SENTENCE);
}

static void token_choice__r20_names_four_people_and_counts_the_others(void **state)
{
    (void)state;
    holders_asking(&holders, charter, true);
    refuses(ERR_NOT_FOUND, "dave (ed25519 ");
    assert_non_null(strstr(why.sentence, ") and 2 more; found"));
    assert_null(strstr(why.sentence, "image-service"));
    holders = (struct holders){.charter = charter};
    refuses(ERR_NOT_FOUND, "needed is the key of nobody;");
}

static void token_choice__finds_the_one_that_may(void **state)
{
    (void)state;
    plug_stranger("other");
    struct rack_token *token = plug("shared");
    struct key key = made_up_key(STRANGER + 1);
    add_key(token, "foreign", NULL);
    add_key(token, "approver", &key);
    add_key(token, "approver", key_of("carol"));
    takes(token, 2);
    wanted.token = "shared";
    takes(token, 2);
}

// The appliance refuses that person, and writes it down; but unnamed it is nobody's choice.
static void token_choice__takes_a_named_token_of_an_administrator_who_may_not(void **state)
{
    (void)state;
    struct rack_token *token = plug_person("bob");
    holders.administrators[1] = false;
    assert_string_equal(charter->administrators[1].name, "bob");
    refuses(ERR_NOT_FOUND, "needed is the key of alice");
    assert_null(strstr(why.sentence, "bob ("));
    wanted.token = "bob";
    takes(token, 0);
}

static void token_choice__knows_requesters_where_they_ask(void **state)
{
    (void)state;
    struct rack_token *token = plug("service");
    add_key(token, "approver", &charter->requesters[0].key);
    refuses(ERR_NOT_FOUND, "found: \"service\"");
    holders_asking(&holders, charter, false);
    takes(token, 0);
    // An administrator asks for motions alone.
    plug_person("bob");
    takes(token, 0);
    holders_asking(&holders, charter, true);
    refuses(ERR_TOKEN, "2 keys");
}

static void token_choice__takes_a_named_token_that_shows_nothing_yet(void **state)
{
    (void)state;
    struct rack_token *token = plug("shy");
    refuses(ERR_NOT_FOUND, "found: \"shy\"");
    wanted.token = "shy";
    assert_int_equal(token_choose(rack, &wanted, &place, &why), OK);
    assert_ptr_equal(place.token, token);
    assert_null(place.key);
}

static void token_choice__of_a_new_key_takes_the_only_token_that_is_ready(void **state)
{
    (void)state;
    wanted.holders = NULL;
    assert_int_equal(token_choose_bare(rack, &wanted, &place, &why), ERR_NOT_FOUND);
    plug("locked")->state = RACK_LOCKED;
    struct rack_token *token = plug("ready");
    assert_int_equal(token_choose_bare(rack, &wanted, &place, &why), OK);
    assert_ptr_equal(place.token, token);
    plug("other");
    assert_int_equal(token_choose_bare(rack, &wanted, &place, &why), ERR_TOKEN);
    wanted.token = "other";
    assert_int_equal(token_choose_bare(rack, &wanted, &place, &why), OK);
    assert_string_equal(place.token->label, "other");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(token_choice__##name, make, clean)
    const struct CMUnitTest tests[] = {
        TEST(finds_none_where_none_is_plugged_in),
        TEST(takes_no_key_of_a_stranger),
        TEST(takes_no_key_of_another_type_than_ours),
        TEST(asks_which_of_several_and_names_them),
        TEST(asks_which_of_two_that_have_one_label),
        TEST(asks_which_key_of_a_named_token),
        TEST(r20_says_no_more_than_fits),
        TEST(r20_names_four_people_and_counts_the_others),
        TEST(finds_the_one_that_may),
        TEST(takes_a_named_token_of_an_administrator_who_may_not),
        TEST(knows_requesters_where_they_ask),
        TEST(takes_a_named_token_that_shows_nothing_yet),
        TEST(of_a_new_key_takes_the_only_token_that_is_ready),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
