// The audit of rates (R17). A window begins when the vault says; the log shows that moment to the
// charter's `clock` only. So what is counted is what is certain: of two windows that may be open, the
// one that has used less and began earlier.
#include "client/audit_part.h"

#include <string.h>

static struct audit_window *window_of(struct audit *audit, const char *role)
{
    for (size_t i = 0; i < audit->windows.count; i++)
        if (strcmp(audit->windows.at[i].role, role) == 0)
            return &audit->windows.at[i];
    return NULL;
}

static struct audit_window *window_add(struct audit *audit, const char *role)
{
    struct audit_window *window = window_of(audit, role);
    if (window != NULL || audit->windows.count == LIMIT_ROLES)
        return window;
    window = &audit->windows.at[audit->windows.count++];
    *window = (struct audit_window){0};
    memcpy(window->role, role, strlen(role) + 1);
    return window;
}

static bool is_again(const struct audit *audit, const struct item *item)
{
    const struct role_state *last = state_role(audit->state, item->role);
    return last != NULL && last->version == item->version &&
           hash_equal(&last->payload, &item->payload);
}

// Whether the order in flight lies surely in the window, or surely behind it.
static bool is_within(
    const struct audit *audit, const struct role *role, const struct audit_window *window)
{
    moment latest = audit->flight.order.time + audit_slack(audit);
    return window != NULL && window->used > 0 &&
           latest - window->since.first < role->rate_seconds;
}

static bool is_beyond(
    const struct audit *audit, const struct role *role, const struct audit_window *window)
{
    moment earliest = audit->flight.order.time - audit_slack(audit);
    return window->used == 0 || earliest - window->since.last >= role->rate_seconds;
}

void audit_check_rate(struct audit *audit, const struct item *item)
{
    const struct role *role = charter_role(audit->charter, item->role);
    const struct audit_window *window = window_of(audit, item->role);
    if (role == NULL || role->rate == 0 || is_again(audit, item) ||
        !is_within(audit, role, window) || window->used < role->rate)
        return;
    audit_find(audit, "R17",
        "%s has signed %llu versions within %lld seconds, and the charter lets it sign %llu",
        item->role, (unsigned long long)window->used, (long long)role->rate_seconds,
        (unsigned long long)role->rate);
}

static void move(
    const struct audit *audit, const struct role *role, struct audit_window *window)
{
    moment time = audit->flight.order.time;
    int64_t slack = audit_slack(audit);
    if (is_within(audit, role, window)) {
        window->used++;
    } else if (is_beyond(audit, role, window) || window->used >= role->rate) {
        // One that was full is over, or the vault would have refused.
        window->used = 1;
        window->since = (struct audit_span){time - slack, time + slack};
        window->blurred = false;
    } else {
        window->used = 1;
        window->since.last = time + slack;
        window->blurred = true;
    }
}

void audit_move_window(struct audit *audit, const struct item *item)
{
    const struct role *role = charter_role(audit->charter, item->role);
    struct audit_window *window = window_add(audit, item->role);
    if (role == NULL || window == NULL)
        return;
    if (role->rate == 0) {
        window->used = 0;
        window->since = (struct audit_span){0};
        window->blurred = false;
    } else if (!is_again(audit, item)) {
        move(audit, role, window);
    }
}

void audit_windows_back(struct audit *audit, moment time, bool surely)
{
    for (size_t i = 0; i < audit->windows.count; i++) {
        struct audit_span *since = &audit->windows.at[i].since;
        if (since->first > time)
            since->first = time;
        if (surely && since->last > time)
            since->last = time;
    }
}

bool audit_same_window(const struct audit *audit, const struct role_state *sealed)
{
    static const struct audit_window none;
    const struct audit_window *window = &none;
    for (size_t i = 0; i < audit->windows.count; i++)
        if (strcmp(audit->windows.at[i].role, sealed->role) == 0)
            window = &audit->windows.at[i];
    bool counted =
        window->blurred ? sealed->used >= window->used : sealed->used == window->used;
    return counted && sealed->used_since >= window->since.first &&
           sealed->used_since <= window->since.last;
}
