// A canonical value as a file. Canonical JSON of the `tuf` dialect holds control characters as they
// are (a PEM line feed is a raw 0A), which strict JSON parsers refuse. In a file each control
// character is therefore escaped, in one spelling: a line feed as \n, any other as \u00xx; nothing
// else changes. What is signed stays the canonical value (formats reference, section 1).
//
// Canonical strings escape only `"` and `\`, and control characters stand in strings alone, so the
// two forms correspond byte by byte and neither function needs to know where strings begin.
#ifndef CONCLAVE_METADATA_JSON_FILE_H
#define CONCLAVE_METADATA_JSON_FILE_H

#include "signer/base/bytes.h"

// Appends the file form of a canonical value.
void json_file_write(struct span canonical, struct bytes *out);
// Appends the canonical value of a file. ERR_FORM: a raw control character, or an escape that
// json_file_write would not write. What stands there is read by json.h, not here.
enum err must_check json_file_read(struct span file, struct bytes *canonical);

#endif
