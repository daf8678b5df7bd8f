"""An appliance to be measured: founded, with one TUF repository, and what its rooms cost."""
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile
from contextlib import contextmanager

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "flow"))
import tuf  # noqa: E402
from house import MODULE, ORIGIN, House  # noqa: E402

PEOPLE = ["alice", "bob", "carol", "dave", "erin"]
QUORUM = 3
# A token each takes its time to set up: no more people than a quorum of two needs.
TOKEN_PEOPLE, TOKEN_QUORUM = PEOPLE[:3], 2
# Making an RSA-4096 key in software takes seconds.
COMMAND_SECONDS = 600
NO_SUCH_KEY = 3  # as bench/token.c says it


class Unknown(Exception):
    """The token or this version cannot make a key of this type; the sentence says which."""


def policy(key, delegated, people, quorum, people_key):
    roles = ["root", "targets"] + [f"unit{i:03}" for i in range(delegated)]
    return (
        f"appliance: {ORIGIN}\nadministrators:\n"
        + "".join(f"  - {{name: {p}, key: {p}.{people_key}}}\n" for p in people)
        + f"groups: [{{name: everyone, members: [{', '.join(people)}]}}]\n"
        f"charter: {{group: everyone, quorum: {quorum}}}\n"
        "requesters: [{name: service, person: release-desk, key: service.key.pub, "
        "quota: {open: 2048, bytes: 1024GiB, records: 1000000}}]\n"
        "repositories:\n  - name: image\n    dialect: tuf\n    roles:\n"
        + "".join(f"      - {{name: {r}, group: everyone, quorum: {quorum}, expires: {{most: 366d}}, "
                  f"delay: none, threshold: 1, keys: [{{type: {key}, count: 1}}]}}\n"
                  for r in roles))


class Appliance(House):
    def __init__(self, build, folder, key, delegated=0):
        super().__init__(build, folder)
        self.key, self.delegated = key, delegated
        self.keys = [str(self.folder / f"{p}.key") for p in PEOPLE[:QUORUM]]
        self.version = 1

    def client(self, *argv):
        done = subprocess.run([str(self.build / "bench-client"), *map(str, argv)],
                              stdout=subprocess.PIPE, check=True)
        return json.loads(done.stdout) if done.stdout.strip() else None

    # ---- founding ----

    def charter(self):
        return policy(self.key, self.delegated, PEOPLE, QUORUM, "key.pub")

    def found_by_files(self, root="image/root"):
        """Administrators with keys in files, which cost nothing, and no time of a token."""
        for name in [*PEOPLE, "service"]:
            self.make_requester(name)
        (self.folder / "policy.yaml").write_text(self.charter())
        self.make_token("appliance", "appliance")
        self.write_config()
        self.start(found=True)
        for step in ("keys", "charter"):
            self.conclave("init", step, "--policy", self.folder / "policy.yaml",
                          seconds=COMMAND_SECONDS)
        vkey = self.json("init", "show")["vkey"]
        self.client("found", self.socket, *(self.folder / f"{p}.key" for p in PEOPLE))
        self.stop()
        self.conclave("enrol", vkey)
        self.conclave("enrol", vkey, home="home-service")
        self.start()
        self.sign(self.submit("service", {root: self.root()}))

    def found_by_tokens(self):
        """Administrators with a token each, as it is meant."""
        people = TOKEN_PEOPLE
        self.enrol_people(people)
        self.make_requester("service")
        self.found(policy(self.key, self.delegated, people, TOKEN_QUORUM, "pem"), people)
        self.conclave("enrol", (self.folder / "home-service/vkey").read_text().strip())
        self.start()
        request = self.submit("service", {"image/root": self.root()})
        for name in people[:TOKEN_QUORUM]:
            self.approve(name, request)
        self.wait_for(request)

    def root(self):
        keys = {role: {k["keyid"]: k["key"] for k in self.json(
            "key", "export", f"image/{role}", "--format", "tuf")} for role in ("root", "targets")}
        for role in ("snapshot", "timestamp"):  # keys that live elsewhere
            keys[role] = self.foreign_key(role)
        path = self.folder / "root.json"
        path.write_bytes(tuf.root(1, keys, dict.fromkeys(keys, 1)))
        return path

    def foreign_key(self, name):
        path = self.folder / f"{name}.elsewhere.key"
        self.conclave("key", "make", path)
        der = self.run(["openssl", "pkey", "-pubin", "-in", path.with_suffix(".key.pub"),
                        "-outform", "DER"]).stdout
        key = {"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": der[-32:].hex()}}
        return {hashlib.sha256(tuf.canonical(key)).hexdigest(): key}

    # ---- work ----

    def sign(self, request):
        return self.client("approve", self.socket, request, *self.keys)

    def wait_for(self, request):
        self.conclave("request", "wait", request, "--timeout", str(COMMAND_SECONDS),
                      home="home-service", seconds=COMMAND_SECONDS)

    def rounds(self, roles, items, count, leave_open=False):
        got = self.client("rounds", self.socket, roles, items, self.version, count,
                          int(leave_open), self.folder / "service.key", *self.keys)
        self.version += count
        return got

    # ---- what it costs ----

    def cpu(self):
        """Seconds of processor time so far, by room."""
        return {room: int(pathlib.Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
                for room, pid in self.pids().items()}

    def memory(self, what="VmRSS"):
        """MiB by room: resident now, or at most so far (VmHWM)."""
        def read(pid):
            status = pathlib.Path(f"/proc/{pid}/status").read_text()
            return int(next(l for l in status.splitlines() if l.startswith(what)).split()[1])
        return {room: round(read(pid) / 1024, 1) for room, pid in sorted(self.pids().items())}


@contextmanager
def appliance(build, key, delegated=0):
    """One in a folder of its own, gone afterwards; it is founded by the caller."""
    with tempfile.TemporaryDirectory(prefix="conclave-bench-") as folder:
        house = Appliance(build, folder, key, delegated)
        try:
            yield house
        finally:
            house.stop()


def bare_loop(build, key, seconds):
    """What C_Sign alone does in a token with one key. Raises Unknown with a sentence."""
    with tempfile.TemporaryDirectory(prefix="conclave-bench-") as folder:
        house = House(build, folder)
        house.make_token("people", "reference")
        done = house.run(
            [house.build / "bench-token", MODULE, "reference", key, str(seconds)], expect=None,
            env={"SOFTHSM2_CONF": str(house.softhsm("people"))},
            stdin=house.pins["reference"].encode(), cwd=house.folder)
    words = done.stderr.decode(errors="replace").strip().removeprefix("bench-token: ")
    if done.returncode == NO_SUCH_KEY:
        raise Unknown(words)
    if done.returncode != 0:
        raise RuntimeError(f"bench-token ended with {done.returncode}: {words}")
    return json.loads(done.stdout)


