// A folder beside the test's own program, under build/: made for one test, and removed with what
// is in it.
#ifndef CONCLAVE_TESTS_UNIT_FOLDER_H
#define CONCLAVE_TESTS_UNIT_FOLDER_H

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FOLDER_NAME = 1024 };

// The folder in which this program stands.
static inline void folder_of_program(char out[FOLDER_NAME])
{
    ssize_t size = readlink("/proc/self/exe", out, FOLDER_NAME - 1);
    assert_true(size > 0);
    out[size] = '\0';
    char *slash = strrchr(out, '/');
    assert_non_null(slash);
    *slash = '\0';
}

static inline void folder_make(char out[FOLDER_NAME])
{
    char program[FOLDER_NAME];
    folder_of_program(program);
    int length = snprintf(out, FOLDER_NAME, "%s/folder-XXXXXX", program);
    assert_true(length > 0 && length < FOLDER_NAME);
    assert_non_null(mkdtemp(out));
}

static inline void folder_remove(const char *folder)
{
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir))
        if (entry->d_type != DT_DIR)
            unlinkat(dirfd(dir), entry->d_name, 0);
    closedir(dir);
    rmdir(folder);
}

#endif
