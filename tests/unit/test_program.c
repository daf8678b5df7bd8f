#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "signer/program.h"
#include "tests/unit/folder.h"

#include <limits.h>
#include <sys/stat.h>

static void write_file(const char *folder, const char *name, const char *text, off_t size)
{
    char path[FOLDER_NAME + 32];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(ftruncate(fd, size), 0);
    close(fd);
}

static void assert_refused(const char *folder, const char *name, const char *words)
{
    struct program_file file = {.descriptor = 99};
    struct refusal why;
    assert_int_equal(program_open(&file, folder, name, &why), ERR_REFUSED);
    assert_non_null(strstr(why.sentence, words));
    assert_int_equal(file.descriptor, -1);
}

static void program__refuses_what_is_no_file(void **state)
{
    (void)state;
    char folder[FOLDER_NAME], fifo[FOLDER_NAME + 32], long_folder[PATH_MAX + 1];
    folder_make(folder);
    snprintf(fifo, sizeof fifo, "%s/fifo", folder);
    assert_int_equal(mkfifo(fifo, 0700), 0);
    memset(long_folder, 'x', PATH_MAX);
    long_folder[PATH_MAX] = '\0';
    assert_refused(folder, "missing", "No such file");
    assert_refused(folder, ".", "is no file");
    assert_refused(folder, "fifo", "is no file");
    assert_refused("/dev", "null", "is no file");
    assert_refused(long_folder, "a", "too long");
    folder_remove(folder);
}

static void program__r20_refuses_a_file_that_is_too_large(void **state)
{
    (void)state;
    char folder[FOLDER_NAME];
    struct program_file file;
    struct refusal why;
    folder_make(folder);
    write_file(folder, "large", "x", PROGRAM_MOST + 1);
    assert_refused(folder, "large", "is larger than");
    write_file(folder, "large", "x", PROGRAM_MOST);
    assert_int_equal(program_open(&file, folder, "large", &why), OK);
    program_close(&file);
    folder_remove(folder);
}

// What the descriptor reads, from its beginning.
static void assert_reads(const struct program_file *file, const char *text)
{
    char read_back[64] = "";
    assert_int_equal(pread(file->descriptor, read_back, sizeof read_back, 0), strlen(text));
    assert_string_equal(read_back, text);
}

static void program__r17_hashes_the_file_that_it_keeps_open(void **state)
{
    (void)state;
    char folder[FOLDER_NAME], path[FOLDER_NAME + 32], new_path[FOLDER_NAME + 32];
    struct program_file file;
    struct refusal why;
    folder_make(folder);
    snprintf(path, sizeof path, "%s/room", folder);
    snprintf(new_path, sizeof new_path, "%s/new", folder);
    write_file(folder, "room", "first", 5);
    write_file(folder, "new", "second", 6);
    assert_int_equal(program_open(&file, folder, "room", &why), OK);
    assert_int_equal(rename(new_path, path), 0);
    const struct hash first = hash_of(span_text("first"));
    assert_string_equal(file.is.name, "room");
    assert_true(hash_equal(&file.is.hash, &first));
    assert_reads(&file, "first");
    assert_int_equal(fcntl(file.descriptor, F_GETFD), FD_CLOEXEC);
    program_close(&file);
    assert_int_equal(file.descriptor, -1);
    program_close(&file);
    folder_remove(folder);
}

static void program__r17_opens_again_only_what_was_recorded(void **state)
{
    (void)state;
    char folder[FOLDER_NAME];
    struct program_file file;
    struct refusal why;
    folder_make(folder);
    write_file(folder, "room", "first", 5);
    assert_int_equal(program_open(&file, folder, "room", &why), OK);
    program_close(&file);
    static const char *const others[] = {"firsT", "firs", "first ", ""};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        write_file(folder, "room", others[i], (off_t)strlen(others[i]));
        assert_int_equal(program_open_again(&file, folder, &why), ERR_REFUSED);
        assert_non_null(strstr(why.sentence, "room is not the program that was recorded"));
        assert_int_equal(file.descriptor, -1);
    }
    write_file(folder, "room", "first", 5);
    assert_int_equal(program_open_again(&file, folder, &why), OK);
    assert_reads(&file, "first");
    program_close(&file);
    folder_remove(folder);
    assert_int_equal(program_open_again(&file, folder, &why), ERR_REFUSED);
    assert_non_null(strstr(why.sentence, "No such file"));
}

static void program__r17_knows_its_own_file(void **state)
{
    (void)state;
    char folder[FOLDER_NAME];
    struct program_file own, same;
    struct refusal why;
    folder_of_program(folder);
    assert_int_equal(program_open_self(&own, "conclaved", &why), OK);
    assert_int_equal(own.descriptor, -1);
    assert_string_equal(own.is.name, "conclaved");
    assert_int_equal(program_open(&same, folder, "test_program", &why), OK);
    assert_true(hash_equal(&own.is.hash, &same.is.hash));
    program_close(&same);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(program__refuses_what_is_no_file),
        cmocka_unit_test(program__r20_refuses_a_file_that_is_too_large),
        cmocka_unit_test(program__r17_hashes_the_file_that_it_keeps_open),
        cmocka_unit_test(program__r17_opens_again_only_what_was_recorded),
        cmocka_unit_test(program__r17_knows_its_own_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
