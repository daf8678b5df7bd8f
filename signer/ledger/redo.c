// An order that was sealed and has no outcome is carried out again at start (ARCHITECTURE.md,
// "Start", 4).
#include "signer/ledger/ledger.h"

#include <stdlib.h>

// What the seal names as its order, as it stands in the log.
static struct span find_order(struct ledger *ledger)
{
    const struct place *place = &ledger->signing.place;
    struct span text = {0};
    enum err err = records_get(ledger->store, place->index, &ledger->copies, &text);
    struct hash leaf = merkle_leaf(text);
    if (err == ERR_NOT_FOUND ||
        (err == OK && (!hash_equal(&leaf, &place->leaf) || !sign_takes(ledger, text))))
        log_halt(EXIT_HALT,
            "the order that was sealed last is not in the ledger folder; restore "
            "the folder that belongs to this token");
    ledger_must(ledger, err);
    return text;
}

// Of this very order: a request that was signed already may have had another one.
static bool has_outcome(struct ledger *ledger, const struct fate_row *row)
{
    struct span text = {0};
    struct outcome_link link;
    if (row->fate != FATE_SIGNED)
        return false;
    ledger_must(ledger, records_get(ledger->store, row->end, &ledger->copies, &text));
    ledger_must(ledger, outcome_link_read(text, &link));
    return link.order.index == ledger->signing.place.index &&
           hash_equal(&link.order.leaf, &ledger->signing.place.leaf);
}

void sign_redo(struct ledger *ledger)
{
    struct signing *signing = &ledger->signing;
    struct fate_row row;
    if (!ledger->sealed.has_order)
        return;
    signing->place = ledger->sealed.order;
    struct span text = find_order(ledger);
    ledger_must(ledger, fates_get(ledger->store, &signing->request, &row));
    if (has_outcome(ledger, &row))
        return;
    ledger_keep(ledger, &signing->order_text, text);
    signing->state = ledger->sealed.state;
    judgement_ask(ledger, VAULT_REDO);
    signing->step = SIGN_REDO;
}
