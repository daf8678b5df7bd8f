#include "tests/unit/metadata_vectors.h"

#include "metadata/json_file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MOST = 64 * 1024 * 1024, PATH_MOST = 256 };

static void die(const char *what)
{
    fprintf(stderr, "vectors: %s cannot be read\n", what);
    abort();
}

static struct bytes read_all(FILE *file, const char *what)
{
    struct bytes all;
    bytes_init(&all, FILE_MOST);
    if (file == NULL)
        die(what);
    for (;;) {
        uint8_t *room = bytes_room(&all, 65536);
        size_t got = room == NULL ? 0 : fread(room, 1, 65536, file);
        if (got == 0)
            break;
        bytes_grew(&all, got);
    }
    if (ferror(file) || all.failure != OK)
        die(what);
    return all;
}

struct bytes vector_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct bytes all = read_all(file, path);
    fclose(file);
    return all;
}

struct bytes vector_command(const char *command)
{
    FILE *pipe = popen(command, "r");
    struct bytes all = read_all(pipe, command);
    if (pclose(pipe) != 0)
        die(command);
    return all;
}

struct bytes vector_of(enum dialect dialect, const char *name)
{
    char path[PATH_MOST];
    snprintf(path, sizeof path, "tests/vectors/%s/%s.json", dialect_text(dialect), name);
    return vector_file(path);
}

struct bytes vector_tuf(const char *name)
{
    return vector_of(DIALECT_TUF, name);
}

struct bytes vector_signed(const char *name)
{
    struct bytes file = vector_tuf(name), canonical;
    bytes_init(&canonical, FILE_MOST);
    if (json_file_read(DIALECT_TUF, bytes_span(&file), &canonical) != OK)
        die(name);
    bytes_clear(&file);
    return canonical;
}

bool vector_exists(const char *path)
{
    return access(path, R_OK) == 0;
}

// Takes what stands in front of `end` (or everything) from the front of `rest`.
static struct span take_until(struct span *rest, uint8_t end)
{
    const uint8_t *at = rest->size == 0 ? NULL : memchr(rest->data, end, rest->size);
    size_t size = at == NULL ? rest->size : (size_t)(at - rest->data);
    struct span taken = span_of(rest->data, size);
    size_t past = at == NULL ? size : size + 1;
    *rest = span_of(rest->data + past, rest->size - past);
    return taken;
}

bool vector_next(struct span *rest, struct vector_line *line)
{
    if (rest->size == 0)
        return false;
    struct span columns = take_until(rest, '\n');
    for (line->count = 0; line->count < VECTOR_COLUMNS; line->count++)
        line->columns[line->count] = take_until(&columns, '\t');
    return true;
}

struct bytes vector_hex(struct span digits)
{
    struct bytes out;
    bytes_init(&out, FILE_MOST);
    uint8_t *room = bytes_room(&out, digits.size / 2);
    if (room == NULL || hex_read(digits, room, digits.size / 2) != OK)
        die("hex digits");
    bytes_grew(&out, digits.size / 2);
    return out;
}

size_t vector_number(struct span digits)
{
    size_t value = 0;
    for (size_t i = 0; i < digits.size; i++)
        value = value * 10 + digits.data[i] - '0';
    return value;
}

struct bytes vector_bad(enum dialect dialect, const struct vector_line *line)
{
    char name[PATH_MOST];
    snprintf(name, sizeof name, "%.*s", (int)line->columns[2].size,
        (const char *)line->columns[2].data);
    struct bytes base = vector_of(dialect, name), edit = vector_hex(line->columns[5]), out;
    size_t from = vector_number(line->columns[3]), to = vector_number(line->columns[4]);
    bytes_init(&out, FILE_MOST);
    bytes_add(&out, span_of(base.data, from));
    bytes_add(&out, bytes_span(&edit));
    bytes_add(&out, span_of(base.data + to, base.size - to));
    bytes_clear(&base);
    bytes_clear(&edit);
    return out;
}
