"""conclaved over rooms that only take part (fake_room.c), in a folder of its own."""
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import unittest

BUILD = pathlib.Path(os.environ["CONCLAVE_BUILD"])
ROOMS = ("vault", "ledger", "keeper", "gate")
LARGE = 8 * 1024 * 1024
END_SECONDS = 2
START_SECONDS = 20

CONFIG = """socket: {folder}/sock
ledger: {folder}/ledger
token:
  module: /nonexistent/module.so
  label: a label
  folder: {folder}/tokens
  environment:
    - name: MODULE_CONF
      value: /etc/module.conf
    - name: MODULE_DEBUG
      value: "0"
pin: descriptor
"""


class Daemon(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="conclaved-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.rooms = self.folder / "rooms"
        self.rooms.mkdir()
        for room in ROOMS:
            shutil.copy(BUILD / "fake" / "fake-room", self.rooms / f"conclave-{room}")
        (self.folder / "ledger").mkdir()
        (self.folder / "tokens").mkdir()
        self.socket = self.folder / "sock"
        self.log = self.folder / "log"
        self.config = self.folder / "conclaved.yaml"
        self.config.write_text(CONFIG.format(folder=self.folder))
        self.daemon = None
        self.addCleanup(self.end)

    def end(self):
        if self.daemon is not None and self.daemon.poll() is None:
            self.daemon.kill()
            self.daemon.wait()

    def plan(self, room, words):
        (self.rooms / f"conclave-{room}.plan").write_text(words)

    def changed(self, program):
        """Another file in its place, that does the same."""
        changed = self.rooms / "changed"
        changed.write_bytes((self.rooms / program).read_bytes() + b"x")
        changed.chmod(0o755)
        changed.rename(self.rooms / program)

    def spawn(self, *argv, pin=True, env=None):
        read_end, write_end = os.pipe()
        os.write(write_end, b"123456")
        os.close(write_end)
        argv = [BUILD / "conclaved", "--config", self.config, "--rooms", self.rooms, *argv]
        argv += ["--pin-fd", str(read_end)] if pin else []
        with open(self.log, "ab") as log:
            self.daemon = subprocess.Popen(
                [str(a) for a in argv], pass_fds=(read_end,), stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, env={**os.environ, **(env or {})})
        os.close(read_end)
        return self.daemon

    def words(self):
        return self.log.read_text() if self.log.exists() else ""

    def wait_for(self, words, count=1, seconds=START_SECONDS):
        for _ in range(seconds * 100):
            if self.words().count(words) >= count:
                return
            if self.daemon.poll() is not None:
                self.fail(f"conclaved ended with {self.daemon.returncode}:\n{self.words()}")
            time.sleep(0.01)
        self.fail(f"no {words!r} in:\n{self.words()}")

    def start(self, *argv, **options):
        self.spawn(*argv, **options)
        self.wait_for(f"conclaved: serving on {self.socket}\n")

    def ended(self, seconds=END_SECONDS):
        try:
            return self.daemon.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.fail(f"still running:\n{self.words()}")

    def children(self):
        found = {}
        for entry in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                text = (entry / "stat").read_text()
            except OSError:
                continue
            name, rest = text[text.index("(") + 1:text.rindex(")")], text[text.rindex(")") + 2:]
            if int(rest.split()[1]) == self.daemon.pid:
                found[name] = int(entry.name)
        return found

    def ask(self, seconds=10):
        """Through all four rooms and back."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(seconds)
            client.connect(str(self.socket))
            return client.recv(64)

    def ask_ok(self):
        self.assertEqual(self.ask(), f"ok {LARGE}\n".encode())


def alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def sanitized():
    return b"__asan_init" in (BUILD / "fake" / "fake-room").read_bytes()
