#include "policy/state.h"

static void write_head(const struct state *state, struct bytes *out)
{
    text_title(out, "conclave.state/v1");
    text_name(out, "format");
    text_number(out, STATE_FORMAT);
    text_word(out, span_text(CONCLAVE_VERSION));
    text_end(out);
    text_moment_line(out, "time", state->time);
    text_name(out, "order");
    if (state->has_order) {
        text_number(out, state->order.index);
        text_hash(out, &state->order.leaf);
    } else {
        text_plain(out, "none");
    }
    text_end(out);
    text_name(out, "charter");
    text_number(out, state->epoch);
    text_hash(out, &state->charter);
    text_end(out);
    text_name(out, "since");
    text_number(out, state->since);
    text_end(out);
}

static void write_motions(const struct state *state, struct bytes *out)
{
    for (size_t i = MOTION_NONE + 1; i < MOTION_KINDS; i++) {
        const struct motion_state *last = &state->motions[i];
        if (last->number == 0)
            continue;
        text_name(out, "motion");
        text_plain(out, motion_role((enum motion)i));
        text_number(out, last->number);
        text_hash(out, &last->payload);
        text_end(out);
    }
}

static void write_key(const struct key_state *key, struct bytes *out)
{
    text_name(out, key->retired ? "retired" : "spare");
    text_word(out, span_text(key->role));
    text_plain(out, key_type_text(key->key.type));
    text_hash(out, &key->key.id);
    text_base64(out, key_spki(&key->key));
    if (!key->retired) {
        text_plain(out, "by");
        text_number(out, key->by);
    }
    text_end(out);
}

static void write_freezes(const struct state *state, struct bytes *out)
{
    for (size_t i = 0; i < state->freeze_count; i++) {
        const struct freeze_state *freeze = &state->freezes[i];
        text_name(out, "freeze");
        text_hash(out, &freeze->statement);
        text_hash(out, &freeze->administrator);
        text_moment(out, freeze->time);
        freeze_of_fields(&freeze->of, out);
        text_end(out);
    }
    for (size_t i = 0; i < state->freezer_count; i++) {
        text_name(out, "freezer");
        text_hash(out, &state->freezers[i].administrator);
        text_number(out, state->freezers[i].number);
        text_end(out);
    }
}

static void write_mandate(const struct mandate_state *mandate, struct bytes *out)
{
    text_name(out, "mandate");
    text_word(out, span_text(mandate->role));
    text_number(out, mandate->number);
    text_hash(out, &mandate->text);
    text_plain(out, mandate->live ? "live" : "ended");
    text_hash(out, &mandate->requester);
    text_number(out, mandate->first);
    text_number(out, mandate->last);
    text_number(out, mandate->count);
    text_number(out, (uint64_t)mandate->longest);
    text_moment(out, mandate->until);
    text_number(out, mandate->reserved);
    text_number(out, mandate->top);
    text_end(out);
}

static void write_approved(const struct mandate_state *mandate, struct bytes *out)
{
    for (size_t i = 0; i < mandate->approver_count; i++) {
        text_name(out, "approved");
        text_word(out, span_text(mandate->role));
        text_hash(out, &mandate->approvers[i]);
        text_end(out);
    }
}

static void write_role(const struct role_state *role, struct bytes *out)
{
    text_name(out, "role");
    text_word(out, span_text(role->role));
    text_number(out, role->version);
    text_hash(out, &role->payload);
    text_moment(out, role->expires);
    text_number(out, role->used);
    text_moment(out, role->used_since);
    text_end(out);
}

static void write_signed(const struct signed_state *line, struct bytes *out)
{
    text_name(out, "signed");
    text_word(out, span_text(line->role));
    text_hash(out, &line->key);
    text_number(out, line->order);
    text_end(out);
}

void state_write(const struct state *state, struct bytes *out)
{
    write_head(state, out);
    write_motions(state, out);
    for (size_t i = 0; i < state->spare_count; i++)
        write_key(&state->spare[i], out);
    write_freezes(state, out);
    for (size_t i = 0; i < state->mandate_count; i++)
        write_mandate(&state->mandates[i], out);
    for (size_t i = 0; i < state->mandate_count; i++)
        write_approved(&state->mandates[i], out);
    for (size_t i = 0; i < state->role_count; i++)
        write_role(&state->roles[i], out);
    for (size_t i = 0; i < state->signed_count; i++)
        write_signed(&state->signed_[i], out);
}
