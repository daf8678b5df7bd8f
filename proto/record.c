#include "proto/record.h"

#include <string.h>

static const struct kind {
    const char *text;
    const char *title;
} kinds[] = {
    [RECORD_UNKNOWN] = {"unknown", ""},
    [RECORD_FOUNDING] = {"founding", "conclave.founding/v1"},
    [RECORD_FOUNDED] = {"founded", "conclave.founded/v1"},
    [RECORD_START] = {"start", "conclave.start/v1"},
    [RECORD_OPENED] = {"opened", "conclave.opened/v1"},
    [RECORD_DECISION] = {"decision", "conclave.decision/v1"},
    [RECORD_ENDED] = {"ended", "conclave.ended/v1"},
    [RECORD_REFUSED] = {"refused", "conclave.refused/v1"},
    [RECORD_ORDER] = {"order", "conclave.order/v1"},
    [RECORD_OUTCOME] = {"outcome", "conclave.outcome/v1"},
    [RECORD_GATE] = {"gate", "conclave.gate/v1"},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static struct span first_line(struct span text)
{
    const uint8_t *end = text.size == 0 ? NULL : memchr(text.data, '\n', text.size);
    return end == NULL ? (struct span){0} : span_of(text.data, (size_t)(end - text.data));
}

enum record_kind record_kind(struct span text)
{
    struct span line = first_line(text);
    for (size_t i = RECORD_UNKNOWN + 1; i < KINDS; i++)
        if (span_is(line, kinds[i].title))
            return (enum record_kind)i;
    return RECORD_UNKNOWN;
}

const char *record_kind_text(enum record_kind kind)
{
    if ((size_t)kind >= KINDS)
        kind = RECORD_UNKNOWN;
    return kinds[kind].text;
}

const char *record_title(enum record_kind kind)
{
    return (size_t)kind < KINDS ? kinds[kind].title : kinds[RECORD_UNKNOWN].title;
}

bool record_request(struct span record, struct hash *out)
{
    static const char name[] = "\nrequest:";
    if (record_kind(record) == RECORD_UNKNOWN)
        return false;
    const uint8_t *at = memmem(record.data, record.size, name, sizeof name - 1);
    if (at == NULL)
        return false;
    size_t before = (size_t)(at - record.data) + 1;
    struct text text = text_of(span_of(at + 1, record.size - before));
    *out = text_read_hash_line(&text, "request");
    return !text.failed;
}

// ---- lines that several kinds have ----

void place_line(struct bytes *out, const char *name, const struct place *place)
{
    text_name(out, name);
    text_number(out, place->index);
    text_hash(out, &place->leaf);
    text_end(out);
}

struct place place_read_line(struct text *text, const char *name)
{
    struct place place;
    text_read_name(text, name);
    place.index = text_read_number(text, LIMIT_INDEX);
    place.leaf = text_read_hash(text);
    text_read_end(text);
    return place;
}

// "rule: R12", or none for the empty rule.
static void rule_line(struct bytes *out, const char *rule)
{
    text_name(out, "rule");
    text_word(out, span_text(rule[0] == '\0' ? "none" : rule));
    text_end(out);
}

// R and one or two digits, as design section 3 counts.
static bool rule_is_good(struct span rule)
{
    if (rule.size < 2 || rule.size > 3 || rule.data[0] != 'R' || rule.data[1] == '0')
        return false;
    for (size_t i = 1; i < rule.size; i++)
        if (rule.data[i] < '0' || rule.data[i] > '9')
            return false;
    return true;
}

static void read_rule_line(struct text *text, char *out, size_t room)
{
    text_read_name(text, "rule");
    size_t size = text_read_word(text, out, room - 1);
    text_read_end(text);
    if (span_is(span_of(out, size), "none"))
        out[0] = '\0';
    else if (!rule_is_good(span_of(out, size)))
        text_fail(text);
}

static void word_line(struct bytes *out, const char *name, const char *word)
{
    text_name(out, name);
    text_word(out, span_text(word));
    text_end(out);
}

// ---- founded ----

void founded_write(const struct founded *founded, struct bytes *out)
{
    text_title(out, record_title(RECORD_FOUNDED));
    text_moment_line(out, "time", founded->time);
    place_line(out, "founding", &founded->founding);
    for (size_t i = 0; i < founded->signature_count; i++) {
        const struct founded_signature *one = &founded->signatures[i];
        text_name(out, "signature");
        text_hash(out, &one->key);
        text_base64(out, span_of(one->signature, one->signature_size));
        text_end(out);
    }
}

static void founded_signature_read(struct text *text, struct founded_signature *out)
{
    text_read_name(text, "signature");
    out->key = text_read_hash(text);
    out->signature_size = text_read_base64_to(text, out->signature, sizeof out->signature);
    text_read_end(text);
}

static bool hash_ascends(const struct hash *before, const struct hash *after)
{
    return span_compare(hash_span(before), hash_span(after)) < 0;
}

enum err founded_read(struct span bytes, struct founded *out)
{
    struct text text = text_of(bytes);
    *out = (struct founded){0};
    text_read_title(&text, record_title(RECORD_FOUNDED));
    out->time = text_read_moment_line(&text, "time");
    out->founding = place_read_line(&text, "founding");
    size_t count = 0;
    for (; count < LIMIT_ADMINISTRATORS && text_next_is(&text, "signature"); count++) {
        struct founded_signature *one = &out->signatures[count];
        founded_signature_read(&text, one);
        if (count > 0 && !hash_ascends(&one[-1].key, &one->key))
            text_fail(&text);
    }
    out->signature_count = count;
    // The founding record is leaf 0, or there is no log.
    if (count == 0 || out->founding.index != 0)
        text_fail(&text);
    return text_finish(&text);
}

// ---- start ----

void start_write(const struct start *start, struct bytes *out)
{
    text_title(out, record_title(RECORD_START));
    text_moment_line(out, "time", start->time);
    word_line(out, "version", start->version);
}

enum err start_read(struct span bytes, struct start *out)
{
    struct text text = text_of(bytes);
    *out = (struct start){0};
    text_read_title(&text, record_title(RECORD_START));
    out->time = text_read_moment_line(&text, "time");
    text_read_name(&text, "version");
    text_read_word(&text, out->version, LIMIT_NAME);
    text_read_end(&text);
    return text_finish(&text);
}

// ---- decision ----

void decided_write(const struct decided *decided, struct bytes *out)
{
    text_title(out, record_title(RECORD_DECISION));
    text_moment_line(out, "time", decided->time);
    text_hash_line(out, "request", &decided->request);
    place_line(out, "opened", &decided->opened);
    word_line(out, "decision", decision_text(decided->decision));
    text_hash_line(out, "approver", &decided->approver);
    text_name(out, "signature");
    text_base64(out, span_of(decided->signature, decided->signature_size));
    text_end(out);
}

static enum decision read_decision_line(struct text *text)
{
    text_read_name(text, "decision");
    struct span word = text_read_field(text, LIMIT_NAME);
    text_read_end(text);
    for (int i = DECISION_APPROVE; i <= DECISION_REJECT; i++)
        if (span_is(word, decision_text((enum decision)i)))
            return (enum decision)i;
    text_fail(text);
    return DECISION_REJECT;
}

enum err decided_read(struct span bytes, struct decided *out)
{
    struct text text = text_of(bytes);
    *out = (struct decided){0};
    text_read_title(&text, record_title(RECORD_DECISION));
    out->time = text_read_moment_line(&text, "time");
    out->request = text_read_hash_line(&text, "request");
    out->opened = place_read_line(&text, "opened");
    out->decision = read_decision_line(&text);
    out->approver = text_read_hash_line(&text, "approver");
    text_read_name(&text, "signature");
    out->signature_size = text_read_base64_to(&text, out->signature, sizeof out->signature);
    text_read_end(&text);
    return text_finish(&text);
}

// ---- ended, refused ----

const char *ending_text(enum ending ending)
{
    static const char *const texts[] = {
        [0] = "none",
        [ENDING_REJECTED] = "rejected",
        [ENDING_WITHDRAWN] = "withdrawn",
        [ENDING_EXPIRED] = "expired",
        [ENDING_REFUSED] = "refused",
    };
    if ((size_t)ending >= sizeof texts / sizeof texts[0])
        return "none";
    return texts[ending];
}

void ended_write(const struct ended *ended, struct bytes *out)
{
    text_title(out, record_title(RECORD_ENDED));
    text_moment_line(out, "time", ended->time);
    text_hash_line(out, "request", &ended->request);
    word_line(out, "how", ending_text(ended->how));
    rule_line(out, ended->rule);
    text_sentence_line(out, "why", ended->why);
}

static enum ending read_how_line(struct text *text)
{
    text_read_name(text, "how");
    struct span word = text_read_field(text, LIMIT_NAME);
    text_read_end(text);
    for (int i = ENDING_REJECTED; i <= ENDING_REFUSED; i++)
        if (span_is(word, ending_text((enum ending)i)))
            return (enum ending)i;
    text_fail(text);
    return ENDING_REFUSED;
}

enum err ended_read(struct span bytes, struct ended *out)
{
    struct text text = text_of(bytes);
    *out = (struct ended){0};
    text_read_title(&text, record_title(RECORD_ENDED));
    out->time = text_read_moment_line(&text, "time");
    out->request = text_read_hash_line(&text, "request");
    out->how = read_how_line(&text);
    read_rule_line(&text, out->rule, sizeof out->rule);
    text_read_sentence_line(&text, "why", out->why, LIMIT_SENTENCE);
    return text_finish(&text);
}

void refused_write(const struct refused *refused, struct bytes *out)
{
    text_title(out, record_title(RECORD_REFUSED));
    text_moment_line(out, "time", refused->time);
    text_hash_line(out, "request", &refused->request);
    text_hash_line(out, "from", &refused->from);
    rule_line(out, refused->rule);
    text_sentence_line(out, "why", refused->why);
}

enum err refused_read(struct span bytes, struct refused *out)
{
    struct text text = text_of(bytes);
    *out = (struct refused){0};
    text_read_title(&text, record_title(RECORD_REFUSED));
    out->time = text_read_moment_line(&text, "time");
    text_read_name(&text, "request");
    out->request = text_read_hash_or_none(&text);
    text_read_end(&text);
    out->from = text_read_hash_line(&text, "from");
    read_rule_line(&text, out->rule, sizeof out->rule);
    text_read_sentence_line(&text, "why", out->why, LIMIT_SENTENCE);
    return text_finish(&text);
}

// ---- gate ----

void gate_record_write(const struct gate_record *gate, struct bytes *out)
{
    text_title(out, record_title(RECORD_GATE));
    text_moment_line(out, "time", gate->time);
    text_sentence_line(out, "why", gate->why);
}

enum err gate_record_read(struct span bytes, struct gate_record *out)
{
    struct text text = text_of(bytes);
    *out = (struct gate_record){0};
    text_read_title(&text, record_title(RECORD_GATE));
    out->time = text_read_moment_line(&text, "time");
    text_read_sentence_line(&text, "why", out->why, LIMIT_SENTENCE);
    return text_finish(&text);
}
