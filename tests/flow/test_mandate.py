"""Mandates: what the appliance signs with nobody present, and what it does not, by the real programs."""
import json
import subprocess
import unittest

import terminal
import uptane
from house import MODULE
from mandates import HARDWARE, Mandates, policy, vehicle
from scenario import PEOPLE

FLEET = 128


class Mandate(Mandates):
    # ---- what is signed ----

    def test_a_fleet_is_signed_for_in_three_requests(self):
        fleet = range(FLEET)
        targets, snapshots, timestamps = {}, {}, {}
        for n in fleet:
            targets.update(self.targets(n, 1, data=b"gateway %d" % n))
        targets = self.ask(targets)
        for n in fleet:
            snapshots.update(self.snapshot(n, 1, 1, targets[f"director/targets@{vehicle(n)}"]))
        snapshots = self.ask(snapshots, targets.values())
        for n in fleet:
            timestamps.update(
                self.timestamp(n, 1, 1, snapshots[f"director/snapshot@{vehicle(n)}"]))
        timestamps = self.ask(timestamps, snapshots.values())
        for n in range(0, FLEET, 32):
            place = vehicle(n)
            listed = targets[f"director/targets@{place}"].read_bytes()
            self.check_file(targets[f"director/targets@{place}"], "targets")
            self.check_file(snapshots[f"director/snapshot@{place}"], "snapshot",
                            files={"targets.json": listed})
            self.check_file(timestamps[f"director/timestamp@{place}"], "timestamp", files={
                "snapshot.json": snapshots[f"director/snapshot@{place}"].read_bytes()})
        self.assertEqual(self.shown("director/targets")["reserved"], 256)
        self.house.conclave("log", "verify", home="home-alice")

    def test_a_request_that_was_signed_at_once_is_shown_fetched_and_proven(self):
        signed = self.ask({**self.targets(1, 1), **self.targets(2, 7)})
        shown = self.house.json("request", "show", self.request, home="home-alice")
        self.assertEqual((shown["fate"], shown["by_mandate"], shown["requester"]),
                         ("signed", True, "director-service"))
        self.assertEqual([(i["role"], i["version"]) for i in shown["items"]],
                         [("director/targets@VIN00001", 1), ("director/targets@VIN00002", 7)])
        words = self.house.text("request", "show", self.request, home="home-alice")
        self.assertIn("never: mandates signed it at once", words)
        again = self.fetched(self.request)
        for name, path in signed.items():
            self.assertEqual(again[name].read_bytes(), path.read_bytes())
        out = self.folder / "proof"
        self.house.conclave("request", "proof", self.request, "--out", out, home="home-service")
        self.assertEqual(sorted(p.suffix for p in out.iterdir()), [".proof", ".record", ".request"])
        waited = self.house.json("request", "wait", self.request, home="home-service")
        self.assertEqual(waited["fate"], "signed")
        self.assertEqual(self.house.json("status", home="home-alice")["mandates"], 5)
        listed = self.house.text("log", "list", home="home-alice")
        self.assertIn("1 mandate, for director-service", listed)
        self.check_export()

    def check_export(self):
        """An auditor without the appliance has everything that the signatures are held against."""
        log = self.folder / "log"
        self.house.conclave("log", "export", log, home="home-alice")
        found = self.house.json("log", "verify", "--entries", log / "entries", "--checkpoint",
                                log / "checkpoint", "--vkey", log / "vkey", home="home-none")
        self.assertEqual((found["under_mandates"], found["not_at_hand"]), (1, 0))

    def test_an_image_repository_has_its_targets_by_quorum_and_the_rest_by_mandate(self):
        image = uptane.image_target(b"gateway", "gateway", "1.4.0", [HARDWARE])
        targets = self.by_quorum({"image/targets": uptane.targets(1, {"gateway.img": image})})
        targets = targets["image/targets"]
        snapshot = self.ask({"image/snapshot": uptane.snapshot(1, {
            "targets.json": (1, targets.read_bytes())})}, [targets], "image-service")
        snapshot = snapshot["image/snapshot"]
        timestamp = self.ask({"image/timestamp": uptane.timestamp(1, 1, snapshot.read_bytes())},
                             [snapshot], "image-service")["image/timestamp"]
        self.check_file(snapshot, "snapshot", "image", {"targets.json": targets.read_bytes()})
        self.check_file(timestamp, "timestamp", "image", {"snapshot.json": snapshot.read_bytes()})
        # Without vehicles versions rise, whatever the keeper says.
        self.refused("R12", {"image/timestamp": uptane.timestamp(1, 1, snapshot.read_bytes(), 2)},
                     evidence=[snapshot], service="image-service")
        self.refused("ask for them in two requests", {
            "image/targets": uptane.targets(2, {"gateway.img": image}),
            "image/timestamp": uptane.timestamp(2, 1, snapshot.read_bytes())},
            evidence=[snapshot], service="image-service")
        self.house.conclave("log", "verify", home="home-alice")

    # ---- what is not ----

    def test_r12_every_line_of_a_mandate_is_held(self):
        self.mandate("director/targets", versions="10-20", count="3", longest="2d")
        self.refused("R5: ", self.targets(1, 10), service="image-service")
        self.refused("R12: ", self.targets(1, 9))
        self.refused("R12: ", self.targets(1, 21))
        self.refused("R6: ", self.targets(1, 10, days=3))
        self.refused("R2: ", {"director/targets": self.targets(1, 10).popitem()[1]})
        self.refused("R2: ", {"image/snapshot@VIN1": uptane.snapshot(1, {})},
                     service="image-service")
        self.ask({**self.targets(1, 10), **self.targets(2, 20)})
        self.refused("R12/version-once: ", self.targets(1, 10, data=b"another"))
        # One number is left.
        self.refused("R12: ", {**self.targets(3, 11), **self.targets(4, 11)})
        self.ask(self.targets(3, 11))
        self.refused("R12: ", self.targets(4, 11))
        shown = self.shown("director/targets")
        self.assertEqual((shown["number"], shown["count"], shown["reserved"]), (2, 3, 3))
        self.assertEqual(sorted(shown["approved"]), ["alice", "bob"])
        self.house.conclave("log", "verify", home="home-alice")

    def test_r6_a_mandate_ends_at_its_time(self):
        self.mandate("director/targets", until="5s")
        self.ask(self.targets(1, 1))
        self.wait_until(lambda: self.shown("director/targets")["state"] == "over")
        self.refused("ended", self.targets(1, 2))

    def test_r2_what_cannot_be_a_mandate_is_refused(self):
        for name, words, lines in (
                ("image/targets", "R2: ", {}), ("director/root", "R2: ", {}),
                ("director/targets", "R6: ", {"longest": "366d", "until": "0s"}),
                ("director/targets", "R12: ", {"versions": "1-1"})):
            if name == "director/targets" and "versions" in lines:
                self.ask(self.targets(1, 1))
            done = self.propose_mandate(name, expect=3, **lines)
            self.assertIn(words, done.stderr.decode())

    # ---- what ends one ----

    def test_one_administrator_revokes_a_mandate_for_good(self):
        self.ask(self.targets(1, 1))
        before = self.shown("director/targets")
        self.revoke("director/targets")
        self.assertEqual(self.shown("director/targets")["state"], "ended")
        self.refused("R7: ", self.targets(1, 2))
        done = self.revoke("director/targets", expect=1)
        self.assertIn("has ended: there is nothing to revoke", done.stderr.decode())
        self.assertEqual(self.freezes(), [])
        listed = self.house.text("log", "list", home="home-alice")
        self.assertIn("the mandate of director/targets, revoked by dave: suspicion", listed)
        # The next begins above what may have been signed.
        after = self.mandate("director/targets")
        self.assertEqual((after["number"], after["state"]), (2, "live"))
        self.assertEqual(after["first"], before["highest"] + 1)
        self.refused("R12: ", self.targets(1, before["highest"]))
        self.ask(self.targets(1, before["highest"] + 1))
        states = {m["role"]: m["state"] for m in self.house.json(
            "mandate", "list", home="home-alice")["mandates"]}
        self.assertEqual(states["director/targets"], "live")
        self.house.conclave("log", "verify", home="home-alice")

    def test_who_revokes_reads_before_the_pin_that_nothing_lifts_it(self):
        house = self.house
        for typed, status in (("freeze", 1), ("revoke", 0)):
            screen = terminal.run(
                [house.build / "conclave", "--socket", house.socket, "--home",
                 house.folder / "home-dave", "mandate", "revoke", "director/targets", "--module",
                 MODULE, "--token", "dave"], env={"SOFTHSM2_CONF": str(house.softhsm("people"))},
                answers={"Type revoke": typed, "PIN": house.pins["dave"]})
            self.assertEqual(screen.status, status, screen.text)
            question = screen.text.partition("Type revoke")[0]
            self.assertIn("What is revoked: mandate director/targets sha256:", question)
            self.assertIn("This cannot be lifted", question)
            self.assertNotIn("PIN", question)
            self.assertEqual("PIN" in screen.text, status == 0)
        self.assertEqual(self.shown("director/targets")["state"], "ended")

    def test_a_frozen_role_is_not_signed_for(self):
        freeze = self.freeze("dave", "role", "director/targets")
        self.refused("An administrator froze what this asks for", self.targets(1, 1))
        request = self.motion("lift", freeze)
        self.approve(request, "alice", "bob")
        self.assertEqual(self.fate(request), "signed")
        self.ask(self.targets(1, 1))

    def test_r7_a_charter_that_changes_the_role_ends_its_mandate(self):
        self.ask(self.targets(1, 1))
        self.change(policy(most={"director/targets": "100d"}), "alice", "bob", "carol")
        states = {m["role"]: m["state"] for m in self.house.json(
            "mandate", "list", home="home-alice")["mandates"]}
        self.assertEqual(states.pop("director/targets"), "ended")
        self.assertEqual(set(states.values()), {"live"})
        self.refused("R7: ", self.targets(1, 2))
        self.house.conclave("log", "verify", home="home-alice")

    def test_a_stop_loses_the_rest_of_a_block_and_gains_nothing(self):
        self.ask(self.targets(1, 1))
        self.assertEqual(self.shown("director/targets")["reserved"], 256)
        self.house.stop()
        self.house.start()
        self.refused("R12/version-once: ", self.targets(1, 1, data=b"another"))
        self.ask(self.targets(1, 2))
        self.assertEqual(self.shown("director/targets")["reserved"], 512)
        self.house.conclave("log", "verify", home="home-alice")

    # ---- what is said ----

    def test_r17_what_passes_is_worth_another_try(self):
        done = self.refused("R5: ", self.targets(1, 1), service="eager-service")
        self.assertNotIn("try again", done.stderr.decode())
        done = self.refused("R17: ", self.targets(1, 1), service="eager-service")
        self.assertIn("what stands against it passes: try again later", done.stderr.decode())

    def test_where_the_answer_should_go_there_is_no_room(self):
        for words, *argv in (("the table cannot be printed", "list"),
                             ("the output cannot be written", "show", "director/targets",
                              "--json")):
            with open("/dev/full", "wb") as full:
                done = subprocess.run(
                    [self.house.build / "conclave", "--socket", self.house.socket, "--home",
                     self.house.folder / "home-alice", "mandate", *argv],
                    stdout=full, stderr=subprocess.PIPE, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn(words, done.stderr.decode())


if __name__ == "__main__":
    unittest.main()
