// A plan for people.
#include "admin-cli/cmd_root.h"
#include "admin-cli/holders.h"
#include "admin-cli/print.h"

#include <inttypes.h>

static void print_head(const struct rotation *rotation)
{
    char expires[MOMENT_TEXT + 1], until[MOMENT_TEXT + 1];
    const struct plan *plan = rotation->plan;
    moment_write(plan->expires, expires);
    moment_write(plan->until, until);
    print_words(stdout, "Repository  %s, dialect %s\n", rotation->repository->name,
        dialect_text(plan->dialect));
    print_words(stdout, "Root        version %" PRIu64 " -> %" PRIu64 ", %zu bytes\n",
        plan->last_version, plan->version, plan->size);
    print_words(stdout, "Expires     %s; to be asked for until %s\n", expires, until);
    print_words(stdout, "Charter     epoch %" PRIu64 "\n", rotation->house->charter->epoch);
}

// ---- keys ----

// Whose approval, by which key, and whether that is at hand.
static void print_custodian(
    const struct rotation *rotation, const struct administrator *custodian)
{
    struct bytes line;
    const struct rack_token *token = rotation_token(rotation, custodian);
    bytes_init(&line, PRINT_WORDS);
    bytes_add_format(&line, "           %s approves with ", custodian->name);
    holders_key(&custodian->key, &line);
    if (token != NULL)
        bytes_add_format(&line, ", in the token \"%s\" that is plugged in", token->label);
    print_line(stdout, bytes_span(&line));
    bytes_clear(&line);
}

static void print_holder(const struct rotation *rotation, const struct plan_key *key)
{
    static const char *const words[] = {
        [PLAN_ELSEWHERE] = "another appliance's",
        [PLAN_ITSELF] = "here, signs by itself",
        [PLAN_CUSTODIAN] = "here, signs when its custodian has approved",
        [PLAN_UNABLE] = "signs no more",
    };
    bool kept = key->holder == PLAN_ELSEWHERE && key->change == PLAN_STAYS;
    print_words(stdout, "           %s, %s%s\n",
        key->type == KEY_NONE ? "of a form that is not read" : key_type_text(key->type),
        words[key->holder], kept ? ", kept as it is" : "");
    if (key->holder == PLAN_CUSTODIAN)
        print_custodian(rotation, key->custodian);
}

static void print_role(const struct rotation *rotation, const struct plan_role *role)
{
    const struct plan *plan = rotation->plan;
    size_t count = 0;
    for (size_t i = 0; i < plan->key_count; i++)
        count += plan->keys[i].role == role->type && plan->keys[i].change != PLAN_GOES;
    print_words(stdout, "\n%s: %" PRId64 " of %zu keys", tuf_type_text(role->type),
        role->threshold, count);
    if (role->before != 0 && role->before != role->threshold)
        print_words(stdout, "; it was %" PRId64, role->before);
    print_words(stdout, "\n");
    for (size_t i = 0; i < plan->key_count; i++) {
        if (plan->keys[i].role != role->type)
            continue;
        print_words(
            stdout, "    %-5s  %s\n", plan_change_text(plan->keys[i].change), plan->keys[i].id);
        print_holder(rotation, &plan->keys[i]);
    }
}

// ---- who signs ----

static void add_names(const struct plan *plan, enum rotation_names which, struct bytes *out)
{
    size_t count = 0;
    for (size_t i = 0; i < plan->key_count; i++)
        if (rotation_names_key(plan, &plan->keys[i], which))
            bytes_add_format(
                out, "%s%s", count++ == 0 ? "" : ", ", plan->keys[i].custodian->name);
}

static void print_threshold(FILE *to, const struct plan *plan,
    const struct plan_threshold *threshold, const char *words, enum rotation_names which)
{
    struct bytes line;
    int64_t spare = plan_spare(threshold);
    size_t here = threshold->itself + threshold->custodians;
    print_words(to,
        "%s  %" PRId64 " keys needed; %zu sign by themselves, %zu with custodians, %zu "
        "elsewhere: %" PRId64 " %s\n",
        words, threshold->need, threshold->itself, threshold->custodians, threshold->elsewhere,
        spare < 0 ? -spare : spare, spare < 0 ? "TOO FEW" : "to spare");
    bytes_init(&line, PRINT_WORDS);
    add_names(plan, which, &line);
    size_t needed = rotation_custodians_needed(threshold);
    if (needed > 0)
        print_words(to, "               %zu of these custodians approve: %.*s\n", needed,
            (int)line.size, (const char *)line.data);
    if ((int64_t)here < threshold->need)
        print_words(to,
            "               %" PRId64 " signatures must come from other appliances\n",
            threshold->need - (int64_t)here);
    bytes_clear(&line);
}

static void print_quorum(FILE *to, const struct rotation *rotation)
{
    const struct plan *plan = rotation->plan;
    const struct charter *charter = rotation->house->charter;
    const struct group *group = &charter->groups[plan->role->quorum.group];
    struct bytes line;
    bytes_init(&line, PRINT_WORDS);
    add_names(plan, ROTATION_MUST, &line);
    if (line.size > 0)
        print_words(to, "Not without    %.*s\n", (int)line.size, (const char *)line.data);
    bytes_clear(&line);
    print_words(to, "Quorum         %zu of %zu persons, group %s\n", plan->role->quorum.k,
        group->member_count, group->name);
}

void rotation_print_signers(const struct rotation *rotation, FILE *to)
{
    const struct plan *plan = rotation->plan;
    if (plan->old.need > 0)
        print_threshold(to, plan, &plan->old, "Old threshold", ROTATION_OLD);
    print_threshold(to, plan, &plan->new_, "New threshold", ROTATION_NEW);
    print_quorum(to, rotation);
}

void rotation_print(const struct rotation *rotation)
{
    const struct plan *plan = rotation->plan;
    print_head(rotation);
    for (size_t i = 0; i < TUF_ROOT_ROLES; i++)
        print_role(rotation, &plan->roles[i]);
    print_words(stdout, "\n");
    rotation_print_signers(rotation, stdout);
    print_words(stdout, "\n");
    print_foreign(stdout, bytes_span(&plan->notes));
}
