#include "signer/corridor/layout.h"

#include <stddef.h>

enum {
    SHORT_MOST = LIMIT_SENTENCE, // a vkey (a name and a key in base64); a version
};

#define AT(member) offsetof(struct message, member)
#define F_RANGE(member, low, high)                                                             \
    {                                                                                          \
        NUMBER, AT(member), (low), (high), 0                                                   \
    }
#define F_FLAG(member)                                                                         \
    {                                                                                          \
        NUMBER, AT(member), 0, 1, 0                                                            \
    }
#define F_STAGE(member)                                                                        \
    {                                                                                          \
        NUMBER, AT(member), STAGE_FOUNDING, STAGE_SERVING, 0                                   \
    }
#define F_FATE(member)                                                                         \
    {                                                                                          \
        NUMBER, AT(member), FATE_UNKNOWN, FATE_REFUSED, 0                                      \
    }
#define F_WIDE(member)                                                                         \
    {                                                                                          \
        WIDE, AT(member), 0, 0, 0                                                              \
    }
#define F_MOMENT(member)                                                                       \
    {                                                                                          \
        MOMENT, AT(member), 0, 0, 0                                                            \
    }
#define F_HASH(member)                                                                         \
    {                                                                                          \
        HASH, AT(member), 0, 0, 0                                                              \
    }
#define F_PLACE(member) F_WIDE(member.index), F_HASH(member.leaf)
#define F_SPAN(member, size)                                                                   \
    {                                                                                          \
        SPAN, AT(member), 0, (size), 0                                                         \
    }
#define F_TEXT(member)      F_SPAN(member, LIMIT_RECORD)
#define F_SIGNATURE(member) F_SPAN(member, KEY_SIGNATURE_MOST)
#define F_SPANS(member, size, n)                                                               \
    {                                                                                          \
        SPANS, AT(member), 0, (size), (n)                                                      \
    }
#define F_HASHES(member, n)                                                                    \
    {                                                                                          \
        HASHES, AT(member), 0, 0, (n)                                                          \
    }
#define F_ENTRY(member)                                                                        \
    {                                                                                          \
        ENTRY, AT(member), 0, LIMIT_RECORD, 0                                                  \
    }
#define F_ENTRIES(member, n)                                                                   \
    {                                                                                          \
        ENTRIES, AT(member), 0, LIMIT_RECORD, (n)                                              \
    }

static const struct field nothing[] = {{0}};
static const struct field submit[] = {
    F_TEXT(submit.request),
    F_SIGNATURE(submit.signature),
    F_SPANS(submit.blobs, LIMIT_PAYLOAD, LIMIT_BLOBS),
};
static const struct field page[] = {
    F_WIDE(page.first),
    F_RANGE(page.count, 0, LIMIT_RECORDS_PAGE),
};
static const struct field request[] = {F_HASH(request.request)};
static const struct field decide[] = {
    F_HASH(decide.request),
    F_PLACE(decide.opened),
    F_RANGE(decide.decision, DECISION_APPROVE, DECISION_REJECT),
    F_HASH(decide.approver),
    F_SIGNATURE(decide.signature),
};
static const struct field withdraw[] = {
    F_HASH(withdraw.request),
    F_HASH(withdraw.requester),
    F_SIGNATURE(withdraw.signature),
};
static const struct field freeze[] = {
    F_TEXT(freeze.statement),
    F_SIGNATURE(freeze.signature),
};
static const struct field prove[] = {F_WIDE(prove.index), F_WIDE(prove.size)};
static const struct field blob[] = {F_HASH(blob.hash)};
static const struct field found_keys[] = {F_SPAN(found_keys.wishes, LIMIT_OBJECTS)};
static const struct field found_charter[] = {F_SPAN(found_charter.charter, LIMIT_CHARTER)};
static const struct field found_sign[] = {
    F_HASH(found_sign.approver),
    F_SIGNATURE(found_sign.signature),
};

static const struct field refused[] = {
    F_SPAN(refused.rule, LIMIT_RULE),
    F_SPAN(refused.sentence, LIMIT_SENTENCE),
    F_FLAG(refused.known),
};
static const struct field status[] = {
    F_STAGE(status.stage),
    F_WIDE(status.size),
    F_WIDE(status.epoch),
    F_HASH(status.charter),
    F_SPAN(status.vkey, SHORT_MOST),
    F_SPAN(status.checkpoint, LIMIT_CHECKPOINT),
    F_RANGE(status.open, 0, UINT32_MAX),
    F_SPAN(status.version, SHORT_MOST),
    F_FLAG(status.waits),
};
static const struct field accepted[] = {
    F_HASH(accepted.request),
    F_PLACE(accepted.place),
    F_FATE(accepted.fate),
};
static const struct field dossier[] = {
    F_FATE(dossier.fate),
    F_TEXT(dossier.request),
    F_ENTRY(dossier.opened),
    F_HASHES(dossier.path, LIMIT_PATH),
    F_ENTRIES(dossier.decisions, LIMIT_DECISIONS),
    F_ENTRY(dossier.end),
    F_HASHES(dossier.end_path, LIMIT_PATH),
    F_SPAN(dossier.checkpoint, LIMIT_CHECKPOINT),
};
static const struct field records[] = {
    F_ENTRIES(records.entries, LIMIT_RECORDS_PAGE),
    F_FLAG(records.more),
};
static const struct field proof[] = {
    F_WIDE(proof.index),
    F_WIDE(proof.size),
    F_HASHES(proof.path, LIMIT_CONSISTENCY),
    F_SPAN(proof.checkpoint, LIMIT_CHECKPOINT),
};
static const struct field blob_is[] = {F_SPAN(blob_is.bytes, LIMIT_PAYLOAD)};
static const struct field found_keys_are[] = {F_SPAN(found_keys_are.objects, LIMIT_OBJECTS)};
static const struct field founding[] = {
    F_TEXT(founding.founding),
    F_SPAN(founding.charter, LIMIT_CHARTER),
    F_SPAN(founding.objects, LIMIT_OBJECTS),
    F_HASHES(founding.signed_by, LIMIT_ADMINISTRATORS),
    F_FLAG(founding.complete),
};

static const struct field record[] = {
    F_TEXT(record.text),
    F_SPANS(record.blobs, LIMIT_PAYLOAD, LIMIT_BLOBS),
};
static const struct field found[] = {
    F_TEXT(found.founding),
    F_TEXT(found.founded),
    F_SPAN(found.charter, LIMIT_CHARTER),
    F_SPAN(found.objects, LIMIT_OBJECTS),
};
static const struct field last[] = {
    F_HASH(last.request),
    F_SPANS(last.names, LIMIT_ROLE_NAME, LIMIT_LASTS),
};
static const struct field lasts[] = {
    {LASTS, AT(lasts.at), 0, 0, LIMIT_LASTS},
    F_SPANS(lasts.payloads, LIMIT_PAYLOAD, LIMIT_LASTS),
};
static const struct field place[] = {F_PLACE(place)};
static const struct field signed_[] = {
    F_PLACE(signed_.place),
    F_TEXT(signed_.outcome),
    F_SPAN(signed_.state, LIMIT_STATE),
    F_SPAN(signed_.charter, LIMIT_CHARTER),
};
static const struct field live_house[] = {
    F_STAGE(live_house.stage),
    F_TEXT(live_house.founding),
    F_HASHES(live_house.founding_path, LIMIT_PATH),
    F_SPAN(live_house.charter, LIMIT_CHARTER),
    F_SPAN(live_house.state, LIMIT_STATE),
    F_ENTRY(live_house.outcome),
    F_HASHES(live_house.outcome_path, LIMIT_PATH),
    F_SPAN(live_house.checkpoint, LIMIT_CHECKPOINT),
    F_MOMENT(live_house.newest),
};
static const struct field live_record[] = {
    F_ENTRY(live_record.entry),
    F_HASHES(live_record.path, LIMIT_PATH),
};

static const struct field seal[] = {
    F_STAGE(seal.stage),
    F_SPAN(seal.log, KEY_SPKI_MOST),
    F_WIDE(seal.number),
    F_WIDE(seal.epoch),
    F_HASH(seal.charter),
    F_WIDE(seal.size),
    F_HASH(seal.root),
    F_HASH(seal.state),
};
static const struct field resume[] = {
    F_SPAN(resume.charter, LIMIT_CHARTER),
    F_SPAN(resume.state, LIMIT_STATE),
    F_HASHES(resume.edge, LIMIT_PATH),
};
static const struct field replay[] = {F_TEXT(replay.text)};
static const struct field judge[] = {
    F_TEXT(judge.order),
    F_TEXT(judge.opened),
    F_HASHES(judge.path, LIMIT_PATH),
    F_WIDE(judge.size),
    F_TEXT(judge.request),
    {SIGNED_BY, AT(judge.approvals), 0, KEY_SIGNATURE_MOST, LIMIT_ADMINISTRATORS},
    F_SPANS(judge.payloads, LIMIT_PAYLOAD, LIMIT_ITEMS),
    F_SPANS(judge.evidence, LIMIT_PAYLOAD, LIMIT_ITEMS),
};
static const struct field judged[] = {
    F_PLACE(judged.place),
    F_SPAN(judged.state, LIMIT_STATE),
};
static const struct field durable[] = {F_WIDE(durable.size)};
static const struct field checkpoint[] = {
    F_WIDE(checkpoint.size),
    F_SPAN(checkpoint.note, LIMIT_CHECKPOINT),
};
static const struct field sealed[] = {
    F_WIDE(sealed.number),
    F_WIDE(sealed.epoch),
    F_HASH(sealed.charter),
    F_HASH(sealed.state),
};
static const struct field outcome[] = {
    F_PLACE(outcome.order),
    F_PLACE(outcome.place),
    F_TEXT(outcome.text),
    F_SPANS(outcome.signatures, KEY_SIGNATURE_MOST, LIMIT_SIGNATURES),
};

static const struct field config[] = {
    F_STAGE(config.stage),
    F_SPAN(config.folder, CONFIG_PATH_MOST),
    F_SPAN(config.module, CONFIG_PATH_MOST),
    F_SPAN(config.token, CONFIG_LABEL_MOST),
    F_SPAN(config.programs, CONFIG_PROGRAMS_MOST),
};
static const struct field replace[] = {F_SPAN(replace.why, LIMIT_SENTENCE)};

#define L(fields)                                                                              \
    {                                                                                          \
        fields, sizeof fields / sizeof fields[0]                                               \
    }
#define L_NOTHING                                                                              \
    {                                                                                          \
        nothing, 0                                                                             \
    }

static const struct layout layouts[MESSAGE_KINDS] = {
    [ASK_STATUS] = L_NOTHING,
    [ASK_SUBMIT] = L(submit),
    [ASK_LIST] = L(page),
    [ASK_SHOW] = L(request),
    [ASK_WAIT] = L(request),
    [ASK_DECIDE] = L(decide),
    [ASK_WITHDRAW] = L(withdraw),
    [ASK_RECORDS] = L(page),
    [ASK_PROVE] = L(prove),
    [ASK_EXTEND] = L(prove),
    [ASK_BLOB] = L(blob),
    [ASK_FREEZE] = L(freeze),
    [ASK_FOUND_KEYS] = L(found_keys),
    [ASK_FOUND_CHARTER] = L(found_charter),
    [ASK_FOUND_SHOW] = L_NOTHING,
    [ASK_FOUND_SIGN] = L(found_sign),
    [ANSWER_REFUSED] = L(refused),
    [ANSWER_STATUS] = L(status),
    [ANSWER_ACCEPTED] = L(accepted),
    [ANSWER_DOSSIER] = L(dossier),
    [ANSWER_RECORDS] = L(records),
    [ANSWER_PROOF] = L(proof),
    [ANSWER_BLOB] = L(blob_is),
    [ANSWER_FOUND_KEYS] = L(found_keys_are),
    [ANSWER_FOUNDING] = L(founding),
    [SAY_MOVED] = L(request),
    [ORDER_RECORD] = L(record),
    [ORDER_SIGN] = L(record),
    [ORDER_MANDATED] = L(record),
    [ASK_LAST] = L(last),
    [ORDER_FOUND] = L(found),
    [DONE_RECORD] = L(place),
    [DONE_SIGN] = L(signed_),
    [DONE_FOUND] = L_NOTHING,
    [LAST_ARE] = L(lasts),
    [LIVE_HOUSE] = L(live_house),
    [LIVE_RECORD] = L(live_record),
    [LIVE_END] = L_NOTHING,
    [VAULT_SEAL] = L(seal),
    [VAULT_RESUME] = L(resume),
    [VAULT_REPLAY] = L(replay),
    [VAULT_RESUMED] = L_NOTHING,
    [VAULT_REDO] = L(judge),
    [VAULT_FOUND_KEYS] = L(found_keys),
    [VAULT_FOUND] = L(found),
    [VAULT_APPEND] = L(replay),
    [VAULT_JUDGE] = L(judge),
    [VAULT_FREEZE] = L(replay),
    [VAULT_MANDATE] = L(judge),
    [VAULT_DURABLE] = L(durable),
    [VAULT_EXECUTE] = L_NOTHING,
    [VAULT_UP] = L(durable),
    [VAULT_APPENDED] = L(place),
    [VAULT_JUDGED] = L(judged),
    [VAULT_RESERVE] = L(judged),
    [VAULT_FOUND_JUDGED] = L(judged),
    [VAULT_CHECKPOINT] = L(checkpoint),
    [VAULT_SEALED] = L(sealed),
    [VAULT_OUTCOME] = L(outcome),
    [ROOM_CONFIG] = L(config),
    [ROOM_READY] = L_NOTHING,
    [ROOM_GATE] = L_NOTHING,
    [ROOM_STOP] = L_NOTHING,
    [ROOM_REPLACE] = L(replace),
};

const struct layout *layout_of(unsigned kind)
{
    if (kind >= MESSAGE_KINDS || layouts[kind].fields == NULL)
        return NULL;
    return &layouts[kind];
}
