#include "client/receipt.h"

#include "client/fault.h"

#include <string.h>

static bool is_about(struct span record, struct span request)
{
    struct hash named, id = request_id(request);
    return record_request(record, &named) && hash_equal(&named, &id);
}

enum err receipt_check(const struct receipt *receipt, const char *origin, const struct key *log,
    uint64_t *index, struct checkpoint *checkpoint, struct refusal *refusal)
{
    enum err err = proof_check(receipt->proof, receipt->record, origin, log, index, checkpoint);
    if (err == ERR_MEMORY)
        return err;
    if (err != OK)
        return fault(ERR_SIGNATURE, refusal,
            "the proof does not show that this record is in the log %s: take record and proof "
            "from one answer, and the log's key from whom you trust",
            origin);
    if (receipt->request != NULL && !is_about(receipt->record, *receipt->request))
        return fault(ERR_SIGNATURE, refusal,
            "the record is in the log, but it is not about this request: take the text that "
            "was "
            "submitted, to the byte");
    return OK;
}

enum err receipt_proof(const struct proven *proven, const char *origin, const struct key *log,
    struct bytes *out, struct refusal *refusal)
{
    struct checkpoint checkpoint;
    uint64_t index;
    bytes_reset(out);
    proof_write(proven->index, &proven->path, bytes_span(&proven->note), out);
    enum err err = bytes_finish(out);
    if (err != OK)
        return err;
    struct receipt receipt = {
        .proof = bytes_span(out), .record = bytes_span(&proven->text), .request = NULL};
    return receipt_check(&receipt, origin, log, &index, &checkpoint, refusal);
}

enum err receipt_end(const struct message *dossier, struct proven *out)
{
    const struct hash_list *path = &dossier->dossier.end_path;
    bytes_reset(&out->text);
    bytes_reset(&out->note);
    bytes_add(&out->text, dossier->dossier.end.text);
    bytes_add(&out->note, dossier->dossier.checkpoint);
    out->index = dossier->dossier.end.index;
    out->path.count = path->count;
    memcpy(out->path.nodes, path->at, sizeof out->path.nodes);
    enum err err = bytes_finish(&out->text);
    return err == OK ? bytes_finish(&out->note) : err;
}

bool receipt_refuses(struct span record, const struct refused *told)
{
    struct refused found;
    return refused_read(record, &found) == OK && hash_equal(&found.request, &told->request) &&
           hash_equal(&found.from, &told->from) && strcmp(found.rule, told->rule) == 0 &&
           strcmp(found.why, told->why) == 0;
}

// Goes through one page; `index` moves to the newest that fits.
static enum err look_at(const struct message *page, uint64_t *at, uint64_t end,
    const struct refused *told, uint64_t *index)
{
    const struct entry_list *entries = &page->records.entries;
    if (entries->count == 0 || entries->count > end - *at)
        return ERR_FORM;
    for (uint32_t i = 0; i < entries->count; i++, (*at)++)
        if (receipt_refuses(entries->at[i].text, told))
            *index = *at;
    return OK;
}

static enum err look(struct conclave *conclave, uint64_t size, const struct refused *told,
    uint64_t *index, struct refusal *refusal)
{
    enum err err = OK;
    *index = size; // no record's
    for (uint64_t at = size > RECEIPT_LOOK ? size - RECEIPT_LOOK : 0; err == OK && at < size;) {
        struct message ask = {.kind = ASK_RECORDS}, answer;
        uint64_t left = size - at;
        ask.page.first = at;
        ask.page.count = left < LIMIT_RECORDS_PAGE ? (uint32_t)left : LIMIT_RECORDS_PAGE;
        err = conclave_ask(conclave, &ask, &answer, refusal);
        if (err == OK && look_at(&answer, &at, size, told, index) != OK)
            err = fault(ERR_FORM, refusal, "the appliance does not show record %llu",
                (unsigned long long)at);
    }
    return err;
}

enum err receipt_find(const struct house *house, struct conclave *conclave,
    const struct refused *told, struct proven *out, struct refusal *refusal)
{
    struct checkpoint newest;
    struct message status;
    uint64_t index;
    enum err err = conclave_status(conclave, &status, &newest, refusal);
    if (err == OK)
        err = look(conclave, newest.size, told, &index, refusal);
    if (err != OK)
        return err;
    if (index == newest.size)
        return fault(ERR_NOT_FOUND, refusal,
            "the appliance says that this refusal is recorded, but its newest %d records do "
            "not "
            "hold it: look for it with `conclave log list`",
            RECEIPT_LOOK);
    err = house_record(house, conclave, index, out, refusal);
    // What was shown in a list may not be what is proven to stand there.
    if (err == OK && !receipt_refuses(bytes_span(&out->text), told))
        err = fault(ERR_SIGNATURE, refusal, "record %llu was listed as another than it is",
            (unsigned long long)index);
    return err;
}
