#include "proto/motion.h"

#include "proto/line.h"

#include <string.h>

static const char title_keys[] = "conclave.keys/v1";
static const char title_lift[] = "conclave.lift/v1";
static const char title_time[] = "conclave.time/v1";
static const char title_possession[] = "conclave.possession/v1";
static const char title_proofs[] = "conclave.proofs/v1";

// ---- kinds ----

static const char *const roles[MOTION_KINDS] = {
    [MOTION_NONE] = "",
    [MOTION_CHARTER] = MOTION_REPOSITORY "/charter",
    [MOTION_IMPORT] = MOTION_REPOSITORY "/import",
    [MOTION_KEYS] = MOTION_REPOSITORY "/keys",
    [MOTION_LIFT] = MOTION_REPOSITORY "/lift",
    [MOTION_MANDATE] = MOTION_REPOSITORY "/mandate",
    [MOTION_TIME] = MOTION_REPOSITORY "/time",
};

enum motion motion_of(const char *role)
{
    for (size_t i = MOTION_NONE + 1; i < MOTION_KINDS; i++)
        if (strcmp(role, roles[i]) == 0)
            return (enum motion)i;
    return MOTION_NONE;
}

const char *motion_role(enum motion motion)
{
    return (size_t)motion < MOTION_KINDS ? roles[motion] : roles[MOTION_NONE];
}

bool motion_reserves(const char *role)
{
    return span_starts(span_text(role), MOTION_REPOSITORY "/");
}

// ---- keys ----

static void names_write(
    const char *name, const struct keys_name *names, size_t count, struct bytes *out)
{
    for (size_t i = 0; i < count; i++) {
        text_name(out, name);
        text_word(out, span_text(names[i].role));
        text_hash(out, &names[i].key);
        text_end(out);
    }
}

void keys_motion_write(const struct keys_motion *motion, struct bytes *out)
{
    text_title(out, title_keys);
    line_number(out, "number", motion->number);
    for (size_t i = 0; i < motion->make_count; i++) {
        text_name(out, "make");
        text_word(out, span_text(motion->make[i].role));
        text_plain(out, key_type_text(motion->make[i].type));
        text_end(out);
    }
    names_write("retire", motion->retire, motion->retire_count, out);
    names_write("destroy", motion->destroy, motion->destroy_count, out);
}

static size_t make_read(struct text *text, struct keys_make *make)
{
    size_t count = 0;
    while (count < LIMIT_MOTION_KEYS && text_next_is(text, "make")) {
        text_read_name(text, "make");
        field_read_role(text, make[count].role);
        make[count].type = key_type_from(text_read_field(text, LIMIT_NAME));
        text_read_end(text);
        if (make[count].type == KEY_NONE)
            text_fail(text);
        count++;
    }
    return count;
}

static size_t names_read(struct text *text, const char *name, struct keys_name *names)
{
    size_t count = 0;
    while (count < LIMIT_MOTION_KEYS && text_next_is(text, name)) {
        struct keys_name *one = &names[count];
        text_read_name(text, name);
        field_read_role(text, one->role);
        one->key = text_read_hash(text);
        text_read_end(text);
        if (count > 0 && !role_key_ascends(one[-1].role, &one[-1].key, one->role, &one->key))
            text_fail(text);
        count++;
    }
    return count;
}

enum err keys_motion_read(struct span bytes, struct keys_motion *out)
{
    struct text text = text_of(bytes);
    *out = (struct keys_motion){0};
    text_read_title(&text, title_keys);
    out->number = line_read_number(&text, "number", 1, LIMIT_VERSION);
    out->make_count = make_read(&text, out->make);
    out->retire_count = names_read(&text, "retire", out->retire);
    out->destroy_count = names_read(&text, "destroy", out->destroy);
    size_t count = out->make_count + out->retire_count + out->destroy_count;
    if (count == 0 || count > LIMIT_MOTION_KEYS)
        text_fail(&text);
    return text_finish(&text);
}

// ---- lift ----

void lift_motion_write(const struct lift_motion *motion, struct bytes *out)
{
    text_title(out, title_lift);
    text_hash_line(out, "freeze", &motion->freeze);
    text_name(out, "what");
    freeze_of_fields(&motion->of, out);
    text_end(out);
}

enum err lift_motion_read(struct span bytes, struct lift_motion *out)
{
    struct text text = text_of(bytes);
    *out = (struct lift_motion){0};
    text_read_title(&text, title_lift);
    out->freeze = text_read_hash_line(&text, "freeze");
    text_read_name(&text, "what");
    out->of = freeze_of_read(&text);
    text_read_end(&text);
    // A mandate that is revoked is not in force again: its quorum approves another.
    if (out->of.what == FREEZE_MANDATE)
        text_fail(&text);
    return text_finish(&text);
}

// ---- time ----

void time_motion_write(const struct time_motion *motion, struct bytes *out)
{
    text_title(out, title_time);
    line_number(out, "number", motion->number);
    text_moment_line(out, "time", motion->time);
}

enum err time_motion_read(struct span bytes, struct time_motion *out)
{
    struct text text = text_of(bytes);
    *out = (struct time_motion){0};
    text_read_title(&text, title_time);
    out->number = line_read_number(&text, "number", 1, LIMIT_VERSION);
    out->time = text_read_moment_line(&text, "time");
    return text_finish(&text);
}

// ---- possession ----

void possession_write(const struct hash *appliance, uint64_t epoch, const struct hash *charter,
    const struct hash *key, struct bytes *out)
{
    text_title(out, title_possession);
    text_hash_line(out, "appliance", appliance);
    line_numbered(out, "charter", epoch, charter);
    text_hash_line(out, "key", key);
}

void proofs_write(const struct proofs *proofs, struct bytes *out)
{
    text_title(out, title_proofs);
    for (size_t i = 0; i < proofs->count; i++) {
        text_name(out, "proof");
        text_hash(out, &proofs->at[i].key);
        text_base64(out, span_of(proofs->at[i].signature, proofs->at[i].signature_size));
        text_end(out);
    }
}

static void proof_read(struct text *text, struct proof_line *out)
{
    text_read_name(text, "proof");
    out->key = text_read_hash(text);
    out->signature_size = text_read_base64_to(text, out->signature, sizeof out->signature);
    text_read_end(text);
}

enum err proofs_read(struct span bytes, struct proofs *out)
{
    struct text text = text_of(bytes);
    *out = (struct proofs){0};
    text_read_title(&text, title_proofs);
    while (out->count < sizeof out->at / sizeof out->at[0] && text_next_is(&text, "proof")) {
        struct proof_line *one = &out->at[out->count];
        proof_read(&text, one);
        if (out->count > 0 && !hash_ascends(&one[-1].key, &one->key))
            text_fail(&text);
        out->count++;
    }
    if (out->count == 0)
        text_fail(&text);
    return text_finish(&text);
}
