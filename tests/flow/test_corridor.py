"""The corridor: real metadata goes in, a detached signature comes out; and what is refused."""
import pathlib
import subprocess
import unittest

import tuf
from scenario import PEOPLE, Flow

IMAGES = {"gateway.img": b"gateway firmware", "brake.img": b"brake firmware"}


class Corridor(Flow):
    def test_five_processes_each_with_its_own_libraries(self):
        self.house.start()
        pids = self.house.pids()
        self.assertEqual(sorted(pids), ["gate", "keeper", "ledger", "vault"])
        only = {"protobuf": "gate", "event": "gate", "softhsm": "vault", "sqlite": "ledger",
                "yaml": None, "systemd": None}
        for room, pid in pids.items():
            maps = pathlib.Path(f"/proc/{pid}/maps").read_text()
            for library, owner in only.items():
                self.assertEqual(f"lib{library}" in maps, owner == room, (library, room))

    def test_r18_rooms_cannot_be_dumped_and_gain_no_privileges(self):
        self.house.start()
        for room, pid in self.house.pids().items():
            status = pathlib.Path(f"/proc/{pid}/status").read_text()
            self.assertIn("NoNewPrivs:\t1", status, room)
            self.assertIn("Seccomp:\t2", status, room)
            limits = pathlib.Path(f"/proc/{pid}/limits").read_text()
            core = next(l for l in limits.splitlines() if l.startswith("Max core file size"))
            self.assertEqual(core.split()[4:6], ["0", "0"], room)

    def test_r1_a_repository_is_signed_from_root_to_timestamp(self):
        self.house.start()
        self.sign("root", self.root_payload())
        targets = self.sign("targets", tuf.targets(1, IMAGES))
        snapshot = self.sign("snapshot", tuf.snapshot(
            1, {"targets.json": (1, targets.read_bytes())}), evidence=[targets])
        self.sign("timestamp", tuf.timestamp(1, 1, snapshot.read_bytes()), evidence=[snapshot])
        self.check_log()

    def test_r8_what_was_signed_stands_after_a_restart(self):
        self.house.start()
        self.sign("root", self.root_payload())
        self.house.stop()
        self.house.start()
        self.sign("targets", tuf.targets(1, IMAGES))
        self.check_log()

    def test_r11_asking_again_returns_the_recorded_fate(self):
        self.house.start()
        request = self.submit("root", self.root_payload())
        self.approve(request, "alice", "bob")
        self.assertEqual(self.fate(request), "signed")
        first = self.house.text("signature", request, "--format", "tuf", home="home-service")
        again = self.house.text("signature", request, "--format", "tuf", home="home-service")
        self.assertEqual(first, again)
        self.assertEqual(len(self.records("outcome")), 1)
        self.check_log()

    def test_r12_a_request_that_an_outcome_overtook_is_opened_anew(self):
        self.house.start()
        self.sign("root", self.root_payload())
        first = self.submit("targets", tuf.targets(1, IMAGES))
        second = self.submit("targets", tuf.targets(2, IMAGES))
        same = self.submit("targets", tuf.targets(1, {"gateway.img": b"other"}))
        self.approve(second, "alice", "bob")
        self.approve(same, "alice", "bob")
        self.approve(first, "alice", "bob", "carol")
        self.assertEqual(self.fate(first), "signed")
        self.assertEqual(self.fate(same), "refused")  # version 1 has a payload already
        self.wait_until(lambda: len([t for t in self.records("opened")
                                     if second.encode() in t]) == 2)
        # Two real approvals were given to the old opening: one more is no quorum.
        self.approve(second, "carol")
        self.assertEqual(self.fate(second, seconds=1), "open")
        self.approve(second, "alice", "bob")
        self.assertEqual(self.fate(second), "signed")
        self.check_log()

    def test_r5_rejections_end_a_request_when_its_quorum_is_out_of_reach(self):
        self.house.start()
        request = self.submit("root", self.root_payload())
        for name in PEOPLE[:3]:
            self.house.as_person(name, "reject", request, "--yes")
        self.assertEqual(self.fate(request), "rejected")
        self.house.approve("dave", request, expect=3)

    def test_r5_the_requesters_person_and_second_votes_never_count(self):
        self.house.start()
        request = self.submit("root", self.root_payload(), requester="dave-tool")
        self.assertIn(b"R5", self.house.approve("dave", request, expect=3).stderr)
        self.approve(request, "alice")
        self.assertIn(b"R5", self.house.approve("alice", request, expect=3).stderr)
        self.assertEqual(self.fate(request, seconds=1), "open")
        self.assertEqual(len(self.records("refused")), 2)

    def test_r4_a_request_expires_when_its_quorum_is_not_complete_in_time(self):
        self.house.start()
        request = self.submit("root", self.root_payload(), expires="2s")
        self.approve(request, "alice")
        self.assertEqual(self.fate(request), "expired")
        self.house.approve("bob", request, expect=3)
        self.assertEqual(self.records("outcome"), [])

    def test_withdrawn_is_withdrawn(self):
        self.house.start()
        request = self.submit("root", self.root_payload())
        self.house.conclave("request", "withdraw", request, "--requester",
                            self.house.folder / "image-service.key", home="home-service")
        self.assertEqual(self.fate(request), "withdrawn")
        self.house.approve("alice", request, expect=3)


class Refusals(Flow):
    def refused(self, rule, role, payload, recorded=True, **options):
        before = len(self.records("refused"))
        done = self.submit(role, payload, expect=3, **options)
        self.assertRegex(done.stderr.decode(), rf"{rule}(/[a-z0-9-]+)?:")
        self.assertEqual(len(self.records("refused")) - before, 1 if recorded else 0)

    def test_r2_payloads_that_are_not_understood(self):
        self.house.start()
        good = self.root_payload()
        self.refused("R2", "root", good.replace(b'"version":', b'"version": '))
        self.refused("R2", "root", good + b"\n")
        self.refused("R2", "root", good[:-1])
        self.refused("R2", "root", good.replace(b'"_type":"root"', b'"_type":"targets"'))
        self.refused("R2", "root", good.replace(b'"version":', b'"vers":1,"version":'))
        self.refused("R2", "root", good.replace(b'{"_type":"root",', b'{"_type":"root","_type":"root",'))
        self.refused("R12", "root", self.root_payload(2))
        self.refused("R12", "targets", tuf.targets(1, IMAGES))  # no root yet
        self.assertEqual(self.records("opened"), [])

    def test_expired_and_too_long_lived_payloads(self):
        self.house.start()
        for days in (-1, 400):
            done = self.submit("root", self.root_payload(days=days), expect=3)
            self.assertRegex(done.stderr.decode(), r"R\d+/[a-z-]+: .*expire")

    def test_r21_an_unknown_requester_is_refused_and_not_recorded(self):
        self.house.start()
        self.refused("R21", "root", self.root_payload(), recorded=False, requester="stranger")

    def test_old_versions(self):
        self.house.start()
        self.sign("root", self.root_payload())
        self.sign("targets", tuf.targets(3, IMAGES))
        self.refused("R12", "targets", tuf.targets(2, IMAGES))
        self.refused("R12", "targets", tuf.targets(3, {"gateway.img": b"other"}))

    def test_r4_an_approval_is_good_for_one_opening_of_one_request(self):
        # The tool signs only what the appliance shows it, so replays are tried by the hostile rooms;
        # here: a request that is not there.
        self.house.start()
        self.house.approve("alice", "ab" * 32, expect=3)


class Daemon(Flow):
    def test_r19_a_wrong_pin_is_tried_once_and_has_its_own_exit_status(self):
        self.house.spawn(pin="not the pin")
        self.assertEqual(self.house.wait(), 77)
        self.assertIn("PIN", self.house.last_words())
        self.house.start()

    def test_a_missing_token_is_a_sentence(self):
        config = self.house.folder / "conclaved.yaml"
        config.write_text(config.read_text().replace("label: appliance", "label: nowhere"))
        self.house.spawn()
        self.assertEqual(self.house.wait(), 69)
        self.assertIn("nowhere", self.house.last_words())

    def test_a_second_daemon_on_the_same_ledger_is_refused(self):
        self.house.start()
        first = self.house.daemon
        config = self.house.folder / "conclaved.yaml"
        config.write_text(config.read_text().replace("conclave.sock", "second.sock"))
        second = self.house.spawn()
        self.assertNotEqual(second.wait(timeout=20), 0)
        self.assertIn("ledger", self.house.last_words())
        self.house.daemon = first
        self.house.conclave("status", home="home-none")

    def test_killing_any_room_but_the_gate_stops_everything(self):
        for room in ("keeper", "ledger", "vault"):
            self.house.start()
            subprocess.run(["kill", "-9", str(self.house.pids()[room])], check=True)
            self.assertNotEqual(self.house.wait(), 0, room)

    def test_r9_a_full_disk_refuses_and_loses_nothing(self):
        ledger = self.house.ledger
        kept = self.folder / "kept"
        ledger.rename(kept)
        ledger.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", ledger]).returncode:
            self.skipTest("a tmpfs cannot be mounted here")
        try:
            for file in kept.iterdir():
                (ledger / file.name).write_bytes(file.read_bytes())
            self.house.start()
            big = {f"image-{i:05}.img": bytes([i % 251]) * 9 for i in range(40000)}
            done = self.submit("targets", tuf.targets(1, big), expect=None)
            self.assertEqual(done.returncode, 3)
            filler = ledger / "filler"
            filler.write_bytes(b"x" * (10 << 20))
            done = self.submit("root", self.root_payload(), expect=3)
            self.assertIn(b"R9:", done.stderr)
            filler.unlink()
            self.sign("root", self.root_payload())
            self.check_log()
        finally:
            self.house.stop()
            subprocess.run(["umount", ledger], check=True)


if __name__ == "__main__":
    unittest.main()
