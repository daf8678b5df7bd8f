// Mandates: what their quorum approves, and the order under one.
#include "proto/line.h"
#include "proto/record.h"

#include <string.h>

static const char title_mandate[] = "conclave.mandate/v1";

void mandate_motion_write(const struct mandate_motion *motion, struct bytes *out)
{
    text_title(out, title_mandate);
    line_number(out, "number", motion->number);
    line_word(out, "role", motion->role);
    text_hash_line(out, "requester", &motion->requester);
    text_name(out, "versions");
    text_number(out, motion->first);
    text_number(out, motion->last);
    text_end(out);
    line_number(out, "count", motion->count);
    line_number(out, "longest", (uint64_t)motion->longest);
    text_moment_line(out, "until", motion->until);
}

static void versions_read(struct text *text, struct mandate_motion *out)
{
    text_read_name(text, "versions");
    out->first = text_read_number(text, LIMIT_VERSION);
    out->last = text_read_number(text, LIMIT_VERSION);
    text_read_end(text);
    if (out->first == 0 || out->last < out->first)
        text_fail(text);
}

enum err mandate_motion_read(struct span bytes, struct mandate_motion *out)
{
    struct text text = text_of(bytes);
    *out = (struct mandate_motion){0};
    text_read_title(&text, title_mandate);
    out->number = line_read_number(&text, "number", 1, LIMIT_VERSION);
    text_read_name(&text, "role");
    field_read_role(&text, out->role);
    text_read_end(&text);
    out->requester = text_read_hash_line(&text, "requester");
    versions_read(&text, out);
    out->count = line_read_number(&text, "count", 1, LIMIT_VERSION);
    out->longest = (int64_t)line_read_number(&text, "longest", 1, LIMIT_MANDATE_LIFE);
    out->until = text_read_moment_line(&text, "until");
    return text_finish(&text);
}

// ---- the order under one ----

void mandated_write(const struct mandated *mandated, struct bytes *out)
{
    text_title(out, record_title(RECORD_MANDATED));
    text_moment_line(out, "time", mandated->time);
    text_hash_line(out, "request", &mandated->request);
    text_hash_line(out, "requester", &mandated->requester);
    line_signature(out, mandated->signature, mandated->signature_size);
    for (size_t i = 0; i < mandated->mandate_count; i++) {
        text_name(out, "mandate");
        text_word(out, span_text(mandated->mandates[i].role));
        text_hash(out, &mandated->mandates[i].text);
        text_end(out);
    }
}

static size_t mandates_read(struct text *text, struct mandate_named *mandates)
{
    size_t count = 0;
    while (count < LIMIT_MANDATES && text_next_is(text, "mandate")) {
        text_read_name(text, "mandate");
        field_read_role(text, mandates[count].role);
        mandates[count].text = text_read_hash(text);
        text_read_end(text);
        if (count > 0 && strcmp(mandates[count - 1].role, mandates[count].role) >= 0)
            text_fail(text);
        count++;
    }
    if (count == 0)
        text_fail(text);
    return count;
}

enum err mandated_read(struct span bytes, struct mandated *out)
{
    struct text text = text_of(bytes);
    *out = (struct mandated){0};
    text_read_title(&text, record_title(RECORD_MANDATED));
    out->time = text_read_moment_line(&text, "time");
    out->request = text_read_hash_line(&text, "request");
    out->requester = text_read_hash_line(&text, "requester");
    out->signature_size = line_read_signature(&text, out->signature);
    out->mandate_count = mandates_read(&text, out->mandates);
    return text_finish(&text);
}
