"""Root rotation as a transaction, in both dialects, with custodians, one of whom is lost."""
import json
import pathlib
import unittest

import stock
import tuf
from governing import Governing
from house import MODULE, ORIGIN

FIVE = ["alice", "bob", "carol", "dave", "erin"]
LATER = "frank"
KINDS = ("image", "director")  # of `tuf` and of `uptane`
PAST = pathlib.Path(__file__).resolve().parents[1] / "vectors/past"
DIALECTS = {"image": ("tuf", "image"), "director": ("uptane", "director")}
OTHERS = ("targets", "snapshot", "timestamp")


def repository(name, custodians, named=(), count=1):
    dialect, kind = DIALECTS[name]
    text = f"  - name: {name}\n    dialect: {dialect}\n    kind: {kind}\n    roles:\n"
    text += ("      - name: root\n        group: everyone\n        quorum: 3\n"
             "        expires: {least: 30d, most: 400d}\n        delay: none\n        threshold: 3\n"
             "        keys:\n")
    for person in custodians:
        key = f", key: \"sha256:{named[person]}\"" if person in named else ""
        text += f"          - {{type: ed25519, count: 1, custodian: {person}{key}}}\n"
    for role in OTHERS:
        text += (f"      - name: {role}\n        group: everyone\n        quorum: 2\n"
                 "        expires: {most: 366d}\n        delay: none\n        threshold: 1\n"
                 "        keys: [{type: ed25519, count: 1}]\n")
    return text


def policy(people, repositories):
    return (f"appliance: {ORIGIN}\nadministrators:\n"
            + "".join(f"  - {{name: {p}, key: {p}.pem}}\n" for p in people)
            + f"groups:\n  - {{name: everyone, members: [{', '.join(people)}]}}\n"
            "charter: {group: everyone, quorum: 3}\nrequesters:\n"
            "  - {name: image-service, person: release-desk, key: image-service.key.pub}\n"
            "  - {name: erin-tool, person: erin, key: erin-tool.key.pub}\n"
            "repositories:\n" + "".join(repositories))


class Root(Governing):
    def setUp(self):
        super().setUp()
        self.found_house(policy(FIVE, [repository(kind, FIVE) for kind in KINDS]), FIVE,
                         ["image-service", "erin-tool"])
        self.house.start()
        self.site = self.folder / "site"

    # ---- the commands ----

    def root(self, *argv, expect=0):
        return self.house.conclave("root", *argv, expect=expect, home="home-alice")

    def told(self, *argv, expect=0):
        return json.loads(self.root(*argv, "--json", expect=expect).stdout)

    def plan(self, kind, *argv, expect=0):
        self.draft_file = self.folder / f"{kind}.draft"
        self.draft_file.unlink(missing_ok=True)
        return self.told("plan", kind, *argv, "--out", self.draft_file, expect=expect)

    def asked(self, by="image-service"):
        return self.told("sign", self.draft_file, *self.asker(by))

    def apply(self, request, *argv, expect=0):
        return self.root("apply", request, "--out", self.site, *argv, "--json", expect=expect)

    def rotate(self, kind, *people):
        """A whole transaction; what apply says."""
        plan = self.plan(kind)
        told = self.asked()
        self.assertEqual(told["version"], plan["version"])
        self.approve(told["request"], *(people or FIVE[:3]))
        self.assertEqual(self.fate(told["request"]), "signed")
        return told["request"], json.loads(self.apply(told["request"]).stdout)

    # ---- what a client would do ----

    def check(self, kind, version):
        """The file as a client takes it that holds the version before."""
        dialect, purpose = DIALECTS[kind]
        name = f"{version}.root.json"
        data = (self.site / name).read_bytes()
        file = (stock.check_tuf_file(name, data, None) if dialect == "tuf"
                else stock.check_uptane_file(name, data, purpose))
        for of in {max(version - 1, 1), version}:
            root = json.loads((self.site / f"{of}.root.json").read_bytes())
            ids = root["signed"]["roles"]["root"]["keyids"]
            counted = {**file, "signatures": [s for s in file["signatures"] if s["keyid"] in ids]}
            stock.check_signatures(dialect, counted, root, "root")

    def test_a_transaction_from_plan_to_files_in_both_dialects(self):
        for kind in KINDS:
            self.site = self.folder / f"site-{kind}"
            for version in (1, 2):
                _, done = self.rotate(kind)
                names = [f"{version}.root.json"] + ["root.json"] * (kind == "director")
                self.assertEqual([p.rsplit("/", 1)[1] for p in done["files"]], names)
                self.assertEqual(done["sign_again"], [])
                self.check(kind, version)
            self.assertTrue(any("Versions 1 to 2 are in this appliance's log" in note
                                for note in self.plan(kind)["notes"]))
            if kind == "director":
                self.assertEqual((self.site / "root.json").read_bytes(),
                                 (self.site / "2.root.json").read_bytes())
        self.check_log()

    def test_r1_the_draft_is_signed_as_it_is(self):
        self.plan("image")
        draft = self.draft_file.read_bytes()
        self.assertEqual(tuf.canonical(json.loads(draft)), draft)
        words = self.root("review", self.draft_file).stdout.decode()
        self.assertIn("version: none -> 1", words)
        self.assertIn("custodian: alice", words)
        request = self.asked()["request"]
        shown = self.house.text("request", "show", request, home="home-alice")
        item = words[words.index("---- item"):words.index("---- end")]
        skip = [line for line in item.splitlines() if "days after the opening" not in line]
        for line in skip:
            self.assertIn(line, shown)
        self.approve(request, *FIVE[:3])
        self.assertEqual(self.fate(request), "signed")
        self.apply(request)
        signed = json.loads((self.site / "1.root.json").read_bytes())["signed"]
        self.assertEqual(tuf.canonical(signed), draft)

    def test_r12_those_whom_the_plan_names_complete_it_and_nobody_less(self):
        plan = self.plan("image", "--threshold", "root=5", "--module", MODULE)
        self.assertEqual(plan["not_without"], sorted(FIVE, key=self.key_order(plan)))
        self.assertEqual({k["token"] for k in plan["keys"] if k["custodian"]}, set(FIVE))
        told = self.asked()
        self.assertEqual(sorted(told["not_without"]), FIVE)
        request = told["request"]
        for name in FIVE:
            self.assertEqual(self.fate(request, seconds=0), "open", name)
            self.assertIn(b"approvals", self.apply(request, expect=4).stderr)
            self.approve(request, name)
            if name == "bob":  # nothing is kept but the files and the log
                self.house.stop()
                self.house.start()
        self.assertEqual(self.fate(request), "signed")
        self.assertEqual(json.loads(self.apply(request).stdout)["new_signed"], 5)

    def key_order(self, plan):
        order = [k["custodian"] for k in plan["keys"]]
        return order.index

    def test_r5_whoever_asks_is_not_among_those_who_sign(self):
        self.plan("image", "--threshold", "root=4")
        told = self.asked(by="erin-tool")
        self.assertEqual(sorted(told["not_without"]), FIVE[:4])
        self.assertEqual(told["new"]["unable"], 1)
        self.plan("image", "--threshold", "root=5")
        done = self.root("sign", self.draft_file, *self.asker("erin-tool"), expect=3)
        self.assertIn(b"needs 5 keys, and 4 can still sign", done.stderr)

    def test_r12_what_no_root_follows_from_is_said_before_any_key_is_touched(self):
        self.rotate("image")
        records = len(self.records("opened"))
        snapshot = next(k["keyid"] for k in self.keys() if k["role"] == "image/snapshot")
        stranger = self.file("stranger.pem", (self.house.folder / "alice.pem").read_bytes())
        for words, status, sentence in (
                (["image", "--threshold", "root=6"], 3,
                 "R12: The next root would give root a threshold of 6, and list 5 keys"),
                (["image", "--threshold", "root=2"], 3, "the charter demands at least 3"),
                (["other"], 3, "The charter has no repository other"),
                (["image", "--drop", snapshot], 3, "would list no key for snapshot"),
                (["image", "--drop", "ffffffff"], 3, "begins with \"ffffffff\", to be dropped"),
                (["image", "--expires", "20d"], 3, "give another --expires"),
                (["image", "--expires", "30"], 1, "is no duration that a root may have"),
                (["image", "--threshold", "root"], 1, "is not ROLE=N"),
                (["image", "--threshold", "targets=0"], 1, "a threshold is at least 1"),
                (["image", "--drop", "sha256:1234567"], 1, "give at least 8 digits"),
                (["image", "--add", f"other={stranger}"], 1, "is not ROLE=FILE"),
                (["image", "--add", f"root={stranger}"], 3, "for a person or the log")):
            done = self.root("plan", *words, expect=status)
            self.assertIn(sentence, done.stderr.decode())
        for payload, sentence in (
                (tuf.targets(1, {}), "This is metadata of type targets, and no root"),
                (self.foreign_root(), "so it belongs to no repository here")):
            self.draft_file = self.file("foreign.draft", payload)
            for command in (["review"], ["sign", *self.asker("image-service")]):
                done = self.root(command[0], self.draft_file, *command[1:], expect=3)
                self.assertIn(sentence, done.stderr.decode())
        self.assertEqual(len(self.records("opened")), records)

    def foreign_root(self):
        self.plan("image")
        root = json.loads(self.draft_file.read_bytes())
        keys = [i for i in root["roles"]["root"]["keyids"]]
        other = root["roles"]["targets"]["keyids"]
        root["roles"]["root"].update(keyids=other, threshold=1)
        root["roles"]["targets"].update(keyids=keys)
        return tuf.canonical(root)

    def test_r12_a_threshold_that_lost_its_keys_is_said_with_what_is_missing(self):
        self.rotate("image")
        lost = [k["key"] for k in self.keys()
                if k["role"] == "image/root" and k["custodian"] in FIVE[2:]]
        retired = self.motion("key", "retire", "image/root", *lost)
        self.approve(retired, *FIVE[:3])
        self.assertEqual(self.fate(retired), "signed")
        pem = [self.other_key()[0] for _ in range(2)]
        adds = [word for p in pem for word in ("--add", f"root={p}")]
        plan = self.plan("image", *adds, expect=3)
        self.assertFalse(plan["reachable"])
        self.assertEqual((plan["old"]["missing"], plan["new"]["missing"]), (1, 0))
        self.assertFalse(self.draft_file.exists())
        done = self.root("plan", "image", *adds, expect=3)
        self.assertIn(b"1 TOO FEW", done.stdout)
        self.assertIn(b"The threshold of the last root needs 3 keys, and 2 can still sign: 1 too few",
                      done.stderr)

    def other_key(self):
        """A key of another appliance: its PEM file, and what signs with it."""
        from cryptography.hazmat.primitives.asymmetric import ed25519
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
        key = ed25519.Ed25519PrivateKey.generate()
        public = key.public_key()
        name = public.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
        return self.file(f"{name}.pem", public.public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)), key

    def test_r12_a_root_that_is_signed_once_more_is_not_applied(self):
        self.rotate("image")
        again = self.asked()
        self.approve(again["request"], *FIVE[:3])
        self.assertEqual(self.fate(again["request"]), "signed")
        self.assertIn(b"once more: apply the one that signed it",
                      self.apply(again["request"], expect=1).stderr)

    def test_apply_is_for_one_root_alone(self):
        self.rotate("image")
        self.draft_file = self.file("targets.payload", tuf.targets(1, {}))
        request = self.house.submit("image-service", {"image/targets": self.draft_file})
        self.approve(request, *FIVE[:2])
        self.assertEqual(self.fate(request), "signed")
        self.assertIn(b"the request is not for one root", self.apply(request, expect=1).stderr)
        drafts = {}
        for kind in KINDS:
            self.plan(kind)
            drafts[f"{kind}/root"] = self.draft_file
        both = self.house.submit("image-service", drafts)
        self.approve(both, *FIVE[:3])
        self.assertEqual(self.fate(both), "signed")
        self.assertIn(b"the request is not for one root", self.apply(both, expect=1).stderr)

    def test_a_lost_custodian_is_replaced_by_plan(self):
        self.rotate("image")
        made = self.motion("key", "generate", "image/root=ed25519", "director/root=ed25519")
        self.approve(made, *FIVE[:3])
        self.assertEqual(self.fate(made), "signed")
        lost = {k["role"]: k["key"] for k in self.keys() if k["custodian"] == "erin"}
        self.house.enrol(LATER)
        people = [*FIVE[:4], LATER]
        named = {kind: {k["custodian"]: k["key"] for k in self.keys()
                        if k["role"] == f"{kind}/root" and k["custodian"] in people} | {
                 LATER: next(k["key"] for k in self.keys()
                             if k["role"] == f"{kind}/root" and k["state"] == "spare")}
                 for kind in KINDS}
        text = policy(people, [repository(kind, people, named[kind]) for kind in KINDS])
        text = text.replace("erin-tool, person: erin", "erin-tool, person: nobody")
        self.change(text, *FIVE[:3], proofs=[LATER])
        plan = self.plan("image")
        self.assertEqual((plan["old"]["unable"], plan["old"]["spare"]), (1, 1))
        self.assertTrue(any("Version 1 is in" in note for note in plan["notes"]))
        self.assertEqual(sorted(plan["old"]["custodians"]), FIVE[:4])
        self.assertEqual(sorted(plan["new"]["custodians"]), sorted(people))
        changes = {k["key"]: k["change"] for k in plan["keys"] if k["role"] == "root"}
        self.assertEqual(changes[lost["image/root"]], "goes")
        self.assertEqual(changes[named["image"][LATER]], "comes")
        told = self.asked()
        # frank's key counts for the new root alone: of the old ones three are needed.
        self.approve(told["request"], "alice", "bob", LATER)
        self.assertEqual(self.fate(told["request"], seconds=1), "open")
        self.approve(told["request"], "carol")
        self.assertEqual(self.fate(told["request"]), "signed")
        done = json.loads(self.apply(told["request"]).stdout)
        self.assertEqual((done["old_signed"], done["new_signed"]), (3, 4))
        self.check("image", 2)
        self.check_log()

    def test_keys_of_timestamp_that_change_are_signed_for_again(self):
        self.rotate("director")
        made = self.motion("key", "generate", "director/timestamp=ed25519")
        self.approve(made, *FIVE[:3])
        self.assertEqual(self.fate(made), "signed")
        new = next(k["key"] for k in self.keys() if k["state"] == "spare")
        text = policy(FIVE, [repository(kind, FIVE) for kind in KINDS])
        head, tail = text.rsplit("keys: [{type: ed25519, count: 1}]", 1)
        self.change(f"{head}keys: [{{type: ed25519, count: 1, key: \"sha256:{new}\"}}]{tail}",
                    *FIVE[:3])
        plan = self.plan("director")
        self.assertEqual([r["role"] for r in plan["roles"] if r["sign_again"]], ["timestamp"])
        self.assertTrue(any("clients forget" in note for note in plan["notes"]))
        _, done = self.rotate("director")
        self.assertEqual(done["sign_again"], ["timestamp"])

    def test_r12_a_key_of_another_appliance_signs_there(self):
        pem, other = self.other_key()
        plan = self.plan("image", "--add", f"root={pem}", "--threshold", "root=6")
        self.assertEqual((plan["new"]["elsewhere"], plan["new"]["spare"]), (1, 0))
        request = self.asked()["request"]
        self.approve(request, *FIVE)
        self.assertEqual(self.fate(request), "signed")
        self.assertIn(b"lacks 0 signatures under the old threshold and 1",
                      self.apply(request, expect=4).stderr)
        self.assertFalse(self.site.exists())
        keyid = next(k["keyid"] for k in plan["keys"] if k["holder"] == "elsewhere")
        for data, status in ((b"another root", 5), (self.draft_file.read_bytes(), 0)):
            signature = {"keyid": keyid, "sig": other.sign(data).hex()}
            more = self.file("other.signature", json.dumps(signature, separators=(",", ":")).encode())
            done = self.apply(request, "--signatures", more, expect=status)
            self.assertEqual(b"is not one of this root by a root key" in done.stderr, status == 5)
        self.check("image", 1)
        # The next plan keeps it, and says so.
        kept = next(k for k in self.plan("image")["keys"] if k["holder"] == "elsewhere")
        self.assertEqual((kept["change"], kept["keyid"]), ("stays", keyid))
        self.assertIn(b"another appliance's, kept as it is",
                      self.root("plan", "image").stdout)
        # Dropped, it counts for the old threshold all the same.
        self.plan("image", "--drop", keyid[:8], "--threshold", "root=5")
        request = self.asked()["request"]
        self.approve(request, *FIVE)
        self.assertEqual(self.fate(request), "signed")
        self.assertIn(b"lacks 1 signatures under the old threshold and 0",
                      self.apply(request, expect=4).stderr)
        self.assertEqual([p.name for p in self.site.iterdir()], ["1.root.json"])
        signature = {"keyid": keyid, "sig": other.sign(self.draft_file.read_bytes()).hex()}
        more.write_text(json.dumps(signature, separators=(",", ":")))
        self.apply(request, "--signatures", more)
        self.check("image", 2)

    def test_the_chain_that_was_imported_is_known_to_the_plan(self):
        roots = sorted(PAST.glob("[0-9]*.root.json"), key=lambda p: int(p.name.split(".")[0]))
        argv = [word for root in roots for word in ("--root", root)]
        request = self.motion("repository", "import", "image", "--yes", *argv)
        self.approve(request, *FIVE[:3])
        self.assertEqual(self.fate(request), "signed")
        plan = self.plan("image")
        self.assertEqual(plan["version"], len(roots) + 1)
        self.assertTrue(any(f"Versions 1 to {len(roots)} are in" in n for n in plan["notes"]))
        self.assertGreater(plan["old"]["elsewhere"], 0)

    def test_r12_an_old_draft_is_refused_and_a_cancelled_one_ends(self):
        self.plan("image")
        old = self.draft_file
        request = self.asked()["request"]
        self.root("cancel", request, *self.asker("image-service"))
        self.assertEqual(self.fate(request), "withdrawn")
        self.assertIn(b"there is no root to apply: the request is withdrawn",
                      self.apply(request, expect=3).stderr)
        kept = self.folder / "kept.draft"
        kept.write_bytes(old.read_bytes())
        self.rotate("image")
        for command in ("review", "sign"):
            words = self.asker("image-service") if command == "sign" else []
            changed = kept.read_bytes().replace(b'"expires":"2', b'"expires":"3')
            kept.write_bytes(changed)
            done = self.root(command, kept, *words, expect=3)
            self.assertIn(b"R12", done.stderr)

    def test_apply_is_done_once_and_never_over_other_bytes(self):
        request, done = self.rotate("director")
        file, newest = self.site / "1.root.json", self.site / "root.json"
        before = file.read_bytes()
        self.assertEqual(json.loads(self.apply(request).stdout), done)
        self.assertEqual(file.read_bytes(), before)
        file.write_bytes(before.replace(b"signatures", b"Signatures"))
        self.assertIn(b"is there already and holds other bytes", self.apply(request, expect=1).stderr)
        self.assertIn(b"Signatures", file.read_bytes())
        file.write_bytes(before)
        newest.unlink()  # as if the power went between the two
        self.apply(request)
        self.assertEqual(newest.read_bytes(), before)
        chain = []
        for _ in range(2):
            self.plan("director")
            later = self.asked()["request"]
            self.approve(later, *FIVE[:3])
            self.assertEqual(self.fate(later), "signed")
            chain.append(later)
        self.assertIn(b"apply the versions between", self.apply(later, expect=1).stderr)
        self.assertEqual(newest.read_bytes(), before)
        self.assertEqual(sorted(p.name for p in self.site.iterdir()),
                         ["1.root.json", "3.root.json", "root.json"])
        for request_of in (*chain, request):  # the first again: it is an older one by now
            self.apply(request_of)
        self.assertEqual(newest.read_bytes(), (self.site / "3.root.json").read_bytes())
        # One custodian more signs: the file has another signature, and the old one stays.
        self.approve(later, "dave")
        self.wait_until(lambda: b"other bytes" in self.apply(later, expect=None).stderr)


if __name__ == "__main__":
    unittest.main()
