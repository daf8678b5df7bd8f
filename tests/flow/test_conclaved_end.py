"""How everything ends, in a house whose rooms only take part: asked to, or because a room was lost.
Needs no token."""
import contextlib
import os
import pathlib
import pty
import select
import signal
import socket
import termios
import time
import unittest

from fake_house import BUILD, Daemon, alive, sanitized

# What the keeper says.
TO_RECORD = "conclave-keeper: is to record the stop"
RECORDED = "conclave-keeper: has recorded the stop"


class End(Daemon):
    def assert_nobody_is_left(self, pids):
        for name, pid in pids.items():
            self.assertFalse(pathlib.Path(f"/proc/{pid}").exists(), name)
        self.assertFalse(self.socket.exists())

    def test_asked_to_stop(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with self.subTest(signal=number):
                self.log.unlink(missing_ok=True)
                self.start()
                self.ask_ok()
                pids = self.children()
                self.daemon.send_signal(number)
                self.assertEqual(self.ended(), 0)
                self.assert_nobody_is_left(pids)
                self.assertNotIn("neighbour", self.words())
                self.assertNotIn("warning", self.words())
                self.assertEqual(self.words().count(RECORDED), 1)

    def test_r17_no_stop_is_recorded_while_the_house_is_founded(self):
        self.start("--found")
        self.daemon.terminate()
        self.assertEqual(self.ended(), 0)
        self.assertNotIn(TO_RECORD, self.words())

    def test_r17_a_keeper_that_does_not_record_the_stop_is_waited_for_and_then_told_to_end(self):
        self.plan("keeper", "mute")
        self.start()
        pids = self.children()
        self.daemon.terminate()
        before = time.monotonic()
        self.assertEqual(self.ended(20), 0)
        self.assertGreater(time.monotonic() - before, 14)
        self.assertIn("the keeper could not record that the house stops", self.words())
        self.assertNotIn("killed", self.words())
        self.assert_nobody_is_left(pids)

    def test_r17_nobody_waits_for_a_record_that_no_ledger_keeps(self):
        for room in ("ledger", "vault"):
            with self.subTest(room=room):
                self.log.unlink(missing_ok=True)
                self.plan("keeper", "mute")
                self.start()
                pids = self.children()
                self.daemon.terminate()
                self.wait_for(TO_RECORD)
                os.kill(pids[f"conclave-{room}"], signal.SIGTERM)
                self.assertEqual(self.ended(), 0)
                self.assertIn("could not record", self.words())
                self.assertNotIn("neighbour", self.words())
                self.assert_nobody_is_left(pids)

    def test_the_whole_group_is_asked_to_stop(self):
        """As by systemd without KillMode=mixed: ledger and vault end at once."""
        for _ in range(5):
            self.log.unlink(missing_ok=True)
            self.start()
            pids = self.children()
            for pid in [self.daemon.pid, *pids.values()]:
                with contextlib.suppress(ProcessLookupError):  # it may have ended already
                    os.kill(pid, signal.SIGTERM)
            self.assertEqual(self.ended(4), 0)
            self.assert_nobody_is_left(pids)

    def test_asked_to_stop_while_a_room_starts(self):
        self.plan("keeper", "hang")
        self.spawn()
        self.wait_for("conclave-keeper: config:")
        pids = self.children()
        self.daemon.terminate()
        self.assertEqual(self.ended(), 0)
        self.assert_nobody_is_left(pids)

    def test_the_whole_group_is_told(self):
        """As by a terminal's Ctrl-C."""
        self.start()
        pids = self.children()
        for pid in [*pids.values(), self.daemon.pid]:
            os.kill(pid, signal.SIGINT)
        self.assertEqual(self.ended(), 0)
        self.assert_nobody_is_left(pids)
        self.assertIn(RECORDED, self.words())

    def test_a_deaf_room_is_killed(self):
        self.plan("gate", "deaf")
        self.start()
        pids = self.children()
        self.daemon.terminate()
        self.assertEqual(self.ended(8), 0)
        words = self.words()
        self.assertLess(words.index("the gate did not stop in time"), words.index(TO_RECORD))
        self.assertIn(RECORDED, words)
        self.assert_nobody_is_left(pids)

    def test_a_room_that_dies_ends_everything(self):
        for room in ("vault", "ledger", "keeper"):
            for number, status in ((signal.SIGKILL, 128 + 9), (signal.SIGTERM, 75),
                                   (signal.SIGSEGV, 128 + 11)):
                with self.subTest(room=room, signal=number):
                    self.log.unlink(missing_ok=True)
                    self.start()
                    pids = self.children()
                    os.kill(pids[f"conclave-{room}"], number)
                    status = 1 if number == signal.SIGSEGV and sanitized() else status
                    self.assertEqual(self.ended(), status)
                    self.assertIn(f"the {room} ", self.words())
                    self.assertNotIn(TO_RECORD, self.words())
                    self.assert_nobody_is_left(pids)

    def test_a_malformed_message_ends_everything(self):
        for room in ("vault", "ledger"):
            with self.subTest(room=room):
                self.log.unlink(missing_ok=True)
                self.plan(room, "garbage")
                self.start()
                pids = self.children()
                with socket.socket(socket.AF_UNIX) as client:
                    client.connect(str(self.socket))
                    self.assertEqual(self.ended(), 75)
                self.assertIn("malformed", self.words())
                self.assert_nobody_is_left(pids)
                (self.rooms / f"conclave-{room}.plan").unlink()

    def test_the_rooms_die_with_their_parent(self):
        self.start()
        pids = self.children()
        self.daemon.kill()
        self.ended()
        for _ in range(200):
            if not any(pathlib.Path(f"/proc/{pid}/exe").is_symlink() and alive(pid)
                       for pid in pids.values()):
                return
            time.sleep(0.01)
        self.fail("a room outlived conclaved")


class Terminal(Daemon):
    def test_r19_a_terminal_is_left_as_it_was(self):
        """Somebody presses Ctrl-C while the vault asks."""
        self.config.write_text(self.config.read_text().replace("descriptor", "terminal"))
        self.plan("vault", "quiet")
        argv = [str(BUILD / "conclaved"), "--config", str(self.config), "--rooms",
                str(self.rooms)]
        pid, terminal = pty.fork()
        if pid == 0:
            os.execv(argv[0], argv)
        self.addCleanup(os.close, terminal)
        self.assertIn("conclave-vault: asks", self.read_until(terminal, "asks"))
        self.assertFalse(termios.tcgetattr(terminal)[3] & termios.ECHO)
        os.write(terminal, b"\x03")
        self.assertIn("stopped with status 0", self.read_until(terminal, "status 0"))
        self.assertEqual(os.waitpid(pid, 0)[1], 0)
        self.assertTrue(termios.tcgetattr(terminal)[3] & termios.ECHO)

    def read_until(self, terminal, words):
        text = ""
        while words not in text:
            if not select.select([terminal], [], [], 20)[0]:
                self.fail(f"only {text}")
            text += os.read(terminal, 4096).decode()
        return text


if __name__ == "__main__":
    unittest.main()
