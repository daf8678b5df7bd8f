// Ends: of requests, and of what was refused before it became one; and what went over a quota.
#include "proto/line.h"
#include "proto/record.h"

// ---- ended ----

const char *ending_text(enum ending ending)
{
    static const char *const texts[] = {
        [0] = "none",
        [ENDING_REJECTED] = "rejected",
        [ENDING_WITHDRAWN] = "withdrawn",
        [ENDING_EXPIRED] = "expired",
        [ENDING_REFUSED] = "refused",
        [ENDING_CLOSED] = "closed",
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
    line_word(out, "how", ending_text(ended->how));
    line_rule(out, ended->rule);
    text_sentence_line(out, "why", ended->why);
}

static enum ending read_how_line(struct text *text)
{
    text_read_name(text, "how");
    struct span word = text_read_field(text, LIMIT_NAME);
    text_read_end(text);
    for (int i = ENDING_REJECTED; i <= ENDING_CLOSED; i++)
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
    line_read_rule(&text, out->rule, sizeof out->rule);
    text_read_sentence_line(&text, "why", out->why, LIMIT_SENTENCE);
    return text_finish(&text);
}

// ---- refused ----

void refused_write(const struct refused *refused, struct bytes *out)
{
    text_title(out, record_title(RECORD_REFUSED));
    text_moment_line(out, "time", refused->time);
    text_hash_line(out, "request", &refused->request);
    text_hash_line(out, "from", &refused->from);
    line_rule(out, refused->rule);
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
    line_read_rule(&text, out->rule, sizeof out->rule);
    text_read_sentence_line(&text, "why", out->why, LIMIT_SENTENCE);
    return text_finish(&text);
}

// ---- quota ----

void quota_record_write(const struct quota_record *quota, struct bytes *out)
{
    text_title(out, record_title(RECORD_QUOTA));
    text_moment_line(out, "time", quota->time);
    text_hash_line(out, "from", &quota->from);
    line_number(out, "count", quota->count);
    line_rule(out, quota->rule);
    text_sentence_line(out, "why", quota->why);
}

enum err quota_record_read(struct span bytes, struct quota_record *out)
{
    struct text text = text_of(bytes);
    *out = (struct quota_record){0};
    text_read_title(&text, record_title(RECORD_QUOTA));
    out->time = text_read_moment_line(&text, "time");
    out->from = text_read_hash_line(&text, "from");
    out->count = line_read_number(&text, "count", 1, LIMIT_INDEX);
    line_read_rule(&text, out->rule, sizeof out->rule);
    text_read_sentence_line(&text, "why", out->why, LIMIT_SENTENCE);
    if (out->rule[0] == '\0') // a quota is a rule
        text_fail(&text);
    return text_finish(&text);
}
