// Starts: which programs came up.
#include "proto/line.h"
#include "proto/name.h"
#include "proto/record.h"

#include <string.h>

void programs_write(const struct start *start, struct bytes *out)
{
    for (size_t i = 0; i < start->program_count; i++) {
        text_name(out, "program");
        text_word(out, span_text(start->programs[i].name));
        text_hash(out, &start->programs[i].hash);
        text_end(out);
    }
}

static void program_read(struct text *text, struct program *out)
{
    text_read_name(text, "program");
    size_t size = text_read_word(text, out->name, LIMIT_NAME);
    out->hash = text_read_hash(text);
    text_read_end(text);
    if (!name_is_good(span_of(out->name, size)))
        text_fail(text);
}

static void program_lines_read(struct text *text, struct start *out)
{
    out->program_count = 0;
    while (out->program_count < LIMIT_PROGRAMS && text_next_is(text, "program")) {
        struct program *program = &out->programs[out->program_count];
        program_read(text, program);
        if (out->program_count > 0 && strcmp(program[-1].name, program->name) >= 0)
            text_fail(text);
        out->program_count++;
    }
    if (out->program_count == 0)
        text_fail(text);
}

enum err programs_read(struct span bytes, struct start *out)
{
    struct text text = text_of(bytes);
    program_lines_read(&text, out);
    return text_finish(&text);
}

void start_write(const struct start *start, struct bytes *out)
{
    text_title(out, record_title(RECORD_START));
    text_moment_line(out, "time", start->time);
    line_word(out, "version", start->version);
    programs_write(start, out);
}

enum err start_read(struct span bytes, struct start *out)
{
    struct text text = text_of(bytes);
    *out = (struct start){0};
    text_read_title(&text, record_title(RECORD_START));
    out->time = text_read_moment_line(&text, "time");
    line_read_word(&text, "version", out->version, LIMIT_NAME);
    program_lines_read(&text, out);
    return text_finish(&text);
}
