// Rules as tests speak of them.
#ifndef CONCLAVE_TESTS_UNIT_RULE_NAME_H
#define CONCLAVE_TESTS_UNIT_RULE_NAME_H

#include "metadata/rule_id.h"

#include <stddef.h>
#include <string.h>

// Whether a refusal is by this rule of the design: "R12/root-next" and "R12" are both by R12.
static inline bool rule_is_of(const char *rule, const char *design)
{
    size_t size = strlen(design);
    return strncmp(rule, design, size) == 0 && (rule[size] == '\0' || rule[size] == '/');
}

static inline size_t rule_set_count(const struct rule_set *set)
{
    size_t count = 0;
    for (int id = 0; id < RULES; id++)
        count += rule_set_has(set, (enum rule_id)id);
    return count;
}

#endif
