#!/usr/bin/python3
"""The house speaks only of itself: no path or host of the machine it was written on, no note to
oneself, no byte that an editor hides."""
import os
import re
import subprocess

import sources

OWN = os.path.relpath(os.path.abspath(__file__), sources.ROOT)
BINARY = (".png", ".pdf", ".der", ".p12", ".zip", ".bin")
# Fuzzing corpora are bytes, not words; vectors are written as their format demands.
BYTES = ("tests/fuzz/seeds/",)
FORMATTED = ("tests/vectors/",)
WORDS = (
    (re.compile(r"(?<![\w.$}/])/(work|home|root|Users|mnt|workspace|builds)/"),
     "a path of one machine"),
    (re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|^// to be written$", re.M), "a note to oneself"),
    (re.compile(r"https?://[^\s/]*(?:\b(?:10|127|192\.168)\.\d+\.\d+|\.(?:internal|local|lan)\b)"),
     "a host that only one network knows"),
    (re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"),
     "a character that nobody sees"),
)
LAYOUT = (
    (re.compile(r"[ \t]+$", re.M), "white space at the end of a line"),
    (re.compile(r"\r"), "a carriage return"),
    (re.compile(r"^(<{7}|>{7}|={7})( |$)", re.M), "a merge that was not finished"),
)


def faults_of(name, text):
    formatted = name.startswith(FORMATTED)
    for pattern, why in WORDS + (() if formatted else LAYOUT):
        for match in pattern.finditer(text):
            yield f"{name}:{text.count(chr(10), 0, match.start()) + 1}: {why}: {match.group(0)!r}"
    if text and not formatted and not text.endswith("\n"):
        yield f"{name}: the last line has no end"


def commits():
    """The messages of the history, where there is one."""
    if not os.path.exists(os.path.join(sources.ROOT, ".git")):
        return ""
    command = ["git", "-c", f"safe.directory={sources.ROOT}", "-C", sources.ROOT, "log",
               "--format=%B"]
    done = subprocess.run(command, capture_output=True, check=False)
    return done.stdout.decode("utf-8", "replace")


def main():
    faults, files = [], [path for path in sources.paths()
                         if path != OWN and not path.endswith(BINARY) and
                         not path.startswith(BYTES)]
    for path in files:
        try:
            faults += faults_of(path, sources.read(path))
        except UnicodeDecodeError:
            faults.append(f"{path}: is no UTF-8")
    faults += faults_of("commit messages", commits())
    sources.finish("words", faults, len(files))


main()
