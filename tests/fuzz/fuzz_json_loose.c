// Whatever is read as JSON of other programs becomes a canonical value that the strict reader takes,
// and which, written as a file, is read as itself: in both dialects, or in none, and then for one
// reason.
#include "metadata/json.h"
#include "metadata/json_file.h"
#include "metadata/json_loose.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_canonical(enum dialect dialect, struct span canonical)
{
    struct json json = json_of(dialect, canonical);
    if (!span_equal(json_skip(&json), canonical) || json_finish(&json) != OK)
        abort();
}

// The file of a canonical value means that value in this dialect, too.
static void check_file(
    enum dialect of, struct span canonical, enum dialect dialect, struct span expected)
{
    struct bytes file, again;
    struct json_fault fault;
    bytes_init(&file, 6 * canonical.size);
    bytes_init(&again, expected.size);
    json_file_write(of, canonical, &file);
    if (json_loose_read(dialect, bytes_span(&file), &again, &fault) != OK ||
        !span_equal(bytes_span(&again), expected))
        abort();
    bytes_clear(&file);
    bytes_clear(&again);
}

static void check_forms(struct span tuf, struct span uptane)
{
    check_canonical(DIALECT_TUF, tuf);
    check_canonical(DIALECT_UPTANE, uptane);
    check_file(DIALECT_TUF, tuf, DIALECT_TUF, tuf);
    check_file(DIALECT_TUF, tuf, DIALECT_UPTANE, uptane);
    check_file(DIALECT_UPTANE, uptane, DIALECT_UPTANE, uptane);
    check_file(DIALECT_UPTANE, uptane, DIALECT_TUF, tuf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes tuf, uptane;
    struct json_fault fault, other;
    bytes_init(&tuf, 2 * size + 64);
    bytes_init(&uptane, 3 * size + 64); // what has two bytes is spelled with six
    enum err err = json_loose_read(DIALECT_TUF, span_of(data, size), &tuf, &fault);
    if (json_loose_read(DIALECT_UPTANE, span_of(data, size), &uptane, &other) != err)
        abort();
    if (err == OK)
        check_forms(bytes_span(&tuf), bytes_span(&uptane));
    else if (err != ERR_FORM || fault.words == NULL || fault.at > size ||
             fault.at != other.at || fault.words != other.words)
        abort();
    bytes_clear(&tuf);
    bytes_clear(&uptane);
    return 0;
}
