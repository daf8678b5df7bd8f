// Whatever is read as a charter is what its writer would write; whatever is not has a sentence.
#include "policy/charter.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct charter charter;
    struct refusal refusal = {.sentence = ""};
    struct bytes again;
    if (charter_read(span_of(data, size), &charter, &refusal) != OK) {
        if (refusal.rule[0] == '\0' || refusal.sentence[0] == '\0')
            abort();
        return 0;
    }
    bytes_init(&again, LIMIT_CHARTER);
    charter_write(&charter, &again);
    if (bytes_finish(&again) != OK || !span_equal(bytes_span(&again), span_of(data, size)))
        abort();
    bytes_clear(&again);
    return 0;
}
