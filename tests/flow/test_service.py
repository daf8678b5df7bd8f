"""The installed service under a systemd of its own, in a container whose /etc is empty but for the
appliance's files: what the units forbid breaks no room, and a failure ends as they say."""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time
import unittest

import tuf
from house import MODULE
from scenario import BUILD, Flow

# What nspawn forbids and a machine does not: locked memory and Landlock are the rooms' own need.
ALLOWED = "@memlock landlock_create_ruleset landlock_add_rule landlock_restrict_self"
BOOT_SECONDS = 60
SERVICE_USER = 999  # any; the container has its own users


class Service(Flow):
    def setUp(self):
        if os.geteuid() != 0:
            self.skipTest("only root starts a container")
        for program in ("systemd-nspawn", "nsenter"):
            if shutil.which(program) is None:
                self.skipTest(f"{program} is not installed")
        super().setUp()
        self.tree = self.folder / "tree"
        self.install()
        self.furnish()
        self.boot()
        self.give_pin(self.house.pins["appliance"])

    def tearDown(self):
        self.shut_down()
        super().tearDown()

    # ---- a machine ----

    def install(self):
        done = subprocess.run(
            ["cmake", "--install", BUILD, "--prefix", "/usr/local"], capture_output=True, text=True,
            env={**os.environ, "DESTDIR": str(self.folder / "installed")}, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def furnish(self):
        """A root with nothing in it but the appliance: its token and its log as they were founded."""
        for folder in ("usr", "etc/conclave", "etc/credstore.encrypted", "var/lib/conclave", "root", "tmp"):
            (self.tree / folder).mkdir(parents=True)
        for link in ("bin", "sbin", "lib", "lib64"):
            (self.tree / link).symlink_to(f"usr/{link}")
        shutil.copy("/etc/os-release", self.tree / "etc/os-release")
        self.write("etc/passwd", "root:x:0:0::/root:/bin/sh\n"
                   f"conclave:x:{SERVICE_USER}:{SERVICE_USER}::/var/lib/conclave:/bin/false\n")
        self.write("etc/group", f"root:x:0:\nconclave:x:{SERVICE_USER}:\n")
        state = self.tree / "var/lib/conclave"
        shutil.copytree(self.house.ledger, state / "ledger")
        shutil.copytree(self.house.tokens("appliance"), state / "tokens")
        for path in (state, *state.rglob("*")):
            os.chown(path, SERVICE_USER, SERVICE_USER)
        self.write("etc/conclave/softhsm2.conf", "directories.tokendir = /var/lib/conclave/tokens\n"
                   "objectstore.backend = file\nlibrary.reset_on_fork = true\nlog.level = ERROR\n")
        # The socket lies where it can be reached from outside of the container.
        self.write("etc/conclave/conclaved.yaml",
                   "socket: /var/lib/conclave/conclave.sock\nledger: /var/lib/conclave/ledger\n"
                   f"token:\n  module: {MODULE}\n  label: appliance\n"
                   "  folder: /var/lib/conclave/tokens\n  environment:\n"
                   "    - {name: SOFTHSM2_CONF, value: /etc/conclave/softhsm2.conf}\n"
                   "pin: credential\n")
        # A program with sanitizers looks for leaks when it ends, by means that the unit forbids.
        self.write("etc/systemd/system/conclaved.service.d/sanitizers.conf",
                   "[Service]\nEnvironment=ASAN_OPTIONS=detect_leaks=0\n")
        self.house.socket = state / "conclave.sock"

    def write(self, path, text):
        path = self.tree / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def give_pin(self, pin):
        done = self.inside("systemd-creds", "encrypt", "--name=conclave-pin", "-",
                           "/etc/credstore.encrypted/conclave-pin", words=pin)
        self.assertEqual(done.returncode, 0, done.stderr)

    def boot(self):
        with open(self.folder / "container.log", "wb") as log:
            self.container = subprocess.Popen(
                ["systemd-nspawn", f"--directory={self.tree}", "--boot", "--register=no",
                 "--keep-unit", "--private-network", "--console=pipe", "--bind-ro=/usr",
                 f"--bind-ro={self.folder}/installed/usr/local:/usr/local",
                 f"--system-call-filter={ALLOWED}", f"--machine={self.name()}",
                 "systemd.unit=basic.target"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        end = time.monotonic() + BOOT_SECONDS
        while time.monotonic() < end and self.container.poll() is None:
            if self.systemctl("is-system-running").stdout.strip() in ("running", "degraded"):
                return
            time.sleep(0.1)
        words = (self.folder / "container.log").read_text(errors="replace").strip()
        self.tearDown()
        self.skipTest(f"no container starts here: {words[-300:]}")

    def name(self):
        return f"conclave-{os.getpid()}"

    def leader(self):
        """The container's first process: nspawn's only child; 0 as long as there is none."""
        pid = self.container.pid
        try:
            children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        except OSError:
            children = []
        return children[0] if children else "0"

    def inside(self, *argv, words=""):
        return subprocess.run(
            ["nsenter", "--target", self.leader(), "--mount", "--uts", "--ipc", "--net",
             "--pid", *argv], input=words, capture_output=True, text=True, timeout=60, check=False)

    def systemctl(self, *argv):
        return self.inside("systemctl", *argv)

    def shut_down(self):
        if self.container.poll() is None:
            self.container.terminate()
            try:
                self.container.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.container.kill()
                self.container.wait()
        # Where /run is no memory file system, nspawn leaves an empty folder behind.
        shutil.rmtree(f"/run/systemd/nspawn/propagate/{self.name()}", ignore_errors=True)

    # ---- the service in it ----

    def service(self):
        names = ("ActiveState", "StatusText", "NRestarts", "ExecMainStatus")
        shown = self.systemctl("show", "conclaved", *(f"--property={name}" for name in names))
        return dict(line.split("=", 1) for line in shown.stdout.splitlines())

    def processes(self):
        """Name -> process id as this machine counts them."""
        found = {}
        for entry in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                name, group = (entry / "comm").read_text().strip(), (entry / "cgroup").read_text()
                uid = re.search(r"^Uid:\t(\d+)", (entry / "status").read_text(), re.M).group(1)
            except (OSError, AttributeError):
                continue
            if "conclaved.service" in group and int(uid) == SERVICE_USER:
                found[name] = int(entry.name)
        return found

    def test_it_serves_confined_and_comes_back_after_a_crash_but_not_after_a_refused_pin(self):
        done = self.systemctl("start", "conclaved")
        self.assertEqual(done.returncode, 0, done.stderr + self.systemctl(
            "status", "--lines=30", "conclaved").stdout)
        self.assertEqual(self.service()["StatusText"], "serving")
        self.check_confined()
        self.sign("root", self.root_payload())
        os.kill(self.processes()["conclave-vault"], signal.SIGKILL)
        self.wait_for(lambda service: service["NRestarts"] == "1" and
                      service["ActiveState"] == "active")
        self.sign("targets", tuf.targets(1, {"a.img": b"a"}))
        self.give_pin("0000")
        self.assertNotEqual(self.systemctl("restart", "conclaved").returncode, 0)
        time.sleep(6)  # RestartSec, and some
        service = self.service()
        self.assertEqual((service["ActiveState"], service["ExecMainStatus"]), ("failed", "77"))

    def check_confined(self):
        processes = self.processes()
        self.assertEqual(sorted(processes), ["conclave-gate", "conclave-keeper", "conclave-ledger",
                                             "conclave-vault", "conclaved"])
        for name, pid in processes.items():
            status = pathlib.Path(f"/proc/{pid}/status").read_text()
            for line in ("CapBnd:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2"):
                self.assertIn(line, status, name)
            network = pathlib.Path(f"/proc/{pid}/net/dev").read_text()
            self.assertEqual(re.findall(r"^ *(\w+):", network, re.M), ["lo"], name)
            self.assertNotEqual(os.readlink(f"/proc/{pid}/ns/net"),
                                os.readlink(f"/proc/{self.leader()}/ns/net"), name)
        seen = pathlib.Path(f"/proc/{processes['conclaved']}/root")
        for path in ("etc/conclave/conclaved.yaml", "usr/new", "var/lib/new"):
            with self.assertRaises(OSError, msg=path):
                (seen / path).write_text("x")

    def wait_for(self, holds, seconds=30):
        end = time.monotonic() + seconds
        while not holds(self.service()):
            self.assertLess(time.monotonic(), end, self.service())
            time.sleep(0.2)


if __name__ == "__main__":
    unittest.main()
