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
