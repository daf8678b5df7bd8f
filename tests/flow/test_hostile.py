"""Rooms taken over by somebody: no signature without a quorum, no version with two payloads."""
import json
import re
import unittest

import tuf
from scenario import PEOPLE, Flow

IMAGES = {"gateway.img": b"gateway firmware"}


class Hostile(Flow):
    def nothing_signed(self):
        self.assertEqual(self.records("outcome"), [])

    def not_signed(self, request):
        """The vault refuses, or a neighbour halts the house: either way there is no signature."""
        done = self.house.conclave("request", "wait", request, "--timeout", "3", "--json",
                                   expect=None, home="home-service")
        if done.stdout:
            self.assertNotIn(json.loads(done.stdout)["fate"], ("signed", "open"))
        else:
            self.assertEqual(self.house.wait(), 75, self.house.last_words())
        self.nothing_signed()

    # ---- gate ----

    def test_a_gate_that_talks_nonsense_is_replaced_alone(self):
        for word in ("garbage", "huge", "order", "answer", "socket"):
            with self.subTest(word):
                self.house.spawn(rooms=self.rooms(word, "gate"))
                self.wait_until(lambda: "asking for a new one" in self.house.last_words())
                self.settled_pids()
                self.wait_until(lambda: "gate 2 is started" in self.house.last_words())
                self.assertIsNone(self.house.daemon.poll())
                self.house.stop()
        self.assertEqual(len(self.records("gate")), 5)
        self.nothing_signed()

    def test_r20_a_gate_that_never_reads_makes_no_room_grow(self):
        self.house.spawn(rooms=self.rooms("flood", "gate"))
        self.wait_until(lambda: "asking for a new one" in self.house.last_words())
        pids = self.settled_pids()
        for room in ("keeper", "ledger", "vault"):
            self.assertLess(self.memory(pids[room]), 600 << 20, room)
        self.house.stop()

    # ---- keeper ----

    def test_r6_a_keeper_that_orders_without_approvals_gets_no_signature(self):
        self.house.start(rooms=self.rooms("eager", "keeper"))
        request = self.submit("root", self.root_payload())
        self.not_signed(request)

    def test_r5_a_keeper_that_counts_one_person_twice_gets_no_signature(self):
        self.house.start(rooms=self.rooms("count", "keeper"))
        request = self.submit("root", self.root_payload())
        self.house.approve("alice", request)
        self.house.approve("alice", request, expect=None)
        self.not_signed(request)

    def test_r5_a_keeper_that_counts_the_requesters_person_gets_no_signature(self):
        self.house.start(rooms=self.rooms("count", "keeper"))
        request = self.submit("root", self.root_payload(), requester="dave-tool")
        self.approve(request, "alice", "dave")
        self.assertEqual(self.fate(request), "refused")
        self.nothing_signed()

    def test_r3_a_keeper_that_forges_approvals_gets_no_signature(self):
        self.house.start(rooms=self.rooms("forge", "keeper"))
        request = self.submit("root", self.root_payload())
        self.approve(request, "alice", "bob")
        self.assertEqual(self.fate(request), "refused")
        self.nothing_signed()

    def test_r3_what_a_keeper_forged_once_counts_nothing_after_a_start(self):
        self.house.start(rooms=self.rooms("forge", "keeper"))
        request = self.submit("root", self.root_payload())
        self.approve(request, "alice")
        self.house.stop()
        self.house.start()
        self.assertIn("does not count", self.house.last_words())
        self.approve(request, "bob")
        self.assertEqual(self.fate(request, seconds=1), "open")
        self.approve(request, "alice")
        self.assertEqual(self.fate(request), "signed")

    def test_r21_a_keeper_that_takes_strangers_gets_no_signature(self):
        self.house.start(rooms=self.rooms("eager", "keeper"))
        self.submit("root", self.root_payload(), requester="stranger", expect=None)
        self.nothing_signed()

    def test_r12_a_keeper_that_is_blind_cannot_fork_a_version(self):
        self.house.start()
        self.sign("root", self.root_payload())
        self.sign("targets", tuf.targets(1, IMAGES))
        self.house.stop()
        for word in ("blind", "fork"):
            self.house.start(rooms=self.rooms(word, "keeper"))
            request = self.submit("targets", tuf.targets(1, {"gateway.img": word.encode()}))
            for name in PEOPLE[:3]:
                self.house.approve(name, request, expect=None)
            self.assertNotEqual(self.fate(request, seconds=3), "signed", word)
            self.house.stop()
        self.assertEqual(len(self.records("outcome")), 2)

    # ---- ledger ----

    def with_hostile_ledger(self, word):
        """A complete quorum behind a bent ledger; the daemon may halt. Never a wrong signature."""
        self.house.spawn(rooms=self.rooms(word, "ledger"))
        try:
            self.settled_pids()
            request = self.submit("root", self.root_payload())
            self.approve(request, "alice", "bob")
            self.fate(request, seconds=3)
        except Exception:
            pass  # the house may stop at any of these steps
        self.house.stop()
        return self.house.last_words()

    def test_r6_a_ledger_that_bends_the_order_gets_no_signature(self):
        payload = self.learn_root_payload()
        for word in ("payload", "repeat", "flip", "opened", "requester", "order", "early", "redo"):
            with self.subTest(word):
                self.fresh_house()
                self.root_payload = lambda *a, **k: payload
                self.with_hostile_ledger(word)
                self.nothing_signed()

    def test_r10_a_ledger_that_shows_another_past_halts_the_house(self):
        for word in ("state", "edge"):
            with self.subTest(word):
                self.house.spawn(rooms=self.rooms(word, "ledger"))
                self.assertEqual(self.house.wait(), 70)
                self.assertIn("vault", self.house.last_words())

    def test_a_ledger_that_shrinks_halts_the_house(self):
        self.with_hostile_ledger("shrink")
        self.nothing_signed()

    def test_r9_a_disk_that_is_full_for_a_moment_ends_no_approved_request(self):
        self.house.start(rooms=self.rooms("full", "ledger"))
        request = self.submit("root", self.root_payload())
        self.approve(request, "alice", "bob")
        self.assertEqual(self.fate(request), "signed")
        self.assertIn("nearly full", self.house.last_words())

    # ---- keeper and ledger together ----

    def test_keeper_and_ledger_together_get_no_signature(self):
        payload = self.learn_root_payload()
        for word in ("eager", "count", "forge", "repeat", "payload"):
            with self.subTest(word):
                self.fresh_house()
                self.house.spawn(rooms=self.rooms(word, "keeper", "ledger"))
                try:
                    self.settled_pids()
                    request = self.submit("root", payload)
                    self.approve(request, "alice", "alice")
                    self.fate(request, seconds=3)
                except Exception:
                    pass
                self.house.stop()
                self.nothing_signed()

    # ---- out of the room ----

    def test_r18_a_subverted_room_reaches_neither_token_nor_neighbour(self):
        token = next(p for p in self.house.tokens("appliance").rglob("*.object"))
        self.house.start()
        self.house.stop()
        for room in ("gate", "keeper", "ledger"):
            for word in (f"open {token}", f"open {self.house.folder}/conclaved.yaml",
                         "open /proc/1/environ", "attach", "kill", "socket", "exec"):
                with self.subTest(f"{room} {word}"):
                    self.house.spawn(rooms=self.rooms(word, room))
                    try:
                        self.wait_until(lambda: re.search(
                            f"the {room} (was ended by signal 31|is lost)|hostile: .* (failed|SUCCEEDED)",
                            self.house.last_words()))
                    finally:
                        self.house.stop()
                    self.assertNotIn("SUCCEEDED", self.house.last_words())

    # ---- helpers ----

    def learn_root_payload(self):
        self.house.start()
        payload = self.root_payload()
        self.house.stop()
        return payload

    def memory(self, pid):
        import pathlib
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        line = next(l for l in status.splitlines() if l.startswith("VmRSS"))
        return int(line.split()[1]) * 1024


if __name__ == "__main__":
    unittest.main()
