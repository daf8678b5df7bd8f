"""The policy of the demo's appliance: eight administrators, a TUF repository, and an Uptane Image
and Director repository. Who wants to read a policy file first finds this one in the demo's folder."""
from house import ORIGIN

PEOPLE = ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi"]
RELEASE = ["alice", "bob", "carol", "dave"]
OPERATIONS = ["dave", "erin", "frank"]
ROLES = ["root", "targets", "snapshot", "timestamp"]
TUF_THRESHOLDS = {"root": 5, "targets": 3, "snapshot": 1, "timestamp": 1}
UPTANE_THRESHOLDS = {"root": 2, "targets": 1, "snapshot": 1, "timestamp": 1}
TYPES = ["ed25519", "rsa-2048"]
# What is in the administrators' tokens; the others have ecdsa-p256.
TOKENS = {"bob": "rsa-3072", "carol": "ed25519", "dave": "ecdsa-p384"}


def role(name, group, quorum, days, threshold, keys, signs="quorum"):
    lines = [f"name: {name}", f"group: {group}", f"quorum: {quorum}", f"signs: {signs}",
             f"expires: {{most: {days}d}}", "delay: none", f"threshold: {threshold}", "keys:"]
    return ("      - " + "\n        ".join(lines) + "\n"
            + "".join(f"          - {key}\n" for key in keys))


def custody(people, named):
    """A root key for each custodian; `named`: custodian -> the key that is meant."""
    for at, person in enumerate(people):
        key = f"key: \"sha256:{named[person]}\"" if person in named else f"type: {TYPES[at % 2]}"
        yield f"{{{key}, count: 1, custodian: {person}}}"


def pairs(count):
    return [f"{{type: {kind}, count: {count}}}" for kind in TYPES]


def repository(name, dialect, kind, roles):
    return f"  - name: {name}\n    dialect: {dialect}\n    kind: {kind}\n    roles:\n" + "".join(roles)


def uptane_roles(signs):
    return [role("root", "everyone", 5, 366, 2, pairs(1)),
            role("targets", "release", 3, 100, 1, pairs(1), signs),
            role("snapshot", "operations", 2, 10, 1, pairs(1), signs),
            role("timestamp", "operations", 2, 2, 1, pairs(1), signs)]


def policy(people=PEOPLE, named=None):
    everyone = ", ".join(people)
    return (
        f"appliance: {ORIGIN}\nadministrators:\n"
        + "".join(f"  - {{name: {p}, key: {p}.pem}}\n" for p in people)
        + f"groups:\n  - {{name: everyone, members: [{everyone}]}}\n"
        f"  - {{name: release, members: [{', '.join(RELEASE)}]}}\n"
        f"  - {{name: operations, members: [{', '.join(OPERATIONS)}]}}\n"
        "charter: {group: everyone, quorum: 5}\n"
        "requesters:\n"
        "  - {name: image-service, person: release-desk, key: image-service.key.pub}\n"
        "  - {name: director-service, person: fleet-desk, key: director-service.key.pub}\n"
        "repositories:\n"
        + repository("devices", "tuf", "image", [
            role("root", "everyone", 5, 366, 5, custody(people, named or {})),
            role("targets", "release", 3, 100, 3, pairs(2)),
            role("snapshot", "operations", 2, 10, 1, pairs(1)),
            role("timestamp", "operations", 2, 2, 1, pairs(1))])
        + repository("image", "uptane", "image", uptane_roles("quorum"))
        + repository("director", "uptane", "director", uptane_roles("mandate")))
