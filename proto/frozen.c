// Frozen: the record of an administrator's freeze.
#include "proto/line.h"
#include "proto/record.h"

void frozen_write(const struct frozen *frozen, struct bytes *out)
{
    text_title(out, record_title(RECORD_FROZEN));
    text_moment_line(out, "time", frozen->time);
    text_hash_line(out, "request", &frozen->request);
    freeze_lines_write(&frozen->freeze, out);
    line_signature(out, frozen->signature, frozen->signature_size);
}

enum err frozen_read(struct span bytes, struct frozen *out)
{
    struct text text = text_of(bytes);
    *out = (struct frozen){0};
    text_read_title(&text, record_title(RECORD_FROZEN));
    out->time = text_read_moment_line(&text, "time");
    out->request = text_read_hash_line(&text, "request");
    freeze_lines_read(&text, &out->freeze);
    out->signature_size = line_read_signature(&text, out->signature);
    return text_finish(&text);
}
