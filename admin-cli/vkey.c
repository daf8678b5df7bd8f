#include "admin-cli/vkey.h"

#include "client/fault.h"
#include "client/source.h"
#include "log/checkpoint.h"

enum err vkey_given(const char *given, char *origin, struct key *log, struct refusal *refusal)
{
    struct bytes text;
    if (vkey_read(span_text(given), origin, log) == OK)
        return OK;
    bytes_init(&text, LIMIT_CHECKPOINT);
    enum err err = source_read_file(given, &text, refusal);
    if (err == OK && text.size > 0 && text.data[text.size - 1] == '\n')
        text.size--;
    if (err == OK && vkey_read(bytes_span(&text), origin, log) != OK)
        err =
            fault(ERR_FORM, refusal, "%s is no verifier key, nor a file that holds one", given);
    bytes_clear(&text);
    return err;
}
