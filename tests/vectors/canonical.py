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


def file_form(data):
    """A canonical value as a file that strict parsers read: control characters escaped."""
    return b''.join(b'\\n' if byte == 10 else b'\\u%04x' % byte if byte < 32 else bytes([byte])
                    for byte in data)


if __name__ == '__main__':
    with open(sys.argv[1], encoding='utf-8') as source:
        sys.stdout.buffer.write(canonical(json.load(source)))
