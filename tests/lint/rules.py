#!/usr/bin/python3
"""POLICY.md says of the rules of metadata what the table in metadata/rule_table.c says, in its order;
what a row should be is printed, to be put there."""
import re

import sources

TABLE, POLICY = "metadata/rule_table.c", "policy/POLICY.md"
ROW = re.compile(r'\[RULE_\w+\] = \{"([^"]+)", "(R\d+)", SEVERITY_(\w+),\s*([\w |\n]+),\s*([\w |]+),'
                 r'\s*((?:"[^"]*"\s*)+)')
HEADING = "| rule | design | severity | dialects | types | what must hold |"
SETS = {"RULE_BOTH": ["tuf", "uptane"], "RULE_EVERY_TYPE": ["root", "targets", "snapshot", "timestamp"]}


def words(bits):
    """RULE_ROOT | RULE_TARGETS: root targets."""
    names = []
    for bit in bits.split("|"):
        names += SETS.get(bit.strip(), [bit.strip().removeprefix("RULE_").lower()])
    return " ".join(names)


def in_table():
    for name, design, severity, types, dialects, sentence in ROW.findall(sources.read(TABLE)):
        says = "".join(re.findall(r'"([^"]*)"', sentence))
        yield f"| `{name}` | {design} | {severity.lower()} | {words(dialects)} | {words(types)} | {says} |"


def in_policy():
    lines = sources.read(POLICY).splitlines()
    if HEADING not in lines:
        return
    for line in lines[lines.index(HEADING) + 2:]:
        if not line.startswith("|"):
            return
        yield line


def main():
    expected, found = list(in_table()), list(in_policy())
    count = sources.read(TABLE).count("[RULE_")
    faults = [f"{POLICY}: this row is missing:\n{row}" for row in expected if row not in found]
    faults += [f"{POLICY}: no rule says:\n{row}" for row in found if row not in expected]
    if len(expected) != count:
        faults.append(f"{TABLE}: {count} rows, and {len(expected)} are understood")
    if not faults and expected != found:
        faults.append(f"{POLICY}: the rules stand in another order than in {TABLE}, or one twice")
    sources.finish("rules", faults, len(expected))


main()
