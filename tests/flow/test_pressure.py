"""Many honest asks at one moment, and the same one twice: nobody's request is lost, and the house
goes on."""
import contextlib
import os
import signal
import subprocess
import time
import unittest

import tuf
from scenario import Flow


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


if __name__ == "__main__":
    unittest.main()
