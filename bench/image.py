"""A large Image Targets from the request to the signature, as people do it: with the command, and a
token for each administrator, whose tool reads, compares and renders all of it again."""
import json
import pathlib
import subprocess
import time

import tuf
from appliance import TOKEN_PEOPLE, TOKEN_QUORUM, appliance
from rates import by_room

IMAGES, IMAGES_SHORT = 10000, 300  # 4 MB
ROOT_FILE = pathlib.Path(__file__).resolve().parents[1] / "tests/vectors/uptane/root-1.json"


def payload(version, images):
    """Some 400 bytes an image. With each version one in a hundred changes."""
    def entry(i):
        changed = i + (version if i % 100 == 0 else 0)
        name = f"ecu-{i:08}"
        return {"custom": {"hardwareIds": [name], "name": "firmware", "note": f"{i:064}",
                           "releaseCounter": changed},
                "hashes": {"sha256": f"{changed:064x}", "sha512": f"{changed:0128x}"}, "length": i}
    return tuf.signed("targets", version, 90, targets={
        f"Firmware/ecu-{i:08}/image.bin": entry(i) for i in range(images)})


def timed(work, *argv):
    began = time.monotonic()
    result = work(*argv)
    return result, round(time.monotonic() - began, 3)


def sign(house, version, images):
    path = house.folder / f"targets-{version}.json"
    path.write_bytes(payload(version, images))
    began = time.monotonic()
    request, submitted = timed(house.submit, "service", {"image/targets": path})
    reviews = [timed(house.approve, name, request)[1] for name in TOKEN_PEOPLE[:TOKEN_QUORUM]]
    _, waited = timed(house.wait_for, request)
    _, fetched = timed(house.signed_file, request, path, house.folder / "signed.json")
    return {"version": version, "bytes": path.stat().st_size, "submit_s": submitted,
            "review_and_approve_s": reviews, "wait_s": waited, "fetch_s": fetched,
            "all_s": round(time.monotonic() - began, 3)}


def computed(*words):
    return json.loads(subprocess.run(words, stdout=subprocess.PIPE, check=True).stdout)


def measure(build, short):
    images = IMAGES_SHORT if short else IMAGES
    with appliance(build, "ecdsa-p256") as house:
        house.found_by_tokens()
        got = {"images": images, "idle": house.memory(),
               "rounds": [sign(house, version, images) for version in (1, 2)],
               "resident": house.memory(), "most": house.memory("VmHWM")}
        pure = computed(house.build / "bench-metadata", str(images))
        judged = computed(house.build / "bench-judge", str(images), str(ROOT_FILE))
    return {**got, "pure": pure, "judged": judged}


def judged_words(got):
    yield ("judge, of uptane:".ljust(31) + f"{got['judge_ms']} ms (goal for 10000:"
           f" {got['judge_goal_ms']}), {got['hashes']} times a SHA-256 of it; it takes"
           f" {got['times_its_size']} times its size (goal for 10000: 2)")
    yield ("judge, a Director's:".ljust(31) + f"{got['directions_bytes']} bytes in"
           f" {got['directions_first_us']} us (goal {got['directions_goal_us']}), of which reading"
           f" {got['directions_read_us']} us; against the last one {got['directions_judge_us']} us,"
           f" {got['directions_hashes']} times a SHA-256 of it")


def words(got):
    yield f"## an Image Targets of {got['images']} images, with the command and tokens"
    for one in got["rounds"]:
        reviews = ", ".join(f"{s:.2f}" for s in one["review_and_approve_s"])
        yield (f"version {one['version']} ({one['bytes'] / 1e6:.2f} MB):".ljust(31)
               + f"{one['all_s']:.2f} s: submit {one['submit_s']:.2f} s; review and approve"
               f" {reviews} s; wait {one['wait_s']:.2f} s; fetch and attach"
               f" {one['fetch_s']:.2f} s")
    pure = got["pure"]
    yield (f"  of which, each by itself:    read {pure['read_ms']} ms, hash {pure['hash_ms']} ms,"
           f" render {pure['render_ms']} ms")
    yield ("a tree of delegations:".ljust(31) + f"{pure['roles']} roles read in"
           f" {pure['tree_ms']} ms, {pure['role_us']} us a role, {pure['tree_by_file']} times what"
           " a role of one file costs")
    yield from judged_words(got["judged"])
    for name, key in (("idle", "idle"), ("afterwards", "resident"), ("at most", "most")):
        yield f"resident, {name}:".ljust(31) + by_room(got[key], "MiB")
