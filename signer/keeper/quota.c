#include "signer/keeper/quota.h"

#include <inttypes.h>
#include <stdio.h>

enum { DAY = 24 * 3600 };

bool quotas_is_over(const struct quotas *quotas, moment now)
{
    return now / DAY != quotas->day;
}

void quotas_begin(struct quotas *quotas, moment now)
{
    quotas->day = now / DAY;
    quotas->count = 0;
}

void quotas_keep(struct quotas *quotas, const struct charter *charter)
{
    struct asking asking;
    size_t kept = 0;
    for (size_t i = 0; i < quotas->count; i++)
        if (quotas->at[i].over > 0 ||
            charter_asking(charter, &quotas->at[i].key, true, &asking))
            quotas->at[kept++] = quotas->at[i];
    quotas->count = kept;
}

// NULL when there is none.
static struct usage *find(struct quotas *quotas, const struct hash *key)
{
    for (size_t i = 0; i < quotas->count; i++)
        if (hash_equal(&quotas->at[i].key, key))
            return &quotas->at[i];
    return NULL;
}

static struct usage *find_or_add(struct quotas *quotas, const struct hash *key)
{
    struct usage *usage = find(quotas, key);
    if (usage != NULL || quotas->count == QUOTA_KEYS_MOST)
        return usage;
    usage = &quotas->at[quotas->count++];
    *usage = (struct usage){.key = *key};
    return usage;
}

static enum err check(const struct usage *usage, const struct asking *asking,
    const struct quota_ask *ask, struct refusal *refusal)
{
    const struct quota *quota = asking->quota;
    if (ask->opens && ask->open >= quota->open)
        return refuse(refusal, "R17",
            "%s has %" PRIu64
            " open requests, as many as its quota allows; wait until some end "
            "or withdraw one",
            asking->name, ask->open);
    if (usage->records >= quota->records)
        return refuse(refusal, "R17",
            "%s has used up its %" PRIu64 " records of today (UTC); ask again tomorrow",
            asking->name, quota->records);
    if (ask->bytes > quota->bytes || usage->bytes > quota->bytes - ask->bytes)
        return refuse(refusal, "R17",
            "this has %" PRIu64 " bytes, and of its %" PRIu64 " bytes of today (UTC) %s has "
            "used %" PRIu64 "; ask again tomorrow, or for less",
            ask->bytes, quota->bytes, asking->name, usage->bytes);
    return OK;
}

enum err quotas_charge(struct quotas *quotas, const struct asking *asking,
    const struct quota_ask *ask, struct refusal *refusal)
{
    struct usage *usage = find_or_add(quotas, &asking->key->id);
    if (usage == NULL)
        return refuse(refusal, "R17",
            "more keys than the appliance counts asked for something "
            "today (UTC); ask again tomorrow");
    enum err err = check(usage, asking, ask, refusal);
    if (err == OK) {
        usage->bytes += ask->bytes;
        usage->records++;
        return OK;
    }
    if (usage->over++ == 0)
        snprintf(usage->why, sizeof usage->why, "%s", refusal->sentence);
    return err;
}

void quotas_return(
    struct quotas *quotas, const struct hash *key, uint64_t bytes, uint64_t records)
{
    struct usage *usage = find(quotas, key);
    if (usage == NULL)
        return;
    // What was charged yesterday may come back today.
    usage->bytes -= bytes < usage->bytes ? bytes : usage->bytes;
    usage->records -= records < usage->records ? records : usage->records;
}

bool quotas_record(const struct usage *usage, moment now, struct quota_record *out)
{
    if (usage->over == 0)
        return false;
    *out = (struct quota_record){
        .time = now, .from = usage->key, .count = usage->over, .rule = "R17"};
    snprintf(out->why, sizeof out->why, "%s", usage->why);
    return true;
}
