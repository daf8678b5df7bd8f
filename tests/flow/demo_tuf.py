"""The demo's TUF repository: eight root keys with a custodian each, a supplier's delegation with a
PEM key, and a root rotation after a custodian is lost."""
import hashlib
import shutil

import tuf
from demo_policy import PEOPLE, ROLES, TUF_THRESHOLDS, policy
from supplier import Supplier


def firmware(name, size):
    """An image: bytes that anybody can make again."""
    blocks = (hashlib.sha256(f"{name} {i}".encode()).digest() for i in range(size // 32))
    return b"".join(blocks)


class Devices:
    def __init__(self, house, say, signing, out):
        self.house, self.say, self.signing = house, say, signing
        self.out = out / "tuf"
        self.supplier = Supplier(house.folder)
        (self.out / "targets").mkdir(parents=True, exist_ok=True)

    def path(self, role, version):
        name = "timestamp.json" if role == "timestamp" else f"{version}.{role}.json"
        return self.out / "metadata" / name

    def keys(self):
        return {role: {k["keyid"]: k["key"] for k in self.house.json(
            "key", "export", f"devices/{role}", "--format", "tuf", home="home-alice")}
            for role in ROLES}

    def sign(self, role, version, payload, approvers, evidence=()):
        path = self.path(role, version)
        self.signing({f"devices/{role}": (payload, path)}, approvers, evidence)
        return path

    # ---- the first root, with what is refused on the way ----

    def first_root(self):
        files = {"devices/root": (tuf.root(1, self.keys(), TUF_THRESHOLDS), self.path("root", 1))}
        request = self.signing.submit(files)
        self.show_refusals(request, files["devices/root"][0])
        self.signing.approve(request, PEOPLE[1:5])
        self.signing.fetch(request, files)
        shutil.copy(self.path("root", 1), self.out / "root.json")

    def show_refusals(self, request, payload):
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
        broken.write_bytes(payload.replace(b'"version":', b'"version": '))
        done = house.submit("image-service", {"devices/root": broken}, expect=None)
        say("A payload with one space too many is refused, not repaired:")
        say.quote(done.stderr.decode())

    # ---- targets, snapshot, timestamp ----

    def targets(self):
        images = {"gateway-2.0.0.img": firmware("gateway 2", 64 * 1024),
                  "brake-2.0.1.img": firmware("brake", 96 * 1024)}
        for name, data in images.items():
            digest = hashlib.sha256(data).hexdigest()
            (self.out / "targets" / f"{digest}.{name}").write_bytes(data)
        custom = {"brake-2.0.1.img": {"hardwareIds": ["brake-hw2"], "releaseCounter": 7}}
        return tuf.targets(1, images, custom=custom, delegations=self.supplier.delegations())

    def first_release(self):
        say = self.say
        targets = self.sign("targets", 1, self.targets(), ["alice", "bob", "dave"])
        say("A supplier signs the delegated file supplier.json with a key of its own, elsewhere.")
        supplier = self.path("supplier", 1)
        supplier.write_bytes(self.supplier.signed_file())
        files = {"targets.json": (1, targets.read_bytes()),
                 "supplier.json": (1, supplier.read_bytes())}
        snapshot = self.sign("snapshot", 1, tuf.snapshot(1, files), ["dave", "erin"],
                             [targets, supplier])
        self.sign("timestamp", 1, tuf.timestamp(1, 1, snapshot.read_bytes()), ["erin", "frank"],
                  [snapshot])

    # ---- a custodian is lost ----

    def rotate(self):
        say, house = self.say, self.house
        say("heidi has lost her token. A new root key is made, for ivan:")
        self.motion("key", "generate", "devices/root=ed25519", approvers=PEOPLE[:5])
        keys = house.json("key", "list", home="home-alice")["keys"]
        house.enrol("ivan")
        self.charter([*PEOPLE[:7], "ivan"], {
            k["custodian"]: k["key"] for k in keys if k.get("custodian") in PEOPLE[:7]
        } | {"ivan": next(k["key"] for k in keys if k["state"] == "spare")})
        say("root 2 lists ivan's key instead of heidi's. It needs five keys of the old root, and "
            "five of the new:")
        self.sign("root", 2, tuf.root(2, self.keys(), TUF_THRESHOLDS), [*PEOPLE[:5], "ivan"])

    def charter(self, people, named):
        house = self.house
        (house.folder / "next.yaml").write_text(policy(people, named))
        draft, proof = house.folder / "next.charter", house.folder / "ivan.proof"
        house.conclave("charter", "draft", "--policy", house.folder / "next.yaml", "--out", draft,
                       home="home-alice")
        house.as_person("ivan", "charter", "prove", draft, "--out", proof)
        self.say("The new charter, with ivan's proof that he holds his key, does this:")
        lines = house.text("charter", "diff", draft, home="home-alice").splitlines()
        self.say.quote("\n".join(lines[:24] + ["…"] * (len(lines) > 24)))
        self.motion("charter", "propose", draft, "--proof", proof, approvers=PEOPLE[:5])

    def motion(self, *argv, approvers):
        house = self.house
        request = house.json(*argv, "--requester", house.folder / "image-service.key",
                             home="home-service")["request"]
        self.signing.approve(request, approvers)
        house.conclave("request", "wait", request, "--timeout", "60", home="home-service")
