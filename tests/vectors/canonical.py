"""OLPC canonical JSON, written and not read: the other half of what metadata/json.c reads.

Run with a file, it prints the canonical form of that file's JSON."""
import json
import sys


def text(value):
    return '"' + value.replace('\\', '\\\\').replace('"', '\\"') + '"'


def form(value):
    if value is None or isinstance(value, bool):
        return {None: 'null', True: 'true', False: 'false'}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return text(value)
    if isinstance(value, list):
        return '[' + ','.join(form(each) for each in value) + ']'
    return '{' + ','.join(text(key) + ':' + form(value[key]) for key in sorted(value)) + '}'


def canonical(value):
    return form(value).encode()


if __name__ == '__main__':
    with open(sys.argv[1], encoding='utf-8') as source:
        sys.stdout.buffer.write(canonical(json.load(source)))
