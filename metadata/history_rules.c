#include "metadata/history.h"

#include <string.h>

static const struct rule *find(const char *id)
{
    for (size_t i = 0; i < RULES_OF_THE_PAST; i++)
        if (strcmp(rule_table[i].id, id) == 0)
            return &rule_table[i];
    return NULL;
}

const struct rule *history_rule_of(const char *id, const char **where)
{
    static const char *const places[] = {"targets", "snapshot", "timestamp", "delegated"};
    const char *place = "root";
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        size_t size = strlen(places[i]);
        if (strncmp(id, places[i], size) != 0 || id[size] != '-')
            continue;
        place = places[i];
        id += size + 1;
        break;
    }
    if (where != NULL)
        *where = place;
    return find(id);
}
