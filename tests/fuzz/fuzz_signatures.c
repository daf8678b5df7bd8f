// Signature objects that are read in a dialect stand in a file of it as they were, and are read there
// again: what `conclave attach` writes, every reader of signed files takes.
#include "client/attach.h"
#include "metadata/json_file.h"
#include "metadata/tuf.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct tuf_envelope read_alone, read_in_file;

static void check_file(enum dialect dialect, struct span file)
{
    struct refusal refusal = {.sentence = ""};
    struct bytes canonical;
    bytes_init(&canonical, ATTACH_FILE_MOST);
    if (json_file_read(dialect, file, &canonical) != OK ||
        tuf_envelope_read(dialect, bytes_span(&canonical), &read_in_file, &refusal) != OK ||
        read_in_file.signature_count != read_alone.signature_count ||
        !span_is(read_in_file.signed_part, "{}"))
        abort();
    bytes_clear(&canonical);
}

static bool has_empty(const struct tuf_envelope *envelope)
{
    for (size_t i = 0; i < envelope->signature_count; i++)
        if (envelope->signatures[i].sig.size == 0)
            return true;
    return false;
}

static void check(enum dialect dialect, struct span text)
{
    struct refusal refusal = {.sentence = ""};
    struct attach attach;
    struct bytes file;
    enum err err = tuf_signatures_read(dialect, text, &read_alone, &refusal);
    if (err != OK && refusal.sentence[0] == 0)
        abort();
    attach_init(&attach, dialect);
    bytes_init(&file, ATTACH_FILE_MOST);
    bool taken = attach_add(&attach, text, "input", &refusal) == OK;
    if (err == OK && taken == has_empty(&read_alone))
        abort();
    if (err == OK && taken && read_alone.signature_count > 0) {
        if (attach_write(&attach, span_text("{}"), &file, &refusal) != OK)
            abort();
        check_file(dialect, bytes_span(&file));
    }
    bytes_clear(&file);
    attach_clear(&attach);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check(DIALECT_TUF, span_of(data, size));
    check(DIALECT_UPTANE, span_of(data, size));
    return 0;
}
