#!/usr/bin/python3
"""Every test that SECURITY.md names exists: a claim whose test was renamed or removed is a promise
that nobody checks."""
import re

import sources

NAMED = re.compile(r"`([a-z0-9_]+(?:__[a-z0-9_]+)?)`")
DEFINED = (
    re.compile(r"^static void ([a-z0-9_]+__[a-z0-9_]+)\(", re.M),  # a cmocka test
    re.compile(r"^    def (test_[a-z0-9_]+)\(", re.M),             # a flow test
)


def known():
    names = set()
    for path in sources.paths():
        if not path.startswith("tests/"):
            continue
        stem = path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
        if path.startswith("tests/unit/test_"):
            names.add(stem)
        if path.startswith("tests/lint/"):
            names.add(f"lint_{stem}")
        if path.endswith((".c", ".py")):
            text = sources.read(path)
            for pattern in DEFINED:
                names.update(pattern.findall(text))
    return names


def main():
    text = sources.read("SECURITY.md")
    table = text[text.index("| claim |"):text.index("## What it cannot do")]
    rows = [line for line in table.splitlines()
            if line.startswith("| ") and not line.startswith("| claim |")]
    names, tests = known(), 0
    faults = []
    for row in rows:
        claim, proof = row.strip("|").split("|")
        named = NAMED.findall(proof)
        tests += len(named)
        if not named:
            faults.append(f"SECURITY.md: no test is named for: {claim.strip()}")
        faults += [f"SECURITY.md: there is no test {name}" for name in named if name not in names]
    sources.finish("claims", faults, tests)


if __name__ == "__main__":
    main()
