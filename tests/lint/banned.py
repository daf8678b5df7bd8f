#!/usr/bin/python3
"""Words of C that are not written in this house, with the reason and what to write instead."""
import re

import sources

UNBOUNDED = "knows no bound: use struct bytes, snprintf or memcpy"
NO_ERRORS = "cannot say that it failed: use a reader of proto/text.h or strtoul"
SHELL = "starts a shell: use posix_spawn"
STATIC = "answers from a static buffer: use the _r function, or moment_write"
GUESSED = "can be guessed: use getrandom or the token"
RACE = "names a file before it is opened: use mkstemp or mkdtemp"

FUNCTIONS = {
    "strcpy": UNBOUNDED, "stpcpy": UNBOUNDED, "strcat": UNBOUNDED, "sprintf": UNBOUNDED,
    "vsprintf": UNBOUNDED, "gets": UNBOUNDED, "scanf": UNBOUNDED, "fscanf": UNBOUNDED,
    "sscanf": NO_ERRORS, "strncpy": "leaves texts without an end: use snprintf or memcpy",
    "strncat": UNBOUNDED, "alloca": "has no limit but the stack", "strtok": STATIC,
    "atoi": NO_ERRORS, "atol": NO_ERRORS, "atoll": NO_ERRORS, "atof": NO_ERRORS,
    "system": SHELL, "popen": SHELL, "asctime": STATIC, "ctime": STATIC, "gmtime": STATIC,
    "localtime": STATIC, "rand": GUESSED, "srand": GUESSED, "random": GUESSED,
    "drand48": GUESSED, "tmpnam": RACE, "tempnam": RACE, "mktemp": RACE,
    "signal": "behaves differently everywhere: use sigaction",
    "vfork": "shares the memory: use posix_spawn",
    "putenv": "keeps the caller's memory: give the child its environment",
    "assert": "vanishes with NDEBUG: return an error, or abort()",
}
# What a test may do for its own machinery: ask a shell, read /proc.
IN_TESTS = {"system", "popen", "fscanf", "sscanf"}
# Pure folders read no clock (style: a function of its arguments).
PURE = ("proto/", "log/", "policy/", "metadata/")
IMPURE = {"moment_now": "a pure folder takes the moment as an argument",
          "clock_gettime": "a pure folder takes the moment as an argument",
          "getenv": "a pure folder is a function of its arguments"}

# What a person reads goes through one door, which escapes what others wrote.
DOORS = ("admin-cli/print.c", "admin-cli/progress.c", "admin-cli/scribe.c", "admin-cli/cli.c")
STDIO = ("printf", "fprintf", "vprintf", "vfprintf", "dprintf", "puts", "fputs", "putchar", "fputc",
         "putc", "fwrite", "perror")

CALL = re.compile(r"(?<![\w.>])([a-z_]\w*)\s*\(")
MACRO = re.compile(r"^[ \t]*#[ \t]*define\b(?:\\\n|[^\n])*", re.M)
JUMP = re.compile(r"\b(return|goto)\b")


def line(text, at):
    return text.count("\n", 0, at) + 1


def faults_of(path):
    text = sources.code(path)
    for match in CALL.finditer(text):
        name = match.group(1)
        if name in IN_TESTS and path.startswith("tests/"):
            continue
        why = FUNCTIONS.get(name) or (path.startswith(PURE) and IMPURE.get(name))
        if name in STDIO and path.startswith("admin-cli/") and path not in DOORS:
            why = "does not escape what others wrote: use admin-cli/print.h"
        if why:
            yield f"{path}:{line(text, match.start())}: {name}() {why}"
    for match in MACRO.finditer(text):
        if JUMP.search(match.group(0)):
            yield f"{path}:{line(text, match.start())}: a macro hides a return or goto"


def main():
    files = sources.paths(".c", ".h")
    sources.finish("banned", [fault for path in files for fault in faults_of(path)], len(files))


main()
