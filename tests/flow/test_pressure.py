"""Many honest asks at one moment, and the same one twice: nobody's request is lost, and the house
goes on."""
import contextlib
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
import unittest

import tuf
from scenario import BUILD, Flow


class Pressure(Flow):
    @contextlib.contextmanager
    def paused(self, room):
        """While it sleeps, what is asked of it comes together."""
        pid = self.house.pids()[room]
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def start_submit(self, role, path, reason):
        house = self.house
        return subprocess.Popen(
            [house.build / "conclave", "--socket", house.socket, "--home",
             house.folder / "home-service", "request", "submit", "--requester",
             house.folder / "image-service.key", "--reason", reason, "--expires", "1d",
             "--item", f"image/{role}={path}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def test_r20_many_requests_over_a_large_payload_do_not_stop_the_house(self):
        self.house.start()
        self.sign("root", self.root_payload())
        images = {f"image-{i:06d}.img": b"%d" % i for i in range(30000)}
        large = tuf.targets(1, images)
        self.assertGreater(60 * len(large), 160 << 20)  # CHANNEL_MOST
        self.sign("targets", large)
        path = self.file("small", tuf.targets(2, {"a.img": b"a"}))
        with self.paused("ledger"):
            asks = [self.start_submit("targets", path, f"ask {i}") for i in range(60)]
            time.sleep(4)
        self.assertEqual({ask.wait(timeout=60) for ask in asks}, {0}, self.house.last_words())
        self.assertIsNone(self.house.daemon.poll())
        self.assertEqual(len(self.records("opened")), 62)

    def carry(self, listener, on_submit, seen):
        """Carries one connection to the house; on_submit is called before the request goes on."""
        client, _ = listener.accept()
        house = socket.socket(socket.AF_UNIX)
        house.connect(str(self.house.socket))
        back = threading.Thread(target=self.pour, args=(house, client), daemon=True)
        back.start()
        while data := client.recv(1 << 16):
            if b"conclave.request/v1" in data:
                on_submit()
            seen.append(data)
            house.sendall(data)

    def pour(self, source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                sink.sendall(data)

    def overhear_submit(self, role, path, on_submit=lambda: None):
        """The submitting process, and (soon) the exact bytes that it said."""
        seen, real = [], self.house.socket
        listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(listener.close)
        listener.bind(str(self.folder / "relay.sock"))
        listener.listen()
        threading.Thread(
            target=self.carry, daemon=True, args=(listener, on_submit, seen)).start()
        self.house.socket = self.folder / "relay.sock"
        ask = self.start_submit(role, path, "overheard")
        self.house.socket = real
        self.wait_until(lambda: any(b"conclave.request/v1" in data for data in seen))
        return ask, seen

    def say_again(self, seen):
        again = socket.socket(socket.AF_UNIX)
        self.addCleanup(again.close)
        again.connect(str(self.house.socket))
        again.sendall(b"".join(seen))
        return again

    def last_opened(self):
        return next(l for l in self.records("opened")[-1].splitlines()
                    if l.startswith(b"request:")).split()[1].decode()

    def test_r11_a_request_that_comes_twice_at_once_is_opened(self):
        self.house.start()
        self.sign("root", self.root_payload())
        self.sign("targets", tuf.targets(1, {"a.img": b"a"}))
        path = self.file("small", tuf.targets(2, {"a.img": b"a"}))
        ledger = self.house.pids()["ledger"]
        try:
            ask, seen = self.overhear_submit(
                "targets", path, lambda: os.kill(ledger, signal.SIGSTOP))
            time.sleep(0.3)
            self.say_again(seen)
            time.sleep(0.3)
        finally:
            os.kill(ledger, signal.SIGCONT)
        self.assertEqual(ask.wait(timeout=20), 0)
        self.assertEqual(len(self.records("opened")), 3)
        self.assertEqual(self.fate(self.last_opened(), seconds=1), "open")

    def test_r11_asking_again_tells_the_fate_of_a_request_that_would_be_refused_now(self):
        self.house.start()
        self.sign("root", self.root_payload())
        ask, seen = self.overhear_submit(
            "targets", self.file("first", tuf.targets(1, {"a.img": b"a"})))
        self.assertEqual(ask.wait(timeout=20), 0)
        request = self.last_opened()
        self.house.conclave("request", "withdraw", request, "--requester",
                            self.house.folder / "image-service.key", home="home-service")
        self.sign("targets", tuf.targets(2, {"a.img": b"a"}))
        before = len(self.records())
        again = self.say_again(seen)
        again.settimeout(20)
        answer = b""
        while bytes.fromhex(request.removeprefix("sha256:")) not in answer:
            data = again.recv(1 << 16)
            self.assertTrue(data, "no answer names the request")
            self.assertNotIn(b"R12", data)
            answer += data
        self.assertEqual(len(self.records()), before)

    def greedy_rooms(self, payload):
        """The real rooms behind a gate that asks for this payload far too often."""
        folder = self.folder / "rooms"
        folder.mkdir()
        for room in ("keeper", "ledger", "vault"):
            shutil.copy(BUILD / f"conclave-{room}", folder)
        shutil.copy(BUILD / "hostile" / "hostile-gate", folder / "conclave-gate")
        (folder / "hostile.conf").write_text(f"greed {hashlib.sha256(payload).hexdigest()}\n")
        return folder

    def test_r20_a_gate_that_asks_for_more_than_a_buffer_holds_is_replaced_alone(self):
        self.house.start()
        self.sign("root", self.root_payload())
        large = tuf.targets(1, {f"image-{i:06d}.img": b"%d" % i for i in range(30000)})
        self.assertGreater(200 * len(large), 160 << 20)  # CHANNEL_MOST
        self.sign("targets", large)
        self.house.stop()
        self.house.spawn(rooms=self.greedy_rooms(large))
        self.wait_until(lambda: "gate 2 is started" in self.house.last_words())
        self.wait_until(lambda: len(self.house.pids()) == 4)
        self.assertIsNone(self.house.daemon.poll(), self.house.last_words())


if __name__ == "__main__":
    unittest.main()
