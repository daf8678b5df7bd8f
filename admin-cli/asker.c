#include "admin-cli/asker.h"

void asker_key_rules(struct asker *asker, struct option_rule *rules)
{
    *asker = (struct asker){.reason = "no reason given", .expires = "7d"};
    credential_rules(&asker->credential, rules);
    for (size_t i = 0; i < CREDENTIAL_RULES; i++)
        rules[i].needed = false; // a key file does as well
    rules[CREDENTIAL_RULES] = (struct option_rule){.name = "requester",
        .argument = "FILE",
        .help = "a requester's private key (key make), instead of a token",
        .text = &asker->requester};
}

void asker_rules(struct asker *asker, struct option_rule *rules)
{
    asker_key_rules(asker, rules);
    rules[ASKER_KEY_RULES] = (struct option_rule){.name = "reason",
        .argument = "TEXT",
        .help = "why, for the approvers",
        .text = &asker->reason};
    rules[ASKER_KEY_RULES + 1] = (struct option_rule){.name = "expires",
        .argument = "DURATION",
        .help = "how long approvals are waited for: 12h, 7d",
        .text = &asker->expires};
    rules[ASKER_KEY_RULES + 2] = (struct option_rule){.name = "keep",
        .argument = "DIR",
        .help = "keep the request's text here, and a refusal with its proof",
        .text = &asker->keep};
}

static bool has_token(const struct asker *asker)
{
    return asker->credential.module != NULL;
}

int asker_check(const struct asker *asker)
{
    if ((asker->requester != NULL) != has_token(asker))
        return STATUS_DONE;
    return cli_say(
        STATUS_LOCAL, "whose key signs? Give --requester FILE, or --module PATH of a token");
}

int asker_open(const struct asker *asker, const struct holders *holders, struct signer **out)
{
    struct refusal refusal = {0};
    *out = NULL;
    int status = asker_check(asker);
    if (status != STATUS_DONE)
        return status;
    if (has_token(asker))
        return credential_open(&asker->credential, holders, out);
    enum err err = signer_from_file(asker->requester, out, &refusal);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_LOCAL, err, &refusal);
}
