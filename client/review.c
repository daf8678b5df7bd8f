#include "client/review.h"

#include "client/fault.h"
#include "client/hands.h"
#include "metadata/render.h"
#include "metadata/tuf.h"
#include "proto/dsse.h"

#include <stdlib.h>
#include <string.h>

// What the dossier shows.
struct papers {
    struct bytes request; // its text
    struct bytes record;  // the opened record's
};

struct review *review_new(void)
{
    struct review *review = calloc(1, sizeof *review);
    if (review != NULL)
        bytes_init(&review->rendering, RENDER_MOST);
    return review;
}

void review_free(struct review *review)
{
    if (review == NULL)
        return;
    bytes_clear(&review->rendering);
    free(review);
}

static enum err take_dossier(const struct message *dossier, struct papers *papers,
    struct review *review, struct refusal *refusal)
{
    if (dossier->dossier.opened.text.size == 0)
        return fault(ERR_NOT_FOUND, refusal,
            "no request with this id was ever opened: see `conclave request list`");
    bytes_add(&papers->request, dossier->dossier.request);
    bytes_add(&papers->record, dossier->dossier.opened.text);
    review->is_signed = dossier->dossier.fate == FATE_SIGNED;
    review->place.index = dossier->dossier.opened.index;
    review->place.leaf = merkle_leaf(bytes_span(&papers->record));
    enum err err = bytes_finish(&papers->request);
    return err == OK ? bytes_finish(&papers->record) : err;
}

static enum err read_texts(
    const struct papers *papers, struct review *review, struct refusal *refusal)
{
    if (opened_read(bytes_span(&papers->record), &review->opened) != OK)
        return fault(ERR_SIGNATURE, refusal, "record %llu is no opened record",
            (unsigned long long)review->place.index);
    if (request_read(bytes_span(&papers->request), &review->request) != OK)
        return fault(ERR_SIGNATURE, refusal, "the request's text is no request");
    return OK;
}

// Whose request this is, and that it is the one that was asked for.
static enum err check_request(const struct review_case *held, const struct hash *id,
    const struct papers *papers, struct review *review, struct refusal *refusal)
{
    const struct request *request = &review->request;
    struct hash found = request_id(bytes_span(&papers->request));
    if (!hash_equal(&found, id))
        return fault(ERR_SIGNATURE, refusal, "the appliance shows another request");
    if (!hash_equal(&request->appliance, &held->log->id))
        return fault(ERR_SIGNATURE, refusal, "the request was made for another appliance");
    bool motion = motion_of(request->items[0].role) != MOTION_NONE;
    if (!charter_asking(held->charter, &request->requester, motion, &review->asking))
        return fault(ERR_SIGNATURE, refusal, "the charter has no requester with this key");
    enum err err = dsse_verify(review->asking.key, DSSE_REQUEST, bytes_span(&papers->request),
        span_of(review->opened.signature, review->opened.signature_size));
    if (err != OK)
        return fault(err, refusal, "%s did not sign this request", review->asking.name);
    return OK;
}

// The name of the first line that two records do not share, for people.
static void differing_line(struct span mine, struct span record, char *name, size_t room)
{
    size_t at = 0, line = 0, length = 0;
    while (at < mine.size && at < record.size && mine.data[at] == record.data[at])
        if (mine.data[at++] == '\n')
            line = at;
    while (line + length < mine.size && length + 1 < room && mine.data[line + length] != ':')
        length++;
    memcpy(name, mine.data + line, length);
    name[length] = 0;
}

static enum err compare(const struct opened *mine, const struct papers *papers,
    const struct review *review, struct refusal *refusal)
{
    struct bytes text;
    char name[16];
    bytes_init(&text, LIMIT_RECORD);
    opened_write(mine, &text);
    enum err err = bytes_finish(&text);
    if (err == OK && !span_equal(bytes_span(&text), bytes_span(&papers->record))) {
        differing_line(bytes_span(&text), bytes_span(&papers->record), name, sizeof name);
        err = fault(ERR_SIGNATURE, refusal,
            "the line \"%s\" of record %llu is not what this tool computes: do not sign, and "
            "tell the others",
            name, (unsigned long long)review->place.index);
    }
    bytes_clear(&text);
    return err;
}

// Said before anything is rendered: with another number the words cannot agree (R14).
static enum err check_tool(
    const struct review_case *held, const struct review *review, struct refusal *refusal)
{
    if (review->opened.rendering != RENDERING)
        return fault(ERR_SIGNATURE, refusal,
            "the appliance renders by number %llu and this tool by number %d: install the "
            "version of conclave that the appliance runs",
            (unsigned long long)review->opened.rendering, RENDERING);
    if (review->opened.time > held->now + held->charter->clock)
        return refuse(refusal, "R13",
            "the request was opened in the future: set this machine's clock, or the "
            "appliance's");
    if (review->opened.expires <= held->now)
        return refuse(
            refusal, "R4", "the request has expired: ask the requester to submit it again");
    return OK;
}

// Told apart from other differences, as check_previous: under another charter, and behind a
// statement that set the time back, a request is opened anew.
static enum err check_epoch(
    const struct review_case *held, const struct review *review, struct refusal *refusal)
{
    if (hash_equal(&review->opened.charter, &held->charter->hash) &&
        review->opened.epoch == held->charter->epoch &&
        review->place.index >= held->state->since)
        return OK;
    return fault(ERR_AGAIN, refusal,
        "record %llu was opened under another \"charter\" than the one in force, or before the "
        "time was set back: do not sign, and tell the others if it stays so",
        (unsigned long long)review->place.index);
}

// Told apart from other differences, since it may be one in time only.
static enum err check_previous(
    const struct opening_case *opening, const struct review *review, struct refusal *refusal)
{
    for (size_t i = 0; i < review->opened.item_count; i++) {
        const struct item *item = &review->opened.items[i];
        struct hash previous =
            opening_previous(opening->charter, opening->state, item, opening->payloads[i]);
        if (!hash_equal(&previous, &item->previous))
            return fault(ERR_AGAIN, refusal,
                "record %llu does not build on what %s signed last: do not sign, and tell the "
                "others if it stays so",
                (unsigned long long)review->place.index, item->role);
    }
    return OK;
}

// What a role signed before the item.
static enum err read_last(const struct review_case *held, const struct item *item,
    struct role_state *out, struct refusal *refusal)
{
    const struct repository *repository = charter_repository_of(held->charter, item->role);
    struct bytes payload;
    if (repository == NULL)
        return fault(ERR_SIGNATURE, refusal, "the charter has no role %s", item->role);
    struct tuf *tuf = calloc(1, sizeof *tuf);
    bytes_init(&payload, LIMIT_PAYLOAD);
    memcpy(out->role, item->role, sizeof out->role);
    out->payload = item->previous;
    enum err err = tuf == NULL ? ERR_MEMORY : OK;
    if (err == OK && !hash_is_none(&item->previous)) {
        err = held->source->blob(held->source->context, &item->previous, &payload, refusal);
        if (err == OK)
            err = tuf_read_past(repository->dialect, bytes_span(&payload), tuf, refusal);
        out->version = tuf->version;
        out->expires = tuf->expires;
    }
    bytes_clear(&payload);
    free(tuf);
    return err;
}

// The state as it was before this request was signed: a custodian who approves later approves what
// the others did. That the record built on it then is the vault's word: its outcome is in the log.
static enum err wind_back(const struct review_case *held, const struct review *review,
    struct state *state, struct refusal *refusal)
{
    enum err err = OK;
    *state = *held->state;
    for (size_t i = 0; err == OK && i < review->opened.item_count; i++) {
        struct role_state last = {.version = 0};
        err = read_last(held, &review->opened.items[i], &last, refusal);
        if (err == OK)
            err = state_set(state, &last);
    }
    return err;
}

// The opened record as this tool would have written it, with the words.
static enum err compute_mine(const struct review_case *held, const struct papers *papers,
    struct opening_case *opening, struct review *review, struct refusal *refusal)
{
    struct hands *hands = hands_new();
    struct opened *mine = calloc(1, sizeof *mine);
    enum err err = hands == NULL || mine == NULL
                       ? ERR_MEMORY
                       : hands_fill(hands, held->source, opening, refusal);
    bytes_reset(&review->rendering);
    if (err == OK)
        err = check_previous(opening, review, refusal);
    if (err == OK) {
        err = opening_make(opening, mine, &review->rendering, refusal);
        // The appliance has let it pass: that is a difference, not a refusal.
        err = err == ERR_REFUSED ? ERR_SIGNATURE : err;
    }
    if (err == OK)
        err = compare(mine, papers, review, refusal);
    free(mine);
    hands_free(hands);
    return err;
}

static enum err recompute(const struct review_case *held, const struct hash *id,
    const struct papers *papers, struct review *review, struct refusal *refusal)
{
    struct state *before = NULL;
    enum err err = OK;
    struct opening_case opening = {
        .charter = held->charter,
        .charter_text = held->charter_text,
        .state = held->state,
        .appliance = held->log->id,
        .id = *id,
        .request = &review->request,
        .signature = span_of(review->opened.signature, review->opened.signature_size),
        .time = review->opened.time,
    };
    if (review->is_signed) {
        opening.state = before = calloc(1, sizeof *before);
        err = before == NULL ? ERR_MEMORY : wind_back(held, review, before, refusal);
    }
    if (err == OK)
        err = compute_mine(held, papers, &opening, review, refusal);
    free(before);
    return err;
}

enum err review_run(const struct review_case *held, const struct hash *id,
    const struct message *dossier, struct review *out, struct refusal *refusal)
{
    struct papers papers;
    bytes_init(&papers.request, LIMIT_RECORD);
    bytes_init(&papers.record, LIMIT_RECORD);
    enum err err = take_dossier(dossier, &papers, out, refusal);
    if (err == OK)
        err = read_texts(&papers, out, refusal);
    if (err == OK)
        err = check_tool(held, out, refusal);
    if (err == OK)
        err = check_epoch(held, out, refusal);
    if (err == OK)
        err = check_request(held, id, &papers, out, refusal);
    if (err == OK)
        err = recompute(held, id, &papers, out, refusal);
    bytes_clear(&papers.request);
    bytes_clear(&papers.record);
    return err;
}
