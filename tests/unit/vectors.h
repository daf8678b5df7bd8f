// Reads the few shapes of JSON in which other people's test vectors are written: one flat object a
// file, numbers, strings without escapes, and lists of such strings. Test code only: what it does
// not find fails the test.
#ifndef CONCLAVE_TESTS_UNIT_VECTORS_H
#define CONCLAVE_TESTS_UNIT_VECTORS_H

#include "signer/base/bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The folder with other people's vectors, as seen from the project's root. A clone has none.
#define VECTORS "../shared/vectors/"

static inline char *vector_load(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return NULL;
    char *text = calloc(1, 1 << 20);
    assert_non_null(text);
    *size = fread(text, 1, (1 << 20) - 1, file);
    fclose(file);
    return text;
}

// What stands behind `"name": `.
static inline const char *vector_field(const char *text, const char *name)
{
    char quoted[64];
    snprintf(quoted, sizeof quoted, "\"%s\":", name);
    const char *at = strstr(text, quoted);
    assert_non_null(at);
    at += strlen(quoted);
    return at + strspn(at, " \n");
}

static inline uint64_t vector_number(const char *text, const char *name)
{
    return strtoull(vector_field(text, name), NULL, 10);
}

static inline bool vector_true(const char *text, const char *name)
{
    return strncmp(vector_field(text, name), "true", 4) == 0;
}

// The string that begins at `*at` (a quote); `*at` moves behind it.
static inline struct span vector_string(const char **at)
{
    assert_true(**at == '"');
    const char *end = strchr(*at + 1, '"');
    assert_non_null(end);
    struct span span = span_of(*at + 1, (size_t)(end - *at - 1));
    *at = end + 1;
    return span;
}

#endif
