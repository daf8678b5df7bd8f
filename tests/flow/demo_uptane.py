"""The demo's Uptane repositories: an Image repository that quorums sign, and a Director for one vehicle
with one ECU, signed under mandates with nobody present."""
import shutil

import uptane
from demo_policy import ROLES, UPTANE_THRESHOLDS
from demo_tuf import firmware

IMAGE, SERIAL, HARDWARE = "gateway-1.4.0.img", "ecu-0001", "gateway-hw1"
VIN = "VIN-00042"
FOLDERS = {"image": "repo", "director": "director"}
# Who approves a Director's mandates.
QUORUMS = {"targets": ["alice", "bob", "carol"], "snapshot": ["dave", "erin"],
           "timestamp": ["erin", "frank"]}


class Vehicle:
    def __init__(self, house, say, signing, out):
        self.house, self.say, self.signing = house, say, signing
        self.out = out / "uptane"
        self.data = firmware("gateway 1", 64 * 1024)
        for place in ("trusted", "repo/targets"):
            (self.out / place).mkdir(parents=True, exist_ok=True)
        (self.out / "repo/targets" / IMAGE).write_bytes(self.data)

    def path(self, repository, role):
        name = "1.root" if role == "root" else role
        return self.out / FOLDERS[repository] / f"{name}.json"

    def keys(self, repository):
        return {role: {k["keyid"]: k["key"] for k in self.house.json(
            "key", "export", f"{repository}/{role}", "--format", "tuf", home="home-alice")}
            for role in ROLES}

    def roots(self):
        """One request signs both."""
        self.signing({f"{r}/root": (uptane.root(1, self.keys(r), UPTANE_THRESHOLDS),
                                    self.path(r, "root")) for r in FOLDERS},
                     ["alice", "bob", "carol", "dave", "erin"])
        for repository, folder in FOLDERS.items():
            root = self.path(repository, "root")
            shutil.copy(root, self.out / folder / "root.json")
            shutil.copy(root, self.out / "trusted" / f"{folder}-root.json")

    # ---- the Image repository: a quorum each time ----

    def sign(self, role, payload, approvers, before=None):
        path = self.path("image", role)
        self.signing({f"image/{role}": (payload, path)}, approvers,
                     [self.path("image", before)] if before else [])
        return path

    def release(self):
        image = uptane.image_target(self.data, "gateway", "1.4.0", [HARDWARE])
        targets = self.sign("targets", uptane.targets(1, {IMAGE: image}),
                            ["alice", "bob", "carol"])
        snapshot = self.sign("snapshot", uptane.snapshot(1, {
            "targets.json": (1, targets.read_bytes())}), ["dave", "erin"], "targets")
        self.sign("timestamp", uptane.timestamp(1, 1, snapshot.read_bytes()), ["erin", "frank"],
                  "snapshot")

    # ---- the Director: a quorum beforehand ----

    def mandates(self):
        say, house = self.say, self.house
        say("Vehicles are directed day and night, when nobody is there. So quorums approve mandates: "
            "whose requests are signed, which versions, how many, for how long.")
        for role, approvers in QUORUMS.items():
            request = house.json(
                "mandate", "propose", f"director/{role}", "--for", "director-service",
                "--versions", "1-100000", "--count", "50000", "--longest", "1d", "--until", "90d",
                "--requester", house.folder / "director-service.key", home="home-service")["request"]
            self.signing.approve(request, approvers)
            house.conclave("request", "wait", request, "--timeout", "60", home="home-service")
        say.quote(house.text("mandate", "list", home="home-alice"))

    def submit(self, role, payload, evidence, expect=0):
        """Asks for the vehicle; what is signed comes back at once, as complete files."""
        house = self.house
        unsigned, out = house.folder / f"vehicle-{role}.json", house.folder / "directed"
        unsigned.write_bytes(payload)
        argv = ["request", "submit", "--requester", house.folder / "director-service.key",
                "--item", f"director/{role}@{VIN}={unsigned}", "--out", out]
        for path in evidence:
            argv += ["--evidence", path]
        done = house.conclave(*argv, home="home-service", expect=expect)
        if expect == 0:
            shutil.copy(out / f"director+{role}@{VIN}.1.json", self.path("director", role))
        return done

    def directed(self, version):
        target = uptane.director_target(self.data, {SERIAL: HARDWARE})
        return uptane.targets(version, {IMAGE: target}, days=1)

    def direct(self):
        targets, snapshot = self.path("director", "targets"), self.path("director", "snapshot")
        self.submit("targets", self.directed(1), [self.path("image", "targets")])
        self.submit("snapshot", uptane.snapshot(1, {"targets.json": (1, targets.read_bytes())},
                                                days=1), [targets])
        self.submit("timestamp", uptane.timestamp(1, 1, snapshot.read_bytes(), days=0.5),
                    [snapshot])
        self.say(f"The Director's service asks for the vehicle {VIN}: Targets, Snapshot and "
                 "Timestamp are signed at once, with nobody present.")

    def revoke(self):
        say, house = self.say, self.house
        house.as_person("dave", "mandate", "revoke", "director/targets", "--reason",
                        "the service may be in strange hands", "--yes")
        say("dave alone revokes a mandate, for good. What the service asks for is refused (exit "
            "status 3), and the log says it:")
        done = self.submit("targets", self.directed(2), [self.path("image", "targets")], expect=3)
        say.quote(done.stderr.decode())
