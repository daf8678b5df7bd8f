"""Delays, time-outs, rates and quotas: what only has to wait waits, and what is over is counted."""
import hashlib
import time
import unittest

import tuf
from governing import Governing, policy
from scenario import PEOPLE

KEY = ["{type: ed25519, count: 1}"]


def limited(**extra):
    """A house whose targets are limited so."""
    roles = {"root": ("everyone", 2, "threshold: 1", KEY),
             "targets": ("everyone", 2, "threshold: 1\n" + extra.pop("targets", ""), KEY),
             "snapshot": ("everyone", 2, "threshold: 1", KEY),
             "timestamp": ("everyone", 2, "threshold: 1", KEY)}
    return policy(roles=roles, **extra)


class Limits(Governing):
    def serve(self, text):
        self.found_house(text, PEOPLE)
        self.house.start()
        self.sign("root", self.root_payload(), "alice", "bob")

    def targets(self, version):
        return tuf.targets(version, {"gateway.img": str(version).encode()})

    def test_r4_a_delay_runs_from_the_opening_and_a_freeze_is_the_veto(self):
        self.serve(limited(targets="delay: 3s"))
        began = time.monotonic()
        request = self.submit("targets", self.targets(1))
        self.approve(request, "alice", "bob")
        self.assertEqual(self.fate(request), "signed")
        self.assertGreaterEqual(time.monotonic() - began, 2)  # times are whole seconds
        vetoed = self.submit("targets", self.targets(2))
        frozen = self.freeze("dave", "request", vetoed)
        self.approve(vetoed, "alice", "bob")
        self.assertEqual(self.fate(vetoed, seconds=5), "open")
        self.assertEqual([f["freeze"] for f in self.freezes()], [frozen])
        self.check_log()

    def test_r4_approvals_are_waited_for_as_long_as_the_role_says(self):
        self.serve(limited(targets="approve_within: 3s"))
        request = self.submit("targets", self.targets(1))
        self.approve(request, "alice")
        self.assertEqual(self.fate(request), "expired")
        self.check_log()

    def test_r17_a_role_signs_at_its_rate(self):
        self.serve(limited(targets="rate: {count: 2, per: 6s}"))
        began = time.monotonic()
        for version in (1, 2, 3):
            request = self.submit("targets", self.targets(version))
            self.approve(request, "alice", "bob")
            self.assertEqual(self.fate(request, seconds=20), "signed")
        self.assertGreaterEqual(time.monotonic() - began, 5)
        self.check_log()

    def test_r17_what_is_over_a_quota_is_refused_without_a_record_and_counted(self):
        text = limited().replace("key: image-service.key.pub}",
                                 "key: image-service.key.pub, quota: {open: 2}}")
        self.serve(text)
        requests = [self.submit("targets", self.targets(v)) for v in (1, 2)]
        before = self.house.json("status", home="home-alice")["records"]
        for version in (3, 4, 5):
            done = self.submit("targets", self.targets(version), expect=3)
            self.assertIn(b"R17", done.stderr)
            self.assertIn(b"not recorded: nothing can prove it", done.stderr)
        self.assertEqual(self.house.json("status", home="home-alice")["records"], before)
        self.approve(requests[0], "alice", "bob")
        self.assertEqual(self.fate(requests[0]), "signed")
        self.house.stop()
        counted = self.records("quota")
        self.assertEqual(len(counted), 1)
        self.assertIn(b"\ncount: 3\n", counted[0])
        self.house.start()
        self.check_log()

    def test_r17_starts_name_their_programs_and_stops_are_recorded(self):
        self.house.start()
        self.house.stop()
        starts, stops = self.records("start"), self.records("stop")
        self.assertEqual((len(starts), len(stops)), (1, 1))
        for program in ("conclaved", "conclave-gate", "conclave-keeper", "conclave-ledger",
                        "conclave-vault"):
            file = (self.house.build / program).read_bytes()
            self.assertIn(f"\nprogram: {program} sha256:{hashlib.sha256(file).hexdigest()}\n"
                          .encode(), starts[0])


if __name__ == "__main__":
    unittest.main()
