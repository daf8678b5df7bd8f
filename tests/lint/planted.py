#!/usr/bin/python3
"""Checks the checks: a small tree that is clean passes, and each planted fault is found."""
import os
import shutil
import subprocess
import tempfile

import sources

CLEAN = {"proto/limits.h": "enum { LIMIT = 1 };\n",
         "proto/a.c": '// strcpy() in a comment\n#include "proto/limits.h"\n\n#include <string.h>\n'}
SAID = {"hsm/said.c": 'int f(void)\n{\n    return refuse(why, "R1", "%s may not say this", x);\n}\n',
        "tests/flow/test_said.py": 'WORDS = "bob may not say this"\n',
        "tests/lint/refusals": "hsm/said.c\n  may not say this @ flow/test_said\n"}
LONG = "int x;\n" * 401

FAULTS = (
    ("includes", "proto/b.c", '#include "limits.h"\n'),
    ("includes", "proto/b.c", '#include "proto/missing.h"\n'),
    ("includes", "proto/b.c", "#include <sqlite3.h>\n"),
    ("includes", "proto/b.c", "#include <unistd.h>\n"),
    ("includes", "proto/b.c", "#include <unknown/to/us.h>\n"),
    ("includes", "proto/b.c", '  #  include "log/merkle.h"\n'),
    ("includes", "newroom/b.c", '#include "proto/limits.h"\n'),
    ("includes", "signer/keeper/b.c", '#include "proto/wire.h"\n'),
    ("includes", "signer/keeper/b.c", "#include <sys/socket.h>\n"),
    ("includes", "signer/keeper/b.c", "#include <sys/signalfd.h>\n"),
    ("includes", "client/b.c", '#include "signer/corridor/room.h"\n'),
    ("banned", "proto/b.c", "int f(void)\n{\n    strcpy(a, b);\n}\n"),
    ("banned", "proto/b.c", "int f(void)\n{\n    return atoi (a);\n}\n"),
    ("banned", "proto/b.c", "int f(void)\n{\n    return moment_now();\n}\n"),
    ("banned", "hsm/b.c", "#define TRY(x) \\\n    if (x) \\\n        return x\n"),
    ("banned", "hsm/b.c", "#define TRY(x) if (x) goto out\n"),
    ("banned", "admin-cli/b.c", 'void f(void)\n{\n    printf("%s", a);\n}\n'),
    ("sizes", "proto/b.c", LONG),
    ("words", "proto/b.c", "// see /" + "work/main\n"),
    ("words", "README.md", "/" + "home/somebody/conclave\n"),
    ("words", "proto/b.c", "// TO" + "DO: later\n"),
    ("words", "proto/b.c", "int x; \n"),
    ("words", "proto/b.c", "int x;"),
    ("words", "proto/b.c", "// right to left \u202e\n"),
    ("refusals", "hsm/b.c", 'int f(void)\n{\n    return fault(e, why, "nobody tries this: " "ever");\n}\n'),
    ("refusals", "metadata/tuf_b.c", 'const char *f(void)\n{\n    return "in a table";\n}\n'),
    ("refusals", "tests/flow/test_said.py", '# bob may not say this\nWORDS = "something else"\n'),
    ("refusals", "tests/lint/refusals", "hsm/said.c\n  may not say this @ flow/test_other\n"),
    ("refusals", "tests/lint/refusals", "hsm/said.c\n  may not say this @ nothing\n"),
    ("refusals", "tests/lint/refusals",
     SAID["tests/lint/refusals"] + "  nobody says this any more @ flow/test_said\n"),
)
# What must not be taken for a fault.
GOOD = (
    ("includes", "hsm/b.c", '#include "proto/limits.h"\n\n#include <unistd.h>\n'),
    ("includes", "signer/b.c", "#include <sys/signalfd.h>\n"),
    ("banned", "hsm/b.c", 'int f(void)\n{\n    return moment_now() + x.system() + g("atoi(");\n}\n'),
    ("banned", "hsm/b.c", "#define MOST 3\nint f(void)\n{\n    return MOST;\n}\n"),
    ("banned", "admin-cli/print.c", 'void f(void)\n{\n    fputs(a, b);\n}\n'),
    ("words", "proto/b.c", "// conclave/work/ed.c and ${build}/home/x\n"),
    ("refusals", "hsm/b.c", 'int f(void)\n{\n    return fault(e, why, "no memory");\n}\n'),
)


def write(folder, path, text):
    path = os.path.join(folder, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def status(check, planted=None):
    """The exit status of a check in a tree of its own."""
    with tempfile.TemporaryDirectory() as folder:
        lint = os.path.join(folder, "tests/lint")
        shutil.copytree(os.path.join(sources.ROOT, "tests/lint"), lint,
                        ignore=shutil.ignore_patterns("planted.py", "__pycache__"))
        for path, text in {**CLEAN, **SAID, "log/merkle.h": "", "proto/wire.h": "",
                           "signer/corridor/room.h": ""}.items():
            write(folder, path, text)
        if planted:
            write(folder, *planted)
        done = subprocess.run([os.path.join(lint, check + ".py")], capture_output=True,
                              check=False)
        return done.returncode


def main():
    faults = [f"{check}: a clean tree is refused" for check in
              ("includes", "banned", "sizes", "words", "refusals") if status(check) != 0]
    faults += [f"{check}: not found in {path}: {text!r}"[:150]
               for check, path, text in FAULTS if status(check, (path, text)) != 1]
    faults += [f"{check}: taken for a fault in {path}: {text!r}"
               for check, path, text in GOOD if status(check, (path, text)) != 0]
    sources.finish("planted", faults, len(FAULTS) + len(GOOD))


main()
