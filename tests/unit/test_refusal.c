// A refusal is one printable line, whatever it quotes.
#include "proto/refusal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void refusal__holds_printable_text_of_a_bounded_length(void **state)
{
    (void)state;
    struct refusal refusal;
    assert_int_equal(refuse(&refusal, "R12", "version %d is %s", 7, "old"), ERR_REFUSED);
    assert_string_equal(refusal.rule, "R12");
    assert_string_equal(refusal.sentence, "version 7 is old");
    assert_int_equal(refuse(&refusal, "R2", "%s", "a\nb\x1b[2J\xc3\xa4\x7f"), ERR_REFUSED);
    assert_string_equal(refusal.sentence, "a?b?[2J???");
    char *longer = test_malloc(3 * LIMIT_SENTENCE);
    memset(longer, 'x', 3 * LIMIT_SENTENCE);
    longer[3 * LIMIT_SENTENCE - 1] = '\0';
    assert_int_equal(refuse(&refusal, longer, "%s", longer), ERR_REFUSED);
    assert_int_equal(strlen(refusal.sentence), LIMIT_SENTENCE);
    assert_int_equal(strlen(refusal.rule), LIMIT_RULE);
    test_free(longer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refusal__holds_printable_text_of_a_bounded_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
