#include "metadata/json_file.h"

enum { CONTROL_END = 0x20, ESCAPE = 2, UNICODE_ESCAPE = 6 };

static void write_control(uint8_t byte, struct bytes *out)
{
    if (byte == '\n')
        bytes_add_text(out, "\\n");
    else
        bytes_add_format(out, "\\u%04x", byte);
}

static void write_tuf(struct span canonical, struct bytes *out)
{
    size_t plain = 0; // where the run began that needs no change
    for (size_t i = 0; i < canonical.size; i++) {
        if (canonical.data[i] >= CONTROL_END)
            continue;
        bytes_add(out, span_of(canonical.data + plain, i - plain));
        write_control(canonical.data[i], out);
        plain = i + 1;
    }
    if (plain < canonical.size)
        bytes_add(out, span_of(canonical.data + plain, canonical.size - plain));
}

// The escape at the front of `rest`: appends its meaning and returns how long it is; 0 when it is
// not one that is written.
static size_t read_escape(struct span rest, struct bytes *out)
{
    uint8_t value;
    if (rest.size < ESCAPE)
        return 0;
    if (rest.data[1] == '"' || rest.data[1] == '\\') {
        bytes_add(out, span_of(rest.data, ESCAPE)); // canonical as it stands
        return ESCAPE;
    }
    if (rest.data[1] == 'n') {
        bytes_add_u8(out, '\n');
        return ESCAPE;
    }
    if (!span_starts(rest, "\\u00") || rest.size < UNICODE_ESCAPE ||
        hex_read(span_of(rest.data + 4, 2), &value, 1) != OK || value >= CONTROL_END ||
        value == '\n')
        return 0;
    bytes_add_u8(out, value);
    return UNICODE_ESCAPE;
}

static enum err read_tuf(struct span file, struct bytes *canonical)
{
    size_t plain = 0, at = 0;
    while (at < file.size) {
        if (file.data[at] < CONTROL_END)
            return ERR_FORM;
        if (file.data[at] != '\\') {
            at++;
            continue;
        }
        bytes_add(canonical, span_of(file.data + plain, at - plain));
        size_t size = read_escape(span_of(file.data + at, file.size - at), canonical);
        if (size == 0)
            return ERR_FORM;
        at += size;
        plain = at;
    }
    if (plain < file.size)
        bytes_add(canonical, span_of(file.data + plain, file.size - plain));
    return bytes_finish(canonical);
}

void json_file_write(enum dialect dialect, struct span canonical, struct bytes *out)
{
    if (dialect == DIALECT_UPTANE)
        bytes_add(out, canonical);
    else
        write_tuf(canonical, out);
}

enum err json_file_read(enum dialect dialect, struct span file, struct bytes *canonical)
{
    if (dialect != DIALECT_UPTANE)
        return read_tuf(file, canonical);
    bytes_add(canonical, file);
    return bytes_finish(canonical);
}
