#include "policy/policy_source.h"

#include <stdlib.h>
#include <string.h>

enum err source_add(struct source *sources, size_t count, const struct source *source,
    struct policy_fault *fault)
{
    if (source_find(sources, count, source->name) < count)
        return policy_fault_say(
            fault, "%s stands twice: give one of them another name.", source->name);
    sources[count] = *source;
    return OK;
}

static int compare(const void *a, const void *b)
{
    const struct source *first = a, *second = b;
    return strcmp(first->name, second->name);
}

void source_sort(struct source *sources, size_t count)
{
    qsort(sources, count, sizeof sources[0], compare);
}

size_t source_find(const struct source *sources, size_t count, const char *name)
{
    size_t i = 0;
    while (i < count && strcmp(sources[i].name, name) != 0)
        i++;
    return i;
}
