"""What an outsider can check of what the demo leaves, with programs that are not ours: Debian's
securesystemslib, openssl, and what a stock client demands of a file (stock.py)."""
import json
import shutil

import stock
import tuf


def must(holds, what):
    if not holds:
        raise SystemExit(f"demo: {what}")


def by_securesystemslib(file, keys):
    from securesystemslib import keys as foreign
    body = tuf.canonical(file["signed"])
    for signature in file["signatures"]:
        key = dict(keys[signature["keyid"]], keyid=signature["keyid"])
        must(foreign.verify_signature(key, signature, body), "securesystemslib refuses a signature")


def check_tuf(metadata, delegated):
    """Every file of a TUF repository; returns how many signatures there are. `delegated`: role ->
    its own root-like description, for files that are signed elsewhere."""
    paths = {p.name: p for p in sorted(metadata.glob("*.json"))}
    listed = {f"{name.split('.')[-2]}.json": p.read_bytes() for name, p in paths.items()}
    files = {name: stock.check_tuf_file(name, p.read_bytes(), listed) for name, p in paths.items()}
    roots = {n: f for n, f in files.items() if n.endswith("root.json")}
    newest, count = roots[max(roots)], 0
    for name, file in files.items():
        role = name.split(".")[-2]
        root = delegated.get(role) or roots.get(name) or newest
        count += stock.check_signatures("tuf", file, root, role)
        by_securesystemslib(file, {k: v for r in [*roots.values(), root]
                                   for k, v in r["signed"]["keys"].items()})
    return count


def check_rotation(metadata, before, after):
    """The later root carries enough signatures of the earlier one's keys too."""
    old = json.loads((metadata / f"{before}.root.json").read_bytes())
    new = json.loads((metadata / f"{after}.root.json").read_bytes())
    listed = old["signed"]["roles"]["root"]["keyids"]
    signatures = [s for s in new["signatures"] if s["keyid"] in listed]
    return stock.check_signatures("tuf", {**new, "signatures": signatures}, old, "root")


def check_uptane(place, kind, images):
    """Every file of an Uptane repository, over its canonical bytes."""
    root = stock.check_uptane_file("1.root.json", (place / "1.root.json").read_bytes(), kind)
    files = {p.name: p.read_bytes() for p in place.glob("*.json")}
    count = 0
    for name, data in files.items():
        file = stock.check_uptane_file(name, data, kind, {**files, **images})
        count += stock.check_signatures("uptane", file, root, file["signed"]["_type"].lower())
    return count


def audit(house, say, log):
    house.conclave("log", "export", log, home="home-alice")
    offline = ["log", "verify", "--entries", log / "entries", "--checkpoint",
               log / "checkpoint", "--vkey", log / "vkey"]
    say("The log is exported; an auditor checks it without the appliance:")
    say.quote(house.text(*offline))
    copy = house.folder / "tampered"
    shutil.copytree(log / "entries", copy)
    victim = next(p for p in sorted(copy.iterdir(), key=lambda p: int(p.name))
                  if p.read_bytes().startswith(b"conclave.decision/"))
    victim.write_bytes(victim.read_bytes().replace(b"decision: approve", b"decision: reject"))
    offline[3] = copy
    done = house.conclave(*offline, expect=5)
    say(f"In a copy, record {victim.name} is changed from approve to reject. It is noticed:")
    say.quote(done.stderr.decode())
