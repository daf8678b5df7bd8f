#!/usr/bin/python3
"""A file has one noun: around 300 lines, 400 at most. A test program lists cases: 500."""
import sources

MOST, MOST_TEST = 400, 500
KINDS = (".c", ".h", ".py", ".sh", "CMakeLists.txt", "run")


def main():
    faults, files = [], sources.paths(*KINDS)
    for path in files:
        most = MOST_TEST if path.startswith("tests/unit/test_") else MOST
        count = sources.read(path).count("\n")
        if count > most:
            faults.append(f"{path}: {count} lines; the limit is {most}")
    sources.finish("sizes", faults, len(files))


main()
