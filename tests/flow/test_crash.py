"""kill -9, at each step of R8 and at random: what was released stands, what was sealed is carried
out over the same bytes, and nothing is signed twice."""
import os
import random
import signal
import time
import unittest

from house import Failed
from scenario import PEOPLE, ROLES, STEPS, Flow
import tuf

RANDOM_KILLS = int(os.environ.get("CONCLAVE_KILLS", "20"))


class Crash(Flow):
    def approve_if_open(self, request, names):
        for name in names:
            self.house.approve(name, request, expect=None)

    def test_r8_at_each_step_the_order_is_carried_out_over_the_same_bytes(self):
        self.house.start()
        payload = self.root_payload()
        self.house.stop()
        for message, nth, when in STEPS:
            with self.subTest(f"{when} {message}"):
                self.fresh_house()
                self.house.start(rooms=self.relay(message, nth, when))
                request = self.submit("root", payload)
                try:
                    self.approve(request, "alice", "bob")
                except Failed:
                    pass  # it may die before the second approver has heard
                self.house.wait()
                self.house.start()
                self.approve_if_open(request, ["alice", "bob"])
                self.assertEqual(self.fate(request), "signed")
                self.assertEqual(len(self.records("outcome")), 1)
                self.check_log()
                self.house.stop()

    def one_try(self, version, payload, chance):
        """Signs one version while something is killed; returns its request."""
        request = self.submit("targets", payload)
        names = PEOPLE[:ROLES["targets"]]
        for name in names[:-1]:
            self.house.approve(name, request)
        rooms = self.house.pids()
        victim = chance.choice([*rooms.values(), self.house.daemon.pid])
        delay = chance.uniform(0, 0.12)
        if os.fork() == 0:  # a second process kills while this one approves
            time.sleep(delay)
            try:
                os.kill(victim, signal.SIGKILL)
            finally:
                os._exit(0)
        self.house.approve(names[-1], request, expect=None)
        os.wait()
        return request

    def test_r8_random_kills_lose_nothing_and_sign_nothing_twice(self):
        chance = random.Random(20)
        self.house.start()
        self.sign("root", self.root_payload())
        for version in range(1, RANDOM_KILLS + 1):
            payload = tuf.targets(version, {"gateway.img": str(version).encode()})
            request = self.one_try(version, payload, chance)
            self.restart_if_dead()
            self.approve_if_open(request, PEOPLE[:ROLES["targets"]])
            self.assertEqual(self.fate(request), "signed", f"try {version}")
        self.assertEqual(len(self.records("outcome")), RANDOM_KILLS + 1)
        self.check_log()

    def restart_if_dead(self):
        time.sleep(0.3)
        if self.house.daemon.poll() is None:
            if self.house.conclave("status", expect=None, home="home-none").returncode == 0:
                return
        try:
            self.house.wait()
        except Exception:
            self.house.stop()
        self.house.start()


if __name__ == "__main__":
    unittest.main()
