// Files of a repository's past, shown as an import shows them (metadata/history.h): those of
// tests/vectors/past, which tests/vectors/past.py explains, or others.
#ifndef CONCLAVE_TESTS_UNIT_PAST_FIXTURE_H
#define CONCLAVE_TESTS_UNIT_PAST_FIXTURE_H

#include "metadata/history.h"

enum { PAST_FILES = 16, PAST_OUT_MOST = 1 << 20 };

// What is shown, and what is made of it.
struct past {
    enum dialect dialect; // tuf, unless the test says otherwise
    struct bytes bytes[PAST_FILES];
    struct span roots[PAST_FILES], files[PAST_FILES];
    size_t count, root_count, file_count;
    struct import_motion motion;
    struct refusal refusal;
};
extern struct past past;

// Set-up and tear-down of a test.
int past_open(void **state);
int past_close(void **state);

// Reads FOLDER/NAME.json, which stays until the test ends.
struct span past_load(const char *folder, const char *name);
// Adds tests/vectors/past/NAME.json to the roots, or to the files of other roles.
void past_root(const char *name);
void past_roots(void); // all three of the chain
void past_file(const char *name);

enum err past_read(void);
void past_assert_read(void);
void past_assert_refused(enum err err, const char *rule, const char *words);
// "1 expires-form, 1 …" are all findings.
void past_assert_findings(const char *expected);

// Everything that an import's request must bring along, and nothing more.
struct evidence {
    struct bytes parts[PAST_FILES];
    struct span at[2 * PAST_FILES];
    size_t count, part_count;
};
struct evidence past_gather(void);
void past_drop(struct evidence *evidence);
enum err past_judge(const struct evidence *evidence);

#endif
