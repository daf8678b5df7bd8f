#include "proto/wire.h"

#include "signer/base/key.h"

enum {
    VKEY_MOST = LIMIT_ROLE_NAME + 1 + 8 + 1 + 44, // origin, 8 hex digits, base64 of 33 bytes
    VERSION_MOST = LIMIT_NAME,                    // "1.22.333"
    // A freeze: 700 bytes of lines, and a reason of LIMIT_SENTENCE bytes that are all encoded. So
    // whoever stops the house does it with a small ask, whatever large ones are waiting.
    FREEZE_MOST = 4096,
    SUBMIT_BLOBS = 2 * LIMIT_ITEMS, // an item each, and a file of evidence each
};

#define AT(member) offsetof(struct message, member)
#define ROWS(list) (list), sizeof(list) / sizeof((list)[0])

const struct wire_field wire_place[2] = {
    {WIRE_NUMBER, offsetof(struct place, index), 0, LIMIT_INDEX, 0, 0},
    {WIRE_HASH, offsetof(struct place, leaf), 0, 0, 0, 0},
};
const struct wire_field wire_entry[2] = {
    {WIRE_NUMBER, offsetof(struct entry, index), 0, LIMIT_INDEX, 0, 0},
    {WIRE_TEXT, offsetof(struct entry, text), 1, LIMIT_RECORD, 0, 0},
};

static const struct wire_field submit[] = {
    {WIRE_TEXT, AT(submit.request), 1, LIMIT_RECORD, 0, 0},
    {WIRE_BYTES, AT(submit.signature), 1, KEY_SIGNATURE_MOST, 0, 0},
    {WIRE_SPANS, AT(submit.blobs), 1, LIMIT_PAYLOAD, SUBMIT_BLOBS, LIMIT_REQUEST_BYTES},
};
static const struct wire_field page[] = {
    {WIRE_NUMBER, AT(page.first), 0, LIMIT_INDEX, 0, 0},
    {WIRE_COUNT, AT(page.count), 1, LIMIT_RECORDS_PAGE, 0, 0},
};
static const struct wire_field request[] = {
    {WIRE_HASH, AT(request.request), 0, 0, 0, 0},
};
static const struct wire_field decide[] = {
    {WIRE_HASH, AT(decide.request), 0, 0, 0, 0},
    {WIRE_PLACE, AT(decide.opened), 0, 0, 0, 0},
    {WIRE_ENUM, AT(decide.decision), DECISION_APPROVE, DECISION_REJECT, 0, 0},
    {WIRE_HASH, AT(decide.approver), 0, 0, 0, 0},
    {WIRE_BYTES, AT(decide.signature), 1, KEY_SIGNATURE_MOST, 0, 0},
};
static const struct wire_field withdraw[] = {
    {WIRE_HASH, AT(withdraw.request), 0, 0, 0, 0},
    {WIRE_HASH, AT(withdraw.requester), 0, 0, 0, 0},
    {WIRE_BYTES, AT(withdraw.signature), 1, KEY_SIGNATURE_MOST, 0, 0},
};
static const struct wire_field freeze[] = {
    {WIRE_TEXT, AT(freeze.statement), 1, FREEZE_MOST, 0, 0},
    {WIRE_BYTES, AT(freeze.signature), 1, KEY_SIGNATURE_MOST, 0, 0},
};
static const struct wire_field prove[] = {
    {WIRE_NUMBER, AT(prove.index), 0, LIMIT_INDEX, 0, 0},
    {WIRE_NUMBER, AT(prove.size), 0, LIMIT_INDEX, 0, 0},
};
static const struct wire_field blob[] = {
    {WIRE_HASH, AT(blob.hash), 0, 0, 0, 0},
};
static const struct wire_field found_keys[] = {
    {WIRE_TEXT, AT(found_keys.wishes), 1, LIMIT_OBJECTS, 0, 0},
};
static const struct wire_field found_charter[] = {
    {WIRE_TEXT, AT(found_charter.charter), 1, LIMIT_CHARTER, 0, 0},
};
static const struct wire_field found_sign[] = {
    {WIRE_HASH, AT(found_sign.approver), 0, 0, 0, 0},
    {WIRE_BYTES, AT(found_sign.signature), 1, KEY_SIGNATURE_MOST, 0, 0},
};

static const struct wire_field refused[] = {
    {WIRE_WORD, AT(refused.rule), 0, LIMIT_RULE, 0, 0},
    {WIRE_WORD, AT(refused.sentence), 0, LIMIT_SENTENCE, 0, 0},
    {WIRE_FLAG, AT(refused.known), 0, 1, 0, 0},
};
static const struct wire_field status[] = {
    {WIRE_ENUM, AT(status.stage), STAGE_FOUNDING, STAGE_SERVING, 0, 0},
    {WIRE_NUMBER, AT(status.size), 0, LIMIT_INDEX, 0, 0},
    {WIRE_NUMBER, AT(status.epoch), 0, LIMIT_INDEX, 0, 0},
    {WIRE_HASH, AT(status.charter), 0, 0, 0, 0},
    {WIRE_WORD, AT(status.vkey), 0, VKEY_MOST, 0, 0},
    {WIRE_NOTE, AT(status.checkpoint), 0, LIMIT_CHECKPOINT, 0, 0},
    {WIRE_COUNT, AT(status.open), 0, LIMIT_OPEN, 0, 0},
    {WIRE_WORD, AT(status.version), 0, VERSION_MOST, 0, 0},
    {WIRE_FLAG, AT(status.waits), 0, 1, 0, 0},
};
static const struct wire_field accepted[] = {
    {WIRE_HASH, AT(accepted.request), 0, 0, 0, 0},
    {WIRE_PLACE, AT(accepted.place), 0, 0, 0, 0},
    {WIRE_ENUM, AT(accepted.fate), FATE_UNKNOWN, FATE_REFUSED, 0, 0},
};
static const struct wire_field dossier[] = {
    {WIRE_ENUM, AT(dossier.fate), FATE_UNKNOWN, FATE_REFUSED, 0, 0},
    {WIRE_TEXT, AT(dossier.request), 0, LIMIT_RECORD, 0, 0},
    {WIRE_ENTRY, AT(dossier.opened), 0, 0, 0, 0},
    {WIRE_HASHES, AT(dossier.path), 0, 0, LIMIT_PATH, 0},
    {WIRE_ENTRIES, AT(dossier.decisions), 0, 0, LIMIT_DECISIONS, WIRE_DECISIONS_BYTES},
    {WIRE_ENTRY, AT(dossier.end), 0, 0, 0, 0},
    {WIRE_HASHES, AT(dossier.end_path), 0, 0, LIMIT_PATH, 0},
    {WIRE_NOTE, AT(dossier.checkpoint), 0, LIMIT_CHECKPOINT, 0, 0},
};
static const struct wire_field records[] = {
    {WIRE_ENTRIES, AT(records.entries), 0, 0, LIMIT_RECORDS_PAGE, LIMIT_RECORDS_BYTES},
    {WIRE_FLAG, AT(records.more), 0, 1, 0, 0},
};
static const struct wire_field proof[] = {
    {WIRE_NUMBER, AT(proof.index), 0, LIMIT_INDEX, 0, 0},
    {WIRE_NUMBER, AT(proof.size), 0, LIMIT_INDEX, 0, 0},
    {WIRE_HASHES, AT(proof.path), 0, 0, LIMIT_CONSISTENCY, 0},
    {WIRE_NOTE, AT(proof.checkpoint), 0, LIMIT_CHECKPOINT, 0, 0},
};
static const struct wire_field blob_is[] = {
    {WIRE_BYTES, AT(blob_is.bytes), 0, LIMIT_PAYLOAD, 0, 0},
};
static const struct wire_field found_keys_are[] = {
    {WIRE_TEXT, AT(found_keys_are.objects), 1, LIMIT_OBJECTS, 0, 0},
};
static const struct wire_field founding[] = {
    {WIRE_TEXT, AT(founding.founding), 0, LIMIT_RECORD, 0, 0},
    {WIRE_TEXT, AT(founding.charter), 0, LIMIT_CHARTER, 0, 0},
    {WIRE_TEXT, AT(founding.objects), 0, LIMIT_OBJECTS, 0, 0},
    {WIRE_HASHES, AT(founding.signed_by), 0, 0, LIMIT_ADMINISTRATORS, 0},
    {WIRE_FLAG, AT(founding.complete), 0, 1, 0, 0},
};

static const struct wire_row rows[] = {
    {ASK_STATUS, 2, ANSWER_STATUS, NULL, 0},
    {ASK_SUBMIT, 3, ANSWER_ACCEPTED, ROWS(submit)},
    {ASK_LIST, 4, ANSWER_RECORDS, ROWS(page)},
    {ASK_SHOW, 5, ANSWER_DOSSIER, ROWS(request)},
    {ASK_WAIT, 6, ANSWER_DOSSIER, ROWS(request)},
    {ASK_DECIDE, 7, ANSWER_ACCEPTED, ROWS(decide)},
    {ASK_WITHDRAW, 8, ANSWER_ACCEPTED, ROWS(withdraw)},
    {ASK_RECORDS, 9, ANSWER_RECORDS, ROWS(page)},
    {ASK_PROVE, 10, ANSWER_PROOF, ROWS(prove)},
    {ASK_EXTEND, 11, ANSWER_PROOF, ROWS(prove)},
    {ASK_BLOB, 12, ANSWER_BLOB, ROWS(blob)},
    {ASK_FOUND_KEYS, 13, ANSWER_FOUND_KEYS, ROWS(found_keys)},
    {ASK_FOUND_CHARTER, 14, ANSWER_FOUNDING, ROWS(found_charter)},
    {ASK_FOUND_SHOW, 15, ANSWER_FOUNDING, NULL, 0},
    {ASK_FOUND_SIGN, 16, ANSWER_FOUNDING, ROWS(found_sign)},
    {ASK_FREEZE, 17, ANSWER_ACCEPTED, ROWS(freeze)},
    {ANSWER_REFUSED, 2, MESSAGE_NONE, ROWS(refused)},
    {ANSWER_STATUS, 3, MESSAGE_NONE, ROWS(status)},
    {ANSWER_ACCEPTED, 4, MESSAGE_NONE, ROWS(accepted)},
    {ANSWER_DOSSIER, 5, MESSAGE_NONE, ROWS(dossier)},
    {ANSWER_RECORDS, 6, MESSAGE_NONE, ROWS(records)},
    {ANSWER_PROOF, 7, MESSAGE_NONE, ROWS(proof)},
    {ANSWER_BLOB, 8, MESSAGE_NONE, ROWS(blob_is)},
    {ANSWER_FOUND_KEYS, 9, MESSAGE_NONE, ROWS(found_keys_are)},
    {ANSWER_FOUNDING, 10, MESSAGE_NONE, ROWS(founding)},
};
enum { ROW_COUNT = sizeof rows / sizeof rows[0] };

bool wire_is_ask(enum message_kind kind)
{
    const struct wire_row *row = wire_row_of(kind);
    return row != NULL && row->answer != MESSAGE_NONE;
}

const struct wire_row *wire_row_of(enum message_kind kind)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (rows[i].kind == kind)
            return &rows[i];
    return NULL;
}

const struct wire_row *wire_row_at(bool ask, uint32_t number)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (rows[i].number == number && (rows[i].answer != MESSAGE_NONE) == ask)
            return &rows[i];
    return NULL;
}

bool wire_answers(enum message_kind ask, enum message_kind answer)
{
    const struct wire_row *row = wire_row_of(ask);
    if (row == NULL || row->answer == MESSAGE_NONE)
        return false;
    return answer == ANSWER_REFUSED || answer == row->answer;
}

static bool is_printable(uint8_t byte)
{
    return byte >= 0x20 && byte <= 0x7e;
}

static bool is_text(struct span span)
{
    for (size_t i = 0; i < span.size; i++)
        if (!is_printable(span.data[i]) && span.data[i] != '\n')
            return false;
    return true;
}

static bool is_word(struct span span)
{
    for (size_t i = 0; i < span.size; i++)
        if (!is_printable(span.data[i]))
            return false;
    return true;
}

// How many continuation bytes follow a first byte of UTF-8, and the bounds of the first of them
// (RFC 3629 section 4: no overlong form, no surrogate, nothing beyond 10FFFF).
struct utf8_lead {
    uint8_t first, last;
    uint8_t more;
    uint8_t low, high;
};
static const struct utf8_lead utf8_leads[] = {
    {0x0a, 0x0a, 0, 0, 0},
    {0x20, 0x7e, 0, 0, 0},
    // C1 control characters (U+0080 to U+009F) are left out.
    {0xc2, 0xc2, 1, 0xa0, 0xbf},
    {0xc3, 0xdf, 1, 0x80, 0xbf},
    {0xe0, 0xe0, 2, 0xa0, 0xbf},
    {0xe1, 0xec, 2, 0x80, 0xbf},
    {0xed, 0xed, 2, 0x80, 0x9f},
    {0xee, 0xef, 2, 0x80, 0xbf},
    {0xf0, 0xf0, 3, 0x90, 0xbf},
    {0xf1, 0xf3, 3, 0x80, 0xbf},
    {0xf4, 0xf4, 3, 0x80, 0x8f},
};

// The size of the character at the front; 0 when there is none that may be.
static size_t utf8_character(struct span span)
{
    const struct utf8_lead *lead = NULL;
    for (size_t i = 0; i < sizeof utf8_leads / sizeof utf8_leads[0]; i++)
        if (span.data[0] >= utf8_leads[i].first && span.data[0] <= utf8_leads[i].last)
            lead = &utf8_leads[i];
    if (lead == NULL || span.size < 1u + lead->more)
        return 0;
    for (size_t i = 1; i <= lead->more; i++) {
        uint8_t low = i == 1 ? lead->low : 0x80, high = i == 1 ? lead->high : 0xbf;
        if (span.data[i] < low || span.data[i] > high)
            return 0;
    }
    return 1u + lead->more;
}

static bool is_note(struct span span)
{
    while (span.size > 0) {
        size_t size = utf8_character(span);
        if (size == 0)
            return false;
        span = span_of(span.data + size, span.size - size);
    }
    return true;
}

bool wire_spelled(enum wire_class class, struct span span)
{
    static bool (*const checks[WIRE_CLASSES])(struct span span) = {
        [WIRE_TEXT] = is_text,
        [WIRE_WORD] = is_word,
        [WIRE_NOTE] = is_note,
    };
    return checks[class] == NULL || checks[class](span);
}
