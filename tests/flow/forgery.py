"""What the tests of bad input share: the texts that people sign, written here once more by hand
from PROTOCOL.md, so that any line of them can be bent; a house whose administrators have software
keys; and the forger, which sends and signs whatever it is told."""
import atexit
import base64
import datetime
import hashlib
import os
import pathlib
import secrets
import shutil
import socket
import struct
import tempfile

from house import House
from scenario import BUILD, PEOPLE, POLICY

KIND = "application/vnd.conclave.{}.v1"
KEY_TYPES = {"bob": "ecdsa-p256", "dave": "ecdsa-p256"}  # the others' are ed25519
REQUESTERS = ("image-service", "dave-tool", "stranger")
FATES = ("unknown", "open", "signed", "rejected", "withdrawn", "expired", "refused")
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


# ---- texts ----

def sha256(data):
    return hashlib.sha256(data).hexdigest()


def moment(seconds):
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def request_text(appliance, requester, items, evidence=(), reason="routine", life=86400):
    """items: (role, version, payload) each."""
    lines = ["conclave.request/v1", f"appliance: sha256:{appliance}",
             f"requester: sha256:{requester}", f"nonce: {secrets.token_hex(16)}",
             f"reason: {reason}", f"expires: {moment(life)}"]
    lines += [f"item: {role} {version} sha256:{sha256(payload)}"
              for role, version, payload in items]
    lines += [f"evidence: sha256:{sha256(file)}" for file in evidence]
    return "".join(line + "\n" for line in lines).encode()


def approval_text(opened, decision, approver):
    """The statement over an opened record, which stands at opened.index."""
    lines = opened.text.decode().splitlines()
    kept = [line for line in lines[2:] if not line.startswith("requester:")]
    return "".join(line + "\n" for line in [
        "conclave.approval/v1", lines[1], f"decision: {decision}",
        f"opened: {opened.index} sha256:{opened.leaf}", *kept,
        f"approver: sha256:{approver}"]).encode()


def withdrawal_text(appliance, request, requester):
    return (f"conclave.withdrawal/v1\nappliance: sha256:{appliance}\n"
            f"request: sha256:{request}\nrequester: sha256:{requester}\n").encode()


def freeze_text(appliance, administrator, charter, count, what, reason="suspicion"):
    """charter: (epoch, hash)."""
    return (f"conclave.freeze/v1\nappliance: sha256:{appliance}\n"
            f"administrator: sha256:{administrator}\ncharter: {charter[0]} sha256:{charter[1]}\n"
            f"number: {count}\nfreeze: {what}\nreason: {reason}\n").encode()


def bent(old, new):
    """A change to a text that must hit."""
    def change(text):
        assert old.encode() in text, (old, text)
        return text.replace(old.encode(), new.encode(), 1)
    return change


def line(name, value):
    """A change of one line's value."""
    def change(text):
        lines = text.decode().splitlines(keepends=True)
        at = next(i for i, l in enumerate(lines) if l.startswith(f"{name}: "))
        lines[at] = f"{name}: {value}\n"
        return "".join(lines).encode()
    return change


def other_half(der):
    """(r, n - s) of an ECDSA signature (r, s), which anybody can make and which verifies too."""
    r_size = der[3]
    r, s = der[4:4 + r_size], int.from_bytes(der[6 + r_size:], "big")
    twin = (P256_ORDER - s).to_bytes(33, "big").lstrip(b"\0")
    twin = b"\0" + twin if twin[0] & 0x80 else twin
    body = b"\x02" + bytes([len(r)]) + r + b"\x02" + bytes([len(twin)]) + twin
    return b"\x30" + bytes([len(body)]) + body


# ---- the wire, spelled by hand ----

def varint(value):
    out = b""
    while value > 0x7f:
        out += bytes([value & 0x7f | 0x80])
        value >>= 7
    return out + bytes([value])


def number(field, value):
    return varint(field << 3) + varint(value)


def chunk(field, data):
    return varint(field << 3 | 2) + varint(len(data)) + data


def frame(body):
    return struct.pack(">I", len(body)) + body


# ---- the forger ----

class Opened:
    def __init__(self, entry):
        index, _, text = entry.partition(":")
        self.index, self.text = int(index), bytes.fromhex(text)
        self.leaf = sha256(b"\0" + self.text)

    @property
    def place(self):
        return f"{self.index}:{self.leaf}"


def words(value):
    return bytes.fromhex(value).decode()


FIELDS = {
    "refused": (("rule", words), ("sentence", words), ("known", int)),
    "status_is": (("stage", int), ("size", int), ("epoch", int), ("charter", str),
                  ("vkey", words), ("checkpoint", words), ("open", int), ("version", words),
                  ("waits", int)),
    "accepted": (("request", str), ("place", str), ("fate", lambda v: FATES[int(v)])),
    "dossier": (("fate", lambda v: FATES[int(v)]), ("request", str), ("opened", str),
                ("path", str), ("decisions", str), ("end", str), ("end_path", str),
                ("checkpoint", words)),
    "records_are": (("entries", str.split), ("more", int)),
    "proof": (("index", int), ("size", int), ("path", str.split), ("checkpoint", words)),
    "blob_is": (("bytes", bytes.fromhex),),
    "founding": (("founding", bytes.fromhex), ("charter", str), ("objects", str),
                 ("signed_by", str.split), ("complete", int)),
    "closed": (),
}


class Answer:
    def __init__(self, text):
        self.kind, *values = text.decode().splitlines()
        for (name, read), value in zip(FIELDS[self.kind], values, strict=True):
            setattr(self, name, read(value))


class Forger:
    def __init__(self, house):
        self.house = house
        self.program = house.build / "hostile/forger"
        self.names = {}

    def ask(self, kind, *values):
        values = [v.hex() if isinstance(v, bytes) else str(v) for v in values]
        return Answer(self.house.run(
            [self.program, "ask", self.house.socket, kind, *values]).stdout)

    def sign(self, key, kind, text):
        """The signature by `key`.key over any text; `kind` is the statement's."""
        done = self.house.run(
            [self.program, "sign", self.house.folder / f"{key}.key", KIND.format(kind)], stdin=text)
        self.names[key], signature = done.stdout.decode().split()
        return bytes.fromhex(signature)

    def key_id(self, key):
        if key not in self.names:
            self.sign(key, "request", b"")
        return self.names[key]

    def spki(self, key):
        """The public half of `key`.key, DER."""
        pem = (self.house.folder / f"{key}.key.pub").read_text().splitlines()
        return base64.b64decode("".join(l for l in pem if not l.startswith("-")))

    def raw(self, data, end=False, seconds=10):
        """What comes back for raw bytes, and whether the other side hung up within that time.
        With `end`, our side says that it sends no more."""
        with socket.socket(socket.AF_UNIX) as wire:
            wire.settimeout(seconds)
            wire.connect(str(self.house.socket))
            got = b""
            try:
                wire.sendall(data)
                if end:
                    wire.shutdown(socket.SHUT_WR)
                while piece := wire.recv(65536):
                    got += piece
            except (BrokenPipeError, ConnectionResetError):
                pass
            except TimeoutError:
                return got, False
            return got, True


# ---- a house ----

def enrol(house):
    for name in PEOPLE:
        house.conclave("key", "make", "--type", KEY_TYPES.get(name, "ed25519"),
                       house.folder / f"{name}.key")
        shutil.copy(house.folder / f"{name}.key.pub", house.folder / f"{name}.pem")
    for name in REQUESTERS:
        house.make_requester(name)


def start_founding(house):
    (house.folder / "policy.yaml").write_text(POLICY)
    house.make_token("appliance", "appliance")
    house.write_config()
    house.start(found=True)
    house.conclave("init", "keys", "--policy", house.folder / "policy.yaml")
    house.conclave("init", "charter", "--policy", house.folder / "policy.yaml")


def found_sign(forger, name):
    text = forger.ask("found_show").founding
    signature = forger.sign(name, "founding", text)
    return forger.ask("found_sign", forger.key_id(name), signature)


def make_template():
    """A founded house, stopped; every administrator's key lies in a file."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="conclave-flow-"))
    if not os.environ.get("CONCLAVE_KEEP"):
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    house = House(BUILD, folder / "template")
    enrol(house)
    start_founding(house)
    vkey = house.json("init", "show")["vkey"]
    for name in PEOPLE:
        answer = found_sign(Forger(house), name)
        assert answer.kind == "founding", answer.kind
    for home in ("home-service", "home-alice"):
        house.conclave("enrol", vkey, home=home)
    house.stop()
    return house
