"""R12: root keys that sign under their custodian's own approval, and a custodian who is lost."""
import json
import unittest

import tuf
from governing import Governing, policy

EIGHT = ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi"]
THRESHOLD = 5


def keys_of(custodians, named=()):
    """Policy lines of one root key each; `named`: custodian -> the key that is meant."""
    lines = []
    for person in custodians:
        key = f", key: \"sha256:{named[person]}\"" if person in named else ""
        lines.append(f"{{type: ed25519, count: 1, custodian: {person}{key}}}")
    return lines


def eight(people, custodians, named=()):
    return policy(people, quorum=5, roles={
        "root": ("everyone", 5, "threshold: 5", keys_of(custodians, dict(named))),
        "targets": ("everyone", 3, "threshold: 1", ["{type: ed25519, count: 1}"]),
    })


class Custodians(Governing):
    def setUp(self):
        super().setUp()
        self.found_house(eight(EIGHT, EIGHT), EIGHT)
        self.house.start()

    def root(self, version, keys=None, threshold=THRESHOLD):
        exported = {role: {k["keyid"]: k["key"] for k in self.house.json(
            "key", "export", f"image/{role}", "--format", "tuf", home="home-alice")}
            for role in ("root", "targets")}
        for role in ("snapshot", "timestamp"):  # these two live on another appliance
            exported[role] = {f"{ord(role[0]):02x}" * 32: None}
        exported.update(keys or {})
        self.elsewhere(exported)
        return tuf.root(version, exported,
                        {role: threshold if role == "root" else 1 for role in exported})

    def elsewhere(self, keys):
        """Keys of roles that are not of this house: any valid public keys."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        import hashlib
        for role in ("snapshot", "timestamp"):
            raw = Ed25519PrivateKey.from_private_bytes(role.encode().ljust(32)).public_key()
            value = raw.public_bytes_raw().hex() if hasattr(raw, "public_bytes_raw") else self.raw(raw)
            key = {"keytype": "ed25519", "keyval": {"public": value}, "scheme": "ed25519"}
            keys[role] = {hashlib.sha256(tuf.canonical(key)).hexdigest(): key}

    def raw(self, key):
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
        return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    def signatures(self, request):
        text = self.house.text("signature", request, "--format", "tuf", home="home-service")
        return {s["keyid"] for s in json.loads(text)}

    def listed(self):
        return {r["request"]: r["fate"] for r in self.house.json(
            "request", "list", home="home-service")["requests"]}

    def test_r12_all_sign_at_once_and_later_approvals_add_until_it_expires(self):
        request = self.submit("root", self.root(1))
        self.approve(request, *EIGHT[:4])
        self.assertEqual(self.fate(request, seconds=1), "open")
        self.assertEqual(self.listed(), {request: "open"})
        self.approve(request, EIGHT[4])
        self.assertEqual(self.fate(request), "signed")
        self.assertEqual(len(self.signatures(request)), 5)
        other = self.submit("root", self.root(2))
        self.assertEqual(self.listed(), {request: "signed", other: "open"})
        self.approve(request[:12], EIGHT[5])  # who comes late finds it by its first digits
        self.wait_until(lambda: len(self.signatures(request)) == 6)
        self.house.approve(EIGHT[5], request, expect=3)
        self.house.stop()
        self.house.start()
        self.approve(request, EIGHT[6])
        self.wait_until(lambda: len(self.signatures(request)) == 7)
        self.assertEqual(self.fate(request), "signed")
        self.assertEqual(len(self.records("outcome")), 3)
        self.assertEqual(self.listed()[request], "signed")
        self.approve(request, EIGHT[7])
        self.wait_until(lambda: request not in self.listed())
        self.check_log()

    def test_r12_a_custodian_adds_whatever_was_signed_a_moment_ago(self):
        for version in range(1, 4):
            request = self.submit("root", self.root(version))
            self.approve(request, *EIGHT[:7])
            self.wait_until(lambda: len(self.signatures(request)) == 7)

    def test_a_lost_custodian_is_replaced(self):
        request = self.submit("root", self.root(1))
        self.approve(request, *EIGHT[:5])
        self.assertEqual(self.fate(request), "signed")
        # heidi's token is lost: ivan comes, with a key of his own.
        made = self.motion("key", "generate", "image/root=ed25519")
        self.approve(made, *EIGHT[:5])
        self.assertEqual(self.fate(made), "signed")
        spare = next(k["key"] for k in self.keys() if k["state"] == "spare")
        self.house.enrol("ivan")
        people = [*EIGHT[:7], "ivan"]
        stay = {k["custodian"]: k["key"] for k in self.keys() if k["custodian"] in people}
        self.change(eight(people, people, {**stay, "ivan": spare}), *EIGHT[:5], proofs=["ivan"])
        self.house.as_person("heidi", "freeze", "everything", "--reason", "mine", "--yes",
                             expect=3)
        rotated = self.submit("root", self.root(2))
        # Old and new threshold: five of the old eight, of whom seven are left.
        self.approve(rotated, *EIGHT[:4], "ivan")
        self.assertEqual(self.fate(rotated, seconds=1), "open")
        self.approve(rotated, EIGHT[4])
        self.assertEqual(self.fate(rotated), "signed")
        self.assertEqual(len(self.signatures(rotated)), 6)
        self.check_log()


if __name__ == "__main__":
    unittest.main()
