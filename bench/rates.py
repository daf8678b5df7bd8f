"""How fast requests become signatures, for each type of key, beside a bare C_Sign loop of the same
type in the same run."""
import time

from appliance import Unknown, appliance, bare_loop

# As key_type_text writes them.
TYPES = ("ed25519", "ecdsa-p256", "ecdsa-p384", "rsa-2048", "rsa-3072", "rsa-4096")
# Items of a request, each of a role with a key of its own: fewer where a key takes seconds to make.
ITEMS = {"rsa-3072": 20, "rsa-4096": 10}
ITEMS_USUALLY, ITEMS_SHORT = 100, 20


def measure(build, key, short):
    try:
        bare = bare_loop(build, key, 0.5 if short else 3)
    except Unknown as why:
        return {"type": key, "skipped": str(why)}
    items = min(ITEMS.get(key, ITEMS_USUALLY), ITEMS_SHORT if short else ITEMS_USUALLY)
    with appliance(build, key, items) as house:
        house.found_by_files()
        got = {"type": key, "bare": bare, "idle": house.memory()}
        got["one"] = house.rounds("image/targets", 1, 5 if short else 300)
        before, began = house.cpu(), time.monotonic()
        many = house.rounds("image/unit", items, 1 if short else 60)
        total, signed = time.monotonic() - began, many["rounds"] * items
        rate = signed / many["released_s"]
        got["many"] = {
            "items": items, "requests": many["rounds"], "rate": round(rate, 1),
            "rate_with_submission": round(signed / total, 1),
            "of_sign": round(rate / bare["sign"], 3),
            "of_sign_and_verify": round(rate / bare["sign_and_verify"], 3),
            "cpu_us": {room: round(1e6 * (after - before[room]) / signed)
                       for room, after in sorted(house.cpu().items())}}
    return got


def words(got):
    yield f"## {got['type']}"
    if "skipped" in got:
        yield f"skipped: {got['skipped']}"
        return
    bare, one, many = got["bare"], got["one"], got["many"]
    yield f"C_Sign alone:                  {bare['sign']:.0f}/s"
    yield f"C_Sign and verification:       {bare['sign_and_verify']:.0f}/s"
    yield (f"last approval to signature:    p50 {one['p50_ms']:.2f} ms  p99 {one['p99_ms']:.2f} ms"
           f"  ({one['rounds']} requests of one item)")
    yield ("  of which, each by itself:    "
           f"seal {bare['seal_us']:.0f} µs, sign {bare['sign_us']:.0f} µs, verify"
           f" {bare['verify_us']:.0f} µs, a durable write {bare['durable_us']:.0f} µs"
           " (three commits and three checkpoints stand in the way as well)")
    yield (f"{many['items']} items a request:".ljust(31) + f"{many['rate']:.0f} items/s from the last"
           f" approval on ({many['of_sign_and_verify']:.2f} of sign and verify,"
           f" {many['of_sign']:.2f} of sign); {many['rate_with_submission']:.0f}"
           " items/s with submission and approvals")
    yield "processor time an item:        " + by_room(many["cpu_us"], "µs")
    yield "resident, idle:                " + by_room(got["idle"], "MiB")


def by_room(figures, unit):
    return "  ".join(f"{room} {figure}" for room, figure in figures.items()) + f" {unit}"
