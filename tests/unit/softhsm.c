#include "tests/unit/softhsm.h"

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static void must(bool good, const char *what)
{
    if (good)
        return;
    perror(what);
    exit(1);
}

static void run(const char *const *argv)
{
    pid_t pid = 0;
    int status = 0;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", 1, 0);
    // posix_spawn's argv is const in all but its type.
    char *const *args = (char *const *)(uintptr_t)argv;
    must(posix_spawnp(&pid, argv[0], &actions, NULL, args, environ) == 0, argv[0]);
    posix_spawn_file_actions_destroy(&actions);
    must(waitpid(pid, &status, 0) == pid, "waitpid");
    must(WIFEXITED(status) && WEXITSTATUS(status) == 0, argv[0]);
}

static void find_module(struct softhsm *softhsm)
{
    static const char *const places[] = {
        "/usr/lib/softhsm/libsofthsm2.so",
        "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
        "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
    };
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (access(places[i], R_OK) == 0) {
            snprintf(softhsm->module, sizeof softhsm->module, "%s", places[i]);
            return;
        }
    must(false, "libsofthsm2.so");
}

static void write_config(const struct softhsm *softhsm)
{
    FILE *file = fopen(softhsm->config, "w");
    must(file != NULL, softhsm->config);
    fprintf(file,
        "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n"
        "slots.removable = false\nlibrary.reset_on_fork = true\n",
        softhsm->tokens);
    must(fclose(file) == 0, softhsm->config);
}

void softhsm_make(struct softhsm *softhsm)
{
    snprintf(softhsm->folder, sizeof softhsm->folder, "/tmp/conclave-test-XXXXXX");
    must(mkdtemp(softhsm->folder) != NULL, softhsm->folder);
    snprintf(softhsm->tokens, sizeof softhsm->tokens, "%s/tokens", softhsm->folder);
    snprintf(softhsm->config, sizeof softhsm->config, "%s/softhsm2.conf", softhsm->folder);
    must(mkdir(softhsm->tokens, 0700) == 0, softhsm->tokens);
    find_module(softhsm);
    write_config(softhsm);
    softhsm_make_another(softhsm);
}

void softhsm_make_another(const struct softhsm *softhsm)
{
    must(setenv("SOFTHSM2_CONF", softhsm->config, 1) == 0, "setenv");
    run((const char *const[]){"softhsm2-util", "--init-token", "--free", "--label",
        SOFTHSM_LABEL, "--so-pin", "so-pin-of-the-test", "--pin", SOFTHSM_PIN, NULL});
}

void softhsm_drop(struct softhsm *softhsm)
{
    run((const char *const[]){"rm", "-rf", softhsm->folder, NULL});
}

void softhsm_copy(const struct softhsm *softhsm, const char *to)
{
    run((const char *const[]){"rm", "-rf", to, NULL});
    run((const char *const[]){"cp", "-a", softhsm->tokens, to, NULL});
}

void softhsm_put_back(const struct softhsm *softhsm, const char *from)
{
    run((const char *const[]){"rm", "-rf", softhsm->tokens, NULL});
    run((const char *const[]){"cp", "-a", from, softhsm->tokens, NULL});
}

// A secret is read from a descriptor, as in the real programs.
static struct secret *pin_of(const char *text)
{
    int ends[2];
    struct secret *pin = secret_new();
    must(pin != NULL && pipe(ends) == 0, "pin");
    must(write(ends[1], text, strlen(text)) == (ssize_t)strlen(text), "pin");
    close(ends[1]);
    must(secret_read_fd(pin, ends[0]) == OK, "pin");
    close(ends[0]);
    return pin;
}

struct token *softhsm_open(const struct softhsm *softhsm)
{
    struct token *token = NULL;
    struct refusal why = {0};
    struct secret *pin = pin_of(SOFTHSM_PIN);
    must(token_open(softhsm->module, SOFTHSM_LABEL, &token, &why) == OK, why.sentence);
    must(token_login(token, pin, &why) == OK, why.sentence);
    secret_free(pin);
    return token;
}
