// The vault's two edges, and the records it lets in.
#include "hsm/intake.h"
#include "hsm/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct tree *tree_new(void)
{
    struct tree *tree = calloc(1, sizeof *tree);
    struct merkle_edge empty;
    assert_non_null(tree);
    merkle_edge_init(&empty);
    tree_init(tree, &empty);
    return tree;
}

static struct place append(struct tree *tree, unsigned number)
{
    char record[32];
    struct place place;
    snprintf(record, sizeof record, "record %u", number);
    assert_int_equal(tree_append(tree, span_text(record), &place), OK);
    return place;
}

// The root of the tree of so many records, grown by itself.
static struct hash root_of(unsigned size)
{
    struct tree *tree = tree_new();
    for (unsigned i = 0; i < size; i++)
        append(tree, i);
    struct hash root = merkle_edge_root(&tree->tip);
    free(tree);
    return root;
}

static void assert_root(const struct merkle_edge *edge, unsigned size)
{
    struct hash root = merkle_edge_root(edge), expected = root_of(size);
    assert_int_equal(edge->size, size);
    assert_true(hash_equal(&root, &expected));
}

static void tree__r8_refuses_a_durable_size_beyond_the_tip(void **state)
{
    (void)state;
    struct tree *tree = tree_new();
    for (unsigned i = 0; i < 3; i++)
        append(tree, i);
    assert_int_equal(tree_durable(tree, 4), ERR_FORM);
    assert_int_equal(tree_durable(tree, UINT64_MAX), ERR_FORM);
    assert_root(&tree->durable, 0);
    free(tree);
}

static void tree__refuses_a_durable_size_that_shrinks(void **state)
{
    (void)state;
    struct tree *tree = tree_new();
    for (unsigned i = 0; i < 3; i++)
        append(tree, i);
    assert_int_equal(tree_durable(tree, 2), OK);
    assert_int_equal(tree_durable(tree, 1), ERR_FORM);
    assert_int_equal(tree_durable(tree, 2), OK);
    assert_root(&tree->durable, 2);
    free(tree);
}

static void tree__bounds_what_waits(void **state)
{
    (void)state;
    struct tree *tree = tree_new();
    struct place place;
    for (unsigned i = 0; i < TREE_PENDING; i++)
        append(tree, i);
    assert_int_equal(tree_append(tree, span_text("one more"), &place), ERR_LIMIT);
    assert_int_equal(tree->tip.size, TREE_PENDING);
    assert_int_equal(tree_durable(tree, 1), OK);
    assert_int_equal(tree_append(tree, span_text("one more"), &place), OK);
    assert_int_equal(place.index, TREE_PENDING);
    free(tree);
}

static void tree__replays_only_while_nothing_waits(void **state)
{
    (void)state;
    struct tree *tree = tree_new();
    struct place place;
    assert_int_equal(tree_replay(tree, span_text("record 0"), &place), OK);
    assert_int_equal(place.index, 0);
    assert_root(&tree->durable, 1);
    append(tree, 1);
    assert_int_equal(tree_replay(tree, span_text("record 2"), &place), ERR_FORM);
    free(tree);
}

static void tree__knows_the_root_at_every_durable_size(void **state)
{
    (void)state;
    enum { SIZE = 70 };
    for (unsigned step = 1; step < SIZE; step++) {
        struct tree *tree = tree_new();
        for (unsigned i = 0; i < SIZE; i++) {
            struct place place = append(tree, i);
            assert_int_equal(place.index, i);
            if (i % step == 0)
                assert_int_equal(tree_durable(tree, i / 2), OK);
            assert_root(&tree->tip, i + 1);
            assert_int_equal(tree->durable.size + tree->pending_count, tree->tip.size);
        }
        assert_root(&tree->durable, (unsigned)tree->durable.size);
        assert_int_equal(tree_durable(tree, SIZE), OK);
        assert_root(&tree->durable, SIZE);
        assert_int_equal(tree->pending_count, 0);
        free(tree);
    }
}

// ---- intake ----

static const struct hash some_hash = {{1, 2, 3}};

static struct span text_of_start(struct bytes *out)
{
    struct start start = {.time = 1000,
        .version = "0.1.0",
        .programs = {{.name = "conclave-vault", .hash = {{1}}}},
        .program_count = 1};
    bytes_init(out, LIMIT_RECORD);
    start_write(&start, out);
    return bytes_span(out);
}

static struct span text_of_order(struct bytes *out)
{
    struct order order = {.time = 1000,
        .request = some_hash,
        .opened = {4, some_hash},
        .approvals = {{5, some_hash}},
        .approval_count = 1};
    bytes_init(out, LIMIT_RECORD);
    order_write(&order, out);
    return bytes_span(out);
}

static struct span text_of_outcome(struct bytes *out)
{
    struct outcome outcome = {.time = 1000,
        .request = some_hash,
        .order = {4, some_hash},
        .state = some_hash,
        .signatures = {{"image/targets", 1, some_hash, some_hash}},
        .signature_count = 1};
    bytes_init(out, LIMIT_RECORD);
    outcome_write(&outcome, out);
    return bytes_span(out);
}

static struct span text_of_founded(struct bytes *out)
{
    struct founded founded = {.time = 1000,
        .founding = {0, some_hash},
        .signatures = {{.key = some_hash, .signature = {1}, .signature_size = 64}},
        .signature_count = 1};
    bytes_init(out, LIMIT_RECORD);
    founded_write(&founded, out);
    return bytes_span(out);
}

static struct span text_of_gate(struct bytes *out)
{
    struct gate_record gate = {.time = 1000, .why = "it hung up"};
    bytes_init(out, LIMIT_RECORD);
    gate_record_write(&gate, out);
    return bytes_span(out);
}

static struct span text_of_ended(struct bytes *out)
{
    struct ended ended = {.time = 1000,
        .request = some_hash,
        .how = ENDING_EXPIRED,
        .rule = "R6",
        .why = "it expired"};
    bytes_init(out, LIMIT_RECORD);
    ended_write(&ended, out);
    return bytes_span(out);
}

static void intake__takes_each_kind_when_it_may_come(void **state)
{
    (void)state;
    static const struct {
        struct span (*make)(struct bytes *out);
        enum record_kind kind;
        enum err append, replay;
    } kinds[] = {
        {text_of_start, RECORD_START, OK, OK},
        {text_of_gate, RECORD_GATE, OK, OK},
        {text_of_ended, RECORD_ENDED, OK, OK},
        {text_of_order, RECORD_ORDER, ERR_FORM, OK},
        {text_of_outcome, RECORD_OUTCOME, ERR_FORM, OK},
        {text_of_founded, RECORD_FOUNDED, ERR_FORM, ERR_FORM},
    };
    static struct intake record;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct bytes text;
        struct span span = kinds[i].make(&text);
        assert_int_equal(bytes_finish(&text), OK);
        assert_int_equal(record_kind(span), kinds[i].kind);
        assert_int_equal(intake_read(span, INTAKE_APPEND, &record), kinds[i].append);
        assert_int_equal(intake_read(span, INTAKE_REPLAY, &record), kinds[i].replay);
        bytes_clear(&text);
    }
}

#define TIMELY "conclave.start/v1\ntime: 1970-01-01T00:16:40Z"
#define PROGRAM                                                                                \
    "program: conclave-vault "                                                                 \
    "sha256:0100000000000000000000000000000000000000000000000000000000000000"

static void intake__refuses_what_is_not_in_its_form(void **state)
{
    (void)state;
    static struct intake record;
    static const char *const bad[] = {
        "",
        "conclave.start/v1",
        "conclave.start/v1\n",
        "conclave.start/v2\n",
        TIMELY "\nversion: 0.1.0\n" PROGRAM,
        TIMELY "\nversion: 0.1.0\n" PROGRAM "\n\n",
        "conclave.start/v1\nversion: 0.1.0\ntime: 1970-01-01T00:16:40Z\n" PROGRAM "\n",
        TIMELY "\nversion: 0.1.0\n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(intake_read(span_text(bad[i]), INTAKE_APPEND, &record), ERR_FORM);
        assert_int_equal(intake_read(span_text(bad[i]), INTAKE_REPLAY, &record), ERR_FORM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tree__r8_refuses_a_durable_size_beyond_the_tip),
        cmocka_unit_test(tree__refuses_a_durable_size_that_shrinks),
        cmocka_unit_test(tree__bounds_what_waits),
        cmocka_unit_test(tree__replays_only_while_nothing_waits),
        cmocka_unit_test(tree__knows_the_root_at_every_durable_size),
        cmocka_unit_test(intake__refuses_what_is_not_in_its_form),
        cmocka_unit_test(intake__takes_each_kind_when_it_may_come),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
