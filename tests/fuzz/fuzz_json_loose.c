// Whatever is read as JSON of other programs becomes a canonical value that the strict reader takes,
// and which, written as a file, is read as itself.
#include "metadata/json.h"
#include "metadata/json_file.h"
#include "metadata/json_loose.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_canonical(struct span canonical)
{
    struct json json = json_of(DIALECT_TUF, canonical);
    if (!span_equal(json_skip(&json), canonical) || json_finish(&json) != OK)
        abort();
}

static void check_again(struct span canonical, size_t most)
{
    struct bytes file, again;
    struct json_fault fault;
    bytes_init(&file, 6 * most);
    bytes_init(&again, most);
    json_file_write(DIALECT_TUF, canonical, &file);
    if (json_loose_read(DIALECT_TUF, bytes_span(&file), &again, &fault) != OK ||
        !span_equal(bytes_span(&again), canonical))
        abort();
    bytes_clear(&file);
    bytes_clear(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes canonical;
    struct json_fault fault;
    bytes_init(&canonical, 2 * size + 64);
    enum err err = json_loose_read(DIALECT_TUF, span_of(data, size), &canonical, &fault);
    if (err == OK) {
        check_canonical(bytes_span(&canonical));
        check_again(bytes_span(&canonical), canonical.limit);
    } else if (err != ERR_FORM || fault.words == NULL || fault.at > size) {
        abort();
    }
    bytes_clear(&canonical);
    return 0;
}
