// Whatever is read as a state, as wishes or as objects is what its writer would write.
#include "policy/objects.h"
#include "policy/state.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_again(struct bytes *again, struct span input)
{
    if (bytes_finish(again) != OK || !span_equal(bytes_span(again), input))
        abort();
    bytes_clear(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct state state;
    static struct wishes wishes;
    static struct objects objects;
    struct span input = span_of(data, size);
    struct bytes again;
    bytes_init(&again, LIMIT_OBJECTS + size);
    if (state_read(input, &state) == OK) {
        state_write(&state, &again);
        check_again(&again, input);
    }
    if (wishes_read(input, &wishes) == OK) {
        wishes_write(&wishes, &again);
        check_again(&again, input);
    }
    if (objects_read(input, &objects) == OK) {
        objects_write(&objects, &again);
        check_again(&again, input);
    }
    return 0;
}
