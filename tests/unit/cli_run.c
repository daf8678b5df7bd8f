#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/cli_run.h"

#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/conclave-cli-XXXXXX";

int cli_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL || chdir(folder) != 0 ? -1 : 0;
}

static int drop(const char *path, const struct stat *about, int kind, struct FTW *at)
{
    (void)about, (void)kind, (void)at;
    return remove(path);
}

int cli_no_folder(void **state)
{
    (void)state;
    return nftw(folder, drop, 8, FTW_DEPTH | FTW_PHYS);
}

void cli_read(const char *path, char out[OUTPUT_MOST])
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    out[fread(out, 1, OUTPUT_MOST - 1, file)] = 0;
    fclose(file);
}

void cli_write(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

// The program's arguments, in memory that may be written to.
enum { WORD_MOST = 256, BEFORE = 3 };
struct arguments {
    char text[WORDS_MOST + BEFORE][WORD_MOST];
    char *at[WORDS_MOST + BEFORE + 1];
};

static void add(struct arguments *arguments, size_t i, const char *word)
{
    assert_true(i < WORDS_MOST + BEFORE && strlen(word) < WORD_MOST);
    memcpy(arguments->text[i], word, strlen(word) + 1);
    arguments->at[i] = arguments->text[i];
}

// In a session of its own, so that there is no terminal to ask on. The process's wait status.
static int run_program(char *const *argv)
{
    pid_t pid;
    int status;
    char environment[] = "HOME=/nowhere", *const environ_[] = {environment, NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    assert_int_equal(posix_spawn_file_actions_init(&files), 0);
    assert_int_equal(posix_spawnattr_init(&attributes), 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, "out", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addopen(&files, 2, "err", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_int_equal(posix_spawn(&pid, argv[0], &files, &attributes, argv, environ_), 0);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

void cli_run(const char *const *words, struct cli_run *run)
{
    static struct arguments arguments;
    memset(&arguments, 0, sizeof arguments);
    add(&arguments, 0, CONCLAVE_PROGRAM);
    add(&arguments, 1, "--home");
    add(&arguments, 2, "home");
    for (size_t i = 0; words[i] != NULL; i++)
        add(&arguments, i + BEFORE, words[i]);
    int status = run_program(arguments.at);
    assert_true(WIFEXITED(status));
    run->status = WEXITSTATUS(status);
    cli_read("out", run->out);
    cli_read("err", run->err);
}

void cli_fails(int status, const char *word, const char *const *words)
{
    static struct cli_run run;
    cli_run(words, &run);
    if (run.status != status || strstr(run.err, word) == NULL)
        fail_msg("%s %s: %d, \"%s\"; not %d, \"%s\"", words[0], words[0] ? words[1] : "",
            run.status, run.err, status, word);
    assert_int_equal(strncmp(run.err, "conclave: ", 10), 0);
    assert_ptr_equal(strchr(run.err, '\n'), run.err + strlen(run.err) - 1);
    assert_string_equal(run.out, "");
}
