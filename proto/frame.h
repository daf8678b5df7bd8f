// A frame of the public wire: u32 big-endian length, then so many bytes of protobuf (one Ask or
// one Answer). An empty frame does not exist, as an envelope always holds something.
#ifndef CONCLAVE_PROTO_FRAME_H
#define CONCLAVE_PROTO_FRAME_H

#include "proto/limits.h"
#include "signer/base/bytes.h"

enum { FRAME_HEADER = 4, FRAME_MOST = FRAME_HEADER + LIMIT_FRAME };

// The size of the frame at the front of `bytes`, header and all, whether it is complete or not.
// ERR_AGAIN: not even the header is complete; ERR_FORM: length 0; ERR_LIMIT: over LIMIT_FRAME.
enum err must_check frame_size(struct span bytes, size_t *size);
// The protobuf bytes of the frame at the front, borrowed. ERR_AGAIN: not complete; else as above.
enum err must_check frame_body(struct span bytes, struct span *body);

#endif
