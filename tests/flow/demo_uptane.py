"""The demo's Uptane repositories: an Image repository and a Director for one vehicle with one ECU."""
import shutil

import uptane
from demo_policy import ROLES, UPTANE_THRESHOLDS
from demo_tuf import firmware

IMAGE, SERIAL, HARDWARE = "gateway-1.4.0.img", "ecu-0001", "gateway-hw1"
FOLDERS = {"image": "repo", "director": "director"}


class Vehicle:
    def __init__(self, house, signing, out):
        self.house, self.signing = house, signing
        self.out = out / "uptane"
        self.data = firmware("gateway 1", 64 * 1024)
        for place in ("trusted", "repo/targets"):
            (self.out / place).mkdir(parents=True, exist_ok=True)
        (self.out / "repo/targets" / IMAGE).write_bytes(self.data)

    def path(self, repository, role):
        name = "1.root" if role == "root" else role
        return self.out / FOLDERS[repository] / f"{name}.json"

    def both(self, role, payloads, approvers):
        """One request signs the role in both repositories; what they name stands before them."""
        before = {"snapshot": "targets", "timestamp": "snapshot"}.get(role)
        evidence = [self.path(r, before) for r in FOLDERS] if before else []
        self.signing({f"{r}/{role}": (payloads[r], self.path(r, role)) for r in FOLDERS},
                     approvers, evidence)

    def keys(self, repository):
        return {role: {k["keyid"]: k["key"] for k in self.house.json(
            "key", "export", f"{repository}/{role}", "--format", "tuf", home="home-alice")}
            for role in ROLES}

    def roots(self):
        self.both("root", {r: uptane.root(1, self.keys(r), UPTANE_THRESHOLDS) for r in FOLDERS},
                  ["alice", "bob", "carol", "dave", "erin"])
        for repository, folder in FOLDERS.items():
            root = self.path(repository, "root")
            shutil.copy(root, self.out / folder / "root.json")
            shutil.copy(root, self.out / "trusted" / f"{folder}-root.json")

    def release(self):
        image = uptane.image_target(self.data, "gateway", "1.4.0", [HARDWARE])
        directed = uptane.director_target(self.data, {SERIAL: HARDWARE})
        self.both("targets", {"image": uptane.targets(1, {IMAGE: image}),
                              "director": uptane.targets(1, {IMAGE: directed}, days=1)},
                  ["alice", "bob", "carol"])
        self.both("snapshot", {r: uptane.snapshot(1, {
            "targets.json": (1, self.path(r, "targets").read_bytes())}) for r in FOLDERS},
                  ["dave", "erin"])
        self.both("timestamp", {r: uptane.timestamp(1, 1, self.path(r, "snapshot").read_bytes())
                                for r in FOLDERS}, ["erin", "frank"])
