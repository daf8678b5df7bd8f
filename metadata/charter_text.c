#include "metadata/charter_text.h"

#include <string.h>

// The names of a charter's lines in their order, and what stands behind each.
enum shape { SHAPE_ONE, SHAPE_NAMED, SHAPE_PAIRS, SHAPE_NAMED_PAIRS, SHAPE_KEY };
static const struct name {
    const char *name;
    enum shape shape;
    const char *words; // of the one value that is no pair
} names[] = {
    {"text", SHAPE_ONE, "form"},
    {"epoch", SHAPE_ONE, "epoch"},
    {"previous", SHAPE_ONE, "hash of the charter before it"},
    {"origin", SHAPE_ONE, "origin of the log"},
    {"log", SHAPE_ONE, "hash of the log key"},
    {"clock", SHAPE_ONE, "seconds between two clocks at most"},
    {"jump", SHAPE_ONE, "seconds that the clock may be ahead of what is sealed"},
    {"administrator", SHAPE_NAMED, "key"},
    {"group", SHAPE_NAMED, "members"},
    {"charter", SHAPE_PAIRS, NULL},
    {"requester", SHAPE_NAMED_PAIRS, NULL},
    {"repository", SHAPE_NAMED, "dialect and kind"},
    {"role", SHAPE_NAMED_PAIRS, NULL},
    {"key", SHAPE_KEY, "type"},
};
enum { NAMES = sizeof names / sizeof names[0] };

// The word before a value in pairs, what people read for it, and how many words the value has.
static const struct label {
    const char *label;
    const char *words;
    size_t count;
} labels[] = {
    {"group", "group that approves", 1},
    {"quorum", "approvals needed", 1},
    {"delay", "seconds of delay before anything is done", 1},
    {"person", "person behind it", 1},
    {"open", "open requests at most", 1},
    {"bytes", "bytes a day at most", 1},
    {"records", "records a day at most", 1},
    {"key", "key", 2},
    {"by", "signed by", 1},
    {"least", "seconds until a payload expires, at least", 1},
    {"most", "seconds until a payload expires, at most", 1},
    {"within", "seconds that approvals are waited for", 1},
    {"rate", "versions signed at most", 1},
    {"threshold", "least threshold in a root", 1},
    {"custodian", "custodian", 1},
};

struct span charter_word(struct span *rest)
{
    const uint8_t *at = rest->size == 0 ? NULL : memchr(rest->data, ' ', rest->size);
    size_t size = at == NULL ? rest->size : (size_t)(at - rest->data);
    struct span word = span_of(rest->data, size);
    size_t past = at == NULL ? size : size + 1;
    *rest = span_of(rest->data + past, rest->size - past);
    return word;
}

// ---- lines ----

static struct span take_line(struct span *rest)
{
    const uint8_t *at = rest->size == 0 ? NULL : memchr(rest->data, '\n', rest->size);
    size_t size = at == NULL ? rest->size : (size_t)(at - rest->data);
    struct span line = span_of(rest->data, size);
    size_t past = at == NULL ? size : size + 1;
    *rest = span_of(rest->data + past, rest->size - past);
    return line;
}

static size_t place_of(struct span name)
{
    size_t i = 0;
    while (i < NAMES && !span_is(name, names[i].name))
        i++;
    return i;
}

static enum shape shape_of(const struct charter_words *line)
{
    return line->place < NAMES ? names[line->place].shape : SHAPE_ONE;
}

// The hash of a key's line: `ROLE TYPE HASH SPKI …`.
static struct span key_of(struct span rest)
{
    (void)charter_word(&rest);
    return charter_word(&rest);
}

static bool take(struct span *rest, struct charter_words *out)
{
    if (rest->size == 0)
        return false;
    struct span line = take_line(rest);
    const uint8_t *colon = memchr(line.data, ':', line.size);
    size_t size = colon == NULL ? line.size : (size_t)(colon - line.data);
    *out = (struct charter_words){.name = span_of(line.data, size)};
    if (colon == NULL) {
        out->name = span_text("text");
        out->value = line;
    } else if (line.size > size + 2) {
        out->value = span_of(line.data + size + 2, line.size - size - 2);
    }
    out->place = place_of(out->name);
    out->rest = out->value;
    enum shape shape = shape_of(out);
    if (shape != SHAPE_ONE && shape != SHAPE_PAIRS)
        out->id = charter_word(&out->rest);
    if (shape == SHAPE_KEY)
        out->key = key_of(out->rest);
    return true;
}

// ---- side by side ----

struct charter_walk charter_walk_of(struct span now, struct span last)
{
    struct charter_walk walk = {.now_rest = now, .last_rest = last};
    walk.has_now = take(&walk.now_rest, &walk.now);
    walk.has_last = take(&walk.last_rest, &walk.last);
    return walk;
}

// Both texts ascend by this (policy/charter.h).
static int compare(const struct charter_words *a, const struct charter_words *b)
{
    if (a->place != b->place)
        return a->place < b->place ? -1 : 1;
    int order = span_compare(a->id, b->id);
    return order != 0 ? order : span_compare(a->key, b->key);
}

bool charter_walk_here(const struct charter_walk *walk, enum change *change)
{
    if (!walk->has_now && !walk->has_last)
        return false;
    int order = !walk->has_now ? 1 : !walk->has_last ? -1 : compare(&walk->now, &walk->last);
    if (order != 0)
        *change = order < 0 ? CHANGE_ADDED : CHANGE_REMOVED;
    else
        *change = span_equal(walk->now.value, walk->last.value) ? CHANGE_NONE : CHANGE_CHANGED;
    return true;
}

void charter_walk_on(struct charter_walk *walk, enum change change)
{
    if (change != CHANGE_REMOVED)
        walk->has_now = take(&walk->now_rest, &walk->now);
    if (change != CHANGE_ADDED)
        walk->has_last = take(&walk->last_rest, &walk->last);
}

// ---- columns ----

static const struct label *label_of(struct span word)
{
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        if (span_is(word, labels[i].label))
            return &labels[i];
    return NULL;
}

// So many words as one value; a rate that is not none is `COUNT per SECONDS`.
static struct span take_value(struct span *rest, const struct label *label)
{
    struct span value = *rest;
    const uint8_t *end = rest->data;
    size_t count = label->count;
    for (size_t i = 0; i < count && rest->size > 0; i++) {
        struct span word = charter_word(rest);
        end = word.data + word.size;
        if (i == 0 && strcmp(label->label, "rate") == 0 && !span_is(word, "none"))
            count = 3;
    }
    return span_of(value.data, (size_t)(end - value.data));
}

static size_t pairs(struct span rest, struct charter_column *columns, size_t count)
{
    while (rest.size > 0 && count < CHARTER_COLUMNS) {
        struct span all = rest;
        const struct label *label = label_of(charter_word(&rest));
        if (label == NULL || count + 1 == CHARTER_COLUMNS) {
            columns[count++] = (struct charter_column){"and", all};
            break;
        }
        columns[count++] = (struct charter_column){label->words, take_value(&rest, label)};
    }
    return count;
}

static size_t key_columns(struct span rest, struct charter_column *columns)
{
    static const struct label key = {"key", "key", 2};
    columns[0] = (struct charter_column){"type", charter_word(&rest)};
    columns[1] = (struct charter_column){key.words, take_value(&rest, &key)};
    return pairs(rest, columns, 2);
}

size_t charter_columns(
    const struct charter_words *line, struct charter_column columns[CHARTER_COLUMNS])
{
    enum shape shape = shape_of(line);
    if (shape == SHAPE_KEY)
        return key_columns(line->rest, columns);
    if (shape == SHAPE_PAIRS || shape == SHAPE_NAMED_PAIRS)
        return pairs(line->rest, columns, 0);
    columns[0] = (struct charter_column){
        line->place < NAMES ? names[line->place].words : "value", line->rest};
    return 1;
}
