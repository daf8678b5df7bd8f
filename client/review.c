#include "client/review.h"

#include "client/fault.h"
#include "metadata/opening.h"
#include "metadata/render.h"
#include "metadata/tuf.h"
#include "proto/dsse.h"

#include <stdlib.h>
#include <string.h>

// The bytes that a review holds in its hands.
struct hands {
    struct bytes request; // its text
    struct bytes record;  // the opened record's
    struct bytes payloads[LIMIT_ITEMS];
    struct bytes previous[LIMIT_ITEMS];
    struct bytes roots[LIMIT_ITEMS]; // of each item's repository
    struct bytes evidence[LIMIT_ITEMS];
};

static struct hands *hands_new(void)
{
    struct hands *hands = calloc(1, sizeof *hands);
    if (hands == NULL)
        return NULL;
    bytes_init(&hands->request, LIMIT_RECORD);
    bytes_init(&hands->record, LIMIT_RECORD);
    for (size_t i = 0; i < LIMIT_ITEMS; i++) {
        bytes_init(&hands->payloads[i], LIMIT_PAYLOAD);
        bytes_init(&hands->previous[i], LIMIT_PAYLOAD);
        bytes_init(&hands->roots[i], LIMIT_PAYLOAD);
        bytes_init(&hands->evidence[i], LIMIT_PAYLOAD);
    }
    return hands;
}

static void hands_free(struct hands *hands)
{
    if (hands == NULL)
        return;
    bytes_clear(&hands->request);
    bytes_clear(&hands->record);
    for (size_t i = 0; i < LIMIT_ITEMS; i++) {
        bytes_clear(&hands->payloads[i]);
        bytes_clear(&hands->previous[i]);
        bytes_clear(&hands->roots[i]);
        bytes_clear(&hands->evidence[i]);
    }
    free(hands);
}

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

static enum err take_dossier(const struct message *dossier, struct hands *hands,
    struct review *review, struct refusal *refusal)
{
    if (dossier->dossier.opened.text.size == 0)
        return fault(ERR_NOT_FOUND, refusal,
            "no request with this id was ever opened: see `conclave request list`");
    bytes_add(&hands->request, dossier->dossier.request);
    bytes_add(&hands->record, dossier->dossier.opened.text);
    review->place.index = dossier->dossier.opened.index;
    review->place.leaf = merkle_leaf(bytes_span(&hands->record));
    enum err err = bytes_finish(&hands->request);
    return err == OK ? bytes_finish(&hands->record) : err;
}

static enum err read_texts(
    const struct hands *hands, struct review *review, struct refusal *refusal)
{
    if (opened_read(bytes_span(&hands->record), &review->opened) != OK)
        return fault(ERR_SIGNATURE, refusal, "record %llu is no opened record",
            (unsigned long long)review->place.index);
    if (request_read(bytes_span(&hands->request), &review->request) != OK)
        return fault(ERR_SIGNATURE, refusal, "the request's text is no request");
    return OK;
}

// Whose request this is, and that it is the one that was asked for.
static enum err check_request(const struct review_case *held, const struct hash *id,
    const struct hands *hands, struct review *review, struct refusal *refusal)
{
    const struct request *request = &review->request;
    struct hash found = request_id(bytes_span(&hands->request));
    if (!hash_equal(&found, id))
        return fault(ERR_SIGNATURE, refusal, "the appliance shows another request");
    if (!hash_equal(&request->appliance, &held->log->id))
        return fault(ERR_SIGNATURE, refusal, "the request was made for another appliance");
    bool motion = motion_of(request->items[0].role) != MOTION_NONE;
    if (!charter_asking(held->charter, &request->requester, motion, &review->asking))
        return fault(ERR_SIGNATURE, refusal, "the charter has no requester with this key");
    enum err err = dsse_verify(review->asking.key, DSSE_REQUEST, bytes_span(&hands->request),
        span_of(review->opened.signature, review->opened.signature_size));
    if (err != OK)
        return fault(err, refusal, "%s did not sign this request", review->asking.name);
    return OK;
}

static enum err fetch(const struct review_case *held, const struct hash *hash,
    struct bytes *out, struct refusal *refusal)
{
    if (hash_is_none(hash))
        return OK;
    return held->source->blob(held->source->context, hash, out, refusal);
}

static struct hash previous_of(
    const struct review_case *held, const struct item *item, const struct bytes *payload)
{
    return opening_previous(held->charter, held->state, item, bytes_span(payload));
}

static enum err fetch_item(const struct review_case *held, const struct item *item,
    struct hands *hands, size_t i, struct refusal *refusal)
{
    struct hash root = opening_root(held->state, item);
    enum err err = fetch(held, &item->payload, &hands->payloads[i], refusal);
    if (err != OK)
        return err;
    struct hash previous = previous_of(held, item, &hands->payloads[i]);
    err = fetch(held, &previous, &hands->previous[i], refusal);
    if (err == OK)
        err = fetch(held, &root, &hands->roots[i], refusal);
    return err;
}

static enum err fetch_all(const struct review_case *held, const struct request *request,
    struct hands *hands, struct refusal *refusal)
{
    enum err err = OK;
    for (size_t i = 0; err == OK && i < request->item_count; i++)
        err = fetch_item(held, &request->items[i], hands, i, refusal);
    for (size_t i = 0; err == OK && i < request->evidence_count; i++)
        err = fetch(held, &request->evidence[i], &hands->evidence[i], refusal);
    return err;
}

// A list of the hands' bytes as the opening wants it.
struct spans {
    struct span at[LIMIT_ITEMS];
};

static void spans_of(const struct bytes *bytes, size_t count, struct spans *out)
{
    for (size_t i = 0; i < count; i++)
        out->at[i] = bytes_span(&bytes[i]);
}

// The opened record as this tool would have written it, with the words.
static enum err compute_mine(const struct review_case *held, const struct hash *id,
    const struct hands *hands, struct review *review, struct opened *mine,
    struct refusal *refusal)
{
    struct spans payloads, previous, roots, evidence;
    const struct request *request = &review->request;
    spans_of(hands->payloads, request->item_count, &payloads);
    spans_of(hands->previous, request->item_count, &previous);
    spans_of(hands->roots, request->item_count, &roots);
    spans_of(hands->evidence, request->evidence_count, &evidence);
    struct opening_case opening = {
        .charter = held->charter,
        .charter_text = held->charter_text,
        .state = held->state,
        .appliance = held->log->id,
        .id = *id,
        .request = request,
        .signature = span_of(review->opened.signature, review->opened.signature_size),
        .payloads = payloads.at,
        .previous = previous.at,
        .roots = roots.at,
        .evidence = evidence.at,
        .time = review->opened.time,
    };
    bytes_reset(&review->rendering);
    enum err err = opening_make(&opening, mine, &review->rendering, refusal);
    // The appliance has let it pass: that is a difference, not a refusal.
    return err == ERR_REFUSED ? ERR_SIGNATURE : err;
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

static enum err compare(const struct opened *mine, const struct hands *hands,
    const struct review *review, struct refusal *refusal)
{
    struct bytes text;
    char name[16];
    bytes_init(&text, LIMIT_RECORD);
    opened_write(mine, &text);
    enum err err = bytes_finish(&text);
    if (err == OK && !span_equal(bytes_span(&text), bytes_span(&hands->record))) {
        differing_line(bytes_span(&text), bytes_span(&hands->record), name, sizeof name);
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
        return fault(ERR_SIGNATURE, refusal,
            "the request was opened in the future: set this machine's clock, or the "
            "appliance's");
    if (review->opened.expires <= held->now)
        return refuse(
            refusal, "R4", "the request has expired: ask the requester to submit it again");
    return OK;
}

// The state as it was before this request was signed: a custodian who approves later approves what
// the others did. That the record built on it then is the vault's word: its outcome is in the log.
static enum err wind_back(const struct review_case *held, const struct review *review,
    struct state *state, struct refusal *refusal)
{
    struct bytes payload;
    struct tuf *tuf = calloc(1, sizeof *tuf);
    enum err err = tuf == NULL ? ERR_MEMORY : OK;
    bytes_init(&payload, LIMIT_PAYLOAD);
    *state = *held->state;
    for (size_t i = 0; err == OK && i < review->opened.item_count; i++) {
        const struct item *item = &review->opened.items[i];
        struct role_state last = {.payload = item->previous};
        memcpy(last.role, item->role, sizeof last.role);
        bytes_reset(&payload);
        err = fetch(held, &item->previous, &payload, refusal);
        if (err == OK && payload.size > 0)
            err = tuf_read(bytes_span(&payload), tuf, refusal);
        if (err == OK && payload.size > 0) {
            last.version = tuf->version;
            last.expires = tuf->expires;
        }
        if (err == OK)
            err = state_set(state, &last);
    }
    bytes_clear(&payload);
    free(tuf);
    return err;
}

// Told apart from other differences, since it may be one in time only.
static enum err check_previous(const struct review_case *held, const struct hands *hands,
    const struct review *review, struct refusal *refusal)
{
    for (size_t i = 0; i < review->opened.item_count; i++) {
        const struct item *item = &review->opened.items[i];
        struct hash previous = previous_of(held, item, &hands->payloads[i]);
        if (!hash_equal(&previous, &item->previous))
            return fault(ERR_AGAIN, refusal,
                "record %llu does not build on what %s signed last: do not sign, and tell the "
                "others if it stays so",
                (unsigned long long)review->place.index, item->role);
    }
    return OK;
}

static enum err recompute(const struct review_case *held, const struct hash *id,
    struct hands *hands, struct review *review, struct refusal *refusal)
{
    struct opened *mine = calloc(1, sizeof *mine);
    if (mine == NULL)
        return ERR_MEMORY;
    enum err err = fetch_all(held, &review->request, hands, refusal);
    if (err == OK)
        err = check_previous(held, hands, review, refusal);
    if (err == OK)
        err = compute_mine(held, id, hands, review, mine, refusal);
    if (err == OK)
        err = compare(mine, hands, review, refusal);
    free(mine);
    return err;
}

static enum err run(const struct review_case *held, const struct hash *id, struct hands *hands,
    struct review *review, struct refusal *refusal)
{
    struct review_case before = *held;
    struct state *state = NULL;
    enum err err = OK;
    if (review->is_signed) {
        state = calloc(1, sizeof *state);
        before.state = state;
        err = state == NULL ? ERR_MEMORY : wind_back(held, review, state, refusal);
    }
    if (err == OK)
        err = recompute(&before, id, hands, review, refusal);
    free(state);
    return err;
}

enum err review_run(const struct review_case *held, const struct hash *id,
    const struct message *dossier, struct review *out, struct refusal *refusal)
{
    struct hands *hands = hands_new();
    out->is_signed = dossier->dossier.fate == FATE_SIGNED;
    enum err err = hands == NULL ? ERR_MEMORY : take_dossier(dossier, hands, out, refusal);
    if (err == OK)
        err = read_texts(hands, out, refusal);
    if (err == OK)
        err = check_request(held, id, hands, out, refusal);
    if (err == OK)
        err = check_tool(held, out, refusal);
    if (err == OK)
        err = run(held, id, hands, out, refusal);
    hands_free(hands);
    return err;
}
