#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/keeper_house.h"

#include <openssl/evp.h>
#include <string.h>

struct place house_leaf(struct keeper_house *house, struct span text)
{
    assert_true(house->leaf_count < HOUSE_LEAVES);
    struct place place = {house->leaf_count, merkle_leaf(text)};
    house->leaves[house->leaf_count++] = place.leaf;
    return place;
}

struct place house_live(struct keeper_house *house, struct span text)
{
    assert_true(house->live_count < HOUSE_LIVE);
    struct live_text *live = &house->live[house->live_count++];
    live->index = house->leaf_count;
    bytes_init(&live->text, LIMIT_RECORD);
    bytes_add(&live->text, text);
    return house_leaf(house, text);
}

// The root of a complete subtree; the trees of tests are small.
static struct hash subtree(const struct keeper_house *house, unsigned level, uint64_t index)
{
    if (level == 0)
        return house->leaves[index];
    struct hash left = subtree(house, level - 1, 2 * index);
    struct hash right = subtree(house, level - 1, 2 * index + 1);
    return merkle_node(&left, &right);
}

static enum err node_of(void *context, unsigned level, uint64_t index, struct hash *out)
{
    *out = subtree(context, level, index);
    return OK;
}

void house_prove(struct keeper_house *house, uint64_t index, struct hash_list *out)
{
    struct merkle_store store = {node_of, house};
    struct merkle_path path;
    assert_int_equal(merkle_prove_inclusion(&store, index, house->leaf_count, &path), OK);
    out->count = (uint32_t)path.count;
    memcpy(out->at, path.nodes, path.count * sizeof path.nodes[0]);
}

void house_sign_checkpoint(struct keeper_house *house, struct bytes *note)
{
    struct merkle_store store = {node_of, house};
    struct merkle_edge edge;
    struct bytes text;
    uint8_t signature[64];
    size_t size = sizeof signature;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    assert_int_equal(merkle_edge_read(&store, house->leaf_count, &edge), OK);
    struct checkpoint checkpoint = {
        .origin = HOUSE_ORIGIN, .size = house->leaf_count, .root = merkle_edge_root(&edge)};
    bytes_init(&text, LIMIT_CHECKPOINT);
    checkpoint_write(&checkpoint, &text);
    assert_int_equal(EVP_DigestSignInit(ctx, NULL, NULL, NULL, house->log.pair), 1);
    assert_int_equal(EVP_DigestSign(ctx, signature, &size, text.data, text.size), 1);
    EVP_MD_CTX_free(ctx);
    checkpoint_note(&checkpoint, &house->log.key, span_of(signature, size), note);
    bytes_clear(&text);
}
