"""Refusals are answers: a refusal, and every other end of a request, is a record that proves itself to
whoever has the log's key: offline with our command, and with a foreign program (tlog.py)."""
import hashlib
import json
import pathlib
import unittest

import tlog
from governing import Governing

ONES = "1" * 64


def fields(record):
    """A record's lines, by name."""
    return dict(line.split(": ", 1) for line in record.decode().splitlines()[1:])


class Proof(Governing):
    def setUp(self):
        super().setUp()
        self.house.start()
        self.vkey = self.house.json("status", home="home-alice")["vkey"]

    # ---- what is looked at, each time in both ways ----

    def check(self, proof, record, *options, expect=0):
        done = self.house.conclave("log", "check", proof, record, "--vkey", self.vkey, *options,
                                   "--json", home="home-none", expect=expect)
        return json.loads(done.stdout) if expect == 0 else done.stderr.decode()

    def proven(self, proof, record, kind, *options):
        """A record that stands by itself; its fields."""
        text = pathlib.Path(record).read_bytes()
        ours = self.check(proof, record, *options)
        foreign = tlog.check(pathlib.Path(proof).read_bytes(), text, self.vkey)
        self.assertEqual((ours["index"], ours["size"]), foreign)
        self.assertEqual(ours["kind"], kind)
        self.assertIn(text, self.records(kind))
        return fields(text)

    def fetched(self, index, kind):
        """The same of a record that is named by its index."""
        proof, record = (self.folder / f"{index}.{end}" for end in ("proof", "record"))
        self.house.conclave("log", "prove", str(index), "--out", proof, "--record", record,
                            home="home-bob")
        return self.proven(proof, record, kind)

    def end(self, request, folder="ends", home="home-bob"):
        """Fields of the record that ended a request, from `request proof`; and its files."""
        said = self.house.json("request", "proof", request, "--out", self.folder / folder, home=home)
        self.assertEqual(said["request"], request)
        kept = {pathlib.Path(p).suffix: pathlib.Path(p) for p in said["kept"]}
        text = ["--request", kept[".request"]] if ".request" in kept else []
        kind = kept[".record"].read_text().split("/", 1)[0].removeprefix("conclave.")
        return said["fate"], self.proven(kept[".proof"], kept[".record"], kind, *text), kept

    # ---- refusals ----

    def refuse(self, *options, requester="image-service", expect=3):
        self.payload = self.root_payload(7)
        path = self.file("root.payload", self.payload)
        return self.house.conclave(
            "request", "submit", *self.asker(requester), "--item", f"image/root={path}", *options,
            home="home-service", expect=expect)

    def test_r17_a_refused_request_is_an_answer_that_proves_itself(self):
        done = self.refuse("--keep", self.folder / "kept", "--json")
        said = json.loads(done.stdout)
        self.assertEqual(said["refused"]["rule"], "R12/root-next")
        self.assertIn(f"record {said['refused']['record']}: kept in", done.stderr.decode())
        text, record, proof = map(pathlib.Path, said["kept"])
        found = self.proven(proof, record, "refused", "--request", text)
        self.assertEqual((found["rule"], found["request"]),
                         ("R12/root-next", f"sha256:{said['request']}"))
        self.assertEqual(hashlib.sha256(text.read_bytes()).hexdigest(), said["request"])
        payload = hashlib.sha256(self.payload).hexdigest()
        self.assertIn(f"item: image/root 7 sha256:{payload}", text.read_text())
        # Later, by id, and by somebody else: the same record; its text is only where it was kept.
        fate, again, kept = self.end(said["request"])
        self.assertEqual((fate, again, set(kept)), ("refused", found, {".record", ".proof"}))
        self.assertEqual(kept[".record"].read_bytes(), record.read_bytes())
        self.wrong_ones(proof, record, text)

    def wrong_ones(self, proof, record, text):
        other = json.loads(self.refuse("--keep", self.folder / "other", "--json").stdout)
        text_2, record_2, proof_2 = map(pathlib.Path, other["kept"])
        self.assertIn("not about this request", self.check(
            proof, record, "--request", text_2, expect=5))
        changed = self.file("changed", record.read_bytes().replace(b"R12/", b"R11/"))
        for wrong in ((proof, record_2), (proof_2, record), (proof, changed), (text, record)):
            self.assertIn("does not show that this record is in the log",
                          self.check(*wrong, expect=5))
            with self.assertRaises(tlog.Unproven):
                tlog.check(*(path.read_bytes() for path in wrong), self.vkey)

    def test_people_are_told_where_it_stands(self):
        said = self.refuse().stderr.decode()
        index = said.split("conclave log prove ")[1].split()[0]
        self.assertTrue(said.startswith("conclave: R12/root-next: "), said)
        self.assertEqual(self.fetched(index, "refused")["rule"], "R12/root-next")

    def test_refused_statements_are_answers_too(self):
        request = self.submit("root", self.root_payload())
        self.approve(request, "alice")
        done = self.house.as_person("alice", "approve", request, "--yes", "--json", expect=3)
        said = json.loads(done.stdout)
        self.assertEqual(said["request"], request)
        found = self.fetched(said["refused"]["record"], "refused")
        self.assertEqual((found["request"], found["rule"]),
                         (f"sha256:{request}", said["refused"]["rule"]))
        # A refused freeze may be signed again, so its record names no request.
        done = self.house.as_person("bob", "freeze", "request", ONES, "--yes", "--json", expect=3)
        said = json.loads(done.stdout)
        found = self.fetched(said["refused"]["record"], "refused")
        self.assertEqual((said["request"], found["request"]), (None, "none"))
        self.assertEqual(found["rule"], "R11")

    def test_what_is_not_recorded_says_so(self):
        done = self.refuse("--keep", self.folder / "kept", "--json", requester="stranger")
        said = json.loads(done.stdout)
        self.assertIn("not recorded: nothing can prove it", done.stderr.decode())
        self.assertEqual((said["refused"]["recorded"], said["refused"]["record"]), (False, None))
        self.assertEqual([pathlib.Path(p).suffix for p in said["kept"]], [".request"])
        self.assertEqual(self.records("refused"), [])
        lost = self.house.conclave("request", "proof", said["request"], "--out", self.folder / "no",
                                   home="home-bob", expect=3)
        self.assertIn("the log has nothing about this request", lost.stderr.decode())
        long = self.refuse("--keep", str(self.folder) + "/." * 2020, expect=1)
        self.assertIn("the path is too long", long.stderr.decode())
        request = self.submit("root", self.root_payload())
        done = self.house.conclave("request", "withdraw", request, *self.asker("stranger"),
                                   home="home-service", expect=3)
        self.assertIn("not recorded: nothing can prove it", done.stderr.decode())

    # ---- other ends ----

    def test_every_end_proves_itself(self):
        late = self.submit("root", self.root_payload(), expires="2s")
        taken = self.submit("root", self.root_payload())
        self.house.conclave("request", "withdraw", taken, *self.asker("image-service"),
                            home="home-service")
        unwanted = self.submit("root", self.root_payload())
        for name in ("alice", "bob", "carol"):
            self.house.as_person(name, "reject", unwanted, "--yes")
        waiting = self.submit("root", self.root_payload())
        done = self.house.conclave("request", "proof", waiting, "--out", self.folder / "no",
                                   home="home-bob", expect=4)
        self.assertIn("the request waits", done.stderr.decode())
        self.assertEqual(self.fate(late), "expired")
        for request, fate in ((late, "expired"), (taken, "withdrawn"), (unwanted, "rejected")):
            said, found, kept = self.end(request)
            self.assertEqual((said, found["how"], found["request"]),
                             (fate, fate, f"sha256:{request}"))
            self.assertIn(".request", kept)
        self.approve(waiting, "alice", "bob")
        self.assertEqual(self.fate(waiting), "signed")
        said, found, _ = self.end(waiting)
        self.assertEqual(said, "signed")
        self.assertIn("image/root 1 sha256:", found["signature"])
        listed = self.house.text("request", "proof", waiting, "--out", self.folder / "ends",
                                 home="home-bob").splitlines()
        self.assertEqual([pathlib.Path(p).suffix for p in listed], [".request", ".record", ".proof"])


if __name__ == "__main__":
    unittest.main()
