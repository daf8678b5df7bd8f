#include "admin-cli/pages.h"

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
    enum err err = OK;
    for (uint64_t at = first; err == OK && at < end;) {
        struct message ask = {.kind = ASK_RECORDS}, answer;
        uint64_t left = end - at;
        ask.page.first = at;
        ask.page.count = left < LIMIT_RECORDS_PAGE ? (uint32_t)left : LIMIT_RECORDS_PAGE;
        err = conclave_ask(cli->conclave, &ask, &answer, refusal);
        if (err == OK)
            err = visit_page(&answer, &at, end, visit, context, refusal);
    }
    return err;
}
