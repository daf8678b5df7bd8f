// Lines that are wider than a terminal, broken by us and not by the terminal: a name of the right length
// could else show a line that nobody wrote.
#include "metadata/page.h"

#include <string.h>

static size_t indent_of(struct span line)
{
    size_t indent = 0;
    while (indent < line.size && indent < PAGE_WIDTH / 2 && line.data[indent] == ' ')
        indent++;
    return indent;
}

// An escape stays whole.
static size_t cut(struct span text, size_t room)
{
    enum { ESCAPE = 4 }; // \xNN
    for (size_t back = 1; back < ESCAPE; back++)
        if (text.data[room - back] == '\\')
            return room - back;
    return room;
}

// A space and a word after it that would not fit in a row of its own: it is cut in any case.
static bool is_long(struct span rest, size_t row)
{
    return rest.size > row && memchr(rest.data + 1, ' ', row) == NULL;
}

// How much of a line's rest stands in a row of that room; the next one has room for `row`.
static size_t row_of(struct span rest, size_t room, size_t row)
{
    static const char feed[] = "\\x0a";
    size_t most = rest.size < room ? rest.size : room;
    const uint8_t *end = memmem(rest.data, most, feed, sizeof feed - 1);
    if (end != NULL)
        return (size_t)(end - rest.data) + sizeof feed - 1;
    if (rest.size <= room)
        return rest.size;
    for (size_t size = room; size > 0; size--)
        if (rest.data[size] == ' ' && rest.data[size - 1] != ' ')
            return is_long(span_of(rest.data + size, rest.size - size), row) ? cut(rest, room)
                                                                             : size;
    return cut(rest, room);
}

static void wrap(struct bytes *out, struct span line)
{
    size_t indent = indent_of(line);
    struct span rest = span_of(line.data + indent, line.size - indent);
    size_t row = PAGE_WIDTH - indent - 3;
    bytes_add(out, span_of(line.data, indent));
    for (size_t room = PAGE_WIDTH - indent; rest.size > 0; room = row) {
        size_t size = row_of(rest, room, row);
        bytes_add(out, span_of(rest.data, size));
        rest = span_of(rest.data + size, rest.size - size);
        if (rest.size > 0)
            bytes_add_format(out, "\n%*s|", (int)indent + 2, "");
    }
}

void page_wrap(struct bytes *out, struct span lines)
{
    while (lines.size > 0) {
        const uint8_t *end = memchr(lines.data, '\n', lines.size);
        size_t size = end == NULL ? lines.size : (size_t)(end - lines.data);
        if (size <= PAGE_WIDTH)
            bytes_add(out, span_of(lines.data, size));
        else
            wrap(out, span_of(lines.data, size));
        page_end(out);
        size += end != NULL;
        lines = span_of(lines.data + size, lines.size - size);
    }
}
