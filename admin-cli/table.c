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
    bool json;
    bool failed;
    struct libscols_table *scols;
    struct libscols_line *line;
};

static bool add_column(struct table *table, const struct table_column *column)
{
    char heading[HEADING_MOST];
    size_t i = 0;
    for (; column->name[i] != 0 && i + 1 < sizeof heading; i++)
        heading[i] =
            (char)(table->json ? column->name[i] : toupper((unsigned char)column->name[i]));
    heading[i] = 0;
    struct libscols_column *made =
        scols_table_new_column(table->scols, heading, 0, column->number ? SCOLS_FL_RIGHT : 0);
    return made != NULL && scols_column_set_json_type(made,
                               column->number ? SCOLS_JSON_NUMBER : SCOLS_JSON_STRING) == 0;
}

struct table *table_new(
    const char *name, const struct table_column *columns, size_t count, bool json)
{
    struct table *table = calloc(1, sizeof *table);
    if (table == NULL)
        return NULL;
    *table = (struct table){.name = name, .json = json, .scols = scols_new_table()};
    if (table->scols == NULL || scols_table_set_name(table->scols, name) != 0 ||
        scols_table_enable_json(table->scols, json) != 0)
        table->failed = true;
    for (size_t i = 0; i < count && !table->failed; i++)
        table->failed = !add_column(table, &columns[i]);
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
    if (!table->failed && scols_table_set_stream(table->scols, stream) != 0)
        table->failed = true;
}

enum err table_print(struct table *table)
{
    if (table->failed)
        return ERR_MEMORY;
    // The library prints nothing at all for a table without lines.
    if (scols_table_is_empty(table->scols)) {
        if (table->json)
            print_words(stdout, "{\"%s\":[]}\n", table->name);
        return OK;
    }
    if (scols_print_table(table->scols) != 0)
        return ERR_SYSTEM;
    return fflush(stdout) == 0 ? OK : ERR_SYSTEM;
}
