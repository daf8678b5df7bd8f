#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/sample_parts.h"

#include <string.h>

static void fill_nothing(struct sample *sample)
{
    (void)sample;
}

static void fill_submit(struct sample *sample)
{
    struct message *m = &sample->message;
    add_span(sample, &m->submit.request);
    add_span(sample, &m->submit.signature);
    add_spans(sample, &m->submit.blobs);
}

static void fill_page(struct sample *sample)
{
    add_wide(sample, &sample->message.page.first);
    add_number(sample, &sample->message.page.count, LIMIT_RECORDS_PAGE);
}

static void fill_request(struct sample *sample)
{
    add_hash(sample, &sample->message.request.request);
}

static void fill_decide(struct sample *sample)
{
    struct message *m = &sample->message;
    add_hash(sample, &m->decide.request);
    add_place(sample, &m->decide.opened);
    add_number(sample, &m->decide.decision, DECISION_REJECT);
    add_hash(sample, &m->decide.approver);
    add_span(sample, &m->decide.signature);
}

static void fill_withdraw(struct sample *sample)
{
    struct message *m = &sample->message;
    add_hash(sample, &m->withdraw.request);
    add_hash(sample, &m->withdraw.requester);
    add_span(sample, &m->withdraw.signature);
}

static void fill_freeze(struct sample *sample)
{
    add_span(sample, &sample->message.freeze.statement);
    add_span(sample, &sample->message.freeze.signature);
}

static void fill_prove(struct sample *sample)
{
    add_wide(sample, &sample->message.prove.index);
    add_wide(sample, &sample->message.prove.size);
}

static void fill_blob(struct sample *sample)
{
    add_hash(sample, &sample->message.blob.hash);
}

static void fill_found_keys(struct sample *sample)
{
    add_span(sample, &sample->message.found_keys.wishes);
}

static void fill_found_charter(struct sample *sample)
{
    add_span(sample, &sample->message.found_charter.charter);
}

static void fill_found_sign(struct sample *sample)
{
    add_hash(sample, &sample->message.found_sign.approver);
    add_span(sample, &sample->message.found_sign.signature);
}

static void fill_refused(struct sample *sample)
{
    struct message *m = &sample->message;
    add_span(sample, &m->refused.rule);
    add_span(sample, &m->refused.sentence);
    add_number(sample, &m->refused.known, 1);
}

static void fill_status(struct sample *sample)
{
    struct message *m = &sample->message;
    add_number(sample, &m->status.stage, STAGE_SERVING);
    add_wide(sample, &m->status.size);
    add_wide(sample, &m->status.epoch);
    add_hash(sample, &m->status.charter);
    add_span(sample, &m->status.vkey);
    add_span(sample, &m->status.checkpoint);
    add_number(sample, &m->status.open, 77);
    add_span(sample, &m->status.version);
    add_number(sample, &m->status.waits, 1);
}

static void fill_accepted(struct sample *sample)
{
    struct message *m = &sample->message;
    add_hash(sample, &m->accepted.request);
    add_place(sample, &m->accepted.place);
    add_number(sample, &m->accepted.fate, FATE_REFUSED);
}

static void fill_dossier(struct sample *sample)
{
    struct message *m = &sample->message;
    add_number(sample, &m->dossier.fate, FATE_OPEN);
    add_span(sample, &m->dossier.request);
    add_entry(sample, &m->dossier.opened);
    add_hashes(sample, &m->dossier.path);
    add_entries(sample, &m->dossier.decisions);
    add_entry(sample, &m->dossier.end);
    add_hashes(sample, &m->dossier.end_path);
    add_span(sample, &m->dossier.checkpoint);
}

static void fill_records(struct sample *sample)
{
    add_entries(sample, &sample->message.records.entries);
    add_number(sample, &sample->message.records.more, 1);
}

static void fill_proof(struct sample *sample)
{
    struct message *m = &sample->message;
    add_wide(sample, &m->proof.index);
    add_wide(sample, &m->proof.size);
    add_hashes(sample, &m->proof.path);
    add_span(sample, &m->proof.checkpoint);
}

static void fill_blob_is(struct sample *sample)
{
    add_span(sample, &sample->message.blob_is.bytes);
}

static void fill_found_keys_are(struct sample *sample)
{
    add_span(sample, &sample->message.found_keys_are.objects);
}

static void fill_founding(struct sample *sample)
{
    struct message *m = &sample->message;
    add_span(sample, &m->founding.founding);
    add_span(sample, &m->founding.charter);
    add_span(sample, &m->founding.objects);
    add_hashes(sample, &m->founding.signed_by);
    add_number(sample, &m->founding.complete, 1);
}

static void fill_record(struct sample *sample)
{
    add_span(sample, &sample->message.record.text);
    add_spans(sample, &sample->message.record.blobs);
}

static void fill_found(struct sample *sample)
{
    struct message *m = &sample->message;
    add_span(sample, &m->found.founding);
    add_span(sample, &m->found.founded);
    add_span(sample, &m->found.charter);
    add_span(sample, &m->found.objects);
}

static void fill_last(struct sample *sample)
{
    add_hash(sample, &sample->message.last.request);
    add_spans(sample, &sample->message.last.names);
}

static void fill_lasts(struct sample *sample)
{
    add_lasts(sample, &sample->message.lasts.at);
    add_spans(sample, &sample->message.lasts.payloads);
}

static void fill_place(struct sample *sample)
{
    add_place(sample, &sample->message.place);
}

static void fill_signed(struct sample *sample)
{
    struct message *m = &sample->message;
    add_place(sample, &m->signed_.place);
    add_span(sample, &m->signed_.outcome);
    add_span(sample, &m->signed_.state);
    add_span(sample, &m->signed_.charter);
}

static void fill_live_house(struct sample *sample)
{
    struct message *m = &sample->message;
    add_number(sample, &m->live_house.stage, STAGE_FOUNDED);
    add_span(sample, &m->live_house.founding);
    add_hashes(sample, &m->live_house.founding_path);
    add_span(sample, &m->live_house.charter);
    add_span(sample, &m->live_house.state);
    add_entry(sample, &m->live_house.outcome);
    add_hashes(sample, &m->live_house.outcome_path);
    add_span(sample, &m->live_house.checkpoint);
    m->live_house.newest = 253402300799;
    bytes_add_u64(&sample->body, 253402300799);
}

static void fill_live_record(struct sample *sample)
{
    add_entry(sample, &sample->message.live_record.entry);
    add_hashes(sample, &sample->message.live_record.path);
}

static void fill_seal(struct sample *sample)
{
    struct message *m = &sample->message;
    add_number(sample, &m->seal.stage, STAGE_FOUNDING);
    add_span(sample, &m->seal.log);
    add_wide(sample, &m->seal.number);
    add_wide(sample, &m->seal.epoch);
    add_hash(sample, &m->seal.charter);
    add_wide(sample, &m->seal.size);
    add_hash(sample, &m->seal.root);
    add_hash(sample, &m->seal.state);
}

static void fill_resume(struct sample *sample)
{
    struct message *m = &sample->message;
    add_span(sample, &m->resume.charter);
    add_span(sample, &m->resume.state);
    add_hashes(sample, &m->resume.edge);
}

static void fill_replay(struct sample *sample)
{
    add_span(sample, &sample->message.replay.text);
}

static void fill_judge(struct sample *sample)
{
    struct message *m = &sample->message;
    add_span(sample, &m->judge.order);
    add_span(sample, &m->judge.opened);
    add_hashes(sample, &m->judge.path);
    add_wide(sample, &m->judge.size);
    add_span(sample, &m->judge.request);
    add_signed_by(sample, &m->judge.approvals);
    add_spans(sample, &m->judge.payloads);
    add_spans(sample, &m->judge.evidence);
}

static void fill_judged(struct sample *sample)
{
    add_place(sample, &sample->message.judged.place);
    add_span(sample, &sample->message.judged.state);
}

static void fill_durable(struct sample *sample)
{
    add_wide(sample, &sample->message.durable.size);
}

static void fill_checkpoint(struct sample *sample)
{
    add_wide(sample, &sample->message.checkpoint.size);
    add_span(sample, &sample->message.checkpoint.note);
}

static void fill_sealed(struct sample *sample)
{
    struct message *m = &sample->message;
    add_wide(sample, &m->sealed.number);
    add_wide(sample, &m->sealed.epoch);
    add_hash(sample, &m->sealed.charter);
    add_hash(sample, &m->sealed.state);
}

static void fill_outcome(struct sample *sample)
{
    struct message *m = &sample->message;
    add_place(sample, &m->outcome.order);
    add_place(sample, &m->outcome.place);
    add_span(sample, &m->outcome.text);
    add_spans(sample, &m->outcome.signatures);
}

static void fill_config(struct sample *sample)
{
    struct message *m = &sample->message;
    add_number(sample, &m->config.stage, STAGE_SERVING);
    add_span(sample, &m->config.folder);
    add_span(sample, &m->config.module);
    add_span(sample, &m->config.token);
    add_span(sample, &m->config.programs);
}

static void fill_replace(struct sample *sample)
{
    add_span(sample, &sample->message.replace.why);
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
    [ASK_FREEZE] = fill_freeze,
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
    [ORDER_MANDATED] = fill_record,
    [ASK_LAST] = fill_last,
    [ORDER_FOUND] = fill_found,
    [DONE_RECORD] = fill_place,
    [DONE_SIGN] = fill_signed,
    [DONE_FOUND] = fill_nothing,
    [LAST_ARE] = fill_lasts,
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
    [VAULT_FREEZE] = fill_replay,
    [VAULT_MANDATE] = fill_judge,
    [VAULT_DURABLE] = fill_durable,
    [VAULT_EXECUTE] = fill_nothing,
    [VAULT_UP] = fill_durable,
    [VAULT_APPENDED] = fill_place,
    [VAULT_JUDGED] = fill_judged,
    [VAULT_RESERVE] = fill_judged,
    [VAULT_FOUND_JUDGED] = fill_judged,
    [VAULT_CHECKPOINT] = fill_checkpoint,
    [VAULT_SEALED] = fill_sealed,
    [VAULT_OUTCOME] = fill_outcome,
    [ROOM_CONFIG] = fill_config,
    [ROOM_READY] = fill_nothing,
    [ROOM_GATE] = fill_nothing,
    [ROOM_STOP] = fill_nothing,
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
