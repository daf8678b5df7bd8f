#include "policy/state.h"
#include "proto/line.h"
#include "proto/name.h"

#include <string.h>

static void read_role_name(struct text *text, char out[LIMIT_ROLE_NAME + 1])
{
    text_read_word(text, out, LIMIT_ROLE_NAME);
    if (!role_name_is_good(span_text(out)))
        text_fail(text);
}

// A number that begins with 1.
static uint64_t read_count(struct text *text, uint64_t most)
{
    uint64_t value = text_read_number(text, most);
    if (value == 0)
        text_fail(text);
    return value;
}

// Whether the list has room for the line that comes; fails when not.
static bool has_room(struct text *text, size_t count, size_t most)
{
    if (count == most)
        text_fail(text);
    return count < most;
}

static void read_format(struct text *text, struct state *out)
{
    text_read_title(text, "conclave.state/v1");
    text_read_name(text, "format");
    out->format = read_count(text, LIMIT_INDEX);
    text_read_word(text, out->program, LIMIT_NAME);
    text_read_end(text);
    if (!name_is_good(span_text(out->program)))
        text_fail(text);
}

static void read_order(struct text *text, struct state *out)
{
    text_read_name(text, "order");
    struct text ahead = *text;
    text_read_plain(&ahead, "none");
    out->has_order = ahead.failed;
    if (out->has_order) {
        out->order.index = text_read_number(text, LIMIT_INDEX);
        out->order.leaf = text_read_hash(text);
    } else {
        *text = ahead;
    }
    text_read_end(text);
}

static void read_charter(struct text *text, struct state *out)
{
    text_read_name(text, "charter");
    out->epoch = read_count(text, LIMIT_INDEX);
    out->charter = text_read_hash(text);
    text_read_end(text);
    text_read_name(text, "since");
    out->since = text_read_number(text, LIMIT_INDEX);
    text_read_end(text);
}

// Charters and mandates have lines of their own, and lifts are no chain.
static bool is_chain(enum motion motion)
{
    return motion != MOTION_NONE && motion != MOTION_CHARTER && motion != MOTION_LIFT &&
           motion != MOTION_MANDATE;
}

static void read_motions(struct text *text, struct state *out)
{
    enum motion last = MOTION_NONE;
    while (text_next_is(text, "motion")) {
        char role[LIMIT_ROLE_NAME + 1];
        text_read_name(text, "motion");
        text_read_word(text, role, LIMIT_ROLE_NAME);
        enum motion motion = motion_of(role);
        out->motions[motion].number = read_count(text, LIMIT_VERSION);
        out->motions[motion].payload = text_read_hash(text);
        text_read_end(text);
        // The kinds are numbered in the order of their names.
        if (!is_chain(motion) || motion <= last)
            text_fail(text);
        last = motion;
    }
}

static void read_key(struct text *text, struct key *out)
{
    uint8_t spki[KEY_SPKI_MOST];
    enum key_type type = key_type_from(text_read_field(text, LIMIT_NAME));
    struct hash id = text_read_hash(text);
    size_t size = text_read_base64_to(text, spki, sizeof spki);
    if (key_read(span_of(spki, size), out) != OK || out->type != type ||
        !hash_equal(&out->id, &id))
        text_fail(text);
}

static void read_spare(struct text *text, struct state *out, bool retired)
{
    if (!has_room(text, out->spare_count, LIMIT_SPARE))
        return;
    struct key_state *key = &out->spare[out->spare_count];
    text_read_name(text, retired ? "retired" : "spare");
    read_role_name(text, key->role);
    read_key(text, &key->key);
    key->retired = retired;
    if (!retired) {
        text_read_plain(text, "by");
        key->by = read_count(text, LIMIT_VERSION);
    }
    text_read_end(text);
    // A key stands at one place, whatever list and role that is (R21).
    if (state_key(out, &key->key.id) != NULL ||
        (out->spare_count > 0 && key_state_compare(key - 1, key) >= 0))
        text_fail(text);
    out->spare_count++;
}

static bool hashes_ascend(const struct hash *a, const struct hash *b)
{
    return span_compare(hash_span(a), hash_span(b)) < 0;
}

static void read_freeze(struct text *text, struct state *out)
{
    if (!has_room(text, out->freeze_count, LIMIT_FREEZES))
        return;
    struct freeze_state *freeze = &out->freezes[out->freeze_count];
    text_read_name(text, "freeze");
    freeze->statement = text_read_hash(text);
    freeze->administrator = text_read_hash(text);
    freeze->time = text_read_moment(text);
    freeze->of = freeze_of_read(text);
    text_read_end(text);
    // A mandate that is revoked has ended; there is nothing to lift.
    if (freeze->of.what == FREEZE_MANDATE)
        text_fail(text);
    if (out->freeze_count > 0 && !hashes_ascend(&freeze[-1].statement, &freeze->statement))
        text_fail(text);
    out->freeze_count++;
}

static void read_freezer(struct text *text, struct state *out)
{
    if (!has_room(text, out->freezer_count, LIMIT_ADMINISTRATORS))
        return;
    struct freezer_state *freezer = &out->freezers[out->freezer_count];
    text_read_name(text, "freezer");
    freezer->administrator = text_read_hash(text);
    freezer->number = read_count(text, LIMIT_INDEX);
    text_read_end(text);
    if (out->freezer_count > 0 &&
        !hashes_ascend(&freezer[-1].administrator, &freezer->administrator))
        text_fail(text);
    out->freezer_count++;
}

static bool read_live(struct text *text)
{
    struct span word = text_read_field(text, LIMIT_NAME);
    if (!span_is(word, "live") && !span_is(word, "ended"))
        text_fail(text);
    return span_is(word, "live");
}

static void read_mandate_limits(struct text *text, struct mandate_state *out)
{
    out->first = read_count(text, LIMIT_VERSION);
    out->last = read_count(text, LIMIT_VERSION);
    out->count = read_count(text, LIMIT_VERSION);
    out->longest = (int64_t)read_count(text, LIMIT_MANDATE_LIFE);
    out->until = text_read_moment(text);
    out->reserved = text_read_number(text, LIMIT_VERSION);
    out->top = text_read_number(text, LIMIT_VERSION);
    if (out->last < out->first || out->reserved > out->count)
        text_fail(text);
}

static void read_mandate(struct text *text, struct state *out)
{
    if (!has_room(text, out->mandate_count, LIMIT_MANDATES))
        return;
    struct mandate_state *mandate = &out->mandates[out->mandate_count];
    text_read_name(text, "mandate");
    read_role_name(text, mandate->role);
    mandate->number = read_count(text, LIMIT_VERSION);
    mandate->text = text_read_hash(text);
    mandate->live = read_live(text);
    mandate->requester = text_read_hash(text);
    read_mandate_limits(text, mandate);
    text_read_end(text);
    if (out->mandate_count > 0 && strcmp(mandate[-1].role, mandate->role) >= 0)
        text_fail(text);
    out->mandate_count++;
}

static void add_approver(
    struct text *text, struct mandate_state *mandate, const struct hash *key)
{
    size_t count = mandate->approver_count;
    if (!mandate->live || !has_room(text, count, LIMIT_ADMINISTRATORS) ||
        (count > 0 && !hashes_ascend(&mandate->approvers[count - 1], key)))
        text_fail(text);
    else
        mandate->approvers[mandate->approver_count++] = *key;
}

// The lines follow the order of the mandates: `at` is the one that the last line was of.
static void read_approved(struct text *text, struct state *out, size_t *at)
{
    char role[LIMIT_ROLE_NAME + 1];
    text_read_name(text, "approved");
    read_role_name(text, role);
    struct hash key = text_read_hash(text);
    text_read_end(text);
    while (*at < out->mandate_count && strcmp(out->mandates[*at].role, role) != 0)
        (*at)++;
    if (*at == out->mandate_count)
        text_fail(text);
    else
        add_approver(text, &out->mandates[*at], &key);
}

static void read_mandates(struct text *text, struct state *out)
{
    size_t at = 0;
    if (out->format == 1) {
        text_read_name(text, "mandate");
        text_read_plain(text, "none");
        text_read_end(text);
        return;
    }
    while (text_next_is(text, "mandate"))
        read_mandate(text, out);
    while (text_next_is(text, "approved"))
        read_approved(text, out, &at);
}

static void read_role(struct text *text, struct state *out)
{
    if (!has_room(text, out->role_count, LIMIT_LAST))
        return;
    struct role_state *role = &out->roles[out->role_count];
    text_read_name(text, "role");
    field_read_item(text, role->role);
    role->version = read_count(text, LIMIT_VERSION);
    role->payload = text_read_hash(text);
    role->expires = text_read_moment(text);
    role->used = text_read_number(text, LIMIT_INDEX);
    role->used_since = text_read_moment(text);
    text_read_end(text);
    if (out->role_count > 0 && strcmp(role[-1].role, role->role) >= 0)
        text_fail(text);
    out->role_count++;
}

static void read_signed(struct text *text, struct state *out)
{
    if (!has_room(text, out->signed_count, LIMIT_KEYS))
        return;
    struct signed_state *line = &out->signed_[out->signed_count];
    text_read_name(text, "signed");
    read_role_name(text, line->role);
    line->key = text_read_hash(text);
    line->order = text_read_number(text, LIMIT_INDEX);
    text_read_end(text);
    if (out->signed_count > 0 && signed_state_compare(line - 1, line) >= 0)
        text_fail(text);
    out->signed_count++;
}

static void read_lists(struct text *text, struct state *out)
{
    read_motions(text, out);
    while (text_next_is(text, "spare"))
        read_spare(text, out, false);
    while (text_next_is(text, "retired"))
        read_spare(text, out, true);
    while (text_next_is(text, "freeze"))
        read_freeze(text, out);
    while (text_next_is(text, "freezer"))
        read_freezer(text, out);
    read_mandates(text, out);
    while (text_next_is(text, "role"))
        read_role(text, out);
    while (text_next_is(text, "signed"))
        read_signed(text, out);
}

enum err state_read(struct span span, struct state *out)
{
    struct text text = text_of(span);
    memset(out, 0, sizeof *out);
    read_format(&text, out);
    if (!text.failed && out->format > STATE_FORMAT)
        return ERR_HALT;
    out->time = text_read_moment_line(&text, "time");
    read_order(&text, out);
    read_charter(&text, out);
    read_lists(&text, out);
    return text_finish(&text);
}
