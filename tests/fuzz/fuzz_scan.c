// Property: what the vault's scanner takes holds the three fields as it reports them, each behind
// its name; the same three alone scan to the same values; and nothing can be put behind it.
#include "hsm/scan.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good)
{
    if (!good)
        abort();
}

static void must_hold(struct span payload, const struct bytes *part)
{
    must(bytes_finish(part) == OK);
    must(memmem(payload.data, payload.size, part->data, part->size) != NULL);
}

// Writes the three fields alone, and looks for each in what was scanned.
static void write_fields(struct span payload, const struct scan *scan, struct bytes *out)
{
    char expires[MOMENT_TEXT + 1];
    struct bytes part;
    bytes_init(&part, 256);
    moment_write(scan->expires, expires);
    bytes_add_format(&part, "\"_type\":\"%s\"", scan->type);
    must_hold(payload, &part);
    bytes_add_text(out, "{");
    bytes_add(out, bytes_span(&part));
    bytes_reset(&part);
    bytes_add_format(&part, "\"expires\":\"%s\"", expires);
    must_hold(payload, &part);
    bytes_add_text(out, ",");
    bytes_add(out, bytes_span(&part));
    bytes_reset(&part);
    bytes_add_format(&part, "\"version\":%llu", (unsigned long long)scan->version);
    must_hold(payload, &part);
    bytes_add_text(out, ",");
    bytes_add(out, bytes_span(&part));
    bytes_add_text(out, "}");
    bytes_clear(&part);
}

static void must_end_there(enum dialect dialect, struct span payload)
{
    struct bytes longer;
    struct scan scan;
    bytes_init(&longer, payload.size + 1);
    bytes_add(&longer, payload);
    bytes_add_u8(&longer, '}');
    must(scan_payload(dialect, bytes_span(&longer), &scan) != OK);
    must(scan_payload(dialect, span_of(payload.data, payload.size - 1), &scan) != OK);
    bytes_clear(&longer);
}

static void scan_as(enum dialect dialect, struct span payload)
{
    struct scan scan, again;
    struct bytes alone;
    if (scan_payload(dialect, payload, &scan) != OK)
        return;
    bytes_init(&alone, 512);
    write_fields(payload, &scan, &alone);
    must(scan_payload(dialect, bytes_span(&alone), &again) == OK);
    must(strcmp(scan.type, again.type) == 0 && scan.version == again.version &&
         scan.expires == again.expires);
    must_end_there(dialect, payload);
    bytes_clear(&alone);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    scan_as(DIALECT_TUF, span_of(data, size));
    scan_as(DIALECT_UPTANE, span_of(data, size));
    return 0;
}
