#include "tests/unit/tally.h"

#include "proto/name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct permit *tally_permit(struct tally *tally, const struct mandate_state *mandate)
{
    assert_true(tally->permit_count < TALLY_PERMITS);
    struct permit *permit = &tally->permits[tally->permit_count++];
    *permit = (struct permit){.text = mandate->text,
        .first = mandate->first,
        .last = mandate->last,
        .count = mandate->count};
    snprintf(permit->role, sizeof permit->role, "%s", mandate->role);
    return permit;
}

static struct permit *permit_of(
    struct tally *tally, const struct mandated *order, const char *item)
{
    for (size_t i = 0; i < order->mandate_count; i++)
        for (size_t j = 0; j < tally->permit_count; j++)
            if (item_is_of(item, tally->permits[j].role) &&
                hash_equal(&tally->permits[j].text, &order->mandates[i].text))
                return &tally->permits[j];
    fail_msg("%s was signed under no mandate", item);
    return NULL;
}

// A good signature by a key of the role over the payload that was asked for.
static void hold(
    const struct house *house, const struct outcome_signature *line, struct span signature)
{
    const struct request *request = &house->mandated->request;
    const struct role *role = charter_role(house->read, line->role);
    size_t item = 0, key = 0;
    while (item < request->item_count && strcmp(request->items[item].role, line->role) != 0)
        item++;
    assert_true(item < request->item_count);
    assert_int_equal(line->version, request->items[item].version);
    while (
        key < house->read->key_count && !hash_equal(&house->read->keys[key].key.id, &line->key))
        key++;
    assert_true(key < house->read->key_count);
    assert_ptr_equal(&house->read->roles[house->read->keys[key].role], role);
    assert_int_equal(key_verify(&house->read->keys[key].key,
                         span_text(house->mandated->payloads[item]), signature),
        OK);
}

// Each of the two roles has one key, so every signature is another payload.
static void count(
    struct tally *tally, const struct house *house, const struct outcome_signature *line)
{
    struct permit *permit = permit_of(tally, &house->mandated->order, line->role);
    tally->let_out++;
    if (++permit->let_out > permit->count)
        fail_msg("a mandate of %s for %d payloads let out %d", permit->role, (int)permit->count,
            (int)permit->let_out);
    tally->reached += permit->let_out == permit->count;
    if (line->version < permit->first || line->version > permit->last)
        fail_msg("a mandate of %s for versions %d to %d let out %d", permit->role,
            (int)permit->first, (int)permit->last, (int)line->version);
    if (item_vehicle(line->role) != NULL)
        return;
    if (line->version <= tally->highest)
        fail_msg("%s version %d was let out after %d", line->role, (int)line->version,
            (int)tally->highest);
    tally->highest = line->version;
}

void tally_take(struct tally *tally, const struct house *house)
{
    static struct outcome outcome;
    const struct message *heard = &house->heard;
    assert_int_equal(outcome_read(heard->outcome.text, &outcome), OK);
    assert_int_equal(outcome.signature_count, heard->outcome.signatures.count);
    for (size_t i = 0; i < outcome.signature_count; i++) {
        hold(house, &outcome.signatures[i], heard->outcome.signatures.at[i]);
        count(tally, house, &outcome.signatures[i]);
    }
}
