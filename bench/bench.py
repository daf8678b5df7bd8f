"""./run bench: reports, asserts nothing. Every rate stands beside a bare C_Sign loop of this run."""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "flow"))
import tuf  # noqa: E402
from house import MODULE, ORIGIN, House  # noqa: E402

PEOPLE = ["alice", "bob", "carol", "dave", "erin"]
DELEGATED = 100
TICK = os.sysconf("SC_CLK_TCK")


def policy(key):
    roles = ["root", "targets"] + [f"unit{i:03}" for i in range(DELEGATED)]
    return (
        f"appliance: {ORIGIN}\nadministrators:\n"
        + "".join(f"  - {{name: {p}, key: {p}.key.pub}}\n" for p in PEOPLE)
        + f"groups: [{{name: everyone, members: [{', '.join(PEOPLE)}]}}]\n"
        "charter: {group: everyone, quorum: 3}\n"
        "requesters: [{name: service, person: release-desk, key: service.key.pub, "
        "quota: {open: 2048, bytes: 1024GiB, records: 1000000}}]\n"
        "repositories:\n  - name: image\n    dialect: tuf\n    roles:\n"
        + "".join(f"      - {{name: {r}, group: everyone, quorum: 3, expires: {{most: 366d}}, delay: none, threshold: 1, "
                  f"keys: [{{type: {key}, count: 1}}]}}\n" for r in roles))


class Bench:
    def __init__(self, build, folder, key):
        self.build, self.key = build.resolve(), key
        self.house = House(build, folder)
        self.keys = [str(folder / f"{p}.key") for p in PEOPLE[:3]]
        self.version = 1

    def client(self, *argv):
        done = subprocess.run([str(self.build / "bench-client"), *map(str, argv)],
                              stdout=subprocess.PIPE, check=True)
        return json.loads(done.stdout) if done.stdout.strip() else None

    def found(self):
        house = self.house
        for name in [*PEOPLE, "service"]:
            house.make_requester(name)
        (house.folder / "policy.yaml").write_text(policy(self.key))
        house.make_token("appliance", "appliance")
        house.write_config()
        house.start(found=True)
        house.conclave("init", "keys", "--policy", house.folder / "policy.yaml")
        house.conclave("init", "charter", "--policy", house.folder / "policy.yaml")
        vkey = house.json("init", "show")["vkey"]
        self.client("found", house.socket, *(house.folder / f"{p}.key" for p in PEOPLE))
        house.stop()
        house.conclave("enrol", vkey)
        house.start()

    def sign_root(self):
        house = self.house
        keys = {role: {k["keyid"]: k["key"] for k in house.json(
            "key", "export", f"image/{role}", "--format", "tuf")} for role in ("root", "targets")}
        made = {}
        for role in ("snapshot", "timestamp"):  # keys that live elsewhere
            path = house.folder / f"{role}.elsewhere.key"
            house.conclave("key", "make", path)
            made[role] = self.foreign_key(path.with_suffix(".key.pub"))
        payload = tuf.root(1, {**keys, **made}, dict.fromkeys([*keys, *made], 1))
        path = house.folder / "root.json"
        path.write_bytes(payload)
        done = house.conclave(
            "request", "submit", "--requester", house.folder / "service.key", "--item",
            f"image/root={path}", "--reason", "root", "--expires", "1d", "--json")
        self.client("approve", house.socket, json.loads(done.stdout)["request"], *self.keys)

    def foreign_key(self, pem):
        import hashlib
        der = self.house.run(["openssl", "pkey", "-pubin", "-in", pem, "-outform", "DER"]).stdout
        key = {"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": der[-32:].hex()}}
        return {hashlib.sha256(tuf.canonical(key)).hexdigest(): key}

    def rounds(self, roles, items, count, leave_open=False):
        got = self.client("rounds", self.house.socket, roles, items, self.version, count,
                          int(leave_open), self.house.folder / "service.key", *self.keys)
        self.version += count
        return got

    def cpu(self):
        return {room: sum(map(int, pathlib.Path(f"/proc/{pid}/stat").read_text()
                              .rsplit(")", 1)[1].split()[11:13])) / TICK
                for room, pid in self.house.pids().items()}

    def memory(self):
        def rss(pid):
            status = pathlib.Path(f"/proc/{pid}/status").read_text()
            return int(next(l for l in status.splitlines() if l.startswith("VmRSS")).split()[1])
        return "  ".join(f"{room} {rss(pid) / 1024:.1f}"
                         for room, pid in sorted(self.house.pids().items())) + " MiB"

    def reference(self, seconds):
        house = self.house
        house.make_token("people", "reference")
        return json.loads(house.run(
            [self.build / "bench-token", MODULE, "reference", self.key, str(seconds)],
            env={"SOFTHSM2_CONF": str(house.softhsm("people"))},
            stdin=house.pins["reference"].encode(), cwd=house.folder).stdout)


def report(bench, short):
    say = lambda line: print(line, flush=True)  # noqa: E731
    say(f"\n## {bench.key}")
    bench.found()
    say(f"resident, idle:                {bench.memory()}")
    bench.sign_root()
    reference = bench.reference(0.5 if short else 3)
    say(f"C_Sign alone:                  {reference['sign']:.0f}/s")
    say(f"C_Sign and verification:       {reference['sign_and_verify']:.0f}/s")
    one = bench.rounds("image/targets", 1, 5 if short else 300)
    say(f"last approval to signature:    p50 {one['p50_ms']:.2f} ms  p99 {one['p99_ms']:.2f} ms"
        f"  ({one['rounds']} requests of one item)")
    say("  of which, each by itself:    "
        f"seal {reference['seal_us']:.0f} µs, sign {reference['sign_us']:.0f} µs, verify"
        f" {reference['verify_us']:.0f} µs, a durable write {reference['durable_us']:.0f} µs"
        " (three commits and three checkpoints stand in the way as well)")
    before, began = bench.cpu(), time.monotonic()
    many = bench.rounds("image/unit", DELEGATED, 1 if short else 60)
    items = many["rounds"] * DELEGATED
    rate = items / many["released_s"]
    say(f"100 items a request:           {rate:.0f} items/s from the last approval on"
        f" ({rate / reference['sign_and_verify']:.2f} of sign and verify,"
        f" {rate / reference['sign']:.2f} of sign); {items / (time.monotonic() - began):.0f}"
        " items/s with submission and approvals")
    say("processor time an item, µs:    " + "  ".join(
        f"{room} {1e6 * (after - before[room]) / items:.0f}"
        for room, after in sorted(bench.cpu().items())))
    if short:
        return
    bench.rounds("image/targets", 1, 1000, leave_open=True)
    say(f"resident, 1,000 open requests: {bench.memory()}")


def endurance(bench, say=print):
    """100,000 items; what the rooms keep of them."""
    bench.rounds("image/unit", DELEGATED, 1000)
    say(f"resident, 100,000 items:       {bench.memory()}", flush=True)


def main():
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("--build", required=True, type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--short", action="store_true", help="a few rounds of each only")
    arguments = parser.parse_args()
    for key in ("ecdsa-p256",) if arguments.short else ("ed25519", "ecdsa-p256"):
        with tempfile.TemporaryDirectory(prefix="conclave-bench-") as folder:
            bench = Bench(arguments.build, pathlib.Path(folder), key)
            try:
                report(bench, arguments.short)
            finally:
                bench.house.stop()
    if not arguments.short:
        with tempfile.TemporaryDirectory(prefix="conclave-bench-") as folder:
            bench = Bench(arguments.build, pathlib.Path(folder), "ecdsa-p256")
            try:
                bench.found()
                bench.sign_root()
                endurance(bench)
            finally:
                bench.house.stop()


if __name__ == "__main__":
    main()
