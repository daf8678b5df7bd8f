// Whatever is read as a state, as wishes or as objects is what its writer would write; but for the
// programs that wrote a state, which are named anew.
#include "policy/objects.h"
#include "policy/state.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_again(struct bytes *again, struct span input)
{
    if (bytes_finish(again) != OK || !span_equal(bytes_span(again), input))
        abort();
    bytes_clear(again);
}

// A state without its first two lines, the second of which names the programs.
static struct span behind_format(struct span text)
{
    for (size_t line = 0; line < 2; line++) {
        const uint8_t *end = memchr(text.data, '\n', text.size);
        if (end == NULL)
            abort();
        text = span_of(end + 1, text.size - (size_t)(end + 1 - text.data));
    }
    return text;
}

// What was read in an older format is written in this one, and says the same there.
static void check_older(const struct bytes *written)
{
    static struct state state;
    struct bytes again;
    bytes_init(&again, LIMIT_STATE + written->size);
    if (state_read(bytes_span(written), &state) != OK)
        abort();
    state_write(&state, &again);
    check_again(&again, bytes_span(written));
}

static void check_state(const struct state *state, struct span input)
{
    struct bytes again;
    bytes_init(&again, LIMIT_STATE + input.size);
    state_write(state, &again);
    if (bytes_finish(&again) != OK)
        abort();
    if (state->format != STATE_FORMAT)
        check_older(&again);
    else if (!span_equal(behind_format(bytes_span(&again)), behind_format(input)))
        abort();
    bytes_clear(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct state state;
    static struct wishes wishes;
    static struct objects objects;
    struct span input = span_of(data, size);
    struct bytes again;
    bytes_init(&again, LIMIT_OBJECTS + size);
    if (state_read(input, &state) == OK)
        check_state(&state, input);
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
