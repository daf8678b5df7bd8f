#include "tests/unit/rows.h"

#include "metadata/render.h"

#include <stdlib.h>
#include <string.h>

// Behind the mark of a row that goes on, or 0.
static size_t mark_of(struct span row)
{
    size_t indent = 0;
    while (indent < row.size && row.data[indent] == ' ')
        indent++;
    return indent > 0 && indent < row.size && row.data[indent] == '|' ? indent + 1 : 0;
}

void rows_join(struct span rendering, struct bytes *out)
{
    bool first = true;
    while (rendering.size > 0) {
        const uint8_t *end = memchr(rendering.data, '\n', rendering.size);
        size_t size = end == NULL ? rendering.size : (size_t)(end - rendering.data);
        size_t mark = mark_of(span_of(rendering.data, size));
        if (mark == 0 && !first)
            bytes_add_text(out, "\n");
        bytes_add(out, span_of(rendering.data + mark, size - mark));
        first = false;
        size += end != NULL;
        rendering = span_of(rendering.data + size, rendering.size - size);
    }
    bytes_add_text(out, "\n");
}

bool rows_hold(struct span rendering, const char *words)
{
    struct bytes lines;
    bytes_init(&lines, RENDER_MOST);
    rows_join(rendering, &lines);
    if (bytes_finish(&lines) != OK)
        abort();
    bool holds = memmem(lines.data, lines.size, words, strlen(words)) != NULL;
    bytes_clear(&lines);
    return holds;
}
