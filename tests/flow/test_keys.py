"""Keys of every type: for roles, administrators and requesters. What is signed is verified by two
programs that know nothing of this one, and the token says what its keys are (R15, R16, R18)."""
import atexit
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding, PublicFormat, load_pem_public_key)
from securesystemslib import keys as stock

import tuf
from governing import Governing
from house import MODULE, ORIGIN, House
from scenario import BUILD, PEOPLE, copy_house

TYPES = ["ed25519", "ecdsa-p256", "ecdsa-p384", "rsa-2048", "rsa-3072", "rsa-4096"]
TOKENS = dict(zip(PEOPLE, ["ed25519", "ecdsa-p384", "rsa-3072", "ecdsa-p256"]))
ROLES = {"root": ["ed25519", "ecdsa-p384", "rsa-4096"],
         "targets": ["ecdsa-p256", "rsa-2048", "rsa-3072"],
         "snapshot": ["rsa-2048", "ecdsa-p384"],
         "timestamp": ["rsa-4096", "ecdsa-p256"]}
# What a stock client knows each type by, and how openssl hashes for it.
SCHEMES = {"ed25519": ("ed25519", "ed25519"), "ecdsa-p256": ("ecdsa", "ecdsa-sha2-nistp256"),
           "ecdsa-p384": ("ecdsa", "ecdsa-sha2-nistp384"), "rsa": ("rsa", "rsassa-pss-sha256")}
PSS = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32",
       "-sigopt", "rsa_mgf1_md:sha256"]

POLICY = (
    f"appliance: {ORIGIN}\nadministrators:\n"
    + "".join(f"  - {{name: {p}, key: {p}.pem}}\n" for p in PEOPLE)
    + f"groups:\n  - {{name: everyone, members: [{', '.join(PEOPLE)}]}}\n"
    "charter: {group: everyone, quorum: 3}\nrequesters:\n"
    + "".join(f"  - {{name: desk-{t}, person: desk-{t}, key: desk-{t}.key.pub}}\n" for t in TYPES)
    + "repositories:\n  - name: image\n    dialect: tuf\n    roles:\n"
    + "".join(
        f"      - name: {role}\n        group: everyone\n        quorum: 3\n"
        "        expires: {most: 366d}\n        delay: none\n        threshold: 1\n"
        "        keys:\n" + "".join(f"          - {{type: {t}, count: 1}}\n" for t in types)
        for role, types in ROLES.items())
)


def make_template():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="conclave-flow-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    house = House(BUILD, folder / "template")
    for name, kind in TOKENS.items():
        house.make_token("people", name)
        house.as_person(name, "token", "generate", "--type", kind)
        (house.folder / f"{name}.pem").write_bytes(
            house.as_person(name, "token", "export").stdout)
    for kind in TYPES:
        house.conclave("key", "make", house.folder / f"desk-{kind}.key", "--type", kind)
    house.found(POLICY, PEOPLE)
    return house


def kind_of(public):
    """The type of a public key, as this house calls it, read by another library."""
    if isinstance(public, ed25519.Ed25519PublicKey):
        return "ed25519"
    if isinstance(public, rsa.RSAPublicKey):
        assert public.public_numbers().e == 65537
        return f"rsa-{public.key_size}"
    return {256: "ecdsa-p256", 384: "ecdsa-p384"}[public.curve.key_size]


class Keys(Governing):
    own = None

    def setUp(self):
        if Keys.own is None:
            Keys.own = make_template()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="conclave-flow-"))
        self.house = copy_house(Keys.own, self.folder / "house")

    def role_keys(self, role):
        exported = self.house.json("key", "export", f"image/{role}", "--format", "tuf",
                                   home="home-alice")
        return {k["keyid"]: k["key"] for k in exported}

    def run_openssl(self, *argv):
        return subprocess.run(["openssl", *map(str, argv)], capture_output=True, check=False)

    # ---- two other programs' opinion ----

    def public(self, key):
        """A key object's public half, and its type by the size and curve of that."""
        value = key["keyval"]["public"]
        public = (ed25519.Ed25519PublicKey.from_public_bytes(bytes.fromhex(value))
                  if key["keytype"] == "ed25519" else load_pem_public_key(value.encode()))
        kind = kind_of(public)
        family = "rsa" if kind.startswith("rsa") else kind
        self.assertEqual((key["keytype"], key["scheme"]), SCHEMES[family])
        return public, kind

    def openssl_verifies(self, public, kind, body, signature):
        pem, data, sig = (self.folder / n for n in ("k.pem", "k.data", "k.sig"))
        pem.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        data.write_bytes(body)
        sig.write_bytes(signature)
        if kind == "ed25519":
            return self.run_openssl("pkeyutl", "-verify", "-pubin", "-inkey", pem, "-rawin",
                                    "-in", data, "-sigfile", sig).returncode == 0
        digest = "-sha384" if kind == "ecdsa-p384" else "-sha256"
        return self.run_openssl("dgst", digest, "-verify", pem, *(
            PSS if kind.startswith("rsa") else []), "-signature", sig, data).returncode == 0

    def check_file(self, role, file, keys):
        """Every key of the role signed the canonical bytes; so say securesystemslib and openssl."""
        whole = json.loads(file.read_text())
        body = tuf.canonical(whole["signed"])
        kinds = []
        self.assertEqual({s["keyid"] for s in whole["signatures"]}, set(keys))
        for signature in whole["signatures"]:
            key = {**keys[signature["keyid"]], "keyid": signature["keyid"]}
            public, kind = self.public(key)
            kinds.append(kind)
            self.assertTrue(stock.verify_signature(key, signature, body), kind)
            self.assertFalse(stock.verify_signature(key, signature, body + b" "), kind)
            raw = bytes.fromhex(signature["sig"])
            self.assertTrue(self.openssl_verifies(public, kind, body, raw), kind)
            self.assertFalse(self.openssl_verifies(public, kind, body + b" ", raw), kind)
        self.assertEqual(sorted(kinds), sorted(ROLES[role]))

    # ---- a round of all roles ----

    def test_r15_every_type_signs_its_role_for_every_type_of_person(self):
        self.house.start()
        keys = {role: self.role_keys(role) for role in ROLES}
        files = {}

        def sign(role, payload, desk, evidence=()):
            path = self.file(f"{role}.payload", payload)
            request = self.house.submit(f"desk-{desk}", {f"image/{role}": path}, evidence)
            self.approve(request, *PEOPLE[:3])
            self.assertEqual(self.fate(request), "signed")
            files[role] = self.folder / f"{role}.json"
            self.house.signed_file(request, path, files[role])
            self.check_file(role, files[role], keys[role])
            return files[role].read_bytes()

        sign("root", tuf.root(1, keys, {role: 1 for role in ROLES}), "rsa-4096")
        targets = sign("targets", tuf.targets(1, {"a.img": b"a"}), "rsa-3072")
        snapshot = sign("snapshot", tuf.snapshot(1, {"targets.json": (1, targets)}), "rsa-2048",
                        [files["targets"]])
        sign("timestamp", tuf.timestamp(1, 1, snapshot), "ecdsa-p384", [files["snapshot"]])
        sign("targets", tuf.targets(2, {"a.img": b"b"}), "ecdsa-p256")
        sign("targets", tuf.targets(3, {"a.img": b"c"}), "ed25519")
        self.house.stop()
        self.house.start()  # all of it is verified again
        self.check_log()

    # ---- what the token says of its keys ----

    def token_objects(self):
        """What pkcs11-tool tells of the appliance's private keys."""
        told = subprocess.run(
            ["pkcs11-tool", "--module", MODULE, "--token-label", "appliance", "--login",
             "--pin", "env:CONCLAVE_TEST_PIN", "--list-objects", "--type", "privkey"],
            env={"SOFTHSM2_CONF": str(self.house.softhsm("appliance")),
                 "CONCLAVE_TEST_PIN": self.house.pins["appliance"], "PATH": "/usr/bin"},
            capture_output=True, check=True).stdout.decode()
        return [o for o in re.split(r"(?m)^(?=Private Key Object)", told) if o.strip()]

    @unittest.skipIf(shutil.which("pkcs11-tool") is None, "pkcs11-tool (opensc) is not here")
    def test_r18_the_token_holds_each_key_to_its_one_use(self):
        objects = [o for o in self.token_objects() if "conclave.log" not in o]
        self.assertEqual(len(objects), sum(map(len, ROLES.values())))
        seen = []
        for told in objects:
            self.assertRegex(told, r"Usage:\s+sign\n")
            for word in ("sensitive", "always sensitive", "never extractable", "local"):
                self.assertRegex(told, rf"Access:.*\b{word}\b")
            allowed = re.search(r"Allowed mechanisms:\s*(.*)", told).group(1).strip()
            kind = re.match(r"Private Key Object; (\w+)", told).group(1)
            self.assertEqual(allowed, {"RSA": "SHA256-RSA-PKCS-PSS", "EC": "ECDSA",
                                       "EC_EDWARDS": "EDDSA"}[kind], told)
            seen.append(kind)
        self.assertEqual(seen.count("RSA"), 5)

    # ---- keys come and go ----

    def test_r18_keys_of_every_type_are_made_retired_and_destroyed(self):
        self.house.start()
        request = self.motion("key", "generate", *(f"image/root={t}" for t in TYPES),
                              by="desk-ed25519")
        self.approve(request, *PEOPLE[:3])
        self.assertEqual(self.fate(request), "signed")
        spare = [k for k in self.keys() if k["state"] == "spare"]
        self.assertEqual(sorted(k["type"] for k in spare), sorted(TYPES))
        self.house.stop()
        self.house.start()
        for verb, left in (("retire", len(TYPES)), ("destroy", 0)):
            request = self.motion("key", verb, "image/root", *(k["key"] for k in spare),
                                  by="desk-rsa-4096")
            self.approve(request, *PEOPLE[1:])
            self.assertEqual(self.fate(request), "signed")
            known = {k["key"] for k in self.keys()}
            self.assertEqual(len(known & {k["key"] for k in spare}), left)
        self.check_log()

    def small_disk(self):
        """Moves the appliance's token to a disk of 4 MiB; the path of a file that fills it."""
        tokens, away = self.house.tokens("appliance"), self.folder / "away"
        shutil.copytree(tokens, away)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m,mode=700", "tmpfs", tokens],
                          check=False, capture_output=True).returncode:
            self.skipTest("no small disk can be mounted here")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.addCleanup(subprocess.run, ["umount", "-l", str(tokens)], check=True)
        shutil.copytree(away, tokens, dirs_exist_ok=True)
        return tokens / "filler"

    def test_r18_a_keys_motion_that_the_token_has_no_room_for_ends_with_a_sentence(self):
        filler = self.small_disk()
        self.house.start()
        before = {k["key"] for k in self.keys()}
        request = self.motion("key", "generate", "image/root=rsa-2048:4", by="desk-ed25519")
        self.approve(request, *PEOPLE[:2])
        with open(filler, "wb") as file, self.assertRaises(OSError):
            while True:  # unbuffered: to the last byte
                os.write(file.fileno(), bytes(4096))
        self.approve(request, PEOPLE[2])
        self.assertEqual(self.fate(request), "refused")
        filler.unlink()
        told = self.records("ended")[-1].decode()
        self.assertIn("The token does not make these keys", told)
        self.assertIn("See that it works and has room", told)
        self.assertEqual({k["key"] for k in self.keys()}, before)
        keys = {role: self.role_keys(role) for role in ROLES}
        self.sign("root", tuf.root(1, keys, {role: 1 for role in ROLES}), *PEOPLE[:3],
                  requester="desk-ed25519")
        self.house.stop()
        self.house.start()
        self.check_log()

    # ---- what is not taken ----

    def refused_policy(self, key, words):
        (self.house.folder / "other.pem").write_bytes(key)
        text = POLICY.replace("key: dave.pem", "key: other.pem")
        (self.house.folder / "other.yaml").write_text(text)
        done = self.house.conclave("policy", "check", self.house.folder / "other.yaml",
                                   expect=None)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(words, " ".join(done.stderr.decode().split()))

    def test_r16_keys_of_other_sizes_curves_and_exponents_are_refused(self):
        def pem(private):
            return private.public_key().public_bytes(
                Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        for bits, exponent in ((1024, 65537), (2560, 65537), (2048, 3)):
            self.refused_policy(pem(rsa.generate_private_key(exponent, bits)),
                                "never accepted (R16")
        self.refused_policy(pem(ec.generate_private_key(ec.SECP521R1())), "make one of ed25519")
        done = self.house.conclave("key", "make", self.folder / "k", "--type", "rsa-1024",
                                   expect=1)
        self.assertIn("there is no key type rsa-1024", done.stderr.decode())


if __name__ == "__main__":
    unittest.main()
