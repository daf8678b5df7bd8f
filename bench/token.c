// The reference of every rate: a bare loop of C_Sign, and of C_Sign with verification in software,
// over a token that is thrown away afterwards. Prints one JSON object.
//
//   bench-token MODULE LABEL TYPE SECONDS   (the PIN on standard input)
//
// When no key of this type can be made it says why, and ends with status 3.
//
// And what one quorum signature is made of, each by itself, in microseconds: a seal (written, read
// back, the old one removed), a signature, a verification, and making 4 KiB durable in this folder.
#include "hsm/token.h"
#include "hsm/seal.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { MESSAGE = 300 }; // about what a small targets payload has
enum { EXIT_NO_SUCH_KEY = 3 };

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

struct bench {
    struct token *token;
    struct token_key key;
    struct seal_key seal_key;
    struct seal seal;
    struct bytes signature;
    struct refusal why;
    int file;
    uint8_t message[MESSAGE];
};

static _Noreturn void die(int status, const char *why)
{
    fprintf(stderr, "bench-token: %s\n", why);
    exit(status);
}

static enum err do_sign(struct bench *bench)
{
    bench->message[0]++;
    bytes_reset(&bench->signature);
    return token_key_sign(bench->token, &bench->key, span_of(bench->message, MESSAGE),
        &bench->signature, &bench->why);
}

static enum err do_verify(struct bench *bench)
{
    return key_verify(
        &bench->key.key, span_of(bench->message, MESSAGE), bytes_span(&bench->signature));
}

static enum err do_both(struct bench *bench)
{
    enum err err = do_sign(bench);
    return err == OK ? do_verify(bench) : err;
}

static enum err do_seal(struct bench *bench)
{
    bench->seal.number++;
    return seal_write(bench->token, &bench->seal_key, &bench->seal, &bench->why);
}

static enum err do_durable(struct bench *bench)
{
    static const uint8_t page[4096];
    if (write(bench->file, page, sizeof page) < 0 || fdatasync(bench->file) != 0)
        return ERR_SYSTEM;
    return OK;
}

// How often a second.
static double rate(struct bench *bench, double seconds, enum err (*work)(struct bench *bench))
{
    size_t count = 0;
    double began = now();
    while (now() - began < seconds) {
        if (work(bench) != OK)
            die(EXIT_FAILURE, bench->why.sentence);
        count++;
    }
    return (double)count / (now() - began);
}

static void measure(struct bench *bench, double seconds)
{
    double sign = rate(bench, seconds, do_sign);
    double both = rate(bench, seconds, do_both);
    double verify = rate(bench, seconds, do_verify);
    double seal = rate(bench, seconds, do_seal);
    double durable = rate(bench, seconds, do_durable);
    printf("{\"sign\":%.0f,\"sign_and_verify\":%.0f,\"seal_us\":%.0f,\"sign_us\":%.0f,"
           "\"verify_us\":%.0f,\"durable_us\":%.0f}\n",
        sign, both, 1e6 / seal, 1e6 / sign, 1e6 / verify, 1e6 / durable);
}

static void bench_open(struct bench *bench, const char *module, const char *label)
{
    struct secret *pin = secret_new();
    enum err err = pin == NULL ? ERR_MEMORY : secret_read_fd(pin, STDIN_FILENO);
    if (err == OK)
        err = token_open(module, label, &bench->token, &bench->why);
    if (err == OK)
        err = token_login(bench->token, pin, &bench->why);
    secret_free(pin);
    if (err != OK)
        die(EXIT_FAILURE, bench->why.sentence);
}

static void bench_make_keys(struct bench *bench, const char *name)
{
    enum key_type type = key_type_from(span_text(name));
    if (type == KEY_NONE)
        die(EXIT_NO_SUCH_KEY, "this version knows no keys of this type");
    if (token_key_generate(bench->token, "bench", type, &bench->key, &bench->why) != OK)
        die(EXIT_NO_SUCH_KEY, bench->why.sentence);
    if (seal_key_generate(bench->token, &bench->seal_key, &bench->why) != OK)
        die(EXIT_FAILURE, bench->why.sentence);
}

int main(int argc, char **argv)
{
    struct bench bench = {.file = open(".", O_TMPFILE | O_WRONLY, 0600)};
    bytes_init(&bench.signature, KEY_SIGNATURE_MOST);
    if (argc != 5 || bench.file < 0)
        die(EXIT_FAILURE, "see the comment at the top of bench/token.c");
    bench_open(&bench, argv[1], argv[2]);
    bench_make_keys(&bench, argv[3]);
    measure(&bench, strtod(argv[4], NULL));
    bytes_clear(&bench.signature);
    token_close(bench.token);
    return 0;
}
