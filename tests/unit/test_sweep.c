// The sweep of half-made keys over a token that fails now and then: it takes no good key's half.
#include "hsm/object.h"
#include "tests/unit/softhsm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { KEYS = 3 };

static struct softhsm softhsm;
static struct token *token;

// ---- a module whose nth reading of a CKA_ID fails ----

static CK_FUNCTION_LIST *real;
static unsigned reads, failing;

static CK_RV read_badly(
    CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_PTR list, CK_ULONG count)
{
    if (list[0].type == CKA_ID && ++reads == failing)
        return CKR_DEVICE_ERROR;
    return real->C_GetAttributeValue(session, object, list, count);
}

static int set_up(void **state)
{
    struct refusal why = {0};
    struct token_key key;
    (void)state;
    softhsm_make(&softhsm);
    token = softhsm_open(&softhsm);
    for (int i = 0; i < KEYS; i++)
        assert_int_equal(token_key_generate(token, "image/root", KEY_P256, &key, &why), OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    token_close(token);
    softhsm_drop(&softhsm);
    return 0;
}

static void sweep__r18_destroys_nothing_that_it_could_not_read(void **state)
{
    static CK_FUNCTION_LIST bad;
    struct refusal why = {0};
    struct token_key keys[KEYS];
    size_t destroyed = 0, count = 0, failed = 0;
    (void)state;
    real = token->p11;
    bad = *real;
    bad.C_GetAttributeValue = read_badly;
    for (failing = 1;; failing++) {
        reads = 0;
        token->p11 = &bad;
        enum err err = token_sweep(token, &destroyed, &why);
        token->p11 = real;
        assert_int_equal(destroyed, 0);
        assert_int_equal(token_key_list(token, keys, KEYS, &count, &why), OK);
        assert_int_equal(count, KEYS);
        if (reads < failing)
            break; // every reading has failed once
        failed += err != OK;
    }
    // An id is asked for twice, whether there is one and what it is; the first may fail, and then the
    // second decides.
    assert_true(failed >= 2 * KEYS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sweep__r18_destroys_nothing_that_it_could_not_read),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
