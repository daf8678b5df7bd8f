"""What many cost: open requests, and clients that are connected and mostly idle."""
import json
import subprocess

from appliance import appliance
from rates import by_room

OPEN, OPEN_SHORT = 1000, 20
CLIENTS, CLIENTS_SHORT = 1000, 50


class Clients:
    """bench-crowd, step by step: each line that it reads lets it go on, and it says how it went."""

    def __init__(self, house, count):
        self.process = subprocess.Popen(
            [house.build / "bench-crowd", house.socket, str(count)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)

    def step(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"bench-crowd ended with {self.process.wait()}")
        return json.loads(line)

    def end(self):
        self.process.communicate()


def measure_clients(house, count):
    got = {"clients": count, "idle": house.memory()["gate"]}
    clients = Clients(house, count)
    try:
        got["connect"] = clients.step()
        got["connected"] = house.memory()["gate"]
        got["asked"] = clients.step()
        got["most"] = house.memory("VmHWM")["gate"]
    finally:
        clients.end()
    return got


def measure(build, short):
    with appliance(build, "ecdsa-p256") as house:
        house.found_by_files()
        got = {"idle": house.memory(),
               "clients": measure_clients(house, CLIENTS_SHORT if short else CLIENTS)}
        count = OPEN_SHORT if short else OPEN
        house.rounds("image/targets", 1, count, leave_open=True)
        return {**got, "open": {"requests": count, "resident": house.memory()}}


def words(got):
    clients, opened = got["clients"], got["open"]
    yield "## many at once"
    yield "resident, idle:                " + by_room(got["idle"], "MiB")
    yield (f"{clients['clients']} clients connect:".ljust(31)
           + f"{clients['connect']['seconds'] * 1e3:.1f} ms; gate {clients['idle']} MiB before,"
           f" {clients['connected']} MiB with them")
    yield (f"{clients['clients']} ask at once:".ljust(31)
           + f"all answered in {clients['asked']['seconds'] * 1e3:.1f} ms; gate {clients['most']}"
           " MiB at most")
    yield f"resident, {opened['requests']} open:".ljust(31) + by_room(opened["resident"], "MiB")
