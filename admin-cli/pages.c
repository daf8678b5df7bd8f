#include "admin-cli/pages.h"

#include "admin-cli/progress.h"
#include "client/fault.h"

static enum err visit_page(const struct message *answer, uint64_t *at, uint64_t end,
    pages_visitor *visit, void *context, struct refusal *refusal)
{
    const struct entry_list *entries = &answer->records.entries;
    enum err err = OK;
    if (entries->count == 0)
        err = fault(ERR_SIGNATURE, refusal, "the appliance does not show record %llu",
            (unsigned long long)*at);
    for (uint32_t i = 0; err == OK && i < entries->count && *at < end; i++) {
        if (entries->at[i].index != *at)
            return fault(ERR_SIGNATURE, refusal, "the appliance shows record %llu for %llu",
                (unsigned long long)entries->at[i].index, (unsigned long long)*at);
        err = visit(context, &entries->at[i], refusal);
        (*at)++;
    }
    return err;
}

enum err pages_visit(struct cli *cli, uint64_t first, uint64_t end, pages_visitor *visit,
    void *context, struct refusal *refusal)
{
    struct progress progress;
    enum err err = OK;
    progress_init(&progress, true);
    for (uint64_t at = first; err == OK && at < end;) {
        struct message ask = {.kind = ASK_RECORDS}, answer;
        uint64_t left = end - at;
        ask.page.first = at;
        ask.page.count = left < LIMIT_RECORDS_PAGE ? (uint32_t)left : LIMIT_RECORDS_PAGE;
        err = conclave_ask(cli->conclave, &ask, &answer, refusal);
        if (err == OK)
            err = visit_page(&answer, &at, end, visit, context, refusal);
        progress_count(&progress, "record", at, end);
    }
    progress_end(&progress);
    return err;
}

static enum err visit_open_page(const struct entry_list *entries, uint64_t *after,
    pages_visitor *visit, void *context, struct refusal *refusal)
{
    enum err err = OK;
    for (uint32_t i = 0; err == OK && i < entries->count; i++) {
        if (entries->at[i].index <= *after)
            return fault(ERR_SIGNATURE, refusal, "the appliance lists record %llu twice",
                (unsigned long long)entries->at[i].index);
        *after = entries->at[i].index;
        err = visit(context, &entries->at[i], refusal);
    }
    return err;
}

enum err pages_visit_open(
    struct cli *cli, pages_visitor *visit, void *context, struct refusal *refusal)
{
    uint64_t after = 0;
    enum err err = OK;
    for (bool more = true; err == OK && more;) {
        struct message ask = {.kind = ASK_LIST}, answer;
        ask.page.first = after;
        ask.page.count = LIMIT_RECORDS_PAGE;
        err = conclave_ask(cli->conclave, &ask, &answer, refusal);
        if (err != OK)
            return err;
        const struct entry_list *entries = &answer.records.entries;
        more = answer.records.more != 0 && entries->count > 0;
        err = visit_open_page(entries, &after, visit, context, refusal);
    }
    return err;
}
