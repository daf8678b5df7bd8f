"""An auditor's check of a governed house, live and without the appliance."""
import json
import unittest

from governing import Governing, policy
from scenario import PEOPLE

THREE = ["alice", "bob", "carol"]


class Audit(Governing):
    def govern(self):
        """A log with each kind of motion, a freeze, and a request over each charter."""
        self.house.start()
        self.sign("root", self.root_payload())
        made = self.motion("key", "generate", "image/root=ed25519")
        self.approve(made, *THREE)
        self.assertEqual(self.fate(made), "signed")
        frozen = self.freeze("dave", "role", "image/root")
        lift = self.motion("lift", frozen)
        self.approve(lift, "alice", "bob")
        self.assertEqual(self.fate(lift), "signed")
        self.house.enrol("erin")
        self.change(policy([*PEOPLE, "erin"]), *THREE, proofs=["erin"])
        time = self.motion("time", "state")
        self.approve(time, "alice", "bob", "erin")
        self.assertEqual(self.fate(time), "signed")
        self.sign("root", self.root_payload(2), "carol", "erin")
        self.freeze("erin", "everything")

    def export(self):
        log = self.folder / "log"
        self.house.conclave("log", "export", log, home="home-alice")
        return log

    def verify(self, log, expect=0):
        return self.house.conclave(
            "log", "verify", "--entries", log / "entries", "--checkpoint", log / "checkpoint",
            "--vkey", log / "vkey", "--json", expect=expect)

    def test_the_same_is_found_live_and_in_an_exported_log(self):
        self.govern()
        live = self.house.json("log", "verify", home="home-alice")
        log = self.export()
        self.house.stop()
        self.assertEqual(json.loads(self.verify(log).stdout), live)
        self.assertTrue(live["good"])
        self.assertEqual(live["motions"],
                         {"charter": 1, "import": 0, "keys": 1, "lift": 1, "mandate": 0, "time": 1})
        self.assertEqual((live["requests"], live["freezes"], live["in_force"], live["epoch"]),
                         (2, 2, 1, 2))
        self.assertEqual(live["kinds"]["frozen"], 2)
        self.assertEqual(live["not_at_hand"], 0)

    def check(self, proof, record, *options, expect=0, home="home-alice"):
        done = self.house.conclave("log", "check", proof, record, *options, "--json",
                                   expect=expect, home=home)
        return json.loads(done.stdout) if expect == 0 else done.stderr.decode()

    def test_a_record_and_its_proof_stand_by_themselves(self):
        self.house.start()
        request = self.submit("root", self.root_payload())
        self.approve(request, "alice", "bob")
        self.assertEqual(self.fate(request), "signed")
        proof, record, vkey = (self.folder / name for name in ("proof", "record", "vkey"))
        self.house.conclave("signature", request, "--proof", proof, "--record", record,
                            home="home-service")
        vkey.write_text(self.house.json("status", home="home-alice")["vkey"] + "\n")
        other = self.house.json("log", "prove", "0", home="home-alice")["proof"]
        self.house.stop()
        good = self.check(proof, record)
        self.assertEqual((good["kind"], good["record"]), ("outcome", record.read_text()))
        self.assertLess(good["index"], good["size"])
        self.assertEqual(self.check(proof, record, "--vkey", vkey, home="home-none"), good)
        self.assertIn("no log key is pinned in", self.check(
            proof, record, home="home-none", expect=1))
        changed = self.file("changed", record.read_bytes().replace(b"signature: ", b"signature; "))
        another = self.file("another", other.encode())
        for wrong in ((proof, changed), (another, record), (record, proof), (vkey, record)):
            self.assertIn("does not show that this record is in the log", self.check(*wrong, expect=5))

    def test_evidence_that_is_not_at_hand_is_said(self):
        self.govern()
        log = self.export()
        proofs = next(p for p in (log / "blobs").iterdir()
                      if p.read_bytes().startswith(b"conclave.proofs/v1\n"))
        proofs.unlink()
        said = json.loads(self.verify(log, expect=5).stdout)
        self.assertIn("is not at hand", said["findings"][0]["sentence"])
        self.assertEqual(said["finding_count"], 1)

    def test_a_changed_freeze_is_found(self):
        self.govern()
        log = self.export()
        record = next(p for p in (log / "entries").iterdir()
                      if p.read_bytes().startswith(b"conclave.frozen/v1\n"))
        record.write_bytes(record.read_bytes().replace(b"image/root", b"image/r00t"))
        said = json.loads(self.verify(log, expect=5).stdout)
        at = [f["rule"] for f in said["findings"] if f["record"] == int(record.name)]
        self.assertIn("R3", at)
        self.assertEqual(said["findings"][-1]["rule"], "R10")

    def test_the_list_says_what_records_are_about(self):
        self.govern()
        listed = self.house.json("log", "list", home="home-alice")["records"]
        words = {record["kind"]: record["what"] for record in listed}
        self.assertEqual(words["frozen"], "everything by erin: suspicion")
        self.assertEqual(words["decision"], "approve by erin")
        self.assertEqual(words["outcome"], "a freeze is in force")
        done = [r["what"] for r in listed if r["what"].startswith("conclave/") and
                r["kind"] == "outcome"]
        self.assertEqual(done, ["conclave/keys 1 is done, key made for image/root",
                                "conclave/lift 1 is done", "conclave/charter 2 is done",
                                "conclave/time 1 is done"])
        last = len(listed) - 1
        shown = self.house.json("log", "show", str(last), home="home-alice")
        self.assertEqual(shown["what"], listed[last]["what"])
        text = self.house.text("log", "list", home="home-alice")
        self.assertIn("everything by erin", text)


if __name__ == "__main__":
    unittest.main()
