#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/ledger_play.h"

// ---- the vault ----

void vault_says_seal(struct ledger_house *house, enum stage stage)
{
    struct message seal = {.kind = VAULT_SEAL};
    seal.seal.stage = stage;
    if (stage == STAGE_SERVING) {
        seal.seal.log = key_spki(&house->log);
        seal.seal.number = house->number;
        seal.seal.epoch = house->epoch;
        seal.seal.charter = hash_of(bytes_span(&house->charter));
        seal.seal.size = house->sealed_size;
        seal.seal.root = house->sealed_root;
        seal.seal.state = hash_of(bytes_span(&house->state));
    }
    to_ledger(&house->vault, &seal);
}

struct place vault_leaf(struct ledger_house *house, struct span text)
{
    assert_true(house->leaf_count < HOUSE_LEAVES);
    struct place place = {house->leaf_count, merkle_leaf(text)};
    house->leaves[house->leaf_count++] = place.leaf;
    return place;
}

static void check_resume(struct ledger_house *house, const struct message *resume)
{
    struct merkle_edge edge;
    assert_true(span_equal(resume->resume.charter, bytes_span(&house->charter)));
    assert_true(span_equal(resume->resume.state, bytes_span(&house->state)));
    assert_int_equal(merkle_edge_set(&edge, house->sealed_size, resume->resume.edge.at,
                         resume->resume.edge.count),
        OK);
    struct hash root = merkle_edge_root(&edge);
    assert_true(hash_equal(&root, &house->sealed_root));
    house->leaf_count = house->sealed_size;
    house->durable = edge;
}

uint64_t vault_resumes(struct ledger_house *house)
{
    struct message message = from_vault_line(house, VAULT_RESUME);
    uint64_t count = 0;
    check_resume(house, &message);
    for (;; count++) {
        enum err err = channel_take(&house->vault, &message);
        while (err == ERR_AGAIN) {
            wait_for_bytes(house, &house->vault);
            err = channel_take(&house->vault, &message);
        }
        assert_int_equal(err, OK);
        if (message.kind == VAULT_RESUMED)
            break;
        assert_int_equal(message.kind, VAULT_REPLAY);
        vault_leaf(house, message.replay.text);
    }
    struct message up = {.kind = VAULT_UP, .id = message.id};
    up.durable.size = house->leaf_count;
    to_ledger(&house->vault, &up);
    return count;
}

void vault_appended(struct ledger_house *house, uint64_t id, struct span text)
{
    struct message appended = {.kind = VAULT_APPENDED, .id = id};
    appended.place = vault_leaf(house, text);
    to_ledger(&house->vault, &appended);
}

struct place vault_appends(struct ledger_house *house)
{
    struct message append = from_vault_line(house, VAULT_APPEND);
    struct place place = {house->leaf_count, merkle_leaf(append.replay.text)};
    vault_appended(house, append.id, append.replay.text);
    return place;
}

void vault_signs_checkpoint(
    struct ledger_house *house, uint64_t id, uint64_t size, const struct hash *root)
{
    uint8_t signature[64];
    size_t signed_size = sizeof signature;
    struct checkpoint checkpoint = {.origin = HOUSE_ORIGIN, .size = size, .root = *root};
    struct message message = {.kind = VAULT_CHECKPOINT, .id = id};
    struct bytes text = text_new(), note = text_new();
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    checkpoint_write(&checkpoint, &text);
    assert_int_equal(EVP_DigestSignInit(ctx, NULL, NULL, NULL, house->pkey), 1);
    assert_int_equal(EVP_DigestSign(ctx, signature, &signed_size, text.data, text.size), 1);
    EVP_MD_CTX_free(ctx);
    checkpoint_note(&checkpoint, &house->log, span_of(signature, sizeof signature), &note);
    message.checkpoint.size = size;
    message.checkpoint.note = bytes_span(&note);
    to_ledger(&house->vault, &message);
    bytes_clear(&text);
    bytes_clear(&note);
}

void vault_says_checkpoint(struct ledger_house *house, uint64_t id, uint64_t size)
{
    assert_true(size <= house->leaf_count);
    while (house->durable.size < size)
        merkle_edge_append(&house->durable, &house->leaves[house->durable.size]);
    assert_int_equal(house->durable.size, size);
    struct hash root = merkle_edge_root(&house->durable);
    vault_signs_checkpoint(house, id, size, &root);
}

void vault_checkpoints(struct ledger_house *house, uint64_t size)
{
    struct message durable = from_vault_line(house, VAULT_DURABLE);
    assert_int_equal(durable.durable.size, size);
    vault_says_checkpoint(house, durable.id, size);
}

// A state of other programs: the same lines, under another format.
static void reformat(const char *format, struct bytes *state)
{
    static const char title[] = "conclave.state/v1\n";
    struct bytes lines = text_new();
    bytes_add(&lines, bytes_span(state));
    const char *rest = strchr((const char *)lines.data + sizeof title - 1, '\n');
    assert_non_null(rest);
    bytes_reset(state);
    bytes_add_format(state, "%sformat: %s", title, format);
    bytes_add(state, span_of(rest, lines.size - (size_t)(rest - (const char *)lines.data)));
    bytes_clear(&lines);
}

void vault_state(const struct ledger_house *house, const struct place *order, struct bytes *out)
{
    static struct state state;
    bool next = house->next_epoch != 0;
    state = (struct state){.time = TEXT_TIME, .has_order = order != NULL};
    state.epoch = next ? house->next_epoch : house->epoch;
    state.charter = hash_of(bytes_span(next ? &house->next_charter : &house->charter));
    if (order != NULL)
        state.order = *order;
    bytes_reset(out);
    state_write(&state, out);
    if (house->format != NULL)
        reformat(house->format, out);
}

void vault_moves_seal(struct ledger_house *house, struct span state)
{
    house->number++;
    house->sealed_size = house->durable.size;
    house->sealed_root = merkle_edge_root(&house->durable);
    bytes_reset(&house->state);
    bytes_add(&house->state, state);
    if (house->next_epoch == 0)
        return;
    house->epoch = house->next_epoch;
    house->next_epoch = 0;
    bytes_reset(&house->charter);
    bytes_add(&house->charter, bytes_span(&house->next_charter));
}

void vault_says_sealed(struct ledger_house *house, uint64_t id)
{
    struct message sealed = {.kind = VAULT_SEALED, .id = id};
    sealed.sealed.number = house->number;
    sealed.sealed.epoch = house->epoch;
    sealed.sealed.charter = hash_of(bytes_span(&house->charter));
    sealed.sealed.state = hash_of(bytes_span(&house->state));
    to_ledger(&house->vault, &sealed);
}

// ---- both ----

uint64_t founding_executes(struct ledger_house *house)
{
    struct message order = {.kind = ORDER_FOUND, .id = ++house->serial};
    house_spawn(house, STAGE_FOUNDING);
    vault_says_seal(house, STAGE_FOUNDING);
    assert_int_equal(from_keeper_line(house, LIVE_HOUSE).live_house.stage, STAGE_FOUNDING);
    from_keeper_line(house, LIVE_END);
    order.found.founding = bytes_span(&house->founding);
    order.found.founded = bytes_span(&house->founded);
    order.found.charter = bytes_span(&house->charter);
    order.found.objects = bytes_span(&house->objects);
    to_ledger(&house->keeper, &order);
    struct message found = from_vault_line(house, VAULT_FOUND);
    struct message judged = {.kind = VAULT_FOUND_JUDGED, .id = found.id};
    merkle_edge_init(&house->durable);
    house->leaf_count = 0;
    vault_leaf(house, found.found.founding);
    judged.judged.place = vault_leaf(house, found.found.founded);
    vault_state(house, NULL, &house->text);
    judged.judged.state = bytes_span(&house->text);
    to_ledger(&house->vault, &judged);
    vault_checkpoints(house, 2);
    return from_vault_line(house, VAULT_EXECUTE).id;
}

void house_found(struct ledger_house *house)
{
    uint64_t id = founding_executes(house);
    is_silent(house, &house->keeper);
    vault_moves_seal(house, bytes_span(&house->text));
    vault_says_sealed(house, id);
    assert_int_equal(from_keeper_line(house, DONE_FOUND).id, house->serial);
}

void house_starts_up(struct ledger_house *house)
{
    house_spawn(house, STAGE_SERVING);
    vault_says_seal(house, STAGE_SERVING);
    vault_resumes(house);
    vault_checkpoints(house, house->leaf_count);
}

void house_start(struct ledger_house *house)
{
    house_starts_up(house);
    from_keeper_line(house, LIVE_HOUSE);
    from_keeper_line(house, LIVE_END);
}

uint64_t keeper_orders(
    struct ledger_house *house, const struct span *blobs, uint32_t blob_count)
{
    struct message order = {.kind = ORDER_RECORD, .id = ++house->serial};
    order.record.text = bytes_span(&house->text);
    order.record.blobs.count = blob_count;
    for (uint32_t i = 0; i < blob_count; i++)
        order.record.blobs.at[i] = blobs[i];
    to_ledger(&house->keeper, &order);
    return order.id;
}

struct place keeper_is_done(struct ledger_house *house, uint64_t id)
{
    struct message done = from_keeper_line(house, DONE_RECORD);
    assert_int_equal(done.id, id);
    return done.place;
}

struct place house_record(
    struct ledger_house *house, const struct span *blobs, uint32_t blob_count)
{
    uint64_t id = keeper_orders(house, blobs, blob_count);
    struct place place = vault_appends(house);
    vault_checkpoints(house, place.index + 1);
    struct place done = keeper_is_done(house, id);
    assert_int_equal(done.index, place.index);
    assert_memory_equal(&done.leaf, &place.leaf, sizeof done.leaf);
    return done;
}

struct place house_open(struct ledger_house *house, const struct texts_request *request)
{
    struct span blobs[4] = {bytes_span(&request->text), bytes_span(&request->payload)};
    for (size_t i = 0; i < request->evidence_count; i++)
        blobs[2 + i] = bytes_span(&request->evidence[i]);
    texts_opened(request, (unsigned)house->leaf_count, &house->text);
    return house_record(house, blobs, 2 + (uint32_t)request->evidence_count);
}

struct message keeper_asks(struct ledger_house *house, struct message *ask)
{
    static const enum message_kind answers[MESSAGE_KINDS] = {
        [ASK_STATUS] = ANSWER_STATUS,
        [ASK_LIST] = ANSWER_RECORDS,
        [ASK_SHOW] = ANSWER_DOSSIER,
        [ASK_RECORDS] = ANSWER_RECORDS,
        [ASK_PROVE] = ANSWER_PROOF,
        [ASK_EXTEND] = ANSWER_PROOF,
        [ASK_BLOB] = ANSWER_BLOB,
        [ASK_LAST] = LAST_ARE,
    };
    ask->id = ++house->serial;
    to_ledger(&house->keeper, ask);
    struct message answer = from_keeper_line(house, answers[ask->kind]);
    assert_int_equal(answer.id, ask->id);
    return answer;
}

int house_make_serving(void **state)
{
    if (house_make(state) != 0)
        return -1;
    house_found(*state);
    house_stop(*state);
    house_start(*state);
    return 0;
}

void is_refused_by(struct ledger_house *house, uint64_t id, const char *rule)
{
    struct message refused = from_keeper_line(house, ANSWER_REFUSED);
    assert_int_equal(refused.id, id);
    assert_true(span_is(refused.refused.rule, rule));
    assert_int_equal(refused.refused.known, 0);
}
