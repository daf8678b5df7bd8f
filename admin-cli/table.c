#include "admin-cli/table.h"

#include "admin-cli/print.h"

#include <ctype.h>
#include <inttypes.h>
#include <libsmartcols.h>
#include <stdlib.h>
#include <string.h>

enum { CELL_MOST = 4096, HEADING_MOST = 32 };

struct table {
    const char *name;
    const struct table_column *columns;
    size_t count;
    size_t widths[TABLE_COLUMNS]; // of the widest cell, or the heading
    bool json;
    bool failed;
    FILE *stream;
    struct libscols_table *scols;
    struct libscols_line *line;
};

static bool add_column(struct table *table, const struct table_column *column)
{
    char heading[HEADING_MOST];
    bool is_number = (column->kind & TABLE_NUMBER) != 0;
    size_t i = 0;
    for (; column->name[i] != 0 && i + 1 < sizeof heading; i++)
        heading[i] =
            (char)(table->json ? column->name[i] : toupper((unsigned char)column->name[i]));
    heading[i] = 0;
    struct libscols_column *made =
        scols_table_new_column(table->scols, heading, 0, is_number ? SCOLS_FL_RIGHT : 0);
    // What was escaped once is not escaped again; line feeds fold a cell (fold_cell).
    return made != NULL && scols_column_set_safechars(made, "\\\n") == 0 &&
           scols_column_set_json_type(
               made, is_number ? SCOLS_JSON_NUMBER : SCOLS_JSON_STRING) == 0;
}

struct table *table_new(
    const char *name, const struct table_column *columns, size_t count, bool json)
{
    struct table *table = calloc(1, sizeof *table);
    if (table == NULL)
        return NULL;
    *table = (struct table){.name = name,
        .columns = columns,
        .count = count,
        .json = json,
        .stream = stdout,
        .scols = scols_new_table()};
    if (table->scols == NULL || scols_table_set_name(table->scols, name) != 0 ||
        scols_table_enable_json(table->scols, json) != 0 || count > TABLE_COLUMNS)
        table->failed = true;
    for (size_t i = 0; i < count && !table->failed; i++) {
        table->widths[i] = strlen(columns[i].name);
        table->failed = !add_column(table, &columns[i]);
    }
    return table;
}

void table_free(struct table *table)
{
    if (table == NULL)
        return;
    scols_unref_table(table->scols);
    free(table);
}

void table_line(struct table *table)
{
    table->line = table->failed ? NULL : scols_table_new_line(table->scols, NULL);
    table->failed = table->line == NULL;
}

void table_set(struct table *table, size_t column, struct span text)
{
    struct bytes cell;
    bytes_init(&cell, CELL_MOST);
    print_escape(&cell, text);
    bytes_add_u8(&cell, 0);
    if (table->failed || bytes_finish(&cell) != OK ||
        scols_line_set_data(table->line, column, (const char *)cell.data) != 0)
        table->failed = true;
    else if (cell.size - 1 > table->widths[column])
        table->widths[column] = cell.size - 1;
    bytes_clear(&cell);
}

void table_set_text(struct table *table, size_t column, const char *text)
{
    table_set(table, column, span_text(text));
}

void table_set_number(struct table *table, size_t column, uint64_t number)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRIu64, number);
    table_set_text(table, column, text);
}

void table_to(struct table *table, FILE *stream)
{
    table->stream = stream;
    if (!table->failed && scols_table_set_stream(table->scols, stream) != 0)
        table->failed = true;
}

// ---- room on a terminal ----

static size_t width_of(const struct table *table, bool spares)
{
    size_t width = 0;
    for (size_t i = 0; i < table->count; i++)
        if (spares || (table->columns[i].kind & TABLE_SPARE) == 0)
            width += table->widths[i] + (width > 0 ? 1 : 0);
    return width;
}

static void hide_spares(struct table *table)
{
    for (size_t i = 0; i < table->count; i++)
        if ((table->columns[i].kind & TABLE_SPARE) != 0)
            (void)scols_column_set_flags(
                scols_table_get_column(table->scols, i), SCOLS_FL_HIDDEN);
}

static const char *cell_of(const struct table *table, size_t line, size_t column)
{
    struct libscols_line *at = scols_table_get_line(table->scols, line);
    const char *text = scols_cell_get_data(scols_line_get_cell(at, column));
    return text == NULL ? "" : text;
}

// Line feeds in place of spaces, so that no line of the cell is wider than `most`, if words allow it.
static void fold_words(char *text, size_t most)
{
    char *begin = text, *space = NULL;
    for (char *at = text; *at != 0; at++) {
        if (*at == ' ')
            space = at;
        if ((size_t)(at - begin) < most || space == NULL)
            continue;
        *space = '\n';
        begin = space + 1;
        space = NULL;
    }
}

static bool fold_cell(struct table *table, size_t line, size_t column, size_t most)
{
    char *text = strdup(cell_of(table, line, column));
    struct libscols_line *at = scols_table_get_line(table->scols, line);
    if (text == NULL)
        return false;
    fold_words(text, most);
    bool good = scols_line_set_data(at, column, text) == 0;
    free(text);
    return good;
}

// Narrower than this, a column of words is no pleasure to read.
enum { FOLD_LEAST = 20 };

static bool fold(struct table *table, size_t room)
{
    size_t rest = width_of(table, false);
    for (size_t i = 0; i < table->count; i++) {
        if ((table->columns[i].kind & TABLE_FOLDS) == 0 ||
            rest - table->widths[i] + FOLD_LEAST > room)
            continue;
        size_t most = room - (rest - table->widths[i]);
        struct libscols_column *column = scols_table_get_column(table->scols, i);
        bool good = scols_column_set_flags(column, SCOLS_FL_WRAP) == 0 &&
                    scols_column_set_wrapfunc(
                        column, scols_wrapnl_chunksize, scols_wrapnl_nextchunk, NULL) == 0;
        for (size_t k = 0; good && k < scols_table_get_nlines(table->scols); k++)
            good = fold_cell(table, k, i, most);
        return good;
    }
    return false;
}

static enum err print_paragraphs(const struct table *table)
{
    size_t left = 0;
    for (size_t i = 0; i < table->count; i++)
        left = strlen(table->columns[i].name) > left ? strlen(table->columns[i].name) : left;
    for (size_t k = 0; k < scols_table_get_nlines(table->scols); k++) {
        print_words(table->stream, "%s", k == 0 ? "" : "\n");
        for (size_t i = 0; i < table->count; i++)
            if (cell_of(table, k, i)[0] != 0)
                print_words(table->stream, "%-*s  %s\n", (int)left, table->columns[i].name,
                    cell_of(table, k, i));
    }
    return fflush(table->stream) == 0 ? OK : ERR_SYSTEM;
}

// Whether the table fits now; else it is shown otherwise.
static bool fits(struct table *table)
{
    size_t room = table->json ? 0 : print_width(table->stream);
    if (room == 0 || width_of(table, true) <= room)
        return true;
    if (width_of(table, false) > room && !fold(table, room))
        return false;
    hide_spares(table);
    return true;
}

enum err table_print(struct table *table)
{
    if (table->failed)
        return ERR_MEMORY;
    // The library prints nothing at all for a table without lines.
    if (scols_table_is_empty(table->scols)) {
        if (table->json)
            print_words(table->stream, "{\"%s\":[]}\n", table->name);
        return OK;
    }
    if (!fits(table))
        return print_paragraphs(table);
    if (scols_print_table(table->scols) != 0)
        return ERR_SYSTEM;
    return fflush(table->stream) == 0 ? OK : ERR_SYSTEM;
}
