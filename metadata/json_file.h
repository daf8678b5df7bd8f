// A canonical value as a file (formats reference, section 1). What is signed is always the canonical
// value.
//
// In `uptane` every JSON parser reads the canonical value: the file is these very bytes.
//
// In `tuf` it holds control characters as they are (a PEM line feed is a raw 0A), which strict JSON
// parsers refuse. In a file each control character is therefore escaped, in one spelling: a line feed
// as \n, any other as \u00xx; nothing else changes. Canonical strings escape only `"` and `\`, and
// control characters stand in strings alone, so the two forms correspond byte by byte and neither
// function needs to know where strings begin.
#ifndef CONCLAVE_METADATA_JSON_FILE_H
#define CONCLAVE_METADATA_JSON_FILE_H

#include "policy/dialect.h"
#include "signer/base/bytes.h"

// Appends the file form of a canonical value.
void json_file_write(enum dialect dialect, struct span canonical, struct bytes *out);
// Appends the canonical value of a file. ERR_FORM: in `tuf`, a raw control character, or an escape
// that json_file_write would not write. What stands there is read by json.h, not here.
enum err must_check json_file_read(
    enum dialect dialect, struct span file, struct bytes *canonical);

#endif
