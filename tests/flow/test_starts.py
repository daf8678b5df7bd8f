"""What the log says of starts and stops, over the real programs (R17)."""
import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import threading
import time
import unittest

import tuf
from house import Failed
from scenario import BUILD, Flow

ROOMS = ("gate", "keeper", "ledger", "vault")


class Starts(Flow):
    def kinds(self):
        return [text.split(b"/")[0].split(b".")[1].decode() for text in self.records()]

    def run_once(self, **options):
        self.house.start(**options)
        self.house.stop()

    def own_rooms(self):
        folder = self.folder / "own"
        folder.mkdir()
        for room in ROOMS:
            shutil.copy((BUILD / f"conclave-{room}").resolve(), folder / f"conclave-{room}")
        return folder

    def programs(self, folder=BUILD):
        files = [folder / f"conclave-{room}" for room in ROOMS] + [BUILD / "conclaved"]
        return "".join(
            f"program: {file.name} sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}\n"
            for file in files)

    def test_r17_a_start_names_version_and_programs_and_a_stop_follows(self):
        before = len(self.records())
        version = subprocess.run([BUILD / "conclaved", "--version"], capture_output=True,
                                 check=True).stdout.decode().split()[1]
        self.run_once()
        self.assertEqual(self.kinds()[before:], ["start", "stop"])
        start, stop = (text.decode() for text in self.records()[before:])
        self.assertEqual(start.split("\n", 2)[2], f"version: {version}\n{self.programs()}")
        self.assertEqual(stop.split("\n", 2)[2], "why: the appliance was asked to stop\n")
        self.run_once()
        self.assertEqual(self.kinds()[before:], ["start", "stop"] * 2)
        self.house.start()
        self.check_log()

    def test_r17_the_next_start_names_a_program_that_was_exchanged(self):
        rooms = self.own_rooms()
        self.run_once(rooms=rooms)
        first = self.records("start")[-1].decode()
        self.assertTrue(first.endswith(self.programs(rooms)), first)
        gate = rooms / "conclave-gate"
        gate.write_bytes(gate.read_bytes() + b"x")
        self.run_once(rooms=rooms)
        second = self.records("start")[-1].decode()
        self.assertTrue(second.endswith(self.programs(rooms)), second)
        changed = [line for line in second.splitlines()[2:] if line not in first.splitlines()]
        self.assertEqual([line.split()[1] for line in changed], ["conclave-gate"])

    def test_r17_what_was_not_asked_to_stop_has_no_stop(self):
        before = len(self.records())
        self.house.start()
        self.house.daemon.kill()
        self.house.wait()
        self.run_once()
        self.assertEqual(self.kinds()[before:], ["start", "start", "stop"])

    def ask(self, number):
        path = self.file(f"targets-{number}", tuf.targets(number, {"a.img": b"%d" % number}))
        with contextlib.suppress(Failed):  # it stops before it answers
            self.house.submit("image-service", {"image/targets": path})

    def asks(self, count):
        threads = [threading.Thread(target=self.ask, args=(number,))
                   for number in range(1, count + 1)]
        for thread in threads:
            thread.start()
        return threads

    def test_r17_nothing_stands_behind_the_stop(self):
        """It stops in the middle of work; what the keeper fetches then comes too late."""
        self.house.start()
        self.sign("root", self.root_payload())
        ledger = self.house.pids()["ledger"]
        os.kill(ledger, signal.SIGSTOP)
        threads = self.asks(12)
        time.sleep(3)
        self.house.daemon.terminate()
        self.wait_until(lambda: "gate" not in self.house.pids())
        time.sleep(1)
        os.kill(ledger, signal.SIGCONT)
        self.assertEqual(self.house.wait(), 0)
        for thread in threads:
            thread.join()
        self.assertEqual(self.kinds()[-1], "stop")
        self.assertEqual(self.kinds().count("stop"), 1)
        self.house.start()
        self.check_log()

    def test_r17_what_was_answered_before_the_stop_is_there_after_the_next_start(self):
        self.house.start()
        self.sign("root", self.root_payload())
        request = self.submit("targets", tuf.targets(1, {"a.img": b"a"}))
        self.approve(request, "alice")
        self.house.stop()
        self.assertEqual(self.kinds()[-1], "stop")
        self.house.start()
        self.assertEqual(self.fate_now(request), "open")
        self.approve(request, "bob", "carol")
        self.assertEqual(self.fate(request), "signed")
        self.check_log()

    def fate_now(self, request):
        return self.house.json("request", "show", request, home="home-alice")["fate"]


if __name__ == "__main__":
    unittest.main()
