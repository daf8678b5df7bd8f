// The corridor's fixed layout: how a struct message lies between two rooms.
//
//   u32 size of what follows | u16 kind | u64 id | fields in the order of struct message
//
// u32 and u64 big-endian; a hash is its 32 bytes; a span is u32 size and bytes; a list is u32
// count and its elements. One const table (signer/corridor/layout.h) names each kind's fields and
// their limits; encoder and decoder are both driven by it, so they cannot disagree. What does not
// fit exactly is ERR_FORM.
#ifndef CONCLAVE_SIGNER_CORRIDOR_CODEC_H
#define CONCLAVE_SIGNER_CORRIDOR_CODEC_H

#include "proto/message.h"

enum { CODEC_HEADER = 4 };

// Appends the whole frame. `out`'s failure is sticky as ever; it is ERR_FORM when the message
// itself is over a limit of its kind, has an unknown kind or a value that its field may not have.
void codec_encode(const struct message *message, struct bytes *out);
// Decodes what follows the size. Spans borrow from `frame`. ERR_FORM.
enum err must_check codec_decode(struct span frame, struct message *out);

#endif
