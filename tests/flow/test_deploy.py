"""What `cmake --install` puts into an empty root: units, users, folders, examples, and a house that
is founded and serves from there, as its own user, telling a service manager how it is."""
import json
import math
import os
import pathlib
import re
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
import unittest

from house import COMMAND_SECONDS, House
from scenario import BUILD

SOURCE = pathlib.Path(__file__).resolve().parents[2]
UNITS = ("conclaved.service", "conclaved-founding.service")
ROOT = os.geteuid() == 0


def run(*argv, **options):
    return subprocess.run([str(a) for a in argv], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=COMMAND_SECONDS, check=False, **options)


class Installed(unittest.TestCase):
    """One installation for all tests of a class; each leaves it as it was."""

    @classmethod
    def setUpClass(cls):
        cls.root = pathlib.Path(tempfile.mkdtemp(prefix="conclave-deploy-"))
        cls.addClassCleanup(shutil.rmtree, cls.root, ignore_errors=True)
        cls.root.chmod(0o755)  # the service's user walks through it
        done = run("cmake", "--install", BUILD, "--prefix", "/usr",
                   env={**os.environ, "DESTDIR": str(cls.root)})
        if done.returncode != 0:
            raise RuntimeError(done.stdout + done.stderr)
        cls.examples = cls.root / "usr/share/doc/conclave/examples"

    def need(self, program):
        if shutil.which(program) is None:
            self.skipTest(f"{program} is not installed")


class Files(Installed):
    def test_programs_are_where_they_are_looked_for_and_nothing_else_is_one(self):
        programs = sorted(str(path.relative_to(self.root)) for path in self.root.rglob("*")
                          if path.is_file() and os.access(path, os.X_OK))
        self.assertEqual(programs, [
            "usr/bin/conclave", "usr/libexec/conclave/conclave-gate",
            "usr/libexec/conclave/conclave-keeper", "usr/libexec/conclave/conclave-ledger",
            "usr/libexec/conclave/conclave-vault", "usr/sbin/conclaved"])

    def test_every_page_of_the_manual_is_there(self):
        self.need("scdoc")
        for page in (SOURCE / "docs").glob("*.scd"):
            name, section = page.stem, page.stem[-1]
            self.assertTrue((self.root / f"usr/share/man/man{section}/{name}").stat().st_size, name)

    def test_what_is_read_beside_the_programs_is_there(self):
        for name in ("share/bash-completion/completions/conclave", "share/doc/conclave/SECURITY.md",
                     "share/doc/conclave/POLICY.md", "share/doc/conclave/examples/offline/README",
                     "share/doc/conclave/examples/online/README"):
            self.assertTrue((self.root / "usr" / name).stat().st_size, name)

    def rewritten(self, folder):
        """The units with the paths of this root, as systemd would find them without it."""
        shutil.copytree(self.root / "usr/lib/systemd/system", folder)
        for unit in UNITS:
            text = (folder / unit).read_text()
            (folder / unit).write_text(text.replace("=/usr/", f"={self.root}/usr/"))
        return folder

    def verify(self, *units):
        return run("systemd-analyze", "--man=no", "verify", *units)

    def test_systemd_has_nothing_to_say_about_the_units(self):
        self.need("systemd-analyze")
        with tempfile.TemporaryDirectory() as folder:
            plain = pathlib.Path(folder) / "plain.service"
            plain.write_text("[Service]\nExecStart=/bin/true\n")
            if (done := self.verify(plain)).returncode != 0:
                self.skipTest(f"systemd-analyze cannot run here: {done.stderr}")
            units = self.rewritten(pathlib.Path(folder) / "system")
            done = self.verify(*(units / unit for unit in UNITS))
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            # It only says so of a line that it does not understand.
            confinement = units / "conclaved.service.d/confinement.conf"
            confinement.write_text(confinement.read_text() + "NoSuchSetting=yes\n")
            self.assertIn("NoSuchSetting", self.verify(units / UNITS[0]).stderr)

    def test_both_units_are_confined_alike_and_wait_as_long_as_the_house_does(self):
        units = self.root / "usr/lib/systemd/system"
        confined = {(units / f"{unit}.d/confinement.conf").read_text() for unit in UNITS}
        self.assertEqual(len(confined), 1)
        header = (SOURCE / "signer/parent.h").read_text()
        limit = {name: math.prod(map(int, value.split("*"))) for name, value in
                 re.findall(r"^    ([A-Z_]+_MS) = ([0-9 *]+),", header, re.M)}
        for unit in UNITS:
            text = (units / unit).read_text()
            start = int(re.search(r"^TimeoutStartSec=(\d+)min$", text, re.M).group(1))
            stop = int(re.search(r"^TimeoutStopSec=(\d+)s$", text, re.M).group(1))
            self.assertGreater(start * 60000, 4 * limit["READY_MS"])
            self.assertGreater(stop * 1000, limit["STOP_RECORD_MS"] + 4 * limit["STOP_MS"])
            self.assertIn("\nKillMode=mixed\n", text)

    def test_every_example_policy_is_good(self):
        policies = sorted(self.examples.rglob("*.yaml"))
        policies = [p for p in policies if p.name != "conclaved.yaml"]
        self.assertGreaterEqual(len(policies), 4)
        for policy in policies:
            text = policy.read_text()
            for key in re.findall(r"\bkey: (keys/[a-z-]+)\.pem", text):
                made = self.root / "people" / key
                made.parent.mkdir(parents=True, exist_ok=True)
                if not made.exists():
                    run(self.root / "usr/bin/conclave", "key", "make", made)
                    shutil.copy(f"{made}.pub", f"{made}.pem")
            shutil.copy(policy, self.root / "people/policy.yaml")
            done = run(self.root / "usr/bin/conclave", "policy", "check",
                       self.root / "people/policy.yaml")
            self.assertEqual((done.returncode, done.stderr), (0, ""), policy)


class Manager:
    """The service manager's side of sd_notify(3)."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        path.chmod(0o777)
        self.path, self.heard = path, []

    def hear(self, word, seconds=30):
        """Waits for a message that begins with `word`; its status."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                self.heard.append(self.socket.recv(4096).decode())
            except TimeoutError:
                break
            if self.heard[-1].startswith(word):
                return self.heard[-1].partition("STATUS=")[2]
        raise AssertionError(f"{word} was not heard, but {self.heard}")


class Deployment(House):
    """The installed programs with an example's configuration, whose paths lie below the root."""

    def __init__(self, root, example, who):
        super().__init__(root / "usr/bin", root / "home")
        self.root, self.who = root, who
        self.socket = root / "run/conclave/conclave.sock"
        self.ledger = root / "var/lib/conclave/ledger"
        self.configure(root / "usr/share/doc/conclave/examples" / example)
        self.manager = Manager(root / "notify.sock")

    def configure(self, example):
        etc = self.root / "etc/conclave"
        for name in ("conclaved.yaml", "softhsm2.conf"):
            text = (example / name).read_text()
            (etc / name).write_text(re.sub(r"(?<=[ =])/(etc|run|var)/", rf"{self.root}/\1/", text))
            (etc / name).chmod(0o644)

    def write_config(self):
        """It is the example's."""

    def softhsm(self, whose):
        conf = self.root / "etc/conclave/softhsm2.conf"
        return conf if whose == "appliance" else super().softhsm(whose)

    def make_token(self, whose, label):
        super().make_token(whose, label)
        if whose == "appliance":
            self.give(self.root / "var/lib/conclave")
            self.give_pin(self.pins[label])

    def give(self, top):
        for path in (top, *top.rglob("*")) if self.who else ():
            os.chown(path, self.who["user"], self.who["group"])

    def give_pin(self, pin):
        folder = self.root / "credentials"
        folder.mkdir(exist_ok=True)
        (folder / "conclave-pin").write_text(pin)
        (folder / "conclave-pin").chmod(0o400)
        self.give(folder)

    def spawn(self, found=False, pin=None, rooms=None):
        argv = [self.root / "usr/sbin/conclaved", "--config", self.root / "etc/conclave/conclaved.yaml",
                "--rooms", self.root / "usr/libexec/conclave", *(["--found"] if found else [])]
        with open(self.log, "ab") as log:
            log.write(b"---- start ----\n")
            log.flush()
            self.daemon = subprocess.Popen(
                [str(a) for a in argv], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/",
                env={"NOTIFY_SOCKET": str(self.manager.path),
                     "CREDENTIALS_DIRECTORY": str(self.root / "credentials")}, **self.who)
        return self.daemon


class Served(Installed):
    def setUp(self):
        self.who = self.make_user() if ROOT else {}
        if not ROOT:
            for folder in ("run", "etc", "var/lib/conclave/ledger", "var/lib/conclave/tokens"):
                (self.root / folder).mkdir(parents=True)
            for folder in ("run/conclave", "etc/conclave"):
                (self.root / folder).mkdir()

    def tearDown(self):
        if hasattr(self, "house"):
            self.house.stop()
            self.house.manager.socket.close()
        for folder in ("run", "var", "etc", "home", "credentials"):
            shutil.rmtree(self.root / folder, ignore_errors=True)
        (self.root / "notify.sock").unlink(missing_ok=True)

    def make_user(self):
        """User, group and folders as the machine would make them; the ids are this root's own."""
        self.need("systemd-sysusers")
        self.need("systemd-tmpfiles")
        (self.root / "etc").mkdir()
        for program, *options in (("systemd-sysusers",), ("systemd-tmpfiles", "--create")):
            done = run(program, f"--root={self.root}", *options, "conclave.conf")
            self.assertEqual(done.returncode, 0, done.stderr)
        fields = (self.root / "etc/passwd").read_text().split(":")
        self.assertEqual(fields[0], "conclave")
        self.assertIn("nologin", fields[6])
        return {"user": int(fields[2]), "group": int(fields[3]), "extra_groups": []}

    def clients(self):
        groups = (self.root / "etc/group").read_text().splitlines()
        return next(int(g.split(":")[2]) for g in groups if g.startswith("conclave-clients:"))

    def deploy(self, example):
        self.house = Deployment(self.root, example, self.who)
        return self.house

    def mode_of(self, path):
        return oct(stat.S_IMODE((self.root / path).stat().st_mode))

    def test_only_clients_reach_the_socket_and_nobody_else_the_rest(self):
        if not ROOT:
            self.skipTest("to give files to other users takes root")
        own, clients = self.who["user"], self.clients()
        for path, mode, group in (("run/conclave", "0o2750", clients),
                                  ("var/lib/conclave", "0o700", self.who["group"]),
                                  ("var/lib/conclave/ledger", "0o700", self.who["group"]),
                                  ("var/lib/conclave/tokens", "0o700", self.who["group"])):
            is_there = (self.root / path).stat()
            self.assertEqual((self.mode_of(path), is_there.st_uid, is_there.st_gid),
                             (mode, own, group), path)
        house = self.deploy("offline")
        house.make_token("appliance", "appliance")
        house.spawn(found=True)
        house.manager.hear("READY=1")
        self.assertEqual(house.socket.stat().st_gid, clients)
        self.assertEqual(self.mode_of("run/conclave/conclave.sock"), "0o660")

    def check_example(self, example):
        house = self.deploy(example)
        house.make_token("appliance", "appliance")
        house.spawn(found=True)
        self.assertEqual(house.manager.hear("READY=1"), "founding")
        house.conclave("status")
        said = [text.partition("=")[2] for text in house.manager.heard[:-1]]
        self.assertEqual(said, [f"starting the {room}" for room in
                                ("vault", "ledger", "keeper", "gate")])
        house.daemon.send_signal(signal.SIGTERM)
        self.assertEqual(house.manager.hear("STOPPING=1"), "stopping as asked")
        self.assertEqual(house.wait(), 0)

    def test_the_offline_example_says_ready_when_it_serves(self):
        self.check_example("offline")

    def test_the_online_example_says_ready_when_it_serves(self):
        self.check_example("online")

    def test_a_house_that_does_not_come_up_never_says_ready(self):
        house = self.deploy("online")
        house.make_token("appliance", "appliance")
        house.give_pin("0000")
        house.spawn(found=True)
        self.assertEqual(house.manager.hear("STOPPING=1"), "stopping after a failure")
        self.assertEqual(house.wait(), 77)
        self.assertFalse([text for text in house.manager.heard if "READY" in text])

    def test_a_manager_that_cannot_be_told_is_no_reason_to_stop(self):
        house = self.deploy("offline")
        house.make_token("appliance", "appliance")
        house.manager.path.unlink()
        house.start(found=True)
        self.assertIn("warning: cannot tell the service manager: ", house.last_words())

    def test_the_first_day_of_an_online_appliance(self):
        house = self.deploy("online")
        policy = (self.examples / "online/policy.yaml").read_text()
        people = re.findall(r"\{name: ([a-z]+), key:", policy)
        house.enrol_people(people)
        house.make_requester("director-service")
        (house.folder / "keys").mkdir()
        for name in people:
            shutil.copy(house.folder / f"{name}.pem", house.folder / "keys")
        shutil.copy(house.folder / "director-service.key.pub",
                    house.folder / "keys/director-service.pem")
        house.found(policy, people)
        house.manager.hear("STOPPING=1")
        house.spawn()
        self.assertEqual(house.manager.hear("READY=1"), "serving")
        self.assertTrue(json.loads(house.conclave("status", "--json", home="home-service").stdout))
        os.kill(house.pids()["vault"], signal.SIGKILL)
        self.assertEqual(house.manager.hear("STOPPING=1"), "stopping after a failure")
        self.assertEqual(house.wait(), 128 + signal.SIGKILL)


if __name__ == "__main__":
    unittest.main()
