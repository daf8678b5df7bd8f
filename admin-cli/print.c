#include "admin-cli/print.h"

#include <stdarg.h>
#include <string.h>
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

static void print_byte(FILE *to, uint8_t byte)
{
    if (is_plain(byte))
        fputc(byte, to);
    else
        fprintf(to, "\\x%02x", byte);
}

void print_foreign(FILE *to, struct span text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] == '\n')
            fputc('\n', to);
        else
            print_byte(to, text.data[i]);
}

void print_line(FILE *to, struct span text)
{
    for (size_t i = 0; i < text.size; i++)
        print_byte(to, text.data[i]);
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
    print_foreign(to, span_text(words));
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
        print_foreign(to, span_of(words, size));
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
    bool written = fwrite(bytes.data, 1, bytes.size, stdout) == bytes.size;
    return written && fflush(stdout) == 0 ? OK : ERR_SYSTEM;
}

void print_coloured(FILE *to, enum print_colour colour, const char *word)
{
    static const char *const codes[] = {
        [PRINT_RED] = "31", [PRINT_GREEN] = "32", [PRINT_YELLOW] = "33"};
    fprintf(to, "\033[%sm", codes[colour]);
    print_foreign(to, span_text(word));
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
