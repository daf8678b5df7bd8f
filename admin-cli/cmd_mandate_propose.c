// conclave mandate propose: asks a role's quorum for a standing permission to sign.
#include "admin-cli/commands.h"
#include "admin-cli/making.h"
#include "admin-cli/prefix.h"
#include "policy/duration.h"
#include "proto/name.h"

#include <inttypes.h>
#include <string.h>

// As it stands on the command line.
struct proposal {
    const char *requester;
    const char *versions;
    const char *count;
    const char *longest;
    const char *until;
};

// By name, or by the first digits of the key's hash.
static int read_requester(const struct charter *charter, const char *text, struct hash *out)
{
    struct prefix prefix;
    for (size_t i = 0; i < charter->requester_count; i++)
        if (strcmp(charter->requesters[i].name, text) == 0) {
            *out = charter->requesters[i].key.id;
            return STATUS_DONE;
        }
    if (!prefix_read(text, PREFIX_LEAST, &prefix))
        return cli_say(STATUS_LOCAL,
            "the charter has no requester %s: see `conclave charter show` for those it has",
            text);
    for (size_t i = 0; i < charter->requester_count; i++)
        (void)prefix_look(&prefix, &charter->requesters[i].key.id);
    *out = prefix.found;
    if (prefix.count == 1)
        return STATUS_DONE;
    return cli_say(STATUS_LOCAL,
        "%s requester's key begins with %s: see `conclave charter show`", prefix_words(&prefix),
        text);
}

static bool read_version(struct span text, uint64_t *out)
{
    char digits[24];
    int64_t number;
    if (text.size >= sizeof digits)
        return false;
    memcpy(digits, text.data, text.size);
    digits[text.size] = 0;
    bool good = number_read(digits, &number) && number > 0; // LIMIT_VERSION is its most
    *out = good ? (uint64_t)number : 0;
    return good;
}

static int read_versions(const char *text, struct mandate_motion *motion)
{
    const char *dash = strchr(text, '-');
    if (dash != NULL && read_version(span_of(text, (size_t)(dash - text)), &motion->first) &&
        read_version(span_text(dash + 1), &motion->last) && motion->first <= motion->last)
        return STATUS_DONE;
    return cli_say(STATUS_LOCAL,
        "--versions %s is not FIRST-LAST: write for example 1-50000, up to %" PRIu64, text,
        LIMIT_VERSION);
}

static int read_numbers(const struct proposal *proposal, struct mandate_motion *motion)
{
    if (!read_version(span_text(proposal->count), &motion->count))
        return cli_say(STATUS_LOCAL, "--count %s is no number from 1 to %" PRIu64,
            proposal->count, LIMIT_VERSION);
    if (!duration_read(proposal->longest, &motion->longest) || motion->longest < 1 ||
        motion->longest > LIMIT_MANDATE_LIFE)
        return cli_say(STATUS_LOCAL,
            "--longest %s is no duration of at most %d days: write for example 12h or 7d",
            proposal->longest, LIMIT_MANDATE_LIFE / (24 * 3600));
    return STATUS_DONE;
}

static int read_until(const char *text, moment *out)
{
    int64_t seconds;
    if (moment_read(span_text(text), out) == OK)
        return STATUS_DONE;
    if (duration_read(text, &seconds) && seconds <= LIMIT_MANDATE_LIFE) {
        *out = moment_now() + seconds;
        return STATUS_DONE;
    }
    return cli_say(STATUS_LOCAL,
        "--until %s is neither a time in UTC, as 2027-11-22T08:00:00Z, nor a duration of at "
        "most "
        "%d days",
        text, LIMIT_MANDATE_LIFE / (24 * 3600));
}

static int make_mandate(struct making *making)
{
    const struct proposal *proposal = making->options;
    const char *role = making->cli->arguments[0];
    struct mandate_motion motion = {.number = 1};
    struct bytes text;
    if (!role_name_is_good(span_text(role)))
        return cli_say(STATUS_LOCAL, "%s is no role: write for example director/targets", role);
    memcpy(motion.role, role, strlen(role) + 1);
    const struct mandate_state *last = state_mandate(making->house->state, role);
    if (last != NULL)
        motion.number = last->number + 1;
    int status = read_requester(making->house->charter, proposal->requester, &motion.requester);
    if (status == STATUS_DONE)
        status = read_versions(proposal->versions, &motion);
    if (status == STATUS_DONE)
        status = read_numbers(proposal, &motion);
    if (status == STATUS_DONE)
        status = read_until(proposal->until, &motion.until);
    if (status != STATUS_DONE)
        return status;
    bytes_init(&text, LIMIT_RECORD);
    mandate_motion_write(&motion, &text);
    return making_set(making, MOTION_MANDATE, motion.number, &text);
}

int cmd_mandate_propose(struct cli *cli, int argc, char **argv)
{
    struct asker asker;
    struct proposal proposal = {0};
    struct option_rule rules[ASKER_RULES + 5];
    int status;
    asker_rules(&asker, rules);
    rules[ASKER_RULES] = (struct option_rule){.name = "for",
        .argument = "REQUESTER",
        .help = "whose requests are signed: a requester's name, or its key's hash",
        .needed = true,
        .text = &proposal.requester};
    rules[ASKER_RULES + 1] = (struct option_rule){.name = "versions",
        .argument = "FIRST-LAST",
        .help = "the versions that may be signed",
        .needed = true,
        .text = &proposal.versions};
    rules[ASKER_RULES + 2] = (struct option_rule){.name = "count",
        .argument = "N",
        .help = "how many payloads may be signed",
        .needed = true,
        .text = &proposal.count};
    rules[ASKER_RULES + 3] = (struct option_rule){.name = "longest",
        .argument = "DURATION",
        .help = "from a signature to the payload's expiry, at most: 12h, 7d",
        .needed = true,
        .text = &proposal.longest};
    rules[ASKER_RULES + 4] = (struct option_rule){.name = "until",
        .argument = "TIME",
        .help = "when the mandate ends, in UTC, or how long it lasts: 90d",
        .needed = true,
        .text = &proposal.until};
    if (!options_read(cli, rules, sizeof rules / sizeof rules[0], argc, argv, &status))
        return status;
    return making_run(cli, &asker, make_mandate, &proposal);
}
