"""Canonical JSON of both dialects, written and not read: the other half of what metadata/json.c reads.

Run with a file, it prints the canonical form (`tuf`) of that file's JSON."""
import json
import sys


def text(value):
    return '"' + value.replace('\\', '\\\\').replace('"', '\\"') + '"'


SHORT = {'"': '\\"', '\\': '\\\\', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t'}


def uptane_character(character):
    if character in SHORT or ' ' <= character <= '\x7f':
        return SHORT.get(character, character)
    units = character.encode('utf-16-be').hex()
    return ''.join('\\u' + units[at:at + 4] for at in range(0, len(units), 4))


def uptane_text(value):
    return '"' + ''.join(map(uptane_character, value)) + '"'


def form(value, text):
    if value is None or isinstance(value, bool):
        return {None: 'null', True: 'true', False: 'false'}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return text(value)
    if isinstance(value, list):
        return '[' + ','.join(form(each, text) for each in value) + ']'
    members = (text(key) + ':' + form(value[key], text) for key in sorted(value))
    return '{' + ','.join(members) + '}'


def canonical(value):
    return form(value, text).encode()


def uptane_canonical(value):
    return form(value, uptane_text).encode()


def file_form(data):
    """A canonical value as a file that strict parsers read: control characters escaped."""
    return b''.join(b'\\n' if byte == 10 else b'\\u%04x' % byte if byte < 32 else bytes([byte])
                    for byte in data)


if __name__ == '__main__':
    with open(sys.argv[1], encoding='utf-8') as source:
        sys.stdout.buffer.write(canonical(json.load(source)))
