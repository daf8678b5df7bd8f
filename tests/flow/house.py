"""A real Conclave for flow tests and the demo: SoftHSM tokens, conclaved with its four rooms, and
the conclave command, all in one folder. Nothing here decides anything; it only drives."""
import json
import os
import pathlib
import secrets
import shutil
import signal
import subprocess
import time

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
ORIGIN = "log.example/appliance-0001"
START_SECONDS = 30
COMMAND_SECONDS = 60


class Failed(Exception):
    """A command ended otherwise than expected; the text says how."""


class House:
    def __init__(self, build, folder, rooms=None):
        self.build = pathlib.Path(build).resolve()
        self.folder = pathlib.Path(folder).resolve()
        self.rooms = rooms
        self.daemon = None
        self.pins = {}
        self.folder.mkdir(parents=True, exist_ok=True)
        self.socket = self.folder / "conclave.sock"
        self.ledger = self.folder / "ledger"
        self.log = self.folder / "conclaved.log"

    # ---- tokens ----

    def tokens(self, whose):
        return self.folder / f"tokens-{whose}"

    def softhsm(self, whose):
        """The configuration file of one SoftHSM store: the appliance's, or the administrators'."""
        conf = self.folder / f"softhsm-{whose}.conf"
        if not conf.exists():
            self.tokens(whose).mkdir(exist_ok=True)
            conf.write_text(
                f"directories.tokendir = {self.tokens(whose)}\n"
                "objectstore.backend = file\nlog.level = ERROR\n"
                "library.reset_on_fork = true\n"
            )
        return conf

    def make_token(self, whose, label):
        self.pins[label] = secrets.token_hex(8)
        self.run(
            ["softhsm2-util", "--init-token", "--free", "--label", label,
             "--so-pin", secrets.token_hex(8), "--pin", self.pins[label]],
            env={"SOFTHSM2_CONF": str(self.softhsm(whose))},
        )

    # ---- running things ----

    def run(self, argv, env=None, expect=0, pin=None, stdin=None, cwd=None,
            seconds=COMMAND_SECONDS):
        """Runs a program; a PIN goes through a pipe whose number replaces the word PIN-FD."""
        fds, write_end = (), None
        if pin is not None:
            read_end, write_end = os.pipe()
            argv = [str(read_end) if a == "PIN-FD" else a for a in argv]
            os.write(write_end, pin.encode())
            os.close(write_end)
            fds = (read_end,)
        try:
            done = subprocess.run(
                [str(a) for a in argv], env={**os.environ, **(env or {})}, pass_fds=fds,
                input=stdin, stdin=None if stdin is not None else subprocess.DEVNULL,
                capture_output=True, timeout=seconds, cwd=cwd)
        finally:
            for fd in fds:
                os.close(fd)
        if expect is not None and done.returncode != expect:
            raise Failed(
                f"{' '.join(map(str, argv))}\n  ended with {done.returncode}, not {expect}\n"
                f"  {done.stdout.decode(errors='replace')}{done.stderr.decode(errors='replace')}")
        return done

    def conclave(self, *argv, home="home", **options):
        options.setdefault("env", {})["SOFTHSM2_CONF"] = str(self.softhsm("people"))
        return self.run(
            [self.build / "conclave", "--socket", self.socket, "--home", self.folder / home,
             *argv], **options)

    def text(self, *argv, **options):
        return self.conclave(*argv, **options).stdout.decode()

    def json(self, *argv, **options):
        return json.loads(self.text(*argv, "--json", **options))

    def as_person(self, name, *argv, **options):
        """A command that signs with an administrator's token."""
        return self.conclave(
            *argv, "--module", MODULE, "--token", name, "--pin-fd", "PIN-FD",
            pin=self.pins[name], home=f"home-{name}", **options)

    # ---- the daemon ----

    def write_config(self):
        (self.ledger).mkdir(exist_ok=True)
        (self.folder / "conclaved.yaml").write_text(
            f"socket: {self.socket}\n"
            f"ledger: {self.ledger}\n"
            "token:\n"
            f"  module: {MODULE}\n"
            "  label: appliance\n"
            f"  folder: {self.tokens('appliance')}\n"
            "  environment:\n"
            "    - name: SOFTHSM2_CONF\n"
            f"      value: {self.softhsm('appliance')}\n"
            "pin: descriptor\n")

    def spawn(self, found=False, pin=None, rooms=None):
        """Starts conclaved and returns at once."""
        read_end, write_end = os.pipe()
        os.write(write_end, (self.pins["appliance"] if pin is None else pin).encode())
        os.close(write_end)
        argv = [self.build / "conclaved", "--config", self.folder / "conclaved.yaml",
                "--pin-fd", str(read_end)]
        argv += ["--found"] if found else []
        argv += ["--rooms", rooms or self.rooms] if rooms or self.rooms else []
        with open(self.log, "ab") as log:
            log.write(b"---- start ----\n")
            log.flush()
            self.daemon = subprocess.Popen(
                [str(a) for a in argv], pass_fds=(read_end,), stdin=subprocess.DEVNULL,
                stdout=log, stderr=log)
        os.close(read_end)
        return self.daemon

    def start(self, **options):
        """Starts conclaved and waits until it serves; raises Failed with its last words."""
        self.spawn(**options)
        for _ in range(START_SECONDS * 50):
            if self.daemon.poll() is not None:
                raise Failed(f"conclaved ended with {self.daemon.returncode}: {self.last_words()}")
            if self.conclave("status", expect=None, home="home-none").returncode == 0:
                return self
            time.sleep(0.02)
        raise Failed("conclaved did not come up")

    def wait(self, seconds=20):
        """Waits until the daemon has ended; its exit status."""
        return self.daemon.wait(timeout=seconds)

    def stop(self):
        if self.daemon is not None and self.daemon.poll() is None:
            self.daemon.send_signal(signal.SIGTERM)
            self.daemon.wait(timeout=20)
        self.daemon = None

    def last_words(self):
        return self.log.read_text(errors="replace").rsplit("---- start ----\n", 1)[-1]

    def pids(self):
        """Room name -> process id, read from /proc."""
        found = {}
        for entry in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                stat = (entry / "stat").read_text()
                name = stat[stat.index("(") + 1:stat.rindex(")")]
                parent = int(stat[stat.rindex(")") + 2:].split()[1])
            except (OSError, ValueError):
                continue
            if parent == self.daemon.pid and name.startswith("conclave-"):
                found[name.removeprefix("conclave-")] = int(entry.name)
        return found

    # ---- founding ----

    def make_person(self, name, kind="ecdsa-p256"):
        """A token with a key in it, and the public half beside the policy."""
        self.make_token("people", name)
        self.as_person(name, "token", "generate", "--type", kind)
        pem = self.as_person(name, "token", "export").stdout
        (self.folder / f"{name}.pem").write_bytes(pem)

    def enrol_people(self, names, kinds=None):
        for name in names:
            self.make_person(name, (kinds or {}).get(name, "ecdsa-p256"))

    def enrol(self, name):
        """A person who comes later: the log key is the one that alice pinned."""
        self.make_person(name)
        shutil.copytree(self.folder / "home-alice", self.folder / f"home-{name}",
                        dirs_exist_ok=True)

    def make_requester(self, name):
        self.conclave("key", "make", self.folder / f"{name}.key")

    def found(self, policy, administrators):
        """The whole key ceremony; leaves the appliance stopped and founded."""
        (self.folder / "policy.yaml").write_text(policy)
        self.make_token("appliance", "appliance")
        self.write_config()
        self.start(found=True)
        self.conclave("init", "keys", "--policy", self.folder / "policy.yaml")
        self.conclave("init", "charter", "--policy", self.folder / "policy.yaml")
        shown = self.json("init", "show")
        for name in administrators:
            self.as_person(name, "init", "sign", "--log-key-hash", shown["log_key_hash"])
        self.conclave("enrol", shown["vkey"], home="home-service")
        self.stop()

    # ---- requests ----

    def submit(self, requester, items, evidence=(), reason="routine", expires="1d", expect=0):
        argv = ["request", "submit", "--requester", self.folder / f"{requester}.key",
                "--reason", reason, "--expires", expires]
        for role, path in items.items():
            argv += ["--item", f"{role}={path}"]
        for path in evidence:
            argv += ["--evidence", path]
        done = self.conclave(*argv, "--json", expect=expect, home="home-service")
        return json.loads(done.stdout)["request"] if expect == 0 else done

    def approve(self, name, request, expect=0):
        return self.as_person(name, "approve", request, "--yes", expect=expect)

    def signed_file(self, request, payload, out):
        """Fetches the signatures of a one-item request and attaches them."""
        signatures = self.folder / f"{out.name}.signatures.json"
        signatures.write_text(
            self.text("signature", request, "--format", "tuf", home="home-service"))
        self.conclave("attach", payload, signatures, "--out", out, home="home-service")
