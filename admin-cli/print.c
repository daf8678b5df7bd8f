#include "admin-cli/print.h"

#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static bool is_plain(uint8_t byte)
{
    return byte >= 0x20 && byte <= 0x7e;
}

void print_escape(struct bytes *out, struct span text)
{
    for (size_t i = 0; i < text.size; i++)
        if (is_plain(text.data[i]))
            bytes_add_u8(out, text.data[i]);
        else
            bytes_add_format(out, "\\x%02x", text.data[i]);
}

// ---- lines ----

size_t print_width(FILE *to)
{
    struct winsize size = {0};
    if (!isatty(fileno(to)))
        return 0;
    if (ioctl(fileno(to), TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return PRINT_WIDTH;
    return size.ws_col;
}

// A page of a terminal: so many rows of it are used. `more` is asked when it is full.
struct print_page {
    size_t rows; // 0: there are no pages
    size_t row;
    bool (*more)(void);
    bool ended; // somebody has had enough
};

// Narrower than the first, a line that goes on has no room left for words; deeper than the second no
// text of ours is indented.
enum { NARROWEST = 24, INDENT_MOST = 12 };

static struct span drop_spaces(struct span text)
{
    while (text.size > 0 && text.data[0] == ' ')
        text = span_of(text.data + 1, text.size - 1);
    return text;
}

static size_t indent_of(struct span line)
{
    size_t indent = line.size - drop_spaces(line).size;
    return indent < INDENT_MOST ? indent : INDENT_MOST;
}

// How much of `text` stands on a line with `room` columns: up to a space, when there is one. A longer
// word of ours stays whole, for people who copy it.
static size_t fitting(struct span text, size_t room, bool foreign)
{
    if (text.size <= room)
        return text.size;
    for (size_t size = room; size > 0; size--)
        if (text.data[size] == ' ' && text.data[size - 1] != ' ')
            return size;
    if (foreign)
        return room;
    const uint8_t *end = memchr(text.data + room, ' ', text.size - room);
    return end == NULL ? text.size : (size_t)(end - text.data);
}

// A row more; a full page is turned before it. False when somebody has had enough.
static bool begin_row(FILE *to, struct print_page *page)
{
    if (page == NULL || page->rows == 0)
        return true;
    if (page->row == page->rows) {
        page->row = 0;
        page->ended = fflush(to) != 0 || !page->more();
    }
    page->row++;
    return !page->ended;
}

// A line that is escaped already, without its line feed. Each further line of the terminal begins
// behind `hang` spaces.
static void lay_out(
    FILE *to, struct span line, size_t hang, bool foreign, struct print_page *page)
{
    const char *mark = foreign ? "| " : "";
    size_t width = print_width(to), taken = hang + strlen(mark);
    // A line's own indent, and the gap before a value, are no places to break it.
    size_t start = foreign ? indent_of(line) : hang;
    struct span rest = span_of(line.data + start, line.size - start);
    if (!begin_row(to, page) || line.size == 0)
        return;
    if (line.size <= width || taken + NARROWEST > width) {
        fwrite(line.data, 1, line.size, to);
        return;
    }
    fwrite(line.data, 1, start, to);
    for (size_t room = width - start; rest.size > 0; room = width - taken) {
        size_t size = fitting(rest, room, foreign);
        fwrite(rest.data, 1, size, to);
        rest = drop_spaces(span_of(rest.data + size, rest.size - size));
        if (rest.size == 0)
            return;
        fputc('\n', to);
        if (!begin_row(to, page))
            return;
        fprintf(to, "%*s%s", (int)hang, "", mark);
    }
}

// Where the value of "Name    value" begins; a plain line's own indent.
static size_t value_of(struct span line)
{
    size_t most = line.size < NARROWEST ? line.size : NARROWEST;
    for (size_t i = indent_of(line) + 2; i < most; i++)
        if (line.data[i - 1] == ' ' && line.data[i - 2] == ' ' && line.data[i] != ' ')
            return i;
    return indent_of(line);
}

// Each line of a text, escaped, by itself.
static void print_lines(FILE *to, struct span text, bool foreign, struct print_page *page)
{
    while (text.size > 0) {
        const uint8_t *end = memchr(text.data, '\n', text.size);
        size_t size = end == NULL ? text.size : (size_t)(end - text.data);
        struct bytes line;
        bytes_init(&line, 4 * size);
        print_escape(&line, span_of(text.data, size));
        size_t hang = foreign ? indent_of(bytes_span(&line)) + 2 : value_of(bytes_span(&line));
        lay_out(to, bytes_span(&line), hang, foreign, page);
        bytes_clear(&line);
        if (end == NULL || (page != NULL && page->ended))
            return;
        fputc('\n', to);
        text = span_of(end + 1, text.size - size - 1);
    }
}

void print_foreign(FILE *to, struct span text)
{
    print_lines(to, text, true, NULL);
}

bool print_pages(FILE *to, struct span text, size_t used, bool (*more)(void))
{
    struct winsize size = {0};
    struct print_page page = {.row = used, .more = more};
    // The last row is the question's.
    if (print_width(to) > 0 && ioctl(fileno(to), TIOCGWINSZ, &size) == 0 && size.ws_row > 1)
        page.rows = size.ws_row - 1U;
    page.row = page.rows == 0 ? 0 : used % page.rows;
    print_lines(to, text, true, &page);
    return !page.ended;
}

void print_line(FILE *to, struct span text)
{
    struct bytes line;
    bytes_init(&line, 4 * text.size);
    print_escape(&line, text);
    print_lines(to, bytes_span(&line), true, NULL);
    bytes_clear(&line);
    fputc('\n', to);
}

void print_words(FILE *to, const char *format, ...)
{
    char words[PRINT_WORDS];
    va_list list;
    va_start(list, format);
    int size = vsnprintf(words, sizeof words, format, list);
    va_end(list);
    if (size < 0)
        return;
    print_lines(to, span_text(words), false, NULL);
    if ((size_t)size >= sizeof words)
        fputs("...\n", to);
}

void print_paragraph(FILE *to, size_t indent, const char *words)
{
    size_t column = indent;
    while (*words != 0) {
        size_t size = strcspn(words, " ");
        if (column > indent && column + 1 + size > PRINT_WIDTH) {
            fprintf(to, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            fputc(' ', to);
            column++;
        }
        fwrite(words, 1, size, to);
        column += size;
        words += size;
        words += strspn(words, " ");
    }
    fputc('\n', to);
}

static bool is_text(struct span bytes)
{
    for (size_t i = 0; i < bytes.size; i++)
        if (!is_plain(bytes.data[i]) && bytes.data[i] != '\n')
            return false;
    return true;
}

enum err print_bytes(struct span bytes)
{
    if (isatty(STDOUT_FILENO) && !is_text(bytes))
        return ERR_REFUSED;
    bool written = bytes.size == 0 || fwrite(bytes.data, 1, bytes.size, stdout) == bytes.size;
    return written && fflush(stdout) == 0 ? OK : ERR_SYSTEM;
}

void print_coloured(FILE *to, enum print_colour colour, const char *word)
{
    static const char *const codes[] = {
        [PRINT_RED] = "31", [PRINT_GREEN] = "32", [PRINT_YELLOW] = "33"};
    fprintf(to, "\033[%sm", codes[colour]);
    fputs(word, to);
    fputs("\033[0m", to);
}

void print_grouped(const struct hash *hash, char out[PRINT_GROUPED])
{
    char hex[PRINT_HASH];
    size_t at = 0;
    hash_hex(hash, hex);
    for (size_t i = 0; hex[i] != 0; i++) {
        if (i > 0 && i % 4 == 0)
            out[at++] = ' ';
        out[at++] = hex[i];
    }
    out[at] = 0;
}

void print_duration(int64_t seconds, char out[PRINT_DURATION])
{
    static const struct {
        int64_t seconds;
        char unit;
    } units[] = {{24 * 3600, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
    size_t i = 0;
    while (seconds % units[i].seconds != 0)
        i++;
    if (seconds == 0)
        (void)snprintf(out, PRINT_DURATION, "none");
    else
        (void)snprintf(out, PRINT_DURATION, "%lld%c", (long long)(seconds / units[i].seconds),
            units[i].unit);
}
