"""What the rooms keep of very many signatures."""
from appliance import appliance
from rates import by_room

REQUESTS, REQUESTS_SHORT, ITEMS = 1000, 1, 100


def measure(build, short):
    requests = REQUESTS_SHORT if short else REQUESTS
    with appliance(build, "ecdsa-p256", ITEMS) as house:
        house.found_by_files()
        idle = house.memory()
        house.rounds("image/unit", ITEMS, requests)
        return {"items": requests * ITEMS, "idle": idle, "resident": house.memory()}


def words(got):
    yield "## endurance"
    yield "resident, idle:                " + by_room(got["idle"], "MiB")
    yield f"resident, {got['items']} items:".ljust(31) + by_room(got["resident"], "MiB")
