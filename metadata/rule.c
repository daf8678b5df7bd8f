#include "metadata/rule.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

static_assert(RULES <= RULE_SET_WORDS * RULE_SET_BITS, "a set has a bit for each rule");

static void write_name(struct refusal *refusal, enum rule_id id)
{
    snprintf(
        refusal->rule, sizeof refusal->rule, "%s/%s", rule_table[id].design, rule_table[id].id);
}

enum err rule_refuse(struct refusal *refusal, enum rule_id id, const char *format, ...)
{
    char sentence[LIMIT_SENTENCE + 1];
    va_list list;
    va_start(list, format);
    vsnprintf(sentence, sizeof sentence, format, list);
    va_end(list);
    enum err err = refuse(refusal, rule_table[id].design, "%s", sentence);
    write_name(refusal, id);
    return err;
}

enum err rule_name(struct refusal *refusal, enum rule_id id, enum err err)
{
    if (err == ERR_REFUSED)
        write_name(refusal, id);
    return err;
}

const char *severity_text(enum severity severity)
{
    return severity == SEVERITY_WARN ? "warn" : "refuse";
}

const char *rule_type_text(unsigned type)
{
    if (type == RULE_IMPORT)
        return "import";
    if (type == RULE_REQUEST)
        return "request";
    for (int one = TUF_ROOT; one <= TUF_TIMESTAMP; one++)
        if (type == 1u << one)
            return tuf_type_text((enum tuf_type)one);
    return tuf_type_text(TUF_NONE);
}

// ---- sets ----

void rule_set_add(struct rule_set *set, enum rule_id id)
{
    set->words[id / RULE_SET_BITS] |= UINT64_C(1) << (id % RULE_SET_BITS);
}

void rule_set_join(struct rule_set *set, const struct rule_set *more)
{
    for (size_t i = 0; i < RULE_SET_WORDS; i++)
        set->words[i] |= more->words[i];
}

bool rule_set_has(const struct rule_set *set, enum rule_id id)
{
    return (set->words[id / RULE_SET_BITS] >> (id % RULE_SET_BITS) & 1) != 0;
}
