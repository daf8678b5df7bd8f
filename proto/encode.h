// Writing the public wire: one struct message to one frame, in the one spelling that decode takes.
#ifndef CONCLAVE_PROTO_ENCODE_H
#define CONCLAVE_PROTO_ENCODE_H

#include "proto/message.h"

// Appends the frame. What decode would not take is not written, and `out` is as it was: ERR_FORM,
// not a kind of the public wire or a field that is not what it must be; ERR_LIMIT. When the frame
// does not fit into `out` its failure is sticky as ever: ERR_LIMIT, ERR_MEMORY.
enum err must_check encode(const struct message *message, struct bytes *out);

#endif
