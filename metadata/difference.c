#include "metadata/difference.h"

#include "metadata/page.h"

#include <string.h>

// Less at the front and at the back.
static struct span within(struct span text, size_t front, size_t back)
{
    if (text.size == 0)
        return text;
    return span_of(text.data + front, text.size - front - back);
}

// What is written, and where.
struct writing {
    struct bytes *out;
    unsigned depth;
};

static void add_line(const struct writing *to, const char *mark, struct span line)
{
    page_indent(to->out, to->depth);
    bytes_add_text(to->out, mark);
    bytes_add(to->out, line);
}

static size_t first_line(struct span text)
{
    const uint8_t *end = memchr(text.data, '\n', text.size);
    return end == NULL ? text.size : (size_t)(end - text.data) + 1;
}

static struct span take_line(struct span *text)
{
    size_t size = first_line(*text);
    struct span line = span_of(text->data, size);
    *text = span_of(text->data + size, text->size - size);
    return line;
}

static void add_lines(const struct writing *to, const char *mark, struct span text)
{
    while (text.size > 0)
        add_line(to, mark, take_line(&text));
}

// ---- equal ends ----

// How many bytes at the beginning are equal lines.
static size_t equal_front(struct span a, struct span b)
{
    size_t size = 0;
    while (a.size > 0 && b.size > 0) {
        struct span line = take_line(&a);
        if (!span_equal(line, take_line(&b)))
            return size;
        size += line.size;
    }
    return size;
}

// The same at the end.
static size_t equal_back(struct span a, struct span b)
{
    size_t equal = 0, whole = 0, most = a.size < b.size ? a.size : b.size;
    while (equal < most && a.data[a.size - equal - 1] == b.data[b.size - equal - 1]) {
        if (a.data[a.size - equal - 1] == '\n')
            whole = equal;
        equal++;
    }
    bool begins = (equal == a.size || a.data[a.size - equal - 1] == '\n') &&
                  (equal == b.size || b.data[b.size - equal - 1] == '\n');
    return begins ? equal : whole;
}

// ---- what lies between ----

struct lines {
    struct span at[DIFFERENCE_MOST];
    size_t count;
};

static bool lines_of(struct span text, struct lines *out)
{
    out->count = 0;
    while (text.size > 0) {
        if (out->count == DIFFERENCE_MOST)
            return false;
        out->at[out->count++] = take_line(&text);
    }
    return true;
}

// The length of the longest common subsequence from each line of either on.
struct common {
    uint8_t of[DIFFERENCE_MOST + 1][DIFFERENCE_MOST + 1];
};

static void count_common(const struct lines *a, const struct lines *b, struct common *out)
{
    memset(out, 0, sizeof *out);
    for (size_t i = a->count; i-- > 0;)
        for (size_t k = b->count; k-- > 0;) {
            uint8_t down = out->of[i + 1][k], right = out->of[i][k + 1];
            if (span_equal(a->at[i], b->at[k]))
                out->of[i][k] = (uint8_t)(out->of[i + 1][k + 1] + 1);
            else
                out->of[i][k] = down > right ? down : right;
        }
}

// What is before the colon: two values of one thing belong together.
static bool has_same_label(struct span a, struct span b)
{
    const uint8_t *a_end = memchr(a.data, ':', a.size), *b_end = memchr(b.data, ':', b.size);
    return a_end != NULL && b_end != NULL &&
           span_equal(span_of(a.data, (size_t)(a_end - a.data)),
               span_of(b.data, (size_t)(b_end - b.data)));
}

static void compare(const struct writing *to, const struct lines *a, const struct lines *b)
{
    struct common common;
    count_common(a, b, &common);
    size_t i = 0, k = 0;
    while (i < a->count || k < b->count) {
        bool both = i < a->count && k < b->count;
        if (both && span_equal(a->at[i], b->at[k])) {
            add_line(to, "  ", b->at[k++]);
            i++;
        } else if (both && common.of[i + 1][k + 1] == common.of[i][k] &&
                   has_same_label(a->at[i], b->at[k])) {
            add_line(to, "- ", a->at[i++]);
            add_line(to, "+ ", b->at[k++]);
        } else if (k == b->count || (both && common.of[i + 1][k] >= common.of[i][k + 1])) {
            add_line(to, "- ", a->at[i++]);
        } else {
            add_line(to, "+ ", b->at[k++]);
        }
    }
}

void difference_write(struct bytes *out, unsigned depth, struct span before, struct span now)
{
    struct writing to = {.out = out, .depth = depth};
    struct lines a, b;
    size_t front = equal_front(before, now);
    size_t back = equal_back(within(before, front, 0), within(now, front, 0));
    struct span gone = within(before, front, back), fresh = within(now, front, back);
    add_lines(&to, "  ", span_of(now.data, front));
    if (lines_of(gone, &a) && lines_of(fresh, &b)) {
        compare(&to, &a, &b);
    } else {
        add_lines(&to, "- ", gone);
        add_lines(&to, "+ ", fresh);
    }
    add_lines(&to, "  ", within(now, now.size - back, 0));
}
