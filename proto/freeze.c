// Freezes: what one administrator can stop.
#include "proto/line.h"
#include "proto/motion.h"

#include <string.h>

static const char title_freeze[] = "conclave.freeze/v1";

static const char *const words[] = {
    [FREEZE_EVERYTHING] = "everything",
    [FREEZE_ROLE] = "role",
    [FREEZE_REQUEST] = "request",
    [FREEZE_MANDATE] = "mandate",
};
enum { WORDS = sizeof words / sizeof words[0] };

// What a house needs to come free again cannot be frozen, and no other room of the reserved
// repository exists.
static bool role_can_freeze(const char *role)
{
    enum motion motion = motion_of(role);
    return !motion_reserves(role) || motion == MOTION_KEYS || motion == MOTION_IMPORT ||
           motion == MOTION_MANDATE;
}

void freeze_of_fields(const struct freeze_of *of, struct bytes *out)
{
    bool known = of->what >= FREEZE_EVERYTHING && (size_t)of->what < WORDS;
    text_plain(out, known ? words[of->what] : "none");
    if (of->what == FREEZE_ROLE || of->what == FREEZE_MANDATE)
        text_word(out, span_text(of->role));
    if (of->what == FREEZE_REQUEST || of->what == FREEZE_MANDATE)
        text_hash(out, &of->thing);
}

static enum freeze_what what_read(struct text *text)
{
    struct span word = text_read_field(text, LIMIT_NAME);
    for (size_t i = FREEZE_EVERYTHING; i < WORDS; i++)
        if (span_is(word, words[i]))
            return (enum freeze_what)i;
    text_fail(text);
    return FREEZE_EVERYTHING;
}

struct freeze_of freeze_of_read(struct text *text)
{
    struct freeze_of of = {.what = what_read(text)};
    if (of.what == FREEZE_ROLE || of.what == FREEZE_MANDATE)
        field_read_role(text, of.role);
    if (of.what == FREEZE_REQUEST || of.what == FREEZE_MANDATE)
        of.thing = text_read_hash(text);
    if (!role_can_freeze(of.role) || (of.what == FREEZE_MANDATE && motion_reserves(of.role)))
        text_fail(text);
    return of;
}

bool freeze_of_equal(const struct freeze_of *a, const struct freeze_of *b)
{
    if (a->what != b->what)
        return false;
    return strcmp(a->role, b->role) == 0 && hash_equal(&a->thing, &b->thing);
}

void freeze_lines_write(const struct freeze *freeze, struct bytes *out)
{
    text_hash_line(out, "administrator", &freeze->administrator);
    line_numbered(out, "charter", freeze->epoch, &freeze->charter);
    line_number(out, "number", freeze->number);
    text_name(out, "freeze");
    freeze_of_fields(&freeze->of, out);
    text_end(out);
    text_sentence_line(out, "reason", freeze->reason);
}

void freeze_lines_read(struct text *text, struct freeze *out)
{
    out->administrator = text_read_hash_line(text, "administrator");
    out->charter = line_read_numbered(text, "charter", &out->epoch);
    out->number = line_read_number(text, "number", 1, LIMIT_VERSION);
    text_read_name(text, "freeze");
    out->of = freeze_of_read(text);
    text_read_end(text);
    text_read_sentence_line(text, "reason", out->reason, LIMIT_SENTENCE);
}

void freeze_write(const struct freeze *freeze, struct bytes *out)
{
    text_title(out, title_freeze);
    text_hash_line(out, "appliance", &freeze->appliance);
    freeze_lines_write(freeze, out);
}

enum err freeze_read(struct span bytes, struct freeze *out)
{
    struct text text = text_of(bytes);
    *out = (struct freeze){0};
    text_read_title(&text, title_freeze);
    out->appliance = text_read_hash_line(&text, "appliance");
    freeze_lines_read(&text, out);
    return text_finish(&text);
}
