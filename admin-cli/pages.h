// Pages: records in the order of the log, fetched a page at a time.
#ifndef CONCLAVE_ADMIN_CLI_PAGES_H
#define CONCLAVE_ADMIN_CLI_PAGES_H

#include "admin-cli/cli.h"

typedef enum err pages_visitor(
    void *context, const struct entry *entry, struct refusal *refusal);

// Calls `visit` for each record in [first, end), and tells a terminal how far it is; a visitor may ask nothing itself, for a page's
// spans are valid until the next ask. Stops at the first error. A record that is missing or out
// of order is ERR_SIGNATURE.
enum err must_check pages_visit(struct cli *cli, uint64_t first, uint64_t end,
    pages_visitor *visit, void *context, struct refusal *refusal);

// Calls `visit` for the newest opened record of each request that something can be decided about: open
// ones, and signed ones that take custodians' signatures still. As above; the list is the appliance's
// word, and one that does not ascend is ERR_SIGNATURE.
enum err must_check pages_visit_open(
    struct cli *cli, pages_visitor *visit, void *context, struct refusal *refusal);

#endif
