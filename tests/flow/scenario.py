"""What the flow tests share: a founded house, cheap to copy, and a repository in it."""
import atexit
import json
import os
import pathlib
import shutil
import sqlite3
import tempfile
import time
import unittest

import tuf
from house import ORIGIN, House

PEOPLE = ["alice", "bob", "carol", "dave"]
ROLES = {"root": 2, "targets": 3, "snapshot": 2, "timestamp": 2}
KEYS = {"root": "ed25519", "targets": "ecdsa-p256", "snapshot": "ed25519",
        "timestamp": "ecdsa-p256"}
BUILD = pathlib.Path(os.environ.get(
    "CONCLAVE_BUILD", pathlib.Path(__file__).resolve().parents[2] / "build/dev"))

POLICY = (
    f"appliance: {ORIGIN}\nadministrators:\n"
    + "".join(f"  - {{name: {p}, key: {p}.pem}}\n" for p in PEOPLE)
    + f"groups:\n  - {{name: everyone, members: [{', '.join(PEOPLE)}]}}\n"
    "charter: {group: everyone, quorum: 3}\n"
    "requesters:\n"
    "  - {name: image-service, person: release-desk, key: image-service.key.pub, "
    "quota: {open: 2048, bytes: 1024GiB, records: 1000000}}\n"
    "  - {name: dave-tool, person: dave, key: dave-tool.key.pub}\n"
    "repositories:\n  - name: image\n    dialect: tuf\n    roles:\n"
    + "".join(
        f"      - name: {role}\n        group: everyone\n        quorum: {k}\n"
        "        expires: {most: 366d}\n        delay: none\n        threshold: 1\n"
        f"        keys: [{{type: {KEYS[role]}, count: 1}}]\n" for role, k in ROLES.items())
)

STEPS = [  # what the house was doing between ledger and vault when it died
    ("judge", 1, "before"),     # the order has not reached the vault
    ("judge", 1, "after"),
    ("judged", 1, "before"),    # judged, nothing durable
    ("judged", 1, "after"),     # order and next state become durable
    ("execute", 1, "before"),   # durable, not sealed
    ("execute", 1, "after"),    # sealing
    ("sealed", 1, "before"),    # sealed, the ledger does not know
    ("sealed", 1, "after"),     # signing
    ("outcome", 1, "before"),   # signed and verified, the ledger does not know
    ("outcome", 1, "after"),    # the outcome becomes durable
    ("release", 1, "before"),   # durable, and under no checkpoint
    ("release", 1, "after"),    # under a checkpoint, being released
]


def make_template(policy, people, requesters):
    """A founded house to be copied: founding is dear. It lives as long as this process."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="conclave-flow-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    house = House(BUILD, folder / "template")
    house.enrol_people(people)
    for name in requesters:
        house.make_requester(name)
    house.found(policy, people)
    return house


def copy_house(template, folder):
    """The same house in another folder: tokens and ledger as they are, paths written anew."""
    shutil.copytree(template.folder, folder, ignore=shutil.ignore_patterns("*.sock"))
    house = House(template.build, folder)
    house.pins = dict(template.pins)
    for conf in house.folder.glob("softhsm-*.conf"):
        conf.unlink()
    house.softhsm("people")
    house.write_config()
    return house


class Flow(unittest.TestCase):
    """Each test gets a founded house of its own, stopped."""
    template = None

    def setUp(self):
        if Flow.template is None:
            Flow.template = make_template(POLICY, PEOPLE,
                                          ("image-service", "dave-tool", "stranger"))
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="conclave-flow-"))
        self.house = copy_house(Flow.template, self.folder / "house")

    def tearDown(self):
        self.house.stop()
        if os.environ.get("CONCLAVE_KEEP"):
            print(self.folder)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    def fresh_house(self):
        self.house.stop()
        shutil.rmtree(self.house.folder)
        self.house = copy_house(Flow.template, self.folder / "house")

    # ---- programs that are not what they seem ----

    def rooms(self, word, *hostile):
        """A folder of programs in which the named rooms are hostile, with their word."""
        folder = self.folder / "rooms"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for room in ("gate", "keeper", "ledger", "vault"):
            program = (BUILD / "hostile" / f"hostile-{room}" if room in hostile
                       else BUILD / f"conclave-{room}").resolve()
            shutil.copy(program, folder / f"conclave-{room}")
        (folder / "hostile.conf").write_text(f"{word}\n")
        return folder

    def relay(self, message, nth, when):
        """A folder of programs that all die at one message between ledger and vault."""
        folder = self.folder / "rooms"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for room in ("gate", "keeper", "ledger"):
            shutil.copy((BUILD / f"conclave-{room}").resolve(), folder)
        shutil.copy((BUILD / "hostile" / "relay").resolve(), folder / "conclave-vault")
        real = (BUILD / "conclave-vault").resolve()
        (folder / "relay.conf").write_text(f"{real} {message} {nth} {when}\n")
        return folder

    def settled_pids(self):
        for _ in range(400):
            pids = self.house.pids()
            if len(pids) == 4:
                return pids
            if self.house.daemon.poll() is not None:
                raise RuntimeError(self.house.last_words())
            time.sleep(0.05)
        raise RuntimeError("the rooms did not come up")

    # ---- a repository ----

    def file(self, name, data):
        path = self.folder / name
        path.write_bytes(data)
        return path

    def root_payload(self, version=1, **changes):
        if not hasattr(self, "tuf_keys"):
            self.tuf_keys = {
                role: {k["keyid"]: k["key"] for k in self.house.json(
                    "key", "export", f"image/{role}", "--format", "tuf", home="home-alice")}
                for role in ROLES}
        return tuf.root(version, self.tuf_keys, {role: 1 for role in ROLES}, **changes)

    def submit(self, role, payload, requester="image-service", **options):
        path = self.file(f"{role}.payload", payload)
        return self.house.submit(requester, {f"image/{role}": path}, **options)

    def approve(self, request, *names):
        for name in names:
            self.house.approve(name, request)

    def fate(self, request, seconds=20):
        done = self.house.conclave("request", "wait", request, "--timeout", str(seconds),
                                   "--json", expect=None, home="home-service")
        self.assertTrue(done.stdout, done.stderr.decode() + self.house.last_words())
        return json.loads(done.stdout)["fate"]

    def sign(self, role, payload, *names, **options):
        """Submits, approves, waits, and returns the complete signed file's path."""
        request = self.submit(role, payload, **options)
        self.approve(request, *(names or PEOPLE[:ROLES[role]]))
        self.assertEqual(self.fate(request), "signed")
        path = self.folder / f"{role}.payload"
        path.write_bytes(payload)
        out = self.folder / f"{role}.json"
        self.house.signed_file(request, path, out)
        return out

    def wait_until(self, holds, seconds=10):
        end = time.monotonic() + seconds
        while not holds():
            self.assertLess(time.monotonic(), end, self.house.last_words())
            time.sleep(0.05)

    # ---- what must hold of every ledger ----

    def records(self, kind=None):
        """The log's records as they stand on the disk; read from a copy, since the ledger holds
        its file alone."""
        with tempfile.TemporaryDirectory() as folder:
            copy = pathlib.Path(shutil.copytree(self.house.ledger, pathlib.Path(folder) / "l"))
            file = next(p for p in copy.iterdir() if p.read_bytes()[:15] == b"SQLite format 3")
            db = sqlite3.connect(file)
            texts = [bytes(t) if isinstance(t, (bytes, memoryview)) else t.encode()
                     for (t,) in db.execute("SELECT text FROM record ORDER BY idx")]
            db.close()
        return [t for t in texts if kind is None or t.startswith(f"conclave.{kind}/v1\n".encode())]

    def check_log(self):
        """Every released signature is in the log, once, and the log verifies."""
        self.house.conclave("log", "verify", home="home-alice")
        # A freeze has no opened record, and custodians add to an outcome with another.
        signed = [t for t in self.records("outcome") if b"\ndone: conclave/freeze " not in t]
        outcomes = [next(line for line in t.splitlines() if line.startswith(b"request:"))
                    for t in signed if b"\nadds: " not in t]
        self.assertEqual(len(outcomes), len(set(outcomes)), "a request has two outcomes")
        versions = {}
        for text in signed:
            request = next(l for l in text.splitlines() if l.startswith(b"request:"))
            opened = [t for t in self.records("opened") if request in t][-1]
            for line in opened.splitlines():
                if line.startswith(b"item: "):
                    _, role, version, payload, *_ = line.split(b" ")
                    self.assertEqual(versions.setdefault((role, version), payload), payload,
                                     "a version of a role has two payloads")
