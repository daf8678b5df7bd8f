"""The demo: a key ceremony, four rounds of signing, and what an outsider can check afterwards.
Everything is real: tokens, processes, signatures; the checks at the end are not our code."""
import argparse
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import tuf
from house import ORIGIN, House

PEOPLE = ["alice", "bob", "carol", "dave", "erin"]

POLICY = f"""\
appliance: {ORIGIN}
administrators:
""" + "".join(f"  - {{name: {p}, key: {p}.pem}}\n" for p in PEOPLE) + """\
groups:
  - {name: everyone, members: [alice, bob, carol, dave, erin]}
  - {name: release, members: [alice, bob, carol, dave]}
  - {name: operations, members: [carol, dave, erin]}
charter: {group: everyone, quorum: 3}
requesters:
  - {name: image-service, person: release-desk, key: image-service.key.pub}
repositories:
  - name: image
    dialect: tuf
    roles:
      - name: root
        group: everyone
        quorum: 3
        expires: {most: 366d}
        delay: none
        threshold: 1
        keys: [{type: ed25519, count: 1}, {type: ecdsa-p256, count: 1}]
      - name: targets
        group: release
        quorum: 3
        expires: {most: 100d}
        delay: none
        threshold: 1
        keys: [{type: ed25519, count: 1}]
      - name: snapshot
        group: operations
        quorum: 2
        expires: {most: 10d}
        delay: none
        threshold: 1
        keys: [{type: ecdsa-p256, count: 1}]
      - name: timestamp
        group: operations
        quorum: 2
        expires: {most: 2d}
        delay: none
        threshold: 1
        keys: [{type: ed25519, count: 1}]
"""

THRESHOLDS = {"root": 2, "targets": 1, "snapshot": 1, "timestamp": 1}


class Narrator:
    def __init__(self):
        self.began = time.monotonic()
        self.colour = sys.stdout.isatty()

    def __call__(self, sentence):
        at = f"{time.monotonic() - self.began:6.1f} s"
        print(f"\033[36m{at}\033[0m  {sentence}" if self.colour else f"{at}  {sentence}",
              flush=True)

    def quote(self, text):
        for line in text.rstrip().splitlines():
            print(f"            | {line}", flush=True)


def firmware(name, size):
    """An image: bytes that anybody can make again."""
    blocks = (hashlib.sha256(f"{name} {i}".encode()).digest() for i in range(size // 32))
    return b"".join(blocks)


class Demo:
    def __init__(self, build, folder, out):
        self.say = Narrator()
        self.house = House(build, folder)
        self.out = out
        self.files = {}
        for place in ("tuf/metadata", "tuf/targets", "log", "proofs"):
            (out / place).mkdir(parents=True, exist_ok=True)

    def found(self):
        say, house = self.say, self.house
        say("Five administrators get a token each, and make a key in it that can never leave.")
        house.enrol_people(PEOPLE)
        house.make_requester("image-service")
        say("The appliance is founded: it generates its keys, the policy is compiled to the "
            "charter, and all five sign the first record of the log.")
        house.found(POLICY, PEOPLE)
        say("It is started again, to serve. These are its five processes:")
        house.start()
        ids = ",".join(map(str, [house.daemon.pid, *house.pids().values()]))
        say.quote(subprocess.run(["ps", "-o", "pid,ppid,rss,comm", "-p", ids],
                                 capture_output=True, text=True, check=True).stdout)
        self.keys = {role: house.json("key", "export", f"image/{role}", "--format", "tuf",
                                      home="home-alice")
                     for role in THRESHOLDS}

    def sign(self, role, version, payload, approvers, evidence=(), refused_first=False):
        say, house = self.say, self.house
        file = house.folder / f"{version}.{role}.unsigned.json"
        file.write_bytes(payload)
        request = house.submit("image-service", {f"image/{role}": file}, evidence,
                               reason=f"{role} {version} of the demo")
        say(f"The repository's service asks for image/{role} {version}: request {request[:12]}.")
        if refused_first:
            self.show_refusals(request, file)
        for name in approvers:
            house.approve(name, request)
            say(f"{name} has read it in words, and approves.")
        house.conclave("request", "wait", request, "--timeout", "30", home="home-service")
        name = "timestamp.json" if role == "timestamp" else f"{version}.{role}.json"
        house.signed_file(request, file, self.out / "tuf/metadata" / name)
        proof = self.out / "proofs" / f"{name.removesuffix('.json')}.tlog-proof"
        house.conclave("signature", request, "--format", "tuf", "--proof", proof,
                       home="home-service")
        say(f"The quorum is complete: {name} is signed, and its proof is in proofs/.")
        self.files[role] = self.out / "tuf/metadata" / name

    def show_refusals(self, request, file):
        say, house = self.say, self.house
        done = house.conclave("signature", request, expect=4, home="home-service")
        say("Nobody has approved yet, so there is no signature (exit status 4):")
        say.quote(done.stderr.decode())
        say("This is what an administrator sees before approving:")
        say.quote(house.text("request", "show", request, home="home-alice"))
        house.approve("alice", request)
        say("alice approves. She cannot approve twice (exit status 3):")
        say.quote(house.approve("alice", request, expect=3).stderr.decode())
        broken = house.folder / "spaced.json"
        broken.write_bytes(file.read_bytes().replace(b'"version":', b'"version": '))
        done = house.submit("image-service", {"image/root": broken}, expect=None)
        say("A payload with one space too many is refused, not repaired:")
        say.quote(done.stderr.decode())

    def repository(self):
        images = {"gateway-1.4.0.img": firmware("gateway", 64 * 1024),
                  "brake-2.0.1.img": firmware("brake", 96 * 1024)}
        for name, data in images.items():
            digest = hashlib.sha256(data).hexdigest()
            (self.out / "tuf/targets" / f"{digest}.{name}").write_bytes(data)
        keys = {role: {k["keyid"]: k["key"] for k in listed} for role, listed in self.keys.items()}
        self.sign("root", 1, tuf.root(1, keys, THRESHOLDS), ["bob", "carol"], refused_first=True)
        shutil.copy(self.files["root"], self.out / "tuf/root.json")
        self.sign("targets", 1, tuf.targets(1, images), ["alice", "bob", "dave"])
        targets = self.files["targets"]
        self.sign("snapshot", 1, tuf.snapshot(1, {"targets.json": (1, targets.read_bytes())}),
                  ["carol", "erin"], [targets])
        snapshot = self.files["snapshot"]
        self.sign("timestamp", 1, tuf.timestamp(1, 1, snapshot.read_bytes()),
                  ["dave", "erin"], [snapshot])

    # ---- what is not our code ----

    def check_with_others(self):
        from securesystemslib import keys as foreign
        count = 0
        for role, path in self.files.items():
            file = json.loads(path.read_bytes())
            body = tuf.canonical(file["signed"])
            known = {k["keyid"]: k["key"] for k in self.keys[role]}
            for signature in file["signatures"]:
                key = dict(known[signature["keyid"]], keyid=signature["keyid"])
                if not foreign.verify_signature(key, signature, body):
                    raise SystemExit(f"demo: securesystemslib refuses {path.name}")
                self.check_with_openssl(key, signature, body)
                count += 1
        self.say(f"securesystemslib and openssl pkeyutl both verify all {count} signatures.")

    def check_with_openssl(self, key, signature, body):
        folder = self.house.folder
        (folder / "body").write_bytes(body)
        (folder / "sig").write_bytes(bytes.fromhex(signature["sig"]))
        value = key["keyval"]["public"]
        if key["keytype"] == "ed25519":
            der = bytes.fromhex("302a300506032b6570032100" + value)
            (folder / "key").write_bytes(der)
            form, extra = "DER", ["-rawin"]
        else:
            (folder / "key").write_text(value)
            form, extra = "PEM", ["-rawin", "-digest", "sha256"]
        self.house.run(["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", form, "-inkey",
                        folder / "key", "-sigfile", folder / "sig", "-in", folder / "body",
                        *extra])

    def audit(self):
        say, house, log = self.say, self.house, self.out / "log"
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


def main():
    parser = argparse.ArgumentParser(prog="./run demo", description=__doc__)
    parser.add_argument("--build", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--out", metavar="DIR", type=pathlib.Path,
                        help="leave the signed repository, log and proofs in this folder")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="conclave-demo-") as folder:
        out = (arguments.out or pathlib.Path(folder) / "out").resolve()
        demo = Demo(arguments.build, pathlib.Path(folder) / "house", out)
        try:
            demo.found()
            demo.repository()
            demo.check_with_others()
            demo.audit()
        finally:
            demo.house.stop()
        if arguments.out:
            demo.say(f"The signed repository, the log and the proofs are in {out}.")
    print("demo: ok", flush=True)


if __name__ == "__main__":
    main()
