#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/conclave.h"
#include "client/connection.h"
#include "signer/base/key.h"
#include "tests/unit/appliance_fixture.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct conclave *open_to(struct appliance *appliance)
{
    struct conclave *conclave;
    struct refusal refusal;
    assert_int_equal(conclave_open(appliance->path, NULL, &conclave, &refusal), OK);
    return conclave;
}

static enum err ask_status(struct conclave *conclave, struct refusal *refusal)
{
    struct message ask = {.kind = ASK_STATUS}, answer;
    return conclave_ask(conclave, &ask, &answer, refusal);
}

// One ask to an appliance that does wrong; the sentence for people is never empty.
static void assert_fails(struct appliance *appliance, enum err expected)
{
    struct refusal refusal = {0};
    struct conclave *conclave = open_to(appliance);
    assert_int_equal(ask_status(conclave, &refusal), expected);
    assert_int_not_equal(refusal.sentence[0], 0);
    conclave_close(conclave);
}

static void connection__says_where_no_appliance_is(void **state)
{
    (void)state;
    char longest[200];
    const char *const nowhere[] = {"/nonexistent/conclave", "/", "", longest};
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = 0;
    for (size_t i = 0; i < sizeof nowhere / sizeof nowhere[0]; i++) {
        struct conclave *conclave = (struct conclave *)1;
        struct refusal refusal = {0};
        assert_int_equal(conclave_open(nowhere[i], NULL, &conclave, &refusal), ERR_SYSTEM);
        assert_null(conclave);
        assert_int_not_equal(refusal.sentence[0], 0);
    }
    conclave_close(NULL);
}

static void connection__does_not_send_what_is_no_ask(void **state)
{
    (void)state;
    static const enum message_kind kinds[] = {
        MESSAGE_NONE, ANSWER_STATUS, SAY_MOVED, ORDER_SIGN, MESSAGE_KINDS};
    struct appliance appliance;
    appliance_start(&appliance, 1);
    struct conclave *conclave = open_to(&appliance);
    struct refusal refusal;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct message ask = {.kind = kinds[i]}, answer;
        assert_int_equal(conclave_ask(conclave, &ask, &answer, &refusal), ERR_FORM);
    }
    struct message ask = {.kind = ASK_SUBMIT}, answer;
    ask.submit.request = span_text("x");
    ask.submit.signature = span_of(appliance.path, KEY_SIGNATURE_MOST + 1);
    assert_int_equal(conclave_ask(conclave, &ask, &answer, &refusal), ERR_LIMIT);
    assert_int_equal(appliance.asked, 0);
    assert_int_equal(ask_status(conclave, &refusal), OK); // and is none the worse
    conclave_close(conclave);
    appliance_stop(&appliance);
}

static bool hang_up(
    struct appliance *appliance, const struct message *ask, struct message *answer)
{
    (void)ask;
    (void)answer;
    return shutdown(appliance->fds[appliance->client_count - 1], SHUT_RDWR) != 0;
}

static void connection__notices_that_the_appliance_hung_up(void **state)
{
    (void)state;
    struct appliance appliance;
    appliance_start(&appliance, 1);
    appliance.twist = hang_up;
    assert_fails(&appliance, ERR_CLOSED);
    // In the middle of an answer.
    appliance.twist = NULL;
    bytes_add(&appliance.raw, span_of("\0\0\0\x09\x08", 5));
    struct conclave *conclave = open_to(&appliance);
    struct message ask = {.kind = ASK_STATUS}, answer;
    assert_int_equal(conclave_send(conclave, &ask), OK);
    usleep(50 * 1000);
    shutdown(appliance.fds[appliance.client_count - 1], SHUT_RDWR);
    assert_int_equal(conclave_receive(conclave, &answer), ERR_CLOSED);
    conclave_close(conclave);
    appliance_stop(&appliance);
}

static void connection__believes_no_garbage(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
    } garbage[] = {
        {"\0\0\0\0", 4}, {"\xff\xff\xff\xff", 4}, {"\0\0\0\x02\x08\x07", 6},
        {"HTTP/1.1 400 Bad Request\r\n\r\n", 28}, // a length of 1.2 GB
    };
    struct appliance appliance;
    appliance_start(&appliance, 1);
    for (size_t i = 0; i < sizeof garbage / sizeof garbage[0]; i++) {
        bytes_reset(&appliance.raw);
        bytes_add(&appliance.raw, span_of(garbage[i].bytes, garbage[i].size));
        assert_fails(&appliance, ERR_FORM);
    }
    appliance_stop(&appliance);
}

static bool other_id(
    struct appliance *appliance, const struct message *ask, struct message *answer)
{
    (void)appliance;
    (void)ask;
    answer->id += 256;
    return true;
}

static bool id_of_another_kind(
    struct appliance *appliance, const struct message *ask, struct message *answer)
{
    (void)appliance;
    (void)ask;
    answer->id ^= 1;
    return true;
}

static bool other_kind(
    struct appliance *appliance, const struct message *ask, struct message *answer)
{
    (void)appliance;
    (void)ask;
    *answer = (struct message){.kind = ANSWER_ACCEPTED, .id = answer->id};
    return true;
}

static void connection__believes_no_answer_to_what_was_not_asked(void **state)
{
    (void)state;
    struct appliance appliance;
    appliance_start(&appliance, 1);
    appliance.twist = other_id;
    assert_fails(&appliance, ERR_FORM);
    appliance.twist = id_of_another_kind;
    assert_fails(&appliance, ERR_FORM);
    appliance.twist = other_kind;
    assert_fails(&appliance, ERR_FORM);
    appliance_stop(&appliance);
}

static void connection__does_not_receive_what_was_not_sent(void **state)
{
    (void)state;
    static bool (*const twists[])(struct appliance *, const struct message *,
        struct message *) = {other_id, id_of_another_kind, other_kind};
    for (size_t i = 0; i < sizeof twists / sizeof twists[0]; i++) {
        struct appliance appliance;
        struct message ask = {.kind = ASK_STATUS}, answer;
        appliance_start(&appliance, 1);
        struct conclave *conclave = open_to(&appliance);
        assert_int_equal(conclave_send(conclave, &ask), OK);
        assert_int_equal(conclave_receive(conclave, &answer), OK);
        appliance.twist = twists[i];
        assert_int_equal(conclave_send(conclave, &ask), OK);
        assert_int_equal(conclave_receive(conclave, &answer), ERR_FORM);
        conclave_close(conclave);
        appliance_stop(&appliance);
    }
}

static void connection__does_not_take_an_answer_for_a_later_ask(void **state)
{
    (void)state;
    struct appliance appliance;
    appliance_start(&appliance, 1);
    struct conclave *conclave = open_to(&appliance);
    struct message first = {.kind = ASK_STATUS};
    struct refusal refusal;
    assert_int_equal(conclave_send(conclave, &first), OK);
    assert_int_equal(ask_status(conclave, &refusal), ERR_FORM);
    conclave_close(conclave);
    appliance_stop(&appliance);
}

static void connection__tells_a_refusal_in_the_appliances_words(void **state)
{
    (void)state;
    struct appliance appliance;
    appliance_start(&appliance, 1);
    struct conclave *conclave = open_to(&appliance);
    struct message ask = {.kind = ASK_FOUND_SHOW}, answer;
    struct refusal refusal;
    assert_int_equal(conclave_ask(conclave, &ask, &answer, &refusal), ERR_REFUSED);
    assert_string_equal(refusal.rule, "R11");
    assert_string_equal(refusal.sentence, "this appliance is made up");
    conclave_close(conclave);
    appliance_stop(&appliance);
}

// The appliance writes each answer before it reads on, and both sockets are small: a client that
// only wrote would wait for ever.
static void connection__many_in_flight_do_not_lock_up(void **state)
{
    (void)state;
    enum { MANY = 20000 };
    struct appliance appliance;
    appliance_start(&appliance, 1);
    char big[400];
    memset(big, 'x', sizeof big);
    appliance.blob = span_of(big, sizeof big);
    struct conclave *conclave = open_to(&appliance);
    struct message ask = {.kind = ASK_BLOB, .blob.hash = hash_of(appliance.blob)}, answer;
    uint64_t last = 0;
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(conclave_send(conclave, &ask), OK);
        assert_true(ask.id > last);
        last = ask.id;
    }
    uint64_t before = 0;
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(conclave_receive(conclave, &answer), OK);
        assert_int_equal(answer.kind, ANSWER_BLOB);
        assert_true(answer.id > before);
        before = answer.id;
    }
    assert_int_equal(before, last);
    conclave_close(conclave);
    appliance_stop(&appliance);
}

static void connection__r20_keeps_a_bounded_heap_of_answers(void **state)
{
    (void)state;
    struct appliance appliance;
    appliance_start(&appliance, 1);
    uint8_t *big = calloc(1, LIMIT_PAYLOAD);
    assert_non_null(big);
    appliance.blob = span_of(big, LIMIT_PAYLOAD);
    struct conclave *conclave = open_to(&appliance);
    struct message ask = {.kind = ASK_BLOB, .blob.hash = hash_of(appliance.blob)};
    enum err err = OK;
    int sent = 0;
    for (; err == OK && sent < 1000; sent++) {
        err = conclave_send(conclave, &ask);
        usleep(20 * 1000);
    }
    assert_int_equal(err, ERR_LIMIT);
    assert_in_range(sent, CONNECTION_KEEP / LIMIT_PAYLOAD, 900);
    conclave_close(conclave);
    appliance_stop(&appliance);
    free(big);
}

static void connection__drops_an_answer_that_nobody_waits_for_any_more(void **state)
{
    (void)state;
    struct appliance appliance;
    struct connection connection;
    struct decoded answer;
    appliance_start(&appliance, 1);
    assert_int_equal(connection_open(&connection, appliance.path), OK);
    struct message first = {.kind = ASK_STATUS}, second = {.kind = ASK_FOUND_SHOW};
    assert_int_equal(connection_receive(&connection, 50, &answer), ERR_AGAIN);
    assert_int_equal(connection_send(&connection, &first), OK);
    assert_true(connection_abandon(&connection, first.id));
    assert_int_equal(connection_send(&connection, &second), OK);
    assert_int_equal(connection_receive(&connection, 5000, &answer), OK);
    assert_int_equal(answer.message.id, second.id);
    decoded_clear(&answer);
    assert_int_equal(connection_receive(&connection, 50, &answer), ERR_AGAIN);
    for (uint64_t i = 0; i < CONNECTION_ABANDONED; i++)
        assert_true(connection_abandon(&connection, i));
    assert_false(connection_abandon(&connection, 99));
    connection_close(&connection);
    assert_int_equal(connection_send(&connection, &first), ERR_CLOSED);
    assert_int_equal(connection_receive(&connection, 50, &answer), ERR_CLOSED);
    appliance_stop(&appliance);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connection__says_where_no_appliance_is),
        cmocka_unit_test(connection__does_not_send_what_is_no_ask),
        cmocka_unit_test(connection__notices_that_the_appliance_hung_up),
        cmocka_unit_test(connection__believes_no_garbage),
        cmocka_unit_test(connection__believes_no_answer_to_what_was_not_asked),
        cmocka_unit_test(connection__does_not_receive_what_was_not_sent),
        cmocka_unit_test(connection__does_not_take_an_answer_for_a_later_ask),
        cmocka_unit_test(connection__tells_a_refusal_in_the_appliances_words),
        cmocka_unit_test(connection__many_in_flight_do_not_lock_up),
        cmocka_unit_test(connection__r20_keeps_a_bounded_heap_of_answers),
        cmocka_unit_test(connection__drops_an_answer_that_nobody_waits_for_any_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
