#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/showroom.h"

#include <string.h>

struct showroom showroom;

static void twist_records(const struct message *ask, struct message *answer)
{
    uint64_t end = ask->page.first + ask->page.count;
    bool about = showroom.about >= ask->page.first && showroom.about < end;
    memset(answer, 0, sizeof *answer);
    answer->kind = ANSWER_RECORDS;
    for (uint64_t i = ask->page.first; i < end && i < showroom.appliance.size; i++)
        answer->records.entries.at[answer->records.entries.count++] =
            (struct entry){i, bytes_span(&showroom.appliance.log.records[i])};
    if (!about)
        return;
    struct entry *entry = &answer->records.entries.at[showroom.about - ask->page.first];
    if (showroom.lie == LIE_RECORD || (showroom.lie == LIE_LISTED && ask->page.count > 1))
        entry->text = bytes_span(&showroom.appliance.log.records[2]);
    if (showroom.lie == LIE_INDEX)
        entry->index++;
    if (showroom.lie == LIE_NO_RECORD)
        answer->records.entries.count = 0;
}

static void twist_proof(const struct message *ask, struct message *answer)
{
    bool about = showroom.about == ask->prove.index;
    memset(answer, 0, sizeof *answer);
    answer->kind = about && showroom.lie == LIE_KIND ? ANSWER_STATUS : ANSWER_PROOF;
    if (answer->kind == ANSWER_STATUS)
        answer->status.stage = STAGE_SERVING;
    if (answer->kind == ANSWER_STATUS)
        return;
    answer->proof.index = ask->prove.index;
    answer->proof.size = showroom.appliance.size;
    log_include(&showroom.appliance.log, ask->prove.index, showroom.appliance.size,
        &answer->proof.path);
    answer->proof.checkpoint = bytes_span(&showroom.appliance.note);
    for (uint32_t i = 0; about && showroom.lie == LIE_PATH && i < answer->proof.path.count; i++)
        answer->proof.path.at[i].byte[0] ^= 1;
    if (about && showroom.lie == LIE_SHORT_PATH)
        answer->proof.path.count = 0;
    if (about && showroom.lie == LIE_CHECKPOINT)
        answer->proof.checkpoint = bytes_span(&showroom.note);
}

static void twist_blob(const struct message *ask, struct message *answer)
{
    struct refusal refusal;
    bytes_reset(&showroom.blob);
    if (showroom.lie == LIE_GONE && showroom.about > 0) {
        showroom.about--;
        return;
    }
    if (showroom.fixture->source.blob(
            showroom.fixture, &ask->blob.hash, &showroom.blob, &refusal) != OK)
        return;
    memset(answer, 0, sizeof *answer);
    answer->kind = ANSWER_BLOB;
    answer->blob_is.bytes = bytes_span(&showroom.blob);
}

static const struct {
    enum message_kind kind;
    void (*twist)(const struct message *ask, struct message *answer);
} twists[] = {
    {ASK_RECORDS, twist_records},
    {ASK_PROVE, twist_proof},
    {ASK_BLOB, twist_blob},
};

static bool twist(
    struct appliance *appliance, const struct message *ask, struct message *answer)
{
    uint64_t id = answer->id;
    (void)appliance;
    for (size_t i = 0; i < sizeof twists / sizeof twists[0]; i++)
        if (twists[i].kind == ask->kind)
            twists[i].twist(ask, answer);
    answer->id = id;
    return true;
}

int showroom_make(void **state)
{
    (void)state;
    memset(&showroom, 0, sizeof showroom);
    bytes_init(&showroom.blob, LIMIT_PAYLOAD);
    bytes_init(&showroom.note, LIMIT_CHECKPOINT);
    appliance_start(&showroom.appliance, 0);
    showroom.appliance.twist = twist;
    showroom.fixture = fixture_new_for(APPLIANCE_ORIGIN, &showroom.appliance.log.key);
    showroom.fixture->state.epoch = showroom.fixture->charter->epoch;
    showroom.fixture->state.charter = showroom.fixture->charter->hash;
    return 0;
}

int showroom_clean(void **state)
{
    (void)state;
    visitor_clear(&showroom.visitor);
    appliance_stop(&showroom.appliance);
    fixture_free(showroom.fixture);
    bytes_clear(&showroom.blob);
    bytes_clear(&showroom.note);
    return 0;
}

void showroom_show(void)
{
    pthread_mutex_lock(&showroom.appliance.lock);
    for (size_t i = 0; i < showroom.fixture->record_count; i++)
        log_append(&showroom.appliance.log, bytes_span(&showroom.fixture->records[i]));
    pthread_mutex_unlock(&showroom.appliance.lock);
    appliance_show(&showroom.appliance, showroom.fixture->record_count);
    visitor_make(&showroom.visitor, &showroom.appliance);
}
