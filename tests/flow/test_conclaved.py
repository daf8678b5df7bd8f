"""conclaved with rooms that only take part: how it starts, what it gives to whom, what it starts
again, and how everything ends. Needs no token."""
import hashlib
import os
import pathlib
import pty
import select
import shutil
import signal
import socket
import stat
import subprocess
import termios
import time
import unittest

from fake_house import BUILD, ROOMS, Daemon, alive, sanitized


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Start(Daemon):
    def test_five_processes_with_names_and_a_line(self):
        self.start()
        self.assertEqual(sorted(self.children()), sorted(f"conclave-{room}" for room in ROOMS))
        self.assertEqual(
            pathlib.Path(f"/proc/{self.daemon.pid}/comm").read_text(), "conclaved\n")
        self.ask_ok()

    def test_rooms_start_from_the_token_outwards(self):
        self.start()
        starts = [self.words().index(f"conclave-{room}: config:") for room in ROOMS]
        self.assertEqual(starts, sorted(starts))

    def test_each_room_gets_its_own_and_nothing_else(self):
        self.start()
        words = self.words()
        self.assertIn("conclave-vault: config: stage 3 "
                      f"folder '{self.folder}/tokens' module '/nonexistent/module.so' "
                      "token 'a label'\n", words)
        self.assertIn(f"conclave-ledger: config: stage 3 folder '{self.folder}/ledger' "
                      "module '' token ''\n", words)
        for room in ("keeper", "gate"):
            self.assertIn(f"conclave-{room}: config: stage 3 folder '' module '' token ''\n", words)
        environment = [line for line in words.splitlines() if "environment: " in line]
        self.assertEqual(environment, ["conclave-vault: environment: MODULE_CONF=/etc/module.conf",
                                       "conclave-vault: environment: MODULE_DEBUG=0"])
        resources = [line for line in words.splitlines() if "resource: " in line]
        self.assertEqual(resources, ["conclave-vault: resource: 6 bytes"])
        descriptors = {room: [int(line.split()[-1]) for line in words.splitlines()
                              if line.startswith(f"conclave-{room}: descriptor: ")]
                       for room in ROOMS}
        self.assertEqual(descriptors, {"vault": [0, 1, 2, 3, 4, 6], "ledger": [0, 1, 2, 3, 4, 5],
                                       "keeper": [0, 1, 2, 3, 4, 5], "gate": [0, 1, 2, 3, 4, 5]})
        self.assertEqual(words.count(": libraries: "), len(ROOMS))
        self.assertIn("libcrypto.so", words)

    def test_r17_the_keeper_is_told_which_programs_run(self):
        self.changed("conclave-gate")
        self.start()
        files = [self.rooms / f"conclave-{room}" for room in sorted(ROOMS)] + [BUILD / "conclaved"]
        told = [line for line in self.words().splitlines() if ": program: " in line]
        self.assertEqual(told, [f"conclave-keeper: program: {file.name} sha256:{sha256(file)}"
                                for file in files])

    def test_r17_what_is_recorded_is_what_runs(self):
        """Another program comes into a room's place after it was hashed, and before it is started."""
        self.plan("vault", "wait")
        self.spawn()
        self.wait_for("conclave-vault: config:")
        hashed = sha256(self.rooms / "conclave-gate")
        shutil.copy("/bin/false", self.rooms / "new")
        os.rename(self.rooms / "new", self.rooms / "conclave-gate")
        (self.rooms / "conclave-vault.plan").unlink()
        self.wait_for("serving on")
        self.ask_ok()
        self.assertIn(f"conclave-keeper: program: conclave-gate sha256:{hashed}\n", self.words())

    def test_founding_is_told_to_every_room(self):
        self.start("--found")
        self.assertEqual(self.words().count("config: stage 1 "), len(ROOMS))

    def test_rooms_and_parent_can_gain_nothing(self):
        self.start()
        for name, pid in [*self.children().items(), ("conclaved", self.daemon.pid)]:
            status = pathlib.Path(f"/proc/{pid}/status").read_text()
            limits = pathlib.Path(f"/proc/{pid}/limits").read_text()
            core = next(l for l in limits.splitlines() if l.startswith("Max core file size"))
            self.assertIn("NoNewPrivs:\t1", status, name)
            self.assertEqual(core.split()[4:6], ["0", "0"], name)
            if name != "conclaved":
                self.assertIn("Seccomp:\t2", status, name)

    def test_the_socket_has_the_mode_that_is_configured(self):
        self.start()
        self.assertEqual(stat.S_IMODE(self.socket.stat().st_mode), 0o660)
        self.daemon.terminate()
        self.assertEqual(self.ended(), 0)
        self.config.write_text(self.config.read_text() + 'socket-mode: "0600"\n')
        self.log.unlink()
        self.start()
        self.assertEqual(stat.S_IMODE(self.socket.stat().st_mode), 0o600)

    def test_r19_the_pin_comes_as_a_credential(self):
        (self.folder / "conclave-pin").write_text("secret-9")
        self.config.write_text(self.config.read_text().replace("descriptor", "credential"))
        self.start(pin=False, env={"CREDENTIALS_DIRECTORY": str(self.folder)})
        self.assertIn("conclave-vault: resource: 8 bytes\n", self.words())
        self.assertNotIn("CREDENTIALS_DIRECTORY", self.words())

    def test_rooms_are_found_beside_conclaved(self):
        shutil.copy(BUILD / "conclaved", self.rooms / "conclaved")
        read_end, write_end = os.pipe()
        os.close(write_end)
        with open(self.log, "ab") as log:
            self.daemon = subprocess.Popen(
                [self.rooms / "conclaved", "--config", self.config, "--pin-fd", str(read_end)],
                pass_fds=(read_end,), stdout=log, stderr=log)
        os.close(read_end)
        self.wait_for("serving on")


class Refused(Daemon):
    def refused(self, status, words, *argv, **options):
        self.spawn(*argv, **options)
        self.assertEqual(self.ended(), status)
        self.assertIn(words, self.words())

    def test_usage(self):
        for argv, words in (
                (["--nonsense"], "unknown or incomplete option"),
                (["--pin-fd", "x"], "--pin-fd takes"),
                (["--pin-fd", "2"], "--pin-fd takes"),
                (["stray"], "options only"),
                (["--config"], "unknown or incomplete option")):
            with self.subTest(argv=argv):
                self.refused(64, words, *argv, pin=False)
        done = subprocess.run([BUILD / "conclaved"], capture_output=True, check=False)
        self.assertEqual(done.returncode, 64)
        self.assertIn(b"--config is missing", done.stderr)

    def test_help_and_version(self):
        for option, words in (("--help", b"--pin-fd N"), ("--version", b"conclaved 0.")):
            done = subprocess.run([BUILD / "conclaved", option], capture_output=True, check=False)
            self.assertEqual(done.returncode, 0)
            self.assertIn(words, done.stdout)

    def test_a_configuration_that_is_not_there(self):
        self.config.unlink()
        self.refused(70, "cannot open")

    def test_r19_no_pin(self):
        self.refused(70, "--pin-fd", pin=False)
        self.refused(70, "not open", "--pin-fd", "63", pin=False)
        self.config.write_text(self.config.read_text().replace("descriptor", "credential"))
        self.refused(70, "CREDENTIALS_DIRECTORY is not set", pin=False)
        self.refused(70, "conclave-pin", pin=False, env={"CREDENTIALS_DIRECTORY": "/nonexistent"})

    def test_r19_no_terminal_to_ask_at(self):
        self.config.write_text(self.config.read_text().replace("descriptor", "terminal"))
        done = subprocess.run(
            ["setsid", "-w", BUILD / "conclaved", "--config", self.config, "--rooms", self.rooms],
            capture_output=True, check=False)
        self.assertEqual(done.returncode, 70)
        self.assertIn(b"terminal", done.stderr)

    def test_a_socket_that_somebody_answers_on(self):
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(str(self.socket))
            other.listen()
            self.refused(70, "another conclaved answers")
            self.assertTrue(self.socket.exists())

    def test_a_file_in_the_sockets_place(self):
        self.socket.write_text("precious")
        self.refused(70, "is no socket")
        self.assertEqual(self.socket.read_text(), "precious")

    def test_a_leftover_socket_is_removed(self):
        with socket.socket(socket.AF_UNIX) as old:
            old.bind(str(self.socket))
        self.start()
        self.ask_ok()

    def test_a_room_without_a_program(self):
        (self.rooms / "conclave-ledger").unlink()
        self.refused(70, "conclave-ledger: No such file")
        self.assertFalse(self.socket.exists())

    def test_a_room_that_is_no_program(self):
        program = self.rooms / "conclave-ledger"
        program.unlink()
        program.mkdir()
        self.refused(70, "conclave-ledger is no file")
        program.rmdir()
        os.mkfifo(program)
        self.refused(70, "conclave-ledger is no file")
        program.unlink()
        program.write_text("words\n")
        program.chmod(0o755)
        self.refused(70, "cannot run conclave-ledger")

    def test_r17_a_room_whose_interpreter_would_read_it_again(self):
        program = self.rooms / "conclave-vault"
        program.rename(self.rooms / "real")
        program.write_text(f"#!/bin/sh\nexec {self.rooms}/real\n")
        program.chmod(0o755)
        self.refused(70, "cannot run conclave-vault")

    def test_r20_a_program_of_any_size_is_not_read(self):
        os.truncate(self.rooms / "conclave-gate", 64 * 1024 * 1024 + 1)
        self.refused(70, "is larger than")

    def test_statuses_of_rooms_pass_through(self):
        for room in ROOMS:
            for status in (70, 77, 69, 75, 3):
                with self.subTest(room=room, status=status):
                    self.plan(room, f"exit {status}")
                    self.refused(status, f"the {room} ended with status {status}")
            (self.rooms / f"conclave-{room}.plan").unlink()

    def test_a_room_that_says_what_it_may_not_say(self):
        for room in ("vault", "ledger", "keeper"):
            with self.subTest(room=room):
                self.plan(room, "forbidden")
                self.refused(75, f"the {room} says what it may not say")
                (self.rooms / f"conclave-{room}.plan").unlink()


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

    def test_the_whole_group_is_asked_to_stop(self):
        """Ledger and vault end at once; nobody waits for a record that they cannot keep."""
        for _ in range(5):
            self.log.unlink(missing_ok=True)
            self.start()
            pids = self.children()
            for pid in [self.daemon.pid, *pids.values()]:
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


class Gate(Daemon):
    def others(self):
        return {name: pid for name, pid in self.children().items() if name != "conclave-gate"}

    def test_a_gate_that_is_killed_is_replaced_alone(self):
        self.start()
        others, gates = self.others(), set()
        for turn in range(1, 4):
            gate = self.children()["conclave-gate"]
            gates.add(gate)
            os.kill(gate, signal.SIGKILL)
            self.wait_for("conclave-keeper: has a new gate", turn)
            self.ask_ok()
        self.assertEqual(len(gates), 3)
        self.assertEqual(self.others(), others)
        self.assertEqual(self.words().count("conclave-keeper: lost its gate"), 3)
        self.daemon.terminate()
        self.assertEqual(self.ended(), 0)

    def test_a_gate_that_talks_nonsense_is_replaced_alone(self):
        self.start()
        others = self.others()
        os.kill(self.children()["conclave-gate"], signal.SIGKILL)
        self.plan("gate", "garbage")  # for the next one
        self.wait_for("conclave-keeper: has a new gate", 1)
        time.sleep(0.2)
        self.wait_for("conclave-gate: libraries", 2)
        (self.rooms / "conclave-gate.plan").unlink()
        self.assertEqual(self.ask(), b"")  # the one that brought garbage knows nothing of us
        self.wait_for("the keeper hung up on gate", 1)
        self.wait_for("conclave-keeper: has a new gate", 2)
        self.ask_ok()
        self.assertEqual(self.others(), others)

    def test_a_gate_that_talks_nonsense_before_it_is_heard_to_be_ready(self):
        self.plan("gate", "early")
        self.spawn()
        self.wait_for("the keeper hung up on gate 1: malformed")
        (self.rooms / "conclave-gate.plan").unlink()
        self.wait_for("conclave-keeper: has a new gate")
        self.wait_for("serving on")
        self.ask_ok()

    def test_r17_a_gate_that_is_not_the_recorded_program_is_not_started(self):
        self.start()
        others = self.others()
        self.changed("conclave-gate")
        os.kill(self.children()["conclave-gate"], signal.SIGKILL)
        self.assertEqual(self.ended(), 70)
        self.assertIn("conclave-gate is not the program that was recorded", self.words())
        self.assertEqual(self.words().count("conclave-gate: libraries"), 1)
        self.assertFalse(any(alive(pid) for pid in others.values()))

    def test_r17_a_gate_whose_program_is_gone_is_not_started(self):
        self.start()
        (self.rooms / "conclave-gate").unlink()
        os.kill(self.children()["conclave-gate"], signal.SIGKILL)
        self.assertEqual(self.ended(), 70)
        self.assertIn("conclave-gate: No such file", self.words())

    def test_r17_a_gate_that_is_the_same_program_again_is_started(self):
        self.start()
        shutil.copy(self.rooms / "conclave-gate", self.rooms / "new")
        os.rename(self.rooms / "new", self.rooms / "conclave-gate")
        os.kill(self.children()["conclave-gate"], signal.SIGKILL)
        self.wait_for("conclave-keeper: has a new gate")
        self.ask_ok()

    def test_clients_wait_at_the_door_meanwhile(self):
        self.start()
        os.kill(self.children()["conclave-gate"], signal.SIGKILL)
        self.ask_ok()

    def test_a_gate_that_dies_too_often_ends_everything(self):
        self.start()
        for turn in range(1, 21):
            os.kill(self.children()["conclave-gate"], signal.SIGKILL)
            self.wait_for("conclave-keeper: has a new gate", turn)
            self.wait_for("conclave-gate: libraries", turn + 1)
        os.kill(self.children()["conclave-gate"], signal.SIGKILL)
        self.assertEqual(self.ended(), 75)
        self.assertIn("20 times within an hour", self.words())


if __name__ == "__main__":
    unittest.main()
