// What a hostile room is told to do: one word in the file hostile.conf beside its program.
#ifndef CONCLAVE_TESTS_FLOW_HOSTILE_H
#define CONCLAVE_TESTS_FLOW_HOSTILE_H

#include <stdbool.h>

// Whether the word is `word`. The file is read once, by the first call, before the sandbox
// (a constructor sees to that).
bool hostile_is(const char *word);
// What stands behind the word, or "".
const char *hostile_argument(void);

// Whether this is the first hostile program of its folder (a file hostile.done beside it says so):
// a gate that is replaced must have a well-behaved successor to be compared with.
bool hostile_first(void);

// What an intruder in a sandboxed room would try against its house: the word's attempt is carried
// out once, and a line on standard error says how it ended. "open PATH" has its argument in the same
// file; attach and kill go for the parent and every room beside it.
void hostile_try(void);

#endif
