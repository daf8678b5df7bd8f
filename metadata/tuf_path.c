// Paths of images (formats reference, section 2).
#include "metadata/tuf_part.h"

#include <stdlib.h>
#include <string.h>

// The segment in front of the first slash; `rest` becomes what follows it, or is emptied.
static struct span take_segment(struct span *rest)
{
    const uint8_t *slash = memchr(rest->data, '/', rest->size);
    size_t size = slash == NULL ? rest->size : (size_t)(slash - rest->data);
    struct span segment = span_of(rest->data, size);
    size_t past = size < rest->size ? size + 1 : size;
    *rest = span_of(rest->data + past, rest->size - past);
    return segment;
}

const char *tuf_path_fault(struct span path)
{
    if (path.size == 0 || path.size > TUF_PATH_MOST)
        return "a path has 1 to 1024 bytes";
    if (!json_is_key(path))
        return "a path has printable ASCII only, and no backslash";
    if (path.data[path.size - 1] == '/')
        return "a path does not end with a slash";
    while (path.size > 0) {
        struct span segment = take_segment(&path);
        if (segment.size == 0 || span_is(segment, ".") || span_is(segment, ".."))
            return "a path has no empty segment, no . and no ..";
    }
    return NULL;
}

static uint8_t fold(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte - 'A' + 'a') : byte;
}

int tuf_compare_folded(struct span a, struct span b)
{
    size_t shorter = a.size < b.size ? a.size : b.size;
    for (size_t i = 0; i < shorter; i++)
        if (a.data[i] != b.data[i] && fold(a.data[i]) != fold(b.data[i]))
            return fold(a.data[i]) < fold(b.data[i]) ? -1 : 1;
    return (a.size > b.size) - (a.size < b.size);
}

static int compare_paths(const void *a, const void *b)
{
    return tuf_compare_folded(*(const struct span *)a, *(const struct span *)b);
}

void tuf_paths_distinct(struct json *json, struct tuf_reading *reading, size_t count)
{
    struct span *paths = calloc(count, sizeof *paths);
    if (paths == NULL) {
        reading->no_memory = true;
        json_fail(json, RULE_PATHS_DIFFER_BY_CASE, "no memory to compare the paths");
        return;
    }
    struct tuf_targets targets = tuf_targets_of(reading->out);
    struct tuf_target target;
    for (size_t i = 0; i < count && tuf_targets_next(&targets, &target); i++)
        paths[i] = target.path;
    qsort(paths, count, sizeof *paths, compare_paths);
    for (size_t i = 1; i < count; i++)
        if (compare_paths(&paths[i - 1], &paths[i]) == 0)
            json_note_at(json, tuf_offset(json, paths[i]), RULE_PATHS_DIFFER_BY_CASE,
                "two paths differ only by case");
    free(paths);
}
