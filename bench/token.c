// The reference of every rate: a bare loop of C_Sign, and of C_Sign with verification in software,
// over a token that is thrown away afterwards. Prints one JSON object.
//
//   bench-token MODULE LABEL TYPE SECONDS   (the PIN on standard input)
#include "hsm/token.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MESSAGE = 300 }; // about what a small targets payload has

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static double rate(struct token *token, const struct token_key *key, double seconds, bool check)
{
    uint8_t message[MESSAGE] = {0};
    struct refusal why;
    size_t count = 0;
    double began = now();
    while (now() - began < seconds) {
        struct bytes signature;
        bytes_init(&signature, KEY_SIGNATURE_MOST);
        message[0]++;
        struct span span = span_of(message, sizeof message);
        if (token_key_sign(token, key, span, &signature, &why) != OK ||
            (check && key_verify(&key->key, span, bytes_span(&signature)) != OK))
            exit(1);
        bytes_clear(&signature);
        count++;
    }
    return (double)count / (now() - began);
}

int main(int argc, char **argv)
{
    struct token *token;
    struct token_key key;
    struct refusal why = {0};
    struct secret *pin = secret_new();
    if (argc != 5 || pin == NULL || secret_read_fd(pin, STDIN_FILENO) != OK ||
        token_open(argv[1], argv[2], &token, &why) != OK ||
        token_login(token, pin, &why) != OK ||
        token_key_generate(token, "bench", key_type_from(span_text(argv[3])), &key, &why) !=
            OK) {
        fprintf(stderr, "bench-token: %s\n", why.sentence);
        return 1;
    }
    secret_free(pin);
    double seconds = strtod(argv[4], NULL);
    double sign = rate(token, &key, seconds, false);
    double both = rate(token, &key, seconds, true);
    printf("{\"sign\":%.0f,\"sign_and_verify\":%.0f}\n", sign, both);
    token_close(token);
    return 0;
}
