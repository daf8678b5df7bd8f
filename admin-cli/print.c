#include "admin-cli/print.h"

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

void print_foreign(FILE *to, struct span text)
{
    for (size_t i = 0; i < text.size; i++)
        if (is_plain(text.data[i]) || text.data[i] == '\n')
            fputc(text.data[i], to);
        else
            fprintf(to, "\\x%02x", text.data[i]);
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
