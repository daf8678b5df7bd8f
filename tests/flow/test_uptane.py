"""An Uptane Image repository and a Director, signed by one appliance through the real command line, and
read as a stock client reads them."""
import json
import pathlib
import unittest

import stock
import tuf
import uptane
from governing import Governing
from house import ORIGIN
from scenario import PEOPLE, ROLES

VECTORS = pathlib.Path(__file__).resolve().parents[1] / "vectors"
SERIAL, HARDWARE, IMAGE = "ecu-0001", "gateway-hw1", "gateway/1.4.0.img"
TYPES = {"root": ["ed25519", "rsa-2048"], "targets": ["rsa-2048"], "snapshot": ["ed25519"],
         "timestamp": ["ed25519"]}
KINDS = ("image", "director")
VEHICLE = "truck-0001"


def item(kind, role):
    """What an item is called: a Director's names its vehicle, but for the root."""
    return f"{kind}/{role}" if kind == "image" or role == "root" else f"{kind}/{role}@{VEHICLE}"


def repository(name, dialect="uptane", kind=None, types=None):
    kind = kind or name
    text = f"  - name: {name}\n    dialect: {dialect}\n    kind: {kind}\n    roles:\n"
    for role, k in ROLES.items():
        keys = ", ".join(f"{{type: {t}, count: 1}}" for t in (types or TYPES)[role])
        text += (f"      - name: {role}\n        group: everyone\n        quorum: {k}\n"
                 "        expires: {most: 366d}\n        delay: none\n        threshold: 1\n"
                 f"        keys: [{keys}]\n")
    return text


def policy(repositories):
    return (
        f"appliance: {ORIGIN}\nadministrators:\n"
        + "".join(f"  - {{name: {p}, key: {p}.pem}}\n" for p in PEOPLE)
        + f"groups:\n  - {{name: everyone, members: [{', '.join(PEOPLE)}]}}\n"
        "charter: {group: everyone, quorum: 3}\nrequesters:\n"
        "  - {name: image-service, person: release-desk, key: image-service.key.pub}\n"
        "repositories:\n" + "".join(repositories))


class Uptane(Governing):
    def open_house(self):
        self.found_house(policy(map(repository, KINDS)), PEOPLE, ["image-service"])
        self.house.start()

    def keys(self, repository_name):
        return {role: {k["keyid"]: k["key"] for k in self.house.json(
            "key", "export", f"{repository_name}/{role}", "--format", "tuf", home="home-alice")}
            for role in ROLES}

    def ask(self, items, evidence=(), expect=0):
        """items: role ("image/root") -> payload."""
        paths = {name: self.file(name.replace("/", "-") + ".payload", payload)
                 for name, payload in items.items()}
        return self.house.submit("image-service", paths, evidence, expect=expect)

    def signed(self, items, evidence=()):
        """Signs one request of several items; the complete files, by role."""
        request = self.ask(items, evidence)
        self.approve(request, *PEOPLE[:ROLES[next(iter(items)).split("/")[1]]])
        self.assertEqual(self.fate(request), "signed")
        files = {}
        for name in items:
            base = self.folder / name.replace("/", "-")
            signatures = base.with_suffix(".signatures")
            signatures.write_text(self.house.text(
                "signature", request, "--role", name, home="home-service"))
            self.house.conclave("attach", base.with_suffix(".payload"), signatures,
                                "--out", base.with_suffix(".json"))
            files[name] = base.with_suffix(".json")
        return files

    def both(self, role, payloads, before=None):
        evidence = [before[f"{kind}/{before['of']}"] for kind in KINDS] if before else []
        done = self.signed({item(kind, role): payloads[kind] for kind in KINDS}, evidence)
        return {**{name.split("@")[0]: path for name, path in done.items()}, "of": role}

    def roots(self):
        thresholds = {role: len(types) for role, types in TYPES.items()}
        return self.both("root", {
            kind: uptane.root(1, self.keys(kind), thresholds) for kind in KINDS})

    def take(self, path, role, kind, root, files=None):
        """As a stock client takes it; how many signatures it verified."""
        file = stock.check_uptane_file(f"{role}.json", path.read_bytes(), kind, files)
        return stock.check_signatures("uptane", file, root, role)

    def test_a_round_of_image_repository_and_director_is_what_a_stock_client_takes(self):
        self.open_house()
        roots = self.roots()
        data = b"gateway 1.4.0" * 100
        images = {IMAGE: uptane.image_target(data, "gateway \u00fc\x7f", "1.4.0", [HARDWARE])}
        directed = {IMAGE: uptane.director_target(data, {SERIAL: HARDWARE})}
        targets = self.both("targets", {
            "image": stock.jsoncpp(json.loads(uptane.targets(1, images))),
            "director": uptane.signed(
                "Targets", 1, 1, targets=directed, custom={"correlationId": "urn:here:1"})})
        snapshots = self.both("snapshot", {kind: uptane.snapshot(1, {
            "targets.json": (1, targets[f"{kind}/targets"].read_bytes())}) for kind in KINDS},
            targets)
        timestamps = self.both("timestamp", {kind: uptane.timestamp(
            1, 1, snapshots[f"{kind}/snapshot"].read_bytes()) for kind in KINDS}, snapshots)
        for kind in KINDS:
            root = stock.check_uptane_file(
                "1.root.json", roots[f"{kind}/root"].read_bytes(), kind)
            counts = [self.take(done[f"{kind}/{done['of']}"], done["of"], kind, root, files)
                      for done, files in (
                          (roots, None), (targets, {IMAGE: data}),
                          (snapshots, {"targets.json": targets[f"{kind}/targets"].read_bytes()}),
                          (timestamps,
                           {"snapshot.json": snapshots[f"{kind}/snapshot"].read_bytes()}))]
            self.assertEqual(counts, [2, 1, 1, 1])
        self.check_log()

    def test_r2_what_a_director_gives_is_what_the_image_repository_has(self):
        self.open_house()
        self.roots()
        data = b"gateway 1.4.0"
        images = {IMAGE: uptane.image_target(data, "gateway", "1.4.0", [HARDWARE])}
        have = self.signed({"image/targets": uptane.targets(1, images)})["image/targets"]
        other = self.file("other.json", have.read_bytes().replace(b'"version":1}', b'"version":2}'))

        def director(data, hardware=HARDWARE):
            return uptane.signed("Targets", 1, 1, targets={
                IMAGE: uptane.director_target(data, {SERIAL: hardware})})
        for words, payload, evidence in (
                ("has another length or other hashes", director(b"other"), [have]),
                ("is for the hardware", director(data, "gateway-hw2"), [have]),
                ("no targets.json that an Image", director(data), [other]),
                ("is needed for no item", director(data), [have, other]),
                ("is needed for no item", uptane.signed("Targets", 1, 1, targets={}), [have])):
            done = self.ask({item("director", "targets"): payload}, evidence, expect=3)
            self.assertIn(words, done.stderr.decode())
        for evidence in ([], [have]):
            request = self.ask({item("director", "targets"): director(data)}, evidence)
            shown = self.house.text("request", "show", request, home="home-alice")
            self.assertEqual("!! warning image-not-at-hand" in shown, not evidence)
        self.approve(request, *PEOPLE[:ROLES["targets"]])
        self.assertEqual(self.fate(request), "signed")

    def test_r2_the_key_ids_that_are_listed_are_those_of_the_metadata(self):
        self.open_house()
        listed = {k["keyid"]: k for k in self.house.json("key", "list", home="home-alice")["keys"]}
        exported = [i for kind in KINDS for keys in self.keys(kind).values() for i in keys]
        self.assertEqual(sorted(listed), sorted(exported))
        for keyid, key in listed.items():
            self.assertEqual(keyid, key["key"])
        shown = self.house.json("charter", "show", home="home-alice")
        self.assertEqual({(r["name"], r["dialect"], r["kind"]) for r in shown["repositories"]},
                         {("image", "uptane", "image"), ("director", "uptane", "director")})

    def test_r2_metadata_of_the_other_dialect_is_refused_and_so_are_its_spellings(self):
        self.open_house()
        keys = self.keys("image")
        good = uptane.root(1, keys, {role: 1 for role in ROLES})
        for payload, words in (
                (tuf.root(1, keys, {role: 1 for role in ROLES}), "as the dialect uptane has it"),
                (good.replace(b'"Root"', b'"root"'), "as the dialect uptane has it"),
                (good.replace(b"\\n", b"\n"), "canonical JSON escapes"),
                (good.replace(b'"RSA"', b'"ECDSA"'), "ED25519 or RSA"),
                (good.replace(b'"keytype":"RSA"', b'"keytype":"RSA","scheme":"x"', 1), "field"),
                (good.replace(b'"version":1', b'"version":2147483648'), "2^31-1")):
            done = self.ask({"image/root": payload}, expect=3)
            self.assertIn(words, done.stderr.decode())
        self.assertEqual(self.records("opened"), [])

    def test_r16_an_uptane_role_has_no_ecdsa_key_whoever_asks_for_it(self):
        ecdsa = {**TYPES, "snapshot": ["ecdsa-p256"]}
        for name in (*PEOPLE, "image-service"):
            self.house.conclave("key", "make", self.folder / f"{name}.key")
        for name in PEOPLE:
            (self.folder / f"{name}.key.pub").rename(self.folder / f"{name}.pem")
        for repositories, words in (
                ([repository("image", types=ecdsa)], "no client of the dialect uptane reads"),
                ([repository("image", "tuf", "director")], "only uptane has directors")):
            path = self.file("policy.yaml", policy(repositories).encode())
            done = self.house.conclave("policy", "check", path, expect=None)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(words, done.stderr.decode())
        self.open_house()
        done = self.motion("key", "generate", "image/snapshot=ecdsa-p256", expect=3)
        self.assertIn("No client of the dialect uptane reads", done.stderr.decode())
        self.motion("key", "generate", "image/snapshot=rsa-2048")

    def test_r12_an_uptane_repository_is_imported_in_its_dialect(self):
        self.open_house()
        past = VECTORS / "uptane"
        argv = ["repository", "import", "image", "--yes", "--root", past / "root-1.signed.json",
                "--root", past / "root-2.signed.json", "--file", past / "targets-1.signed.json"]
        request = self.motion(*argv)
        words = self.house.text("request", "show", request, home="home-alice")
        self.assertIn("signed last for role: image/targets", words)
        self.assertIn("type: RSA", words)
        self.approve(request, *PEOPLE[:3])
        self.assertEqual(self.fate(request), "signed")
        # A chain of the other dialect is none of this repository.
        other = ["repository", "import", "director", "--yes",
                 "--root", VECTORS / "past" / "1.root.json"]
        self.assertIn("method is missing", self.motion(*other, expect=3).stderr.decode())
        self.check_log()


class Stock(unittest.TestCase):
    """The checker itself refuses what a stock client refuses."""

    def test_refuses_what_a_stock_client_refuses(self):
        good = (VECTORS / "uptane" / "root-1.signed.json").read_bytes()
        file = stock.check_uptane_file("1.root.json", good)
        self.assertEqual(stock.check_signatures("uptane", file, file, "root"), 2)
        for old, new in ((b'"Root"', b'"root"'), (b'"method":"ed25519",', b""), (b"{", b"{ "),
                         (b'"RSA"', b'"ECDSA"'), (b'"ED25519"', b'"ed25519"'),
                         (b'"version":1', b'"version":2147483648'), (b'"sig":"', b'"sig":"ab'),
                         (b'rsassa-pss-sha256', b'ed25519')):
            with self.assertRaises(stock.Refused, msg=old):
                stock.check_uptane_file("1.root.json", good.replace(old, new, 1))
        with self.assertRaises(stock.Refused):
            stock.check_uptane_file("2.root.json", good)
        with self.assertRaises(stock.Refused):
            stock.check_tuf_file("1.root.json", good)
        spoilt = json.loads(good.replace(b'"version":1', b'"version":2'))
        with self.assertRaises(stock.Refused):
            stock.check_signatures("uptane", spoilt, file, "root")

    def test_takes_a_tuf_file_and_refuses_its_misspellings(self):
        good = (VECTORS / "tuf" / "targets-3.signed.json").read_bytes()
        stock.check_tuf_file("3.targets.json", good)
        for old, new in ((b'"_type":"targets"', b'"_type":"Targets"'),
                         (b'"sig":"', b'"sig":"A'), (b"{", b"{ "), (b"1.0.31", b"2.0.0")):
            with self.assertRaises(stock.Refused, msg=old):
                stock.check_tuf_file("3.targets.json", good.replace(old, new, 1))
        with self.assertRaises(stock.Refused):
            stock.check_uptane_file("targets.json", good)


if __name__ == "__main__":
    unittest.main()
