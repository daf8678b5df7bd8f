#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/message_sample.h"

#include <string.h>

static void number(struct sample *sample, void *at, uint32_t value)
{
    memcpy(at, &value, sizeof value);
    bytes_add_u32(&sample->body, value);
}

static void wide(struct sample *sample, uint64_t *at)
{
    *at = 0x0123456789abcd00u + sample->next++;
    bytes_add_u64(&sample->body, *at);
}

static void hash(struct sample *sample, struct hash *at)
{
    memset(at->byte, sample->next++, HASH_SIZE);
    bytes_add(&sample->body, hash_span(at));
}

static void place(struct sample *sample, struct place *at)
{
    wide(sample, &at->index);
    hash(sample, &at->leaf);
}

static void span(struct sample *sample, struct span *at)
{
    static const uint8_t text[] = "0123456";
    *at = span_of(text, 1 + sample->next++ % 7);
    bytes_add_u32(&sample->body, (uint32_t)at->size);
    bytes_add(&sample->body, *at);
}

static void spans(struct sample *sample, struct span_list *at)
{
    number(sample, &at->count, 3);
    for (size_t i = 0; i < 3; i++)
        span(sample, &at->at[i]);
}

static void hashes(struct sample *sample, struct hash_list *at)
{
    number(sample, &at->count, 2);
    hash(sample, &at->at[0]);
    hash(sample, &at->at[1]);
}

static void entry(struct sample *sample, struct entry *at)
{
    wide(sample, &at->index);
    span(sample, &at->text);
}

static void entries(struct sample *sample, struct entry_list *at)
{
    number(sample, &at->count, 2);
    entry(sample, &at->at[0]);
    entry(sample, &at->at[1]);
}

static void fill_nothing(struct sample *sample)
{
    (void)sample;
}

static void fill_submit(struct sample *sample)
{
    struct message *m = &sample->message;
    span(sample, &m->submit.request);
    span(sample, &m->submit.signature);
    spans(sample, &m->submit.blobs);
}

static void fill_page(struct sample *sample)
{
    wide(sample, &sample->message.page.first);
    number(sample, &sample->message.page.count, LIMIT_RECORDS_PAGE);
}

static void fill_request(struct sample *sample)
{
    hash(sample, &sample->message.request.request);
}

static void fill_decide(struct sample *sample)
{
    struct message *m = &sample->message;
    hash(sample, &m->decide.request);
    place(sample, &m->decide.opened);
    number(sample, &m->decide.decision, DECISION_REJECT);
    hash(sample, &m->decide.approver);
    span(sample, &m->decide.signature);
}

static void fill_withdraw(struct sample *sample)
{
    struct message *m = &sample->message;
    hash(sample, &m->withdraw.request);
    hash(sample, &m->withdraw.requester);
    span(sample, &m->withdraw.signature);
}

static void fill_prove(struct sample *sample)
{
    wide(sample, &sample->message.prove.index);
    wide(sample, &sample->message.prove.size);
}

static void fill_blob(struct sample *sample)
{
    hash(sample, &sample->message.blob.hash);
}

static void fill_found_keys(struct sample *sample)
{
    span(sample, &sample->message.found_keys.wishes);
}

static void fill_found_charter(struct sample *sample)
{
    span(sample, &sample->message.found_charter.charter);
}

static void fill_found_sign(struct sample *sample)
{
    hash(sample, &sample->message.found_sign.approver);
    span(sample, &sample->message.found_sign.signature);
}

static void fill_refused(struct sample *sample)
{
    struct message *m = &sample->message;
    span(sample, &m->refused.rule);
    span(sample, &m->refused.sentence);
    number(sample, &m->refused.known, 1);
}

static void fill_status(struct sample *sample)
{
    struct message *m = &sample->message;
    number(sample, &m->status.stage, STAGE_SERVING);
    wide(sample, &m->status.size);
    wide(sample, &m->status.epoch);
    hash(sample, &m->status.charter);
    span(sample, &m->status.vkey);
    span(sample, &m->status.checkpoint);
    number(sample, &m->status.open, 77);
    span(sample, &m->status.version);
}

static void fill_accepted(struct sample *sample)
{
    struct message *m = &sample->message;
    hash(sample, &m->accepted.request);
    place(sample, &m->accepted.place);
    number(sample, &m->accepted.fate, FATE_REFUSED);
}

static void fill_dossier(struct sample *sample)
{
    struct message *m = &sample->message;
    number(sample, &m->dossier.fate, FATE_OPEN);
    span(sample, &m->dossier.request);
    entry(sample, &m->dossier.opened);
    hashes(sample, &m->dossier.path);
    entries(sample, &m->dossier.decisions);
    entry(sample, &m->dossier.end);
    hashes(sample, &m->dossier.end_path);
    span(sample, &m->dossier.checkpoint);
}

static void fill_records(struct sample *sample)
{
    entries(sample, &sample->message.records.entries);
    number(sample, &sample->message.records.more, 1);
}

static void fill_proof(struct sample *sample)
{
    struct message *m = &sample->message;
    wide(sample, &m->proof.index);
    wide(sample, &m->proof.size);
    hashes(sample, &m->proof.path);
    span(sample, &m->proof.checkpoint);
}

static void fill_blob_is(struct sample *sample)
{
    span(sample, &sample->message.blob_is.bytes);
}

static void fill_found_keys_are(struct sample *sample)
{
    span(sample, &sample->message.found_keys_are.objects);
}

static void fill_founding(struct sample *sample)
{
    struct message *m = &sample->message;
    span(sample, &m->founding.founding);
    span(sample, &m->founding.charter);
    span(sample, &m->founding.objects);
    hashes(sample, &m->founding.signed_by);
    number(sample, &m->founding.complete, 1);
}

static void fill_record(struct sample *sample)
{
    span(sample, &sample->message.record.text);
    spans(sample, &sample->message.record.blobs);
}

static void fill_found(struct sample *sample)
{
    struct message *m = &sample->message;
    span(sample, &m->found.founding);
    span(sample, &m->found.founded);
    span(sample, &m->found.charter);
    span(sample, &m->found.objects);
}

static void fill_place(struct sample *sample)
{
    place(sample, &sample->message.place);
}

static void fill_signed(struct sample *sample)
{
    struct message *m = &sample->message;
    place(sample, &m->signed_.place);
    span(sample, &m->signed_.outcome);
    span(sample, &m->signed_.state);
}

static void fill_live_house(struct sample *sample)
{
    struct message *m = &sample->message;
    number(sample, &m->live_house.stage, STAGE_FOUNDED);
    span(sample, &m->live_house.founding);
    hashes(sample, &m->live_house.founding_path);
    span(sample, &m->live_house.charter);
    span(sample, &m->live_house.state);
    entry(sample, &m->live_house.outcome);
    hashes(sample, &m->live_house.outcome_path);
    span(sample, &m->live_house.checkpoint);
    m->live_house.newest = 253402300799;
    bytes_add_u64(&sample->body, 253402300799);
}

static void fill_live_record(struct sample *sample)
{
    entry(sample, &sample->message.live_record.entry);
    hashes(sample, &sample->message.live_record.path);
}

static void fill_seal(struct sample *sample)
{
    struct message *m = &sample->message;
    number(sample, &m->seal.stage, STAGE_FOUNDING);
    span(sample, &m->seal.log);
    wide(sample, &m->seal.number);
    wide(sample, &m->seal.epoch);
    hash(sample, &m->seal.charter);
    wide(sample, &m->seal.size);
    hash(sample, &m->seal.root);
    hash(sample, &m->seal.state);
}

static void fill_resume(struct sample *sample)
{
    struct message *m = &sample->message;
    span(sample, &m->resume.charter);
    span(sample, &m->resume.state);
    hashes(sample, &m->resume.edge);
}

static void fill_replay(struct sample *sample)
{
    span(sample, &sample->message.replay.text);
}

static void fill_judge(struct sample *sample)
{
    struct message *m = &sample->message;
    span(sample, &m->judge.order);
    span(sample, &m->judge.opened);
    hashes(sample, &m->judge.path);
    wide(sample, &m->judge.size);
    span(sample, &m->judge.request);
    number(sample, &m->judge.approvals.count, 2);
    for (size_t i = 0; i < 2; i++) {
        hash(sample, &m->judge.approvals.at[i].key);
        span(sample, &m->judge.approvals.at[i].signature);
    }
    spans(sample, &m->judge.payloads);
}

static void fill_judged(struct sample *sample)
{
    place(sample, &sample->message.judged.place);
    span(sample, &sample->message.judged.state);
}

static void fill_durable(struct sample *sample)
{
    wide(sample, &sample->message.durable.size);
}

static void fill_checkpoint(struct sample *sample)
{
    wide(sample, &sample->message.checkpoint.size);
    span(sample, &sample->message.checkpoint.note);
}

static void fill_sealed(struct sample *sample)
{
    wide(sample, &sample->message.sealed.number);
    hash(sample, &sample->message.sealed.state);
}

static void fill_outcome(struct sample *sample)
{
    struct message *m = &sample->message;
    place(sample, &m->outcome.place);
    span(sample, &m->outcome.text);
    spans(sample, &m->outcome.signatures);
}

static void fill_config(struct sample *sample)
{
    struct message *m = &sample->message;
    number(sample, &m->config.stage, STAGE_SERVING);
    span(sample, &m->config.folder);
    span(sample, &m->config.module);
    span(sample, &m->config.token);
}

static void fill_replace(struct sample *sample)
{
    span(sample, &sample->message.replace.why);
}

static void (*const fills[MESSAGE_KINDS])(struct sample *sample) = {
    [ASK_STATUS] = fill_nothing,
    [ASK_SUBMIT] = fill_submit,
    [ASK_LIST] = fill_page,
    [ASK_SHOW] = fill_request,
    [ASK_WAIT] = fill_request,
    [ASK_DECIDE] = fill_decide,
    [ASK_WITHDRAW] = fill_withdraw,
    [ASK_RECORDS] = fill_page,
    [ASK_PROVE] = fill_prove,
    [ASK_EXTEND] = fill_prove,
    [ASK_BLOB] = fill_blob,
    [ASK_FOUND_KEYS] = fill_found_keys,
    [ASK_FOUND_CHARTER] = fill_found_charter,
    [ASK_FOUND_SHOW] = fill_nothing,
    [ASK_FOUND_SIGN] = fill_found_sign,
    [ANSWER_REFUSED] = fill_refused,
    [ANSWER_STATUS] = fill_status,
    [ANSWER_ACCEPTED] = fill_accepted,
    [ANSWER_DOSSIER] = fill_dossier,
    [ANSWER_RECORDS] = fill_records,
    [ANSWER_PROOF] = fill_proof,
    [ANSWER_BLOB] = fill_blob_is,
    [ANSWER_FOUND_KEYS] = fill_found_keys_are,
    [ANSWER_FOUNDING] = fill_founding,
    [SAY_MOVED] = fill_request,
    [ORDER_RECORD] = fill_record,
    [ORDER_SIGN] = fill_record,
    [ORDER_FOUND] = fill_found,
    [DONE_RECORD] = fill_place,
    [DONE_SIGN] = fill_signed,
    [DONE_FOUND] = fill_nothing,
    [LIVE_HOUSE] = fill_live_house,
    [LIVE_RECORD] = fill_live_record,
    [LIVE_END] = fill_nothing,
    [VAULT_SEAL] = fill_seal,
    [VAULT_RESUME] = fill_resume,
    [VAULT_REPLAY] = fill_replay,
    [VAULT_RESUMED] = fill_nothing,
    [VAULT_REDO] = fill_judge,
    [VAULT_FOUND_KEYS] = fill_found_keys,
    [VAULT_FOUND] = fill_found,
    [VAULT_APPEND] = fill_replay,
    [VAULT_JUDGE] = fill_judge,
    [VAULT_DURABLE] = fill_durable,
    [VAULT_EXECUTE] = fill_nothing,
    [VAULT_UP] = fill_durable,
    [VAULT_APPENDED] = fill_place,
    [VAULT_JUDGED] = fill_judged,
    [VAULT_FOUND_JUDGED] = fill_judged,
    [VAULT_CHECKPOINT] = fill_checkpoint,
    [VAULT_SEALED] = fill_sealed,
    [VAULT_OUTCOME] = fill_outcome,
    [ROOM_CONFIG] = fill_config,
    [ROOM_READY] = fill_nothing,
    [ROOM_GATE] = fill_nothing,
    [ROOM_REPLACE] = fill_replace,
};

void sample_make(struct sample *sample, unsigned kind)
{
    *sample = (struct sample){.message = {.kind = (enum message_kind)kind, .id = SAMPLE_ID}};
    bytes_init(&sample->body, LIMIT_FRAME);
    bytes_add_u16(&sample->body, (uint16_t)kind);
    bytes_add_u64(&sample->body, SAMPLE_ID);
    assert_non_null(fills[kind]);
    fills[kind](sample);
    assert_int_equal(bytes_finish(&sample->body), OK);
}

void sample_clear(struct sample *sample)
{
    bytes_clear(&sample->body);
}
