// Opened records, and the approvals that are rebuilt from them.
#include "proto/item.h"
#include "proto/line.h"
#include "proto/motion.h"
#include "proto/name.h"

#include <string.h>

static const char title_opened[] = "conclave.opened/v1";
static const char title_approval[] = "conclave.approval/v1";
// What `decides` says for the charter's own quorum; no role is called that.
static const char charter_word[] = "charter";

// ---- decides ----

static void decides_write(const struct opened *opened, struct bytes *out)
{
    for (size_t i = 0; i < opened->decides_count; i++)
        line_word(out, "decides", opened->decides[i]);
}

// Roles ascend, and the charter's quorum decides alone.
static bool decides_fits(const struct opened *opened, size_t last)
{
    const char *word = opened->decides[last];
    if (strcmp(word, charter_word) == 0)
        return last == 0;
    if (!role_name_is_good(span_text(word)) || motion_reserves(word))
        return false;
    return last == 0 || (strcmp(opened->decides[0], charter_word) != 0 &&
                            strcmp(opened->decides[last - 1], word) < 0);
}

static void decides_read(struct text *text, struct opened *out)
{
    bool is_motion = motion_of(out->items[0].role) != MOTION_NONE;
    while (out->decides_count < LIMIT_ITEMS && text_next_is(text, "decides")) {
        line_read_word(text, "decides", out->decides[out->decides_count], LIMIT_ROLE_NAME);
        if (!decides_fits(out, out->decides_count))
            text_fail(text);
        out->decides_count++;
    }
    if (is_motion != (out->decides_count > 0))
        text_fail(text);
}

// ---- reach ----

static void reach_write(const struct opened *opened, struct bytes *out)
{
    for (size_t i = 0; i < opened->reach_count; i++) {
        const struct reach *reach = &opened->reach[i];
        text_name(out, "reach");
        text_word(out, span_text(reach->role));
        text_number(out, reach->need);
        for (size_t key = 0; key < reach->key_count; key++)
            text_hash(out, &reach->keys[key]);
        text_end(out);
    }
}

static void reach_read_line(struct text *text, struct reach *out)
{
    text_read_name(text, "reach");
    field_read_role(text, out->role);
    out->need = text_read_number(text, LIMIT_REACH_KEYS);
    while (out->key_count < LIMIT_REACH_KEYS && text_has_field(text)) {
        struct hash *key = &out->keys[out->key_count];
        *key = text_read_hash(text);
        if (out->key_count > 0 && !hash_ascends(&key[-1], key))
            text_fail(text);
        out->key_count++;
    }
    text_read_end(text);
    if (out->need == 0 || out->need > out->key_count)
        text_fail(text);
}

// A line is about an item; a role's lines, its old threshold and its new one, stand together.
// Motions have no keys.
static bool reach_fits(const struct opened *opened, size_t last)
{
    const struct reach *reach = &opened->reach[last];
    for (size_t i = 0; i < last; i++)
        if (i + 1 < last && strcmp(opened->reach[i].role, reach->role) == 0)
            return false;
    return motion_of(reach->role) == MOTION_NONE &&
           items_have(opened->items, opened->item_count, reach->role);
}

static void reaches_read(struct text *text, struct opened *out)
{
    while (out->reach_count < LIMIT_REACH && text_next_is(text, "reach")) {
        reach_read_line(text, &out->reach[out->reach_count]);
        if (!reach_fits(out, out->reach_count))
            text_fail(text);
        out->reach_count++;
    }
}

// ---- the lines that opened record and approval have in common, in one order ----

static void common_write(const struct opened *opened, struct bytes *out)
{
    items_write(opened->items, opened->item_count, ITEM_WITH_PREVIOUS, out);
    decides_write(opened, out);
    reach_write(opened, out);
    line_numbered(out, "shown", opened->rendering, &opened->shown);
    line_numbered(out, "charter", opened->epoch, &opened->charter);
    text_moment_line(out, "time", opened->time);
    text_moment_line(out, "earliest", opened->earliest);
    text_moment_line(out, "expires", opened->expires);
}

// A motion stands alone, and nothing but motions stands in their repository.
static bool motions_fit(const struct item *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool reserved = motion_reserves(items[i].role);
        if (reserved && (count > 1 || motion_of(items[i].role) == MOTION_NONE))
            return false;
    }
    return true;
}

static void common_read(struct text *text, struct opened *out)
{
    out->item_count = items_read(text, ITEM_WITH_PREVIOUS, out->items);
    if (!motions_fit(out->items, out->item_count))
        text_fail(text);
    decides_read(text, out);
    reaches_read(text, out);
    out->shown = line_read_numbered(text, "shown", &out->rendering);
    out->charter = line_read_numbered(text, "charter", &out->epoch);
    out->time = text_read_moment_line(text, "time");
    out->earliest = text_read_moment_line(text, "earliest");
    out->expires = expires_read(text);
    if (out->earliest < out->time)
        text_fail(text);
}

// ---- opened ----

void opened_write(const struct opened *opened, struct bytes *out)
{
    text_title(out, title_opened);
    text_hash_line(out, "appliance", &opened->appliance);
    text_hash_line(out, "request", &opened->request);
    text_name(out, "requester");
    text_hash(out, &opened->requester);
    text_base64(out, span_of(opened->signature, opened->signature_size));
    text_end(out);
    common_write(opened, out);
}

enum err opened_read(struct span bytes, struct opened *out)
{
    struct text text = text_of(bytes);
    *out = (struct opened){0};
    text_read_title(&text, title_opened);
    out->appliance = text_read_hash_line(&text, "appliance");
    out->request = text_read_hash_line(&text, "request");
    text_read_name(&text, "requester");
    out->requester = text_read_hash(&text);
    out->signature_size = text_read_base64_to(&text, out->signature, sizeof out->signature);
    text_read_end(&text);
    common_read(&text, out);
    return text_finish(&text);
}

// ---- approval ----

const char *decision_text(enum decision decision)
{
    static const char *const texts[] = {
        [0] = "none",
        [DECISION_APPROVE] = "approve",
        [DECISION_REJECT] = "reject",
    };
    if ((size_t)decision >= sizeof texts / sizeof texts[0])
        return "none";
    return texts[decision];
}

void approval_write(const struct opened *opened, uint64_t index, const struct hash *leaf,
    enum decision decision, const struct hash *approver, struct bytes *out)
{
    text_title(out, title_approval);
    text_hash_line(out, "appliance", &opened->appliance);
    line_word(out, "decision", decision_text(decision));
    line_numbered(out, "opened", index, leaf);
    text_hash_line(out, "request", &opened->request);
    common_write(opened, out);
    text_hash_line(out, "approver", approver);
}
