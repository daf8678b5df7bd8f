"""Every refusal of metadata that a requester's command can provoke: each becomes a record, and the
house goes on."""
import hashlib
import json
import unittest

import refusals_metadata
import tuf
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import (Encoding, PublicFormat,
                                                          load_pem_public_key)
from refusals import Refusals
from refusals_metadata import DROP, MANY_FILES, MANY_ROLES, TWICE, Key

def key_id(key):
    return hashlib.sha256(tuf.canonical(key)).hexdigest()


def new_key():
    public = ed25519.Ed25519PrivateKey.generate().public_key()
    return Key("ed25519", "ed25519", public.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()).object


def delegations(count=1):
    """So many roles, each with a key of its own."""
    keys = [new_key() for _ in range(count)]
    names = ["supplier", *(f"r{i}" for i in range(1, count))]
    return {"keys": {key_id(key): key for key in keys},
            "roles": [{"keyids": [key_id(key)], "name": name, "paths": [f"{name}/*"],
                       "terminating": True, "threshold": 1} for key, name in zip(keys, names)]}


def targets(version):
    image = {"length": 8, "hashes": tuf.hashes(b"firmware"), "custom": {}}
    return tuf.signed("targets", version, 90, targets={"gateway.img": image},
                      delegations=delegations())


class RefusalsMetadata(Refusals):
    def setUp(self):
        super().setUp()
        self.house.start()
        self.sign("root", self.root_payload(), "alice", "bob")

    def bend(self, payload, field, value):
        """The payload with one field changed; `FIRST` is whatever key stands first."""
        made = json.loads(payload, strict=False)
        *way, last = [part.replace("|", "/") for part in field.split("/")]
        at = made
        for step in way:
            at = at[int(step) if step.isdigit() else next(iter(at)) if step == "FIRST" else step]
        self.put(at, last, value)
        return tuf.canonical(made)

    def put(self, at, last, value):
        if value is DROP:
            for name in last.split(","):
                del at[name]
        elif value is TWICE:
            at[last] = at[last] * 2
        elif value is MANY_FILES:
            at[last] |= {f"r{i}.json": {"version": 1} for i in range(257)}
        elif value is MANY_ROLES:
            at[last] = delegations(33)
        elif isinstance(value, Key):
            at[last][key_id(value.object)] = value.object
        elif value == 1 and last != "more":
            at[last] = {"length": 1, "hashes": tuf.hashes(b"")}
        else:
            at[last] = value

    def rows(self, role, payload, table):
        self.run_payloads([(words, f"image/{role}", self.bend(payload, field, value))
                           for words, field, value in table])

    def test_bytes_that_are_not_canonical(self):
        good = targets(2)
        for words, old, new in refusals_metadata.BYTES:
            self.assertIn(old, good, words)
        self.run_payloads([(words, "image/targets", good.replace(old, new, 1))
                           for words, old, new in refusals_metadata.BYTES])
        self.check_log()

    def test_fields_that_are_not_as_they_must_be(self):
        self.rows("root", self.root_payload(2), refusals_metadata.ROOT)
        self.rows("targets", targets(2), refusals_metadata.TARGETS)
        described = {"targets.json": (1, b"file")}
        self.rows("snapshot", tuf.snapshot(1, described), refusals_metadata.SNAPSHOT)
        self.rows("timestamp", tuf.timestamp(1, 1, b"file"), refusals_metadata.TIMESTAMP)
        self.check_log()

    # ---- what payloads say of keys and of other files ----

    def root_with(self, **keys):
        """The next root; `keys`: role -> its key objects."""
        now = {role: dict(ids) for role, ids in self.tuf_keys.items()}
        now |= {role: {key_id(key): key for key in objects} for role, objects in keys.items()}
        return tuf.root(2, now, {role: 1 for role in now})

    def requester_key(self):
        """A requester's public key, as a root would list it."""
        pem = (self.house.folder / "image-service.key.pub").read_bytes()
        public = load_pem_public_key(pem)
        return Key("ed25519", "ed25519", public.public_bytes(
            Encoding.Raw, PublicFormat.Raw).hex()).object

    def test_keys_that_stand_elsewhere(self):
        ours = {role: next(iter(ids.values())) for role, ids in self.tuf_keys.items()}
        with_root = delegations()
        with_root["keys"] = {key_id(ours["root"]): ours["root"]}
        with_root["roles"][0]["keyids"] = [key_id(ours["root"])]
        self.run_payloads([
            ("but it is the appliance's key for ", "image/root", self.root_with(
                targets=[ours["targets"]], root=[ours["root"]], snapshot=[ours["timestamp"]],
                timestamp=[new_key()])),
            ("but the charter has it for a person or the log", "image/root", self.root_with(
                targets=[ours["targets"], self.requester_key()])),
            ("This root lists none of the appliance's keys for ", "image/root", self.root_with(
                root=[new_key()])),
            ("is a key of the root too, and a key serves one role", "image/targets",
             tuf.signed("targets", 1, 90, targets={}, delegations=with_root)),
        ])
        self.check_log()

    def test_files_that_are_not_those_that_are_named(self):
        never = tuf.snapshot(1, {"targets.json": (1, b"file")})
        self.run_payloads([("was never signed here: sign it first", "image/snapshot", never)])
        file = self.sign("targets", targets(1), "alice", "bob", "carol").read_bytes()
        unsigned = json.loads(file)
        unsigned["signatures"][0]["sig"] = "30" + unsigned["signatures"][0]["sig"][2:-2] + "00"
        unsigned = tuf.canonical(unsigned)

        def snapshot(version=1, listed=file, **changes):
            made = {"targets.json": tuf.described(version, listed)}
            made["targets.json"] |= changes.pop("described", {})
            return tuf.signed("snapshot", 1, 7, meta=made | changes)

        self.run_payloads([
            ("but the last version signed is 1: list that", "image/snapshot", snapshot(2), file),
            ("is not among the evidence as it was signed here last", "image/snapshot", snapshot()),
            ("is listed with a length of 9, but the file has ", "image/snapshot",
             snapshot(described={"length": 9}), file),
            ("is listed with the SHA-256 of another file", "image/snapshot",
             snapshot(described={"hashes": tuf.hashes(b"")}), file),
            ("is listed with the SHA-512 of another file", "image/snapshot",
             snapshot(described={"hashes": tuf.hashes(file) | {"sha512": "1" * 128}}), file),
            ("carries valid signatures of 0 of the keys of its role", "image/snapshot",
             snapshot(listed=unsigned), unsigned),
            ("is not understood: ", "image/snapshot", snapshot(), b"no file of metadata"),
            ("signatures is missing", "image/snapshot", snapshot(), b'{"signed":{}}'),
            ("signed is missing", "image/snapshot", snapshot(), b'{"signatures":[]}'),
            ("and the snapshot does not list supplier.json: list it", "image/snapshot", snapshot(),
             file),
        ])
        self.check_log()


if __name__ == "__main__":
    unittest.main()
