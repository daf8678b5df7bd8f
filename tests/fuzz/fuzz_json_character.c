// Any text, spelled in a dialect, is a string that the dialect's reader takes and that means the text.
#include "metadata/json.h"
#include "metadata/json_character.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// The characters that stand in the input, and the string that they are in the dialect. Bytes that
// are none are left out.
static void spell(
    enum dialect dialect, struct span input, struct bytes *text, struct bytes *string)
{
    bytes_add_u8(string, '"');
    while (input.size > 0) {
        uint8_t spelled[CHARACTER_SPELLING];
        uint32_t character;
        size_t size = character_read_utf8(input, &character), step = size == 0 ? 1 : size;
        bytes_add(text, span_of(input.data, size));
        if (size > 0)
            bytes_add(string, span_of(spelled, character_write(dialect, character, spelled)));
        input = span_of(input.data + step, input.size - step);
    }
    bytes_add_u8(string, '"');
}

static void check(enum dialect dialect, struct span input)
{
    struct bytes text, string, meaning;
    bytes_init(&text, input.size);
    bytes_init(&string, 6 * input.size + 2);
    bytes_init(&meaning, input.size);
    spell(dialect, input, &text, &string);
    if (bytes_finish(&text) != OK || bytes_finish(&string) != OK)
        abort();
    struct json json = json_of(dialect, bytes_span(&string));
    json_unescape(json_string(&json), &meaning);
    if (json_finish(&json) != OK || bytes_finish(&meaning) != OK ||
        !span_equal(bytes_span(&meaning), bytes_span(&text)))
        abort();
    bytes_clear(&text);
    bytes_clear(&string);
    bytes_clear(&meaning);
}

// What is no escape is refused with words; what is one means what its spelling means.
static void check_escape(struct span input)
{
    uint8_t spelled[CHARACTER_SPELLING];
    uint32_t character, again;
    const char *failure = NULL;
    if (input.size == 0 || input.data[0] != '\\')
        return;
    size_t size = character_read_escape(input, &character, &failure);
    if (size > input.size || (size == 0 && failure == NULL))
        abort();
    if (size == 0)
        return;
    struct span spelling =
        span_of(spelled, character_write(DIALECT_UPTANE, character, spelled));
    size_t read = spelled[0] == '\\' ? character_read_escape(spelling, &again, &failure)
                                     : character_read_utf8(spelling, &again);
    if (read != spelling.size || again != character)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check(DIALECT_TUF, span_of(data, size));
    check(DIALECT_UPTANE, span_of(data, size));
    check_escape(span_of(data, size));
    return 0;
}
