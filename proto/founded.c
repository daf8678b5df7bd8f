// Founded: every administrator's signature over the first record.
#include "proto/line.h"
#include "proto/record.h"

void founded_write(const struct founded *founded, struct bytes *out)
{
    text_title(out, record_title(RECORD_FOUNDED));
    text_moment_line(out, "time", founded->time);
    place_line(out, "founding", &founded->founding);
    for (size_t i = 0; i < founded->signature_count; i++) {
        const struct founded_signature *one = &founded->signatures[i];
        text_name(out, "signature");
        text_hash(out, &one->key);
        text_base64(out, span_of(one->signature, one->signature_size));
        text_end(out);
    }
}

static void founded_signature_read(struct text *text, struct founded_signature *out)
{
    text_read_name(text, "signature");
    out->key = text_read_hash(text);
    out->signature_size = text_read_base64_to(text, out->signature, sizeof out->signature);
    text_read_end(text);
}

enum err founded_read(struct span bytes, struct founded *out)
{
    struct text text = text_of(bytes);
    *out = (struct founded){0};
    text_read_title(&text, record_title(RECORD_FOUNDED));
    out->time = text_read_moment_line(&text, "time");
    out->founding = place_read_line(&text, "founding");
    size_t count = 0;
    for (; count < LIMIT_ADMINISTRATORS && text_next_is(&text, "signature"); count++) {
        struct founded_signature *one = &out->signatures[count];
        founded_signature_read(&text, one);
        if (count > 0 && !hash_ascends(&one[-1].key, &one->key))
            text_fail(&text);
    }
    out->signature_count = count;
    // The founding record is leaf 0, or there is no log.
    if (count == 0 || out->founding.index != 0)
        text_fail(&text);
    return text_finish(&text);
}
