// A scribe writes one JSON value: objects, arrays and what stands in them, in the order of the
// calls. Output is ASCII: foreign bytes are escaped as print_escape does before JSON sees them.
// Every call takes the member's key, or NULL inside an array and for the outermost value.
#ifndef CONCLAVE_ADMIN_CLI_SCRIBE_H
#define CONCLAVE_ADMIN_CLI_SCRIBE_H

#include "signer/base/hash.h"
#include "signer/base/moment.h"

struct scribe {
    struct bytes out;
    bool comma; // something stands before what comes next
};

// A command's whole answer; the largest is a rendering.
enum { SCRIBE_MOST = 128 * 1024 * 1024 };

void scribe_init(struct scribe *scribe);
void scribe_clear(struct scribe *scribe);

void scribe_object(struct scribe *scribe, const char *key);
void scribe_object_end(struct scribe *scribe);
void scribe_array(struct scribe *scribe, const char *key);
void scribe_array_end(struct scribe *scribe);
void scribe_span(struct scribe *scribe, const char *key, struct span text);
// The same text exactly, for whoever verifies it: signed notes, whose lines begin with U+2014. It stays
// ASCII: \uxxxx. What is not UTF-8 fails the scribe with ERR_FORM.
void scribe_exact(struct scribe *scribe, const char *key, struct span text);
void scribe_text(struct scribe *scribe, const char *key, const char *text);
void scribe_number(struct scribe *scribe, const char *key, uint64_t number);
void scribe_null(struct scribe *scribe, const char *key);
void scribe_bool(struct scribe *scribe, const char *key, bool value);
void scribe_hash(
    struct scribe *scribe, const char *key, const struct hash *hash); // null for none
void scribe_moment(struct scribe *scribe, const char *key, moment at);
// A value that is canonical JSON already, in the form that strict parsers read
// (metadata/json_file.h).
void scribe_json(struct scribe *scribe, const char *key, struct span json);

// Writes the value and a line feed to standard output and clears the scribe. ERR_LIMIT,
// ERR_MEMORY, ERR_SYSTEM.
enum err must_check scribe_print(struct scribe *scribe);

#endif
