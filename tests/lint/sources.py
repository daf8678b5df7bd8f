"""The files of the house: what the other checks look at."""
import os
import re
import sys

sys.dont_write_bytecode = True

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SKIPPED = {"build", ".git", "__pycache__"}
COMMENT = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def paths(*suffixes):
    """Every file below the root, or those that end in one of `suffixes`, relative and sorted."""
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in SKIPPED]
        found += [os.path.relpath(os.path.join(folder, name), ROOT) for name in names]
    return sorted(path for path in found if not suffixes or path.endswith(suffixes))


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def code(path):
    """A C file without its comments and the content of its texts; line numbers stay."""
    def blank(match):
        text = match.group(0)
        return '""' if text[0] == '"' else "'0'" if text[0] == "'" else "\n" * text.count("\n")
    return COMMENT.sub(blank, read(path))


def finish(name, faults, looked_at):
    """Says what is wrong, or what was looked at. A check that looked at nothing has failed."""
    for fault in faults:
        print(fault)
    if not looked_at:
        faults = ["there was nothing to look at"]
        print(f"{name}: {faults[0]}")
    else:
        print(f"{name}: {looked_at} looked at, {len(faults)} wrong")
    sys.exit(1 if faults else 0)
