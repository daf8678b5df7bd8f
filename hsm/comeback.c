#include "hsm/comeback.h"

#include <string.h>

void comeback_grow(struct comeback *back, uint64_t index)
{
    if (back->to == 0)
        back->from = index;
    back->to = index + 1;
}

// What lies between the two counts from the later start too: too late is safe.
static void join_oldest(struct comebacks *list)
{
    struct comeback *at = list->at;
    at[1].from = at[0].from;
    if (at[1].since < at[0].since)
        at[1].since = at[0].since;
    memmove(&at[0], &at[1], --list->count * sizeof at[0]);
}

void comebacks_add(struct comebacks *list, const struct comeback *newest)
{
    if (newest->to == 0)
        return;
    if (list->count == COMEBACKS_MOST)
        join_oldest(list);
    list->at[list->count++] = *newest;
}

void comebacks_forget(struct comebacks *list, moment before)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++)
        if (list->at[i].since > before)
            list->at[kept++] = list->at[i];
    list->count = kept;
}

moment comebacks_since(const struct comebacks *list, uint64_t index, moment opened)
{
    moment since = opened;
    for (size_t i = 0; i < list->count; i++) {
        const struct comeback *one = &list->at[i];
        if (index >= one->from && index < one->to && one->since > since)
            since = one->since;
    }
    return since;
}
