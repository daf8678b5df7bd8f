#include "tests/unit/softhsm.h"

#include <glob.h>
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
    const char *place = getenv("TMPDIR");
    snprintf(softhsm->folder, sizeof softhsm->folder, "%s/conclave-test-XXXXXX",
        place == NULL ? "/tmp" : place);
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

// SoftHSM's file of an object: u64 generation, then attributes in ascending order, each u64 type,
// u64 kind, value. The first is CKA_CLASS (0), a number (2).
enum { CLASS_DATA = 0, CLASS_PRIVATE = 3 };

static bool is_class(const char *path, uint8_t class)
{
    const uint8_t expected[24] = {[15] = 2, [23] = class};
    uint8_t head[32];
    FILE *file = fopen(path, "rb");
    must(file != NULL, path);
    size_t got = fread(head, 1, sizeof head, file);
    fclose(file);
    return got == sizeof head && memcmp(head + 8, expected, sizeof expected) == 0;
}

static void find_files(const struct softhsm *softhsm, uint8_t class, struct softhsm_files *out)
{
    char pattern[128];
    glob_t found;
    out->count = 0;
    snprintf(pattern, sizeof pattern, "%s/*/*-*.object", softhsm->tokens);
    if (glob(pattern, 0, NULL, &found) != 0)
        return;
    for (size_t i = 0; i < found.gl_pathc; i++)
        if (is_class(found.gl_pathv[i], class)) {
            must(out->count < SOFTHSM_FILES, "too many files");
            snprintf(out->path[out->count++], SOFTHSM_PATH, "%s", found.gl_pathv[i]);
        }
    globfree(&found);
}

void softhsm_seals(const struct softhsm *softhsm, struct softhsm_files *out)
{
    find_files(softhsm, CLASS_DATA, out);
}

void softhsm_privates(const struct softhsm *softhsm, struct softhsm_files *out)
{
    find_files(softhsm, CLASS_PRIVATE, out);
}

// Attributes of bytes have the kind 3, and a u64 length before the bytes.
void softhsm_empty(const char *path, uint16_t type, bool drop)
{
    const uint8_t mark[16] = {[6] = (uint8_t)(type >> 8), [7] = (uint8_t)type, [15] = 3};
    uint8_t all[4096];
    FILE *file = fopen(path, "rb");
    must(file != NULL, path);
    size_t got = fread(all, 1, sizeof all, file);
    fclose(file);
    uint8_t *at = memmem(all, got, mark, sizeof mark);
    must(at != NULL, "the attribute");
    uint8_t *bytes = at + sizeof mark + 8;
    uint8_t *behind = bytes + ((size_t)bytes[-2] << 8 | bytes[-1]);
    bytes[-2] = bytes[-1] = 0;
    uint8_t *to = drop ? at : bytes;
    memmove(to, behind, (size_t)(all + got - behind));
    file = fopen(path, "wb");
    must(file != NULL, path);
    must(fwrite(all, got - (size_t)(behind - to), 1, file) == 1 && fclose(file) == 0, path);
}

// Attributes that are true or false have the kind 1, and one byte: FF or 00.
void softhsm_unset(const char *path, uint16_t type)
{
    const uint8_t mark[17] = {
        [6] = (uint8_t)(type >> 8), [7] = (uint8_t)type, [15] = 1, [16] = 0xff};
    uint8_t all[4096];
    FILE *file = fopen(path, "r+b");
    must(file != NULL, path);
    size_t got = fread(all, 1, sizeof all, file);
    uint8_t *at = memmem(all, got, mark, sizeof mark);
    must(at != NULL && fseek(file, at + sizeof mark - 1 - all, SEEK_SET) == 0, "the flag");
    must(fputc(0, file) != EOF && fclose(file) == 0, path);
}

void softhsm_flip(const char *path, size_t at)
{
    FILE *file = fopen(path, "r+b");
    must(file != NULL && fseek(file, (long)at, SEEK_SET) == 0, path);
    int byte = fgetc(file);
    must(byte != EOF && fseek(file, (long)at, SEEK_SET) == 0, path);
    must(fputc(byte ^ 1, file) != EOF && fclose(file) == 0, path);
}

size_t softhsm_value(const char *path, size_t *size)
{
    static const uint8_t mark[16] = {[7] = 0x11, [15] = 3}; // CKA_VALUE, bytes
    uint8_t all[4096];
    FILE *file = fopen(path, "rb");
    must(file != NULL, path);
    size_t got = fread(all, 1, sizeof all, file);
    fclose(file);
    uint8_t *at = memmem(all, got, mark, sizeof mark);
    must(at != NULL && at + sizeof mark + 8 <= all + got, "CKA_VALUE");
    *size = (size_t)at[sizeof mark + 6] << 8 | at[sizeof mark + 7];
    return (size_t)(at - all) + sizeof mark + 8;
}
