"""How fast a Director's Targets are signed under a mandate, and what an item costs each room, beside
a bare C_Sign loop of the same run."""
import contextlib
import json
import subprocess
import tempfile
import time

import uptane
from appliance import ORIGIN, PEOPLE, QUORUM, Appliance, bare_loop
from rates import by_room

KEY = "ed25519"
VEHICLES, ROUNDS, ROUNDS_SHORT = 16, 400, 3
# Targets, Snapshots, Timestamps of a Director are most often signed so many at once at most.
ALL, ALL_ROUNDS, ALL_ROUNDS_SHORT = 128, 40, 1
THRESHOLDS = dict.fromkeys(("root", "targets", "snapshot", "timestamp"), 1)


def policy():
    roles = {"root": "quorum", "snapshot": "mandate", "targets": "mandate", "timestamp": "mandate"}
    return (
        f"appliance: {ORIGIN}\nadministrators:\n"
        + "".join(f"  - {{name: {p}, key: {p}.key.pub}}\n" for p in PEOPLE)
        + f"groups: [{{name: everyone, members: [{', '.join(PEOPLE)}]}}]\n"
        f"charter: {{group: everyone, quorum: {QUORUM}}}\n"
        "requesters: [{name: service, person: release-desk, key: service.key.pub, "
        "quota: {open: 2048, bytes: 1024GiB, records: 1000000}}]\n"
        "repositories:\n  - name: director\n    dialect: uptane\n    kind: director\n    roles:\n"
        + "".join(f"      - {{name: {name}, group: everyone, quorum: {QUORUM}, signs: {way}, delay: none, "
                  f"expires: {{most: 366d}}, threshold: 1, keys: [{{type: {KEY}, count: 1}}]}}\n"
                  for name, way in roles.items()))


class Director(Appliance):
    """A house whose Director's roles are signed under mandates."""

    def charter(self):
        return policy()

    def root(self):
        keys = {role: {k["keyid"]: k["key"] for k in self.json(
            "key", "export", f"director/{role}", "--format", "tuf")} for role in THRESHOLDS}
        path = self.folder / "root.json"
        path.write_bytes(uptane.root(1, keys, THRESHOLDS))
        return path

    def give(self, role):
        """A mandate of the role for everything that is measured."""
        done = self.conclave(
            "mandate", "propose", f"director/{role}", "--for", "service", "--versions",
            "1-1000000", "--count", "1000000", "--longest", "7d", "--until", "30d",
            "--requester", self.folder / "service.key", "--json")
        self.sign(json.loads(done.stdout)["request"])

    def fleet(self, vehicles, rounds):
        done = subprocess.run(
            [str(self.build / "bench-mandated"), str(self.socket), "director/targets",
             str(vehicles), str(self.version), str(rounds), str(self.folder / "service.key")],
            stdout=subprocess.PIPE, check=True)
        self.version += rounds
        return json.loads(done.stdout)


@contextlib.contextmanager
def director(build):
    with tempfile.TemporaryDirectory(prefix="conclave-bench-") as folder:
        house = Director(build, folder, KEY)
        try:
            yield house
        finally:
            house.stop()


def timed(house, vehicles, rounds):
    before, began = house.cpu(), time.monotonic()
    got = house.fleet(vehicles, rounds)
    total, items = time.monotonic() - began, vehicles * rounds
    got["rate"] = round(items / total, 1)
    got["cpu_us"] = {room: round(1e6 * (after - before[room]) / items, 1)
                     for room, after in sorted(house.cpu().items())}
    return got


def measure(build, short):
    bare = bare_loop(build, KEY, 0.5 if short else 3)
    with director(build) as house:
        house.found_by_files("director/root")
        house.give("targets")
        house.fleet(VEHICLES, 1)
        few = timed(house, VEHICLES, ROUNDS_SHORT if short else ROUNDS)
        many = timed(house, ALL, ALL_ROUNDS_SHORT if short else ALL_ROUNDS)
        return {"type": KEY, "bare": bare, "few": few, "many": many,
                "resident": house.memory(), "most": house.memory("VmHWM")}


def words(got):
    yield f"## A Director's Targets under a mandate ({got['type']})"
    for part in (got["few"], got["many"]):
        share = part["rate"] / got["bare"]["sign_and_verify"]
        rooms = [part["cpu_us"].get(room, 0) for room in ("gate", "keeper", "ledger")]
        yield (f"{part['items']} items of {part['payload_bytes']} bytes:".ljust(31)
               + f"p50 {part['p50_ms']:.2f} ms  p99 {part['p99_ms']:.2f} ms"
               f"  {part['rate']:.0f} items/s ({share:.2f} of sign and verify)")
        yield "  processor time an item:      " + by_room(part["cpu_us"], "µs")
        yield (f"  gate, keeper and ledger:     {sum(rooms):.1f} µs together (goal 15, besides"
               " reading the payload and the requester's signature: bench-judge has these)")
    yield "resident afterwards:           " + by_room(got["resident"], "MiB")
