"""Mandates under attack and under power cuts: no signature that no mandate covers, whoever was taken
over; nothing signed twice where it may not be; and what can happen to a vehicle is found in the log."""
import json
import os
import random
import re
import signal
import time
import unittest

import uptane
from mandates import HARDWARE, Mandates, vehicle
from scenario import copy_house

LONG = "CONCLAVE_KILLS" in os.environ  # ./run faults
STEPS = [  # what the house was doing between ledger and vault when it died
    ("mandate", 1, "before"),  # the order has not reached the vault
    ("reserve", 1, "before"),  # judged; numbers are missing
    ("execute", 1, "before"),  # the reservation is durable, not sealed
]
SEALED = [
    ("sealed", 1, "before"),   # the ledger does not know it
    ("mandate", 2, "before"),  # no number is used
    ("mandate", 2, "after"),   # signing
    ("outcome", 1, "before"),  # signed and verified, and the ledger does not know
    ("outcome", 1, "after"),   # order and outcome perhaps become durable
]
STORED = [
    ("release", 1, "before"),  # under no checkpoint
    ("release", 1, "after"),   # being released
]
# What ./run faults tries too.
LONG_STEPS = [("mandate", 1, "before"), ("mandate", 2, "before"), ("outcome", 1, "after")]


class Faults(Mandates):
    def restart(self, word=None, *hostile):
        self.house.stop()
        self.house.start(**({"rooms": self.rooms(word, *hostile)} if word else {}))

    def verify(self, expect=0):
        done = self.house.conclave("log", "verify", home="home-alice", expect=expect)
        return (done.stdout + done.stderr).decode()

    def orders_so_far(self):
        """How many orders under mandates are in the log of the house, which stops."""
        self.house.stop()
        return len(self.records("mandated"))


class Hostile(Faults):
    # ---- keeper ----

    def narrow(self):
        """Mandates of which each covers little; a role that is frozen."""
        self.mandate("director/targets", versions="10-20", count="258", longest="2d")  # a start costs 256
        self.mandate("director/timestamp", until="3s")
        self.ask(self.targets(1, 10))
        self.revoke("director/snapshot")
        self.freeze("dave", "role", "image/snapshot")
        self.wait_until(lambda: self.shown("director/timestamp")["state"] == "over")

    def uncovered(self):
        """(rule, items, who asks) that no mandate covers."""
        targets, snapshot = self.targets(1, 11), uptane.snapshot(1, {})
        image = uptane.targets(1, {})
        ours, theirs = "director-service", "image-service"
        return [
            ("R5", targets, theirs),
            ("R12", self.targets(1, 9), ours),
            ("R12", self.targets(1, 21), ours),
            ("R6", self.targets(1, 11, days=3), ours),
            ("R2", {"director/targets": targets[f"director/targets@{vehicle(1)}"]}, ours),
            ("R2", {f"director/targets@{vehicle(1)}": uptane.snapshot(11, {})}, ours),
            ("R2", {"image/targets": image}, theirs),
            ("R2", {"image/targets": image, "image/timestamp": uptane.timestamp(1, 1, b"")}, theirs),
            ("R2", {f"image/timestamp@{vehicle(1)}": uptane.timestamp(1, 1, b"")}, theirs),
            ("R6", {"image/snapshot": snapshot}, theirs),
            ("R7", {f"director/snapshot@{vehicle(1)}": snapshot}, ours),
            ("R6", {f"director/timestamp@{vehicle(1)}": uptane.timestamp(1, 1, b"")}, ours),
            ("R12", {**targets, **self.targets(2, 11), **self.targets(3, 11)}, ours),
        ]

    def test_r6_what_a_keeper_orders_that_no_mandate_covers_the_vault_refuses(self):
        self.narrow()
        self.restart("lawless", "keeper")
        for rule, items, service in self.uncovered():
            with self.subTest(f"{rule} {sorted(items)}"):
                self.refused(f"{rule}: ", items, service=service)
        self.ask(self.targets(2, 10))
        self.restart()
        self.verify()
        self.assertEqual(self.orders_so_far(), 2)

    def test_r3_a_keeper_can_ask_neither_in_a_requesters_name_nor_under_a_mandate_of_its_own(self):
        for word, rule in (("forge", "R3: "), ("misname", "R7: ")):
            self.restart(word, "keeper")
            self.refused(rule, self.targets(1, 1))
        self.restart()
        self.verify()
        self.assertEqual(self.orders_so_far(), 0)

    def test_a_keeper_that_orders_twice_halts_the_house(self):
        self.restart("twice", "keeper")
        self.ask(self.targets(1, 1), expect=None)
        self.assertEqual(self.house.wait(), 75)
        self.assertIn("a second order while one is in flight", self.house.last_words())
        self.restart()
        self.ask(self.targets(1, 2))
        self.verify()

    def test_r12_a_keeper_that_lets_a_vehicles_versions_fall_halts_the_house(self):
        self.ask(self.targets(1, 5))
        self.restart("lawless", "keeper")
        done = self.ask(self.targets(1, 4), expect=None)
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(self.house.wait(), 75)
        self.assertIn("below what was signed last", self.house.last_words())
        self.restart()
        self.verify()
        self.refused("R12/", self.targets(1, 4))
        self.assertEqual(self.orders_so_far(), 1)

    # ---- ledger ----

    def test_r1_a_ledger_gets_nothing_signed_but_what_was_asked(self):
        for at, word in enumerate(("payload", "requester"), 1):
            self.restart(word, "ledger")
            self.refused("R1: ", self.targets(1, at))
        self.assertEqual(self.orders_so_far(), 0)

    def test_a_ledger_that_says_what_nobody_ordered_halts_the_house(self):
        """The first of two requests may be signed as it was asked, and nothing else."""
        for at, (word, most) in enumerate(
                (("order", 0), ("redo", 0), ("again", 1), ("swap", 1)), 1):
            with self.subTest(word):
                before = self.orders_so_far()
                self.house.start(rooms=self.rooms(word, "ledger"))
                for n in (1, 2):
                    self.ask(self.targets(n, at), expect=None)
                self.assertEqual(self.house.wait(), 75)
                self.assertLessEqual(self.orders_so_far(), before + most)
        self.house.start()
        self.ask({**self.targets(1, at + 1), **self.targets(2, at + 1)})
        self.verify()

    def test_r10_a_ledger_that_shows_another_state_halts_the_house(self):
        self.ask(self.targets(1, 1))
        self.house.stop()
        self.house.spawn(rooms=self.rooms("state", "ledger"))
        self.assertEqual(self.house.wait(), 70)
        self.restart()
        self.verify()

    # ---- both ----

    def test_keeper_and_ledger_together_get_no_signature_that_no_mandate_covers(self):
        self.narrow()
        self.restart("lawless", "keeper", "ledger")
        for rule, items, service in self.uncovered():
            with self.subTest(f"{rule} {sorted(items)}"):
                self.refused(f"{rule}: ", items, service=service)
        self.assertEqual(self.orders_so_far(), 1)
        self.house.start()
        self.verify()

    def test_r12_what_a_ledger_does_to_a_vehicle_the_audit_finds(self):
        """SECURITY.md: under a mandate the last version of each vehicle is the ledger's word."""
        self.ask(self.targets(1, 5))
        self.restart("lawless", "ledger")
        self.ask(self.targets(1, 3))
        self.ask(self.targets(1, 5, data=b"another"))
        found = self.verify(expect=5)
        self.assertEqual(found.count("had signed version 5 already"), 2, found)


class Crash(Faults):
    listed = None  # a house in which the Image repository's Targets are signed

    def setUp(self):
        super().setUp()
        if Crash.listed is None:
            image = uptane.image_target(b"gateway", "gateway", "1.4.0", [HARDWARE])
            signed = self.by_quorum({"image/targets": uptane.targets(1, {"gateway.img": image})})
            self.house.stop()
            Crash.listed = self.keep(self.house), signed["image/targets"].read_bytes()
        self.house.stop()

    def image_snapshot(self, version, days):
        return {"image/snapshot": uptane.snapshot(
            version, {"targets.json": (1, Crash.listed[1])}, days)}

    def test_r12_at_each_step_no_version_is_signed_twice(self):
        steps = STEPS + SEALED + STORED
        for step in steps if LONG else [s for s in steps if s not in LONG_STEPS]:
            with self.subTest(step):
                self.house = copy_house(Crash.listed[0], self.folder / "-".join(map(str, step)))
                try:
                    self.crash_at(step)
                finally:
                    self.house.stop()

    def crash_at(self, step):
        self.house.start(rooms=self.relay(*step))
        file = self.folder / "targets.json"
        file.write_bytes(Crash.listed[1])
        done = self.ask(self.image_snapshot(1, 7), [file], "image-service", expect=None)
        self.house.wait()
        self.house.start()
        self.check_fate(step, done)
        other = self.image_snapshot(1, 6)
        if step not in STEPS:  # it may have been signed: never over other bytes
            self.refused("R12", other, evidence=[file], service="image-service")
            other = self.image_snapshot(257, 6)
        self.ask(other, [file], "image-service")
        self.verify()

    def check_fate(self, step, done):
        """Whoever asked has the files, or hears which request it can ask for."""
        if done.returncode == 0:
            return
        words = done.stderr.decode()
        self.assertRegex(words, "the request may have been taken all the same|"
                                "the request is signed all the same: fetch it with")
        request = re.search("[0-9a-f]{64}", words).group()
        answer = json.loads(self.house.conclave(
            "request", "wait", request, "--timeout", "1", "--json", home="home-service",
            expect=None).stdout)
        if step != ("outcome", 1, "after"):
            self.assertEqual(answer["fate"], "signed" if step in STORED else "unknown")
        if answer["fate"] == "signed":
            self.assertEqual(list(self.fetched(request)), ["image/snapshot"])

    def test_r8_whichever_room_is_killed_whoever_asks_again_gets_an_answer(self):
        chance = random.Random(8)
        self.house = copy_house(Crash.listed[0], self.folder / "killed")
        self.house.start()
        rooms = ["gate", "keeper", "ledger", "vault", "conclaved"] * (8 if LONG else 1)
        for version, room in enumerate(rooms, 1):
            with self.subTest(room):
                items = self.targets(1, version)
                self.ask_and_kill(room, items, chance.uniform(0.02, 0.15))
                self.restart_if_dead()
                self.ask(items)
        self.verify()
        self.assertLessEqual(self.orders_so_far(), 2 * len(rooms))

    def ask_and_kill(self, room, items, delay):
        victim = {**self.house.pids(), "conclaved": self.house.daemon.pid}[room]
        killer = os.fork()
        if killer == 0:  # while this one asks
            time.sleep(delay)
            try:
                os.kill(victim, signal.SIGKILL)
            finally:
                os._exit(0)
        self.ask(items, expect=None)
        os.waitpid(killer, 0)

    def restart_if_dead(self):
        time.sleep(0.3)
        if self.house.daemon.poll() is None:
            if self.house.conclave("status", expect=None, home="home-none").returncode == 0:
                return
        try:
            self.house.wait()
        except Exception:  # pylint: disable=broad-except
            self.house.stop()
        self.house.start()


if __name__ == "__main__":
    unittest.main()
