// JSON as other programs write it (RFC 8259): any white space, any order of fields, any escape. It is
// turned into the canonical form of a dialect, which metadata/json.h accepts, always. What two parsers
// could read differently stays refused: a name that stands twice, a number that is no integer within
// 2^53-1, a name that is not printable ASCII or holds `"` or `\`, half a surrogate pair, invalid
// UTF-8, a control character as such, a byte order mark, bytes behind the value, depth over
// JSON_DEPTH.
#ifndef CONCLAVE_METADATA_JSON_LOOSE_H
#define CONCLAVE_METADATA_JSON_LOOSE_H

#include "policy/dialect.h"
#include "signer/base/bytes.h"

// Where it was wrong, for people.
struct json_fault {
    size_t at;         // byte of the file
    const char *words; // NULL: nothing was
};

// Appends the canonical form of the one value of `file`. ERR_FORM with `fault`; ERR_LIMIT,
// ERR_MEMORY. What was appended is of use only when it is OK.
enum err must_check json_loose_read(
    enum dialect dialect, struct span file, struct bytes *canonical, struct json_fault *fault);

#endif
