#include "client/review.h"

#include "client/fault.h"
#include "metadata/judge.h"
#include "metadata/render.h"
#include "policy/chain.h"
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
    review->requester = charter_requester(held->charter, &request->requester);
    if (review->requester == NULL)
        return fault(ERR_SIGNATURE, refusal, "the charter has no requester with this key");
    enum err err =
        dsse_verify(&review->requester->key, DSSE_REQUEST, bytes_span(&hands->request),
            span_of(review->opened.signature, review->opened.signature_size));
    if (err != OK)
        return fault(err, refusal, "the requester %s did not sign this request",
            review->requester->name);
    return OK;
}

static enum err fetch(const struct review_case *held, const struct hash *hash,
    struct bytes *out, struct refusal *refusal)
{
    if (hash_is_none(hash))
        return OK;
    return held->source->blob(held->source->context, hash, out, refusal);
}

// The last signed root of the role's repository (metadata/judge.h); none before the first.
static struct hash root_of(const struct review_case *held, const char *role_name)
{
    char name[LIMIT_ROLE_NAME + sizeof "/root"];
    size_t size = strcspn(role_name, "/");
    memcpy(name, role_name, size);
    memcpy(name + size, "/root", sizeof "/root");
    return chain_previous(held->state, name);
}

static enum err fetch_item(const struct review_case *held, const struct item *item,
    struct hands *hands, size_t i, struct refusal *refusal)
{
    struct hash previous = chain_previous(held->state, item->role);
    struct hash root = root_of(held, item->role);
    enum err err = fetch(held, &item->payload, &hands->payloads[i], refusal);
    if (err == OK)
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

struct evidence {
    struct span at[LIMIT_ITEMS];
    size_t count;
};

static enum err judge_item(const struct review_case *held, const struct opened *mine, size_t i,
    const struct hands *hands, const struct evidence *evidence, struct refusal *refusal)
{
    struct judge_facts facts;
    const struct role *role = charter_role(held->charter, mine->items[i].role);
    if (role == NULL)
        return fault(ERR_SIGNATURE, refusal, "the charter has no role %s", mine->items[i].role);
    struct judge_case judged = {
        .charter = held->charter,
        .role = role,
        .state = held->state,
        .item = &mine->items[i],
        .payload = bytes_span(&hands->payloads[i]),
        .previous = bytes_span(&hands->previous[i]),
        .root = bytes_span(&hands->roots[i]),
        .evidence = evidence->at,
        .evidence_count = evidence->count,
        .now = mine->time,
    };
    return judge_payload(&judged, &facts, refusal);
}

static enum err judge_all(const struct review_case *held, const struct review *review,
    const struct opened *mine, const struct hands *hands, struct refusal *refusal)
{
    struct evidence evidence = {.count = review->request.evidence_count};
    enum err err = OK;
    for (size_t i = 0; i < evidence.count; i++)
        evidence.at[i] = bytes_span(&hands->evidence[i]);
    for (size_t i = 0; err == OK && i < mine->item_count; i++)
        err = judge_item(held, mine, i, hands, &evidence, refusal);
    // The appliance has let it pass: that is a difference, not a refusal.
    return err == ERR_REFUSED ? ERR_SIGNATURE : err;
}

static enum err render_mine(const struct review_case *held, struct review *review,
    struct opened *mine, const struct hands *hands, struct refusal *refusal)
{
    struct span payloads[LIMIT_ITEMS], previous[LIMIT_ITEMS];
    for (size_t i = 0; i < mine->item_count; i++) {
        payloads[i] = bytes_span(&hands->payloads[i]);
        previous[i] = bytes_span(&hands->previous[i]);
    }
    struct render_case rendered = {
        .charter = held->charter,
        .request = &review->request,
        .opened = mine,
        .payloads = payloads,
        .previous = previous,
    };
    bytes_reset(&review->rendering);
    enum err err = render(&rendered, &review->rendering, refusal);
    mine->shown = hash_of(bytes_span(&review->rendering));
    return err;
}

// The opened record as this tool would have written it.
static void compute_mine(const struct review_case *held, const struct hash *id,
    const struct review *review, struct opened *mine)
{
    *mine = (struct opened){
        .appliance = held->log->id,
        .request = *id,
        .requester = review->request.requester,
        .signature_size = review->opened.signature_size,
        .item_count = review->request.item_count,
        .rendering = RENDERING,
        .epoch = held->charter->epoch,
        .charter = held->charter->hash,
        .time = review->opened.time,
        .earliest = review->opened.time, // the charter's delay: none, until it can have one
        .expires = review->request.expires,
    };
    memcpy(mine->signature, review->opened.signature, mine->signature_size);
    for (size_t i = 0; i < mine->item_count; i++) {
        mine->items[i] = review->request.items[i];
        mine->items[i].previous = chain_previous(held->state, mine->items[i].role);
    }
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

// Told apart from other differences, since it may be one in time only.
static enum err check_previous(
    const struct review_case *held, const struct review *review, struct refusal *refusal)
{
    for (size_t i = 0; i < review->opened.item_count; i++) {
        const struct item *item = &review->opened.items[i];
        struct hash previous = chain_previous(held->state, item->role);
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
    compute_mine(held, id, review, mine);
    enum err err = fetch_all(held, &review->request, hands, refusal);
    if (err == OK)
        err = judge_all(held, review, mine, hands, refusal);
    if (err == OK)
        err = render_mine(held, review, mine, hands, refusal);
    if (err == OK)
        err = compare(mine, hands, review, refusal);
    free(mine);
    return err;
}

enum err review_run(const struct review_case *held, const struct hash *id,
    const struct message *dossier, struct review *out, struct refusal *refusal)
{
    struct hands *hands = hands_new();
    enum err err = hands == NULL ? ERR_MEMORY : take_dossier(dossier, hands, out, refusal);
    if (err == OK)
        err = read_texts(hands, out, refusal);
    if (err == OK)
        err = check_request(held, id, hands, out, refusal);
    if (err == OK)
        err = check_tool(held, out, refusal);
    if (err == OK)
        err = check_previous(held, out, refusal);
    if (err == OK)
        err = recompute(held, id, hands, out, refusal);
    hands_free(hands);
    return err;
}
