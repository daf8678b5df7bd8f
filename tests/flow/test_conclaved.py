"""conclaved with rooms that only take part: how it starts, what it gives to whom, and what it starts
again. Needs no token."""
import hashlib
import os
import pathlib
import shutil
import signal
import socket
import stat
import subprocess
import time
import unittest

from fake_house import BUILD, ROOMS, Daemon, alive


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
