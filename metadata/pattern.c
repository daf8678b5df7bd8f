#include "metadata/pattern.h"

#include "signer/base/hash.h"

// One pattern and one text while they are walked; the text may be a pattern, too.
struct walk {
    struct span pattern, text;
    bool crosses;    // a wildcard stands for a slash
    bool of_pattern; // `*` in the text stands for more than one byte
    size_t at, in;   // where the walk is in the pattern, and in the text
    // The last `*`, and how much of the text it has taken so far.
    bool has_star;
    size_t star, taken;
};

static bool is_taken(const struct walk *walk, uint8_t byte)
{
    return walk->crosses || byte != '/';
}

static bool fits(const struct walk *walk, uint8_t wanted, uint8_t byte)
{
    if (wanted == '?')
        return is_taken(walk, byte) && !(walk->of_pattern && byte == '*');
    return wanted == byte;
}

// The last `*` takes one byte more; false when it cannot.
static bool give_star(struct walk *walk)
{
    if (!walk->has_star || !is_taken(walk, walk->text.data[walk->taken]))
        return false;
    walk->in = ++walk->taken;
    walk->at = walk->star + 1;
    return true;
}

static bool walk_on(struct walk *walk)
{
    if (walk->at < walk->pattern.size && walk->pattern.data[walk->at] == '*') {
        walk->has_star = true;
        walk->star = walk->at++;
        walk->taken = walk->in;
        return true;
    }
    if (walk->at < walk->pattern.size &&
        fits(walk, walk->pattern.data[walk->at], walk->text.data[walk->in])) {
        walk->at++;
        walk->in++;
        return true;
    }
    return give_star(walk);
}

// To give a byte to the last `*` alone is enough: what an earlier one could take in its stead, the last
// one can, unless a slash stops it, and then it would stop the earlier one, too.
static bool walk_all(struct walk *walk, uint64_t *steps)
{
    while (walk->in < walk->text.size) {
        if (*steps == 0)
            return false;
        --*steps;
        if (!walk_on(walk))
            return false;
    }
    while (walk->at < walk->pattern.size && walk->pattern.data[walk->at] == '*')
        walk->at++;
    return walk->at == walk->pattern.size;
}

bool pattern_matches(
    enum dialect dialect, struct span pattern, struct span path, uint64_t *steps)
{
    struct walk walk = {.pattern = pattern, .text = path, .crosses = dialect == DIALECT_UPTANE};
    return walk_all(&walk, steps);
}

bool pattern_covers(enum dialect dialect, struct span wide, struct span narrow, uint64_t *steps)
{
    struct walk walk = {.pattern = wide,
        .text = narrow,
        .crosses = dialect == DIALECT_UPTANE,
        .of_pattern = true};
    return walk_all(&walk, steps);
}

static bool has_prefix(struct span text, struct span prefix)
{
    return prefix.size <= text.size && span_equal(span_of(text.data, prefix.size), prefix);
}

bool pattern_delegates(
    enum dialect dialect, const struct tuf_delegation *role, struct span path, uint64_t *steps)
{
    struct json json = json_of(dialect, role->patterns);
    char hex[2 * HASH_SIZE + 1];
    if (role->hash_prefixes) {
        struct hash hash = hash_of(path);
        hash_hex(&hash, hex);
    }
    json_enter_array(&json);
    while (json_element(&json)) {
        struct span pattern = json_string(&json);
        if (role->hash_prefixes ? has_prefix(span_text(hex), pattern)
                                : pattern_matches(dialect, pattern, path, steps))
            return true;
    }
    return false;
}
