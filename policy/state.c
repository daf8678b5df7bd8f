#include "policy/state.h"

#include "proto/name.h"

#include <string.h>

static void write_order(const struct state *state, struct bytes *out)
{
    text_name(out, "order");
    if (state->has_order) {
        text_number(out, state->order.index);
        text_hash(out, &state->order.leaf);
    } else {
        text_plain(out, "none");
    }
    text_end(out);
}

static void write_none(struct bytes *out, const char *name)
{
    text_name(out, name);
    text_plain(out, "none");
    text_end(out);
}

static void write_role(const struct role_state *role, struct bytes *out)
{
    text_name(out, "role");
    text_word(out, span_text(role->role));
    text_number(out, role->version);
    text_hash(out, &role->payload);
    text_moment(out, role->expires);
    text_end(out);
}

void state_write(const struct state *state, struct bytes *out)
{
    text_title(out, "conclave.state/v1");
    text_moment_line(out, "time", state->time);
    write_order(state, out);
    write_none(out, "freeze");
    write_none(out, "mandate");
    for (size_t i = 0; i < state->role_count; i++)
        write_role(&state->roles[i], out);
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

static void read_none(struct text *text, const char *name)
{
    text_read_name(text, name);
    text_read_plain(text, "none");
    text_read_end(text);
}

static void read_role(struct text *text, struct state *out)
{
    if (out->role_count == LIMIT_ROLES) {
        text_fail(text);
        return;
    }
    struct role_state *role = &out->roles[out->role_count];
    text_read_name(text, "role");
    text_read_word(text, role->role, LIMIT_ROLE_NAME);
    role->version = text_read_number(text, LIMIT_VERSION);
    role->payload = text_read_hash(text);
    role->expires = text_read_moment(text);
    text_read_end(text);
    if (!role_name_is_good(span_text(role->role)) || role->version == 0 ||
        (out->role_count > 0 && strcmp(role[-1].role, role->role) >= 0))
        text_fail(text);
    out->role_count++;
}

enum err state_read(struct span span, struct state *out)
{
    struct text text = text_of(span);
    memset(out, 0, sizeof *out);
    text_read_title(&text, "conclave.state/v1");
    out->time = text_read_moment_line(&text, "time");
    read_order(&text, out);
    read_none(&text, "freeze");
    read_none(&text, "mandate");
    while (text_next_is(&text, "role"))
        read_role(&text, out);
    return text_finish(&text);
}

const struct role_state *state_role(const struct state *state, const char *role)
{
    for (size_t i = 0; i < state->role_count; i++)
        if (strcmp(state->roles[i].role, role) == 0)
            return &state->roles[i];
    return NULL;
}

enum err state_set(struct state *state, const struct role_state *role)
{
    size_t at = 0;
    while (at < state->role_count && strcmp(state->roles[at].role, role->role) < 0)
        at++;
    if (at < state->role_count && strcmp(state->roles[at].role, role->role) == 0) {
        state->roles[at] = *role;
        return OK;
    }
    if (state->role_count == LIMIT_ROLES)
        return ERR_LIMIT;
    memmove(&state->roles[at + 1], &state->roles[at],
        (state->role_count - at) * sizeof state->roles[0]);
    state->roles[at] = *role;
    state->role_count++;
    return OK;
}
