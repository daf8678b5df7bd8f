// What the vault is given to judge by: everything that an order names, from the disk.
#include "signer/ledger/ledger.h"

static struct span durable_record(struct ledger *ledger, uint64_t index, const char *what)
{
    struct span text = {0};
    enum err err = index < ledger->commit.said
                       ? records_get(ledger->store, index, &ledger->copies, &text)
                       : ERR_NOT_FOUND;
    if (err == ERR_NOT_FOUND)
        ledger_distrust("keeper", what);
    ledger_must(ledger, err);
    return text;
}

static void find_opened(struct ledger *ledger, const struct order *order, struct message *out)
{
    struct hash request, leaf;
    struct merkle_path path;
    struct merkle_store tree = records_tree(ledger->store);
    struct span text = durable_record(
        ledger, order->opened.index, "an order over an opened record that is not there");
    leaf = merkle_leaf(text);
    if (record_kind(text) != RECORD_OPENED || !hash_equal(&leaf, &order->opened.leaf) ||
        !record_request(text, &request) || !hash_equal(&request, &order->request))
        ledger_distrust("keeper", "an order over a record that does not open its request");
    out->judge.opened = text;
    out->judge.size = ledger->commit.said;
    ledger_must(
        ledger, merkle_prove_inclusion(&tree, order->opened.index, ledger->commit.said, &path));
    out->judge.path.count = (uint32_t)path.count;
    for (size_t i = 0; i < path.count; i++)
        out->judge.path.at[i] = path.nodes[i];
}

static void find_approval(struct ledger *ledger, const struct order *order,
    const struct order_approval *named, struct message *out)
{
    struct decided decided;
    struct signed_by *by = &out->judge.approvals.at[out->judge.approvals.count++];
    struct span text =
        durable_record(ledger, named->index, "an order with an approval that is not there");
    if (decided_read(text, &decided) != OK || decided.decision != DECISION_APPROVE ||
        !hash_equal(&decided.request, &order->request) ||
        !hash_equal(&decided.approver, &named->approver))
        ledger_distrust("keeper", "an order with an approval that is not this request's");
    by->key = decided.approver;
    ledger_must(
        ledger, copies_add(&ledger->copies, span_of(decided.signature, decided.signature_size),
                    &by->signature));
}

static struct span find_blob(struct ledger *ledger, const struct hash *hash)
{
    struct span bytes;
    enum err err = blobs_get(ledger->store, hash, &ledger->copies, &bytes);
    // An opened record is taken with everything that it names (intake.c).
    if (err == ERR_NOT_FOUND)
        err = store_fail(ledger->store,
            "the bytes that an opened record names are missing; check "
            "the disk, and restore the ledger folder from a copy");
    ledger_must(ledger, err);
    return bytes;
}

// A motion is judged with its evidence: proofs of possession, a frozen request's text, root files.
static void find_evidence(
    struct ledger *ledger, const struct opened *opened, struct message *out)
{
    struct request request;
    if (motion_of(opened->items[0].role) == MOTION_NONE)
        return;
    // It was read when it was opened (intake.c).
    if (request_read(out->judge.request, &request) != OK)
        ledger_must(ledger, ERR_FORM);
    out->judge.evidence.count = (uint32_t)request.evidence_count;
    for (size_t i = 0; i < request.evidence_count; i++)
        out->judge.evidence.at[i] = find_blob(ledger, &request.evidence[i]);
}

static void find_payloads(struct ledger *ledger, struct message *out)
{
    struct opened opened;
    if (opened_read(out->judge.opened, &opened) != OK)
        ledger_must(ledger, ERR_FORM);
    out->judge.payloads.count = (uint32_t)opened.item_count;
    for (size_t i = 0; i < opened.item_count; i++)
        out->judge.payloads.at[i] = find_blob(ledger, &opened.items[i].payload);
    find_evidence(ledger, &opened, out);
}

static void find_all(struct ledger *ledger, const struct order *order, struct message *out)
{
    find_opened(ledger, order, out);
    out->judge.request = find_blob(ledger, &order->request);
    for (size_t i = 0; i < order->approval_count; i++)
        find_approval(ledger, order, &order->approvals[i], out);
    find_payloads(ledger, out);
}

void judgement_ask(struct ledger *ledger, enum message_kind kind)
{
    struct signing *signing = &ledger->signing;
    struct message judge = {.kind = kind, .id = ledger_serial(ledger)};
    if (kind == VAULT_FREEZE)
        judge.replay.text = bytes_span(&signing->order_text);
    else
        judge.judge.order = bytes_span(&signing->order_text);
    if (signing->way == WAY_QUORUM)
        find_all(ledger, &signing->order, &judge);
    signing->id = judge.id;
    ledger_to_vault(ledger, &judge);
}
