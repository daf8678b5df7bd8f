"""A foreign check of tlog-proofs: RFC 6962's hashing, RFC 9162's inclusion proof, and C2SP's signed notes,
written from these pages, with hashlib and Ed25519 of Debian's cryptography. Nothing here is ours."""
import base64
import hashlib
import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Unproven(Exception):
    """What was given does not prove what it should; the text says where."""


def must(holds, what):
    if not holds:
        raise Unproven(what)


def read_vkey(vkey):
    """A verifier key (C2SP signed-note): name, key id and Ed25519 key."""
    name, key_id, text = vkey.strip().split("+", 2)
    data = base64.b64decode(text, validate=True)
    must(data[0] == 1 and len(data) == 33, "no Ed25519 key")
    key_hash = hashlib.sha256(name.encode() + b"\n" + data).digest()[:4]
    must(key_hash.hex() == key_id, "the key id is another key's")
    return name, key_hash, Ed25519PublicKey.from_public_bytes(data[1:])


def open_checkpoint(note, vkey):
    """(size, root) of a checkpoint that this key signed."""
    name, key_hash, key = read_vkey(vkey)
    text, _, signatures = note.partition("\n\n")
    text += "\n"
    good = False
    for line in signatures.splitlines():
        match = re.fullmatch(r"— (\S+) (\S+)", line)
        must(match, "a signature line of another form")
        data = base64.b64decode(match.group(2), validate=True)
        if match.group(1) != name or data[:4] != key_hash:
            continue
        try:
            key.verify(data[4:], text.encode())
        except InvalidSignature:
            raise Unproven("the log's signature does not hold") from None
        good = True
    must(good, "no signature of the log")
    origin, size, root = text.splitlines()
    must(origin == name, "a checkpoint of another log")
    return int(size), base64.b64decode(root, validate=True)


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaf, index, size, path):
    """RFC 9162 section 2.1.3.2."""
    must(index < size, "an index behind the end")
    at, last, found = index, size - 1, leaf
    for sibling in path:
        must(last > 0, "a path that is too long")
        if at % 2 or at == last:
            found = node(sibling, found)
            while at % 2 == 0 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node(found, sibling)
        at, last = at >> 1, last >> 1
    must(last == 0, "a path that is too short")
    return found


def check(proof, record, vkey):
    """The index at which the log of this key has this record, and the size it had then."""
    head, _, note = proof.decode().partition("\n\n")
    title, *lines = head.splitlines()
    must(title == "c2sp.org/tlog-proof@v1", "no tlog-proof")
    if lines[0].startswith("extra "):
        lines = lines[1:]
    must(lines[0].startswith("index "), "no index")
    index = int(lines[0].removeprefix("index "))
    path = [base64.b64decode(line, validate=True) for line in lines[1:]]
    size, root = open_checkpoint(note, vkey)
    leaf = hashlib.sha256(b"\x00" + record).digest()
    must(root_of(leaf, index, size, path) == root, "the record is not in this log")
    return index, size
