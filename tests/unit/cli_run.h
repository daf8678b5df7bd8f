// The conclave command as a program: run in a folder of its own, without an appliance and without a
// terminal.
#ifndef CONCLAVE_TESTS_UNIT_CLI_RUN_H
#define CONCLAVE_TESTS_UNIT_CLI_RUN_H

enum { WORDS_MOST = 16, OUTPUT_MOST = 64 * 1024 };

// For the setup and teardown of a group: the current folder is new, and then gone.
int cli_folder(void **state);
int cli_no_folder(void **state);

// What a run of the command left.
struct cli_run {
    int status;
    char out[OUTPUT_MOST];
    char err[OUTPUT_MOST];
};
// Verifier keys of two logs; the key is the curve's base point.
#define VKEY  "example.com/log+72745303+AVhmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZm"
#define OTHER "example.com/other+9b7f472f+AVhmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZm"

// Runs the program with these words and the home "home".
#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})
void cli_run(const char *const *words, struct cli_run *run);
// Ends so, says one sentence with this word in it on standard error, and nothing else anywhere.
void cli_fails(int status, const char *word, const char *const *words);

void cli_read(const char *path, char out[OUTPUT_MOST]);
void cli_write(const char *path, const char *text);

#endif
