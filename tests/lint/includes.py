#!/usr/bin/python3
"""Layers: every include is a full path from the root, and stands in tests/lint/may-include."""
import os
import re

import sources

LIST = "tests/lint/may-include"
GENERATED = {"proto/conclave.pb-c.h"}
INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|(<[^>]+>))', re.M)


def allowed():
    table = {}
    for line in sources.read(LIST).splitlines():
        if line and not line.startswith("#"):
            name, _, who = line.partition(":")
            table.setdefault(name, set()).update(who.split())
    return table


def within(path, places):
    """Whether `path` is one of `places`, lies below one, or directly in one that ends in "/."."""
    return os.path.dirname(path) + "/." in places or \
        any(path == place or path.startswith(place + "/") for place in places)


def entry(table, header):
    """The line for a system header: its own, and that of the folder it lies in."""
    folder = header.rpartition("/")[0] + "/>"
    if header not in table and folder not in table:
        return None
    return table.get(header, set()) | table.get(folder, set())


def fault_of_ours(table, path, header):
    folder, target = os.path.dirname(path), os.path.dirname(header)
    if header not in GENERATED and not os.path.isfile(os.path.join(sources.ROOT, header)):
        return f'"{header}" is no full path from the root'
    if header in table and not within(path, table[header]):
        return f'"{header}" is only for {" ".join(sorted(table[header]))}'
    if folder not in table:
        return f"folder {folder} has no line in {LIST}"
    if target != folder and target not in table[folder] and header not in table[folder]:
        return f'{folder} may not include "{header}"'
    return None


def fault_of_theirs(table, path, header):
    who = entry(table, header)
    if who is None:
        return f"{header} has no line in {LIST}"
    return None if "*" in who or within(path, who) else f"{header} is not for this file"


def main():
    table, faults, files = allowed(), [], sources.paths(".c", ".h")
    for path in files:
        text = sources.read(path)
        for match in INCLUDE.finditer(text):
            ours, theirs = match.groups()
            fault = fault_of_ours(table, path, ours) if ours else \
                fault_of_theirs(table, path, theirs)
            if fault:
                faults.append(f"{path}:{text.count(chr(10), 0, match.start()) + 1}: {fault}")
    sources.finish("includes", faults, len(files))


main()
