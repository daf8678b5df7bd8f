#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "log/merkle.h"
#include "tests/unit/vectors.h"

#include <ftw.h>
#include <string.h>

// The example that everybody uses: eight leaves, and the root of each of its beginnings
// (RFC 6962 section 2.1 says how; the values are facts).
static const char *const example_leaves[] = {"", "00", "10", "2021", "3031", "40414243",
    "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
static const char *const example_roots[] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

enum { TREE = 70, LEVELS = 8 };

// ---- the definitions of RFC 6962 section 2.1, word by word, to hold the code against ----

static size_t split_of(size_t n)
{
    size_t k = 1;
    while (2 * k < n)
        k *= 2;
    return k;
}

static struct hash mth(const struct hash *leaves, size_t n)
{
    if (n == 0)
        return hash_of((struct span){0});
    if (n == 1)
        return leaves[0];
    size_t k = split_of(n);
    struct hash left = mth(leaves, k), right = mth(leaves + k, n - k);
    return merkle_node(&left, &right);
}

static void path_of(const struct hash *leaves, size_t n, size_t m, struct merkle_path *out)
{
    if (n <= 1)
        return;
    size_t k = split_of(n);
    if (m < k) {
        path_of(leaves, k, m, out);
        out->nodes[out->count++] = mth(leaves + k, n - k);
    } else {
        path_of(leaves + k, n - k, m - k, out);
        out->nodes[out->count++] = mth(leaves, k);
    }
}

static void subproof(
    const struct hash *leaves, size_t n, size_t m, bool whole, struct merkle_path *out)
{
    if (m == n) {
        if (!whole)
            out->nodes[out->count++] = mth(leaves, n);
        return;
    }
    size_t k = split_of(n);
    if (m <= k) {
        subproof(leaves, k, m, whole, out);
        out->nodes[out->count++] = mth(leaves + k, n - k);
    } else {
        subproof(leaves + k, n - k, m - k, false, out);
        out->nodes[out->count++] = mth(leaves, k);
    }
}

// ---- a store in memory ----

struct forest {
    struct hash leaves[TREE];
    struct hash node[LEVELS][TREE];
    bool has[LEVELS][TREE];
    struct merkle_store store;
    unsigned broken_level; // a node of this level is not found
};

static enum err forest_node(void *context, unsigned level, uint64_t index, struct hash *out)
{
    struct forest *forest = context;
    if (level >= LEVELS || index >= TREE || !forest->has[level][index] ||
        level == forest->broken_level)
        return ERR_NOT_FOUND;
    *out = forest->node[level][index];
    return OK;
}

static enum err forest_put(
    void *context, unsigned level, uint64_t index, const struct hash *node)
{
    struct forest *forest = context;
    assert_true(level < LEVELS && index < TREE);
    assert_false(forest->has[level][index]);
    forest->node[level][index] = *node;
    forest->has[level][index] = true;
    return OK;
}

static int forest_make(void **state)
{
    struct forest *forest = calloc(1, sizeof *forest);
    if (forest == NULL)
        return -1;
    forest->store = (struct merkle_store){forest_node, forest};
    forest->broken_level = LEVELS;
    for (size_t i = 0; i < TREE; i++) {
        uint8_t byte = (uint8_t)i;
        forest->leaves[i] = merkle_leaf(span_of(&byte, 1));
        if (merkle_grow(&forest->store, i, &forest->leaves[i], forest_put, forest) != OK)
            return -1;
    }
    *state = forest;
    return 0;
}

static int forest_drop(void **state)
{
    free(*state);
    return 0;
}

static void assert_same_path(const struct merkle_path *a, const struct merkle_path *b)
{
    assert_int_equal(a->count, b->count);
    assert_memory_equal(a->nodes, b->nodes, a->count * sizeof a->nodes[0]);
}

// ---- bad cases ----

static void merkle__refuses_an_edge_with_a_wrong_number_of_nodes(void **state)
{
    (void)state;
    struct hash nodes[3] = {0};
    struct merkle_edge edge;
    assert_int_equal(merkle_edge_set(&edge, 5, nodes, 3), ERR_FORM);
    assert_int_equal(merkle_edge_set(&edge, 5, nodes, 1), ERR_FORM);
    assert_int_equal(merkle_edge_set(&edge, 0, nodes, 1), ERR_FORM);
    assert_int_equal(merkle_edge_set(&edge, 5, nodes, 2), OK);
    assert_int_equal(merkle_edge_set(&edge, 0, NULL, 0), OK);
}

static void merkle__proves_nothing_outside_the_tree(void **state)
{
    struct forest *forest = *state;
    struct merkle_path path;
    assert_int_equal(merkle_prove_inclusion(&forest->store, 5, 5, &path), ERR_FORM);
    assert_int_equal(merkle_prove_inclusion(&forest->store, 0, 0, &path), ERR_FORM);
    assert_int_equal(merkle_prove_consistency(&forest->store, 6, 5, &path), ERR_FORM);
    uint64_t huge = UINT64_MAX;
    assert_int_equal(merkle_prove_inclusion(&forest->store, 0, huge, &path), ERR_FORM);
    assert_int_equal(merkle_prove_consistency(&forest->store, 1, huge, &path), ERR_FORM);
    struct hash root = mth(forest->leaves, 5);
    path.count = 0;
    assert_false(merkle_included(5, 5, &forest->leaves[5], &path, &root));
    assert_false(merkle_included(0, 0, &forest->leaves[0], &path, &root));
}

static void merkle__says_what_the_store_says(void **state)
{
    struct forest *forest = *state;
    struct merkle_path path;
    struct merkle_edge edge;
    struct hash leaf = {0};
    forest->broken_level = 1;
    assert_int_equal(merkle_prove_inclusion(&forest->store, 0, 8, &path), ERR_NOT_FOUND);
    assert_int_equal(merkle_prove_consistency(&forest->store, 6, 8, &path), ERR_NOT_FOUND);
    assert_int_equal(merkle_edge_read(&forest->store, 7, &edge), ERR_NOT_FOUND);
    memset(forest->has, 0, sizeof forest->has);
    assert_int_equal(merkle_grow(&forest->store, 1, &leaf, forest_put, forest), ERR_NOT_FOUND);
}

// Every single change of a good inclusion proof makes it a bad one.
static void spoil_inclusion(const struct forest *forest, uint64_t index, uint64_t size,
    const struct merkle_path *good, const struct hash *root)
{
    const struct hash *leaf = &forest->leaves[index];
    struct merkle_path bad = *good;
    for (size_t i = 0; i < good->count; i++) {
        bad.nodes[i].byte[i % HASH_SIZE] ^= 1;
        assert_false(merkle_included(index, size, leaf, &bad, root));
        bad = *good;
    }
    bad.nodes[bad.count++] = *root;
    assert_false(merkle_included(index, size, leaf, &bad, root));
    bad.count = LIMIT_CONSISTENCY + 1;
    assert_false(merkle_included(index, size, leaf, &bad, root));
    bad = *good;
    if (bad.count > 0) {
        bad.count--;
        assert_false(merkle_included(index, size, leaf, &bad, root));
        assert_false(merkle_included(index, size, &good->nodes[0], good, root));
    }
    for (uint64_t other = 0; other < size; other++)
        if (other != index)
            assert_false(merkle_included(other, size, leaf, good, root));
}

static void merkle__refuses_every_spoilt_inclusion(void **state)
{
    struct forest *forest = *state;
    for (uint64_t size = 1; size <= 17; size++) {
        struct hash root = mth(forest->leaves, size);
        for (uint64_t index = 0; index < size; index++) {
            struct merkle_path path;
            assert_int_equal(merkle_prove_inclusion(&forest->store, index, size, &path), OK);
            spoil_inclusion(forest, index, size, &path, &root);
        }
    }
}

static void spoil_consistency(uint64_t old_size, const struct hash *old_root, uint64_t new_size,
    const struct hash *new_root, const struct merkle_path *good)
{
    struct merkle_path bad = *good;
    for (size_t i = 0; i < good->count; i++) {
        bad.nodes[i].byte[i % HASH_SIZE] ^= 0x80;
        assert_false(merkle_extends(old_size, old_root, new_size, new_root, &bad));
        bad = *good;
    }
    bad.nodes[bad.count++] = *new_root;
    assert_false(merkle_extends(old_size, old_root, new_size, new_root, &bad));
    bad.count = LIMIT_CONSISTENCY + 1;
    assert_false(merkle_extends(old_size, old_root, new_size, new_root, &bad));
    bad = *good;
    bad.count--;
    if (good->count > 0)
        assert_false(merkle_extends(old_size, old_root, new_size, new_root, &bad));
    assert_false(merkle_extends(old_size, new_root, new_size, old_root, good));
    assert_false(merkle_extends(new_size, new_root, old_size, old_root, good));
}

static void merkle__refuses_every_spoilt_extension(void **state)
{
    struct forest *forest = *state;
    for (uint64_t size = 2; size <= 17; size++) {
        struct hash new_root = mth(forest->leaves, size);
        for (uint64_t old = 1; old < size; old++) {
            struct merkle_path path;
            struct hash old_root = mth(forest->leaves, old);
            assert_int_equal(merkle_prove_consistency(&forest->store, old, size, &path), OK);
            spoil_consistency(old, &old_root, size, &new_root, &path);
        }
    }
}

static void merkle__extends_nothing_and_itself_with_an_empty_path_only(void **state)
{
    struct forest *forest = *state;
    struct hash empty = mth(forest->leaves, 0), root = mth(forest->leaves, 5), other = {{7}};
    struct merkle_path none = {.count = 0}, one = {.count = 1};
    assert_true(merkle_extends(0, &empty, 0, &empty, &none));
    assert_false(merkle_extends(0, &other, 0, &other, &none));
    assert_true(merkle_extends(0, &empty, 5, &root, &none));
    assert_false(merkle_extends(0, &empty, 5, &root, &one));
    assert_true(merkle_extends(5, &root, 5, &root, &none));
    assert_false(merkle_extends(5, &root, 5, &other, &none));
    assert_false(merkle_extends(5, &root, 5, &root, &one));
}

// ---- good ones ----

static void merkle__has_the_roots_of_the_eight_leaf_tree(void **state)
{
    (void)state;
    struct merkle_edge edge;
    merkle_edge_init(&edge);
    for (size_t i = 0; i <= 8; i++) {
        char hex[2 * HASH_SIZE + 1];
        struct hash root = merkle_edge_root(&edge);
        hash_hex(&root, hex);
        assert_string_equal(hex, example_roots[i]);
        if (i == 8)
            break;
        uint8_t leaf[16];
        size_t size = strlen(example_leaves[i]) / 2;
        assert_int_equal(hex_read(span_text(example_leaves[i]), leaf, size), OK);
        struct hash hash = merkle_leaf(span_of(leaf, size));
        merkle_edge_append(&edge, &hash);
    }
}

static void merkle__edge_appended_and_edge_read_are_one(void **state)
{
    struct forest *forest = *state;
    struct merkle_edge grown, stored, set;
    merkle_edge_init(&grown);
    for (size_t size = 0; size <= TREE; size++) {
        struct hash root = mth(forest->leaves, size), edge_root = merkle_edge_root(&grown);
        assert_true(hash_equal(&edge_root, &root));
        assert_int_equal(merkle_edge_read(&forest->store, size, &stored), OK);
        assert_int_equal(stored.node_count, grown.node_count);
        assert_memory_equal(
            stored.nodes, grown.nodes, grown.node_count * sizeof grown.nodes[0]);
        assert_int_equal(merkle_edge_set(&set, size, stored.nodes, stored.node_count), OK);
        edge_root = merkle_edge_root(&set);
        assert_true(hash_equal(&edge_root, &root));
        if (size < TREE)
            merkle_edge_append(&grown, &forest->leaves[size]);
    }
}

static void merkle__inclusion_is_the_path_of_the_rfc(void **state)
{
    struct forest *forest = *state;
    for (uint64_t size = 1; size <= TREE; size++) {
        struct hash root = mth(forest->leaves, size);
        for (uint64_t index = 0; index < size; index++) {
            struct merkle_path path, wanted = {.count = 0};
            path_of(forest->leaves, size, index, &wanted);
            assert_int_equal(merkle_prove_inclusion(&forest->store, index, size, &path), OK);
            assert_same_path(&path, &wanted);
            assert_true(merkle_included(index, size, &forest->leaves[index], &path, &root));
        }
    }
}

static void merkle__consistency_is_the_proof_of_the_rfc(void **state)
{
    struct forest *forest = *state;
    for (uint64_t size = 1; size <= TREE; size++) {
        struct hash new_root = mth(forest->leaves, size);
        for (uint64_t old = 0; old <= size; old++) {
            struct merkle_path path, wanted = {.count = 0};
            struct hash old_root = mth(forest->leaves, old);
            if (old > 0)
                subproof(forest->leaves, size, old, true, &wanted);
            assert_int_equal(merkle_prove_consistency(&forest->store, old, size, &path), OK);
            assert_same_path(&path, &wanted);
            assert_true(merkle_extends(old, &old_root, size, &new_root, &path));
        }
    }
}

// ---- other people's probes ----

// A value that is no hash cannot even be said to our code; it gets a stand-in, and is counted.
static bool unsayable;

static struct hash probe_hash(struct span base64)
{
    struct bytes bytes;
    struct hash hash;
    bytes_init(&bytes, 4096);
    assert_int_equal(base64_read(base64, &bytes), OK);
    if (bytes.size == HASH_SIZE) {
        memcpy(hash.byte, bytes.data, HASH_SIZE);
    } else {
        hash = hash_of(bytes_span(&bytes));
        unsayable = true;
    }
    bytes_clear(&bytes);
    return hash;
}

static struct hash probe_field(const char *text, const char *name)
{
    const char *at = vector_field(text, name);
    return probe_hash(vector_string(&at));
}

static void probe_path(const char *text, struct merkle_path *out)
{
    const char *at = vector_field(text, "proof");
    out->count = 0;
    if (strncmp(at, "null", 4) == 0)
        return;
    assert_true(*at == '[');
    for (at++; *(at += strspn(at, " ,\n")) != ']';) {
        assert_true(out->count < LIMIT_CONSISTENCY);
        out->nodes[out->count++] = probe_hash(vector_string(&at));
    }
}

static bool probe_inclusion(const char *text)
{
    struct merkle_path path;
    struct hash root = probe_field(text, "root"), leaf = probe_field(text, "leafHash");
    probe_path(text, &path);
    return merkle_included(
        vector_number(text, "leafIdx"), vector_number(text, "treeSize"), &leaf, &path, &root);
}

static bool probe_consistency(const char *text)
{
    struct merkle_path path;
    struct hash old_root = probe_field(text, "root1"), new_root = probe_field(text, "root2");
    probe_path(text, &path);
    return merkle_extends(vector_number(text, "size1"), &old_root, vector_number(text, "size2"),
        &new_root, &path);
}

// Those vectors call it an error to ask whether a tree extends nothing; by our contract it does.
static bool asks_about_nothing(const char *text)
{
    if (strstr(text, "\"size1\"") == NULL || strstr(text, "\"proof\": []") == NULL)
        return false;
    return vector_number(text, "size1") == 0 && vector_number(text, "size2") > 0;
}

static unsigned probes, held, about_nothing;

static int probe_file(const char *path, const struct stat *stat, int type, struct FTW *ftw)
{
    (void)stat;
    (void)ftw;
    size_t size = 0;
    if (type != FTW_F || strstr(path, ".json") == NULL)
        return 0;
    char *text = vector_load(path, &size);
    assert_non_null(text);
    unsayable = false;
    bool good =
        strstr(text, "leafIdx") != NULL ? probe_inclusion(text) : probe_consistency(text);
    bool wanted = !vector_true(text, "wantErr");
    probes++;
    if (asks_about_nothing(text)) {
        assert_true(good);
        about_nothing++;
    } else if (good == wanted || (unsayable && !wanted)) {
        held++;
    } else {
        fail_msg("%s: %s", path, good ? "accepted" : "refused");
    }
    free(text);
    return 0;
}

static void merkle__agrees_with_other_peoples_probes(void **state)
{
    (void)state;
    if (nftw(VECTORS "rfc6962-merkle", probe_file, 8, FTW_PHYS) != 0) {
        print_message("no " VECTORS "rfc6962-merkle here: other people's probes not run\n");
        skip();
    }
    assert_int_equal(probes, 196);
    assert_int_equal(about_nothing, 2);
    assert_int_equal(held, probes - about_nothing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(merkle__refuses_an_edge_with_a_wrong_number_of_nodes),
        cmocka_unit_test(merkle__proves_nothing_outside_the_tree),
        cmocka_unit_test_setup_teardown(
            merkle__says_what_the_store_says, forest_make, forest_drop),
        cmocka_unit_test(merkle__refuses_every_spoilt_inclusion),
        cmocka_unit_test(merkle__refuses_every_spoilt_extension),
        cmocka_unit_test(merkle__extends_nothing_and_itself_with_an_empty_path_only),
        cmocka_unit_test(merkle__has_the_roots_of_the_eight_leaf_tree),
        cmocka_unit_test(merkle__edge_appended_and_edge_read_are_one),
        cmocka_unit_test(merkle__inclusion_is_the_path_of_the_rfc),
        cmocka_unit_test(merkle__consistency_is_the_proof_of_the_rfc),
        cmocka_unit_test(merkle__agrees_with_other_peoples_probes),
    };
    return cmocka_run_group_tests_name("merkle", tests, forest_make, forest_drop);
}
