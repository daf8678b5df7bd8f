#include "proto/record.h"

#include "proto/line.h"

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
    [RECORD_MANDATED] = {"mandated", "conclave.mandated/v1"},
    [RECORD_GATE] = {"gate", "conclave.gate/v1"},
    [RECORD_FROZEN] = {"frozen", "conclave.frozen/v1"},
    [RECORD_STOP] = {"stop", "conclave.stop/v1"},
    [RECORD_CLOCK] = {"clock", "conclave.clock/v1"},
    [RECORD_QUOTA] = {"quota", "conclave.quota/v1"},
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

// ---- places ----

void place_line(struct bytes *out, const char *name, const struct place *place)
{
    line_numbered(out, name, place->index, &place->leaf);
}

struct place place_read_line(struct text *text, const char *name)
{
    struct place place;
    place.leaf = line_read_numbered(text, name, &place.index);
    return place;
}

// ---- gate, stop, clock: when, and why ----

static void note_write(enum record_kind kind, moment time, const char *why, struct bytes *out)
{
    text_title(out, record_title(kind));
    text_moment_line(out, "time", time);
    text_sentence_line(out, "why", why);
}

static enum err note_read(enum record_kind kind, struct span bytes, moment *time, char *why)
{
    struct text text = text_of(bytes);
    text_read_title(&text, record_title(kind));
    *time = text_read_moment_line(&text, "time");
    text_read_sentence_line(&text, "why", why, LIMIT_SENTENCE);
    return text_finish(&text);
}

void gate_record_write(const struct gate_record *gate, struct bytes *out)
{
    note_write(RECORD_GATE, gate->time, gate->why, out);
}

enum err gate_record_read(struct span bytes, struct gate_record *out)
{
    *out = (struct gate_record){0};
    return note_read(RECORD_GATE, bytes, &out->time, out->why);
}

void stop_write(const struct stop *stop, struct bytes *out)
{
    note_write(RECORD_STOP, stop->time, stop->why, out);
}

enum err stop_read(struct span bytes, struct stop *out)
{
    *out = (struct stop){0};
    return note_read(RECORD_STOP, bytes, &out->time, out->why);
}

void clock_record_write(const struct clock_record *clock, struct bytes *out)
{
    note_write(RECORD_CLOCK, clock->time, clock->why, out);
}

enum err clock_record_read(struct span bytes, struct clock_record *out)
{
    *out = (struct clock_record){0};
    return note_read(RECORD_CLOCK, bytes, &out->time, out->why);
}
