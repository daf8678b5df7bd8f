// Metadata of the past: what is good today is good there with nothing noted, and what is read there
// can be walked to its end.
#include "metadata/history.h"
#include "metadata/tuf.h"

#include <stdlib.h>
#include <string.h>

static void check_chain(enum dialect dialect, struct span input)
{
    static struct import_motion motion;
    struct refusal refusal;
    struct history_case given = {
        .repository = "image", .dialect = dialect, .roots = &input, .root_count = 1};
    if (history_read(&given, &motion, &refusal) == OK && motion.root_count != 1)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum dialect dialects[] = {DIALECT_TUF, DIALECT_UPTANE};
    struct span input = span_of(data, size);
    for (size_t i = 0; i < sizeof dialects / sizeof dialects[0]; i++) {
        check_payload(dialects[i], input);
        check_file(dialects[i], input);
        check_chain(dialects[i], input);
    }
    return 0;
}
