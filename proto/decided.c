// Decisions: approvals and rejections that were accepted.
#include "proto/line.h"
#include "proto/record.h"

void decided_write(const struct decided *decided, struct bytes *out)
{
    text_title(out, record_title(RECORD_DECISION));
    text_moment_line(out, "time", decided->time);
    text_hash_line(out, "request", &decided->request);
    place_line(out, "opened", &decided->opened);
    line_word(out, "decision", decision_text(decided->decision));
    text_hash_line(out, "approver", &decided->approver);
    line_signature(out, decided->signature, decided->signature_size);
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
    out->signature_size = line_read_signature(&text, out->signature);
    return text_finish(&text);
}
