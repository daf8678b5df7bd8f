"""A house with an Image repository and a Director of which mandates sign what they may: founded, its
roots signed, mandates approved, and copied for each test."""
import atexit
import json
import pathlib
import shutil
import tempfile

import stock
import uptane
from governing import Governing
from house import ORIGIN
from scenario import PEOPLE, copy_house

SERVICES = {"director-service": "fleet-desk", "image-service": "release-desk",
            "eager-service": "fleet-desk"}
# Of a day: what one may ask for that asks too often.
QUOTAS = {"eager-service": ", quota: {records: 1}"}
BY_MANDATE = ["director/targets", "director/snapshot", "director/timestamp", "image/snapshot",
              "image/timestamp"]
ROLES = ["root", "targets", "snapshot", "timestamp"]
HARDWARE = "gateway-hw1"
# What a mandate says, unless a test says otherwise.
LINES = {"for": "director-service", "versions": "1-100000", "count": "5000", "longest": "10d",
         "until": "90d"}


def role(repository, name, signs, extra=""):
    return (f"      - name: {name}\n        group: everyone\n        quorum: 2\n"
            f"        signs: {signs}\n        expires: {{most: 366d}}\n        delay: none\n"
            f"        threshold: 1\n{extra}        keys: [{{type: ed25519, count: 1}}]\n")


def policy(most=None, people=PEOPLE):
    """`most`: role -> another longest expiry of it."""
    text = f"appliance: {ORIGIN}\nadministrators:\n"
    text += "".join(f"  - {{name: {p}, key: {p}.pem}}\n" for p in people)
    text += f"groups:\n  - {{name: everyone, members: [{', '.join(people)}]}}\n"
    text += "charter: {group: everyone, quorum: 3}\nrequesters:\n"
    text += "".join(f"  - {{name: {r}, person: {p}, key: {r}.key.pub{QUOTAS.get(r, '')}}}\n"
                    for r, p in SERVICES.items())
    text += "repositories:\n"
    for kind in ("director", "image"):
        text += f"  - name: {kind}\n    dialect: uptane\n    kind: {kind}\n    roles:\n"
        for name in ROLES:
            full = f"{kind}/{name}"
            one = role(kind, name, "mandate" if full in BY_MANDATE else "quorum")
            text += one.replace("366d", (most or {}).get(full, "366d"))
    return text


def vehicle(number):
    return f"VIN{number:05}"


class Mandates(Governing):
    """Each test gets the house as it is behind the first signatures, and serving."""
    ready = None

    def setUp(self):
        super().setUp()
        self.addCleanup(lambda: self.house.stop())  # of whichever house there is when this fails
        if Mandates.ready is None:
            self.make_ready()
        self.house.stop()
        self.house = copy_house(Mandates.ready, self.folder / "ready")
        self.house.start()

    def make_ready(self):
        self.found_house(policy(), PEOPLE, SERVICES)
        self.house.start()
        for kind in ("director", "image"):
            root = uptane.root(1, self.role_keys(kind), {name: 1 for name in ROLES})
            self.by_quorum({f"{kind}/root": root})
        for name in BY_MANDATE:
            service = "director-service" if name.startswith("director") else "image-service"
            self.mandate(name, **{"for": service})
        self.house.stop()
        # It outlives the test whose folder it is in.
        Mandates.ready = self.keep(self.house)

    def keep(self, house):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="conclave-flow-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        return copy_house(house, folder / "ready")

    # ---- mandates ----

    def propose_mandate(self, name, expect=0, **lines):
        argv = ["mandate", "propose", name]
        for option, value in {**LINES, **lines}.items():
            argv += [f"--{option}", value]
        return self.motion(*argv, by="image-service", expect=expect)

    def mandate(self, name, **lines):
        request = self.propose_mandate(name, **lines)
        self.approve(request, "alice", "bob")
        self.assertEqual(self.fate(request), "signed")
        return self.shown(name)

    def shown(self, name):
        return self.house.json("mandate", "show", name, home="home-alice")

    def revoke(self, name, person="dave", expect=0):
        return self.house.as_person(person, "mandate", "revoke", name, "--reason", "suspicion",
                                    "--yes", "--json", expect=expect)

    # ---- signing ----

    def role_keys(self, repository):
        return {name: {k["keyid"]: k["key"] for k in self.house.json(
            "key", "export", f"{repository}/{name}", "--format", "tuf", home="home-alice")}
            for name in ROLES}

    def by_quorum(self, items):
        """The complete files of one request that two administrators approve."""
        paths = {name: self.file(name.replace("/", "-"), data) for name, data in items.items()}
        request = self.house.submit("image-service", paths)
        self.approve(request, "alice", "bob")
        self.assertEqual(self.fate(request), "signed")
        return self.fetched(request)

    def fetched(self, request):
        out = self.folder / f"fetched-{request[:12]}"
        self.house.conclave("signature", request, "--format", "file", "--out", out,
                            home="home-service")
        return {p.name.split(".")[0].replace("+", "/"): p for p in out.iterdir()}

    def ask(self, items, evidence=(), service="director-service", expect=0):
        """Asks with nobody present. items: item's name -> payload; the complete files, by name."""
        self.asked = getattr(self, "asked", 0) + 1
        folder = self.folder / f"asked-{self.asked}"
        folder.mkdir()
        out = folder / "out"
        argv = ["request", "submit", "--requester", self.house.folder / f"{service}.key",
                "--out", out, "--json"]
        for at, (name, data) in enumerate(items.items()):
            (folder / str(at)).write_bytes(data)
            argv += ["--item", f"{name}={folder / str(at)}"]
        for path in evidence:
            argv += ["--evidence", path]
        done = self.house.conclave(*argv, home="home-service", expect=expect)
        if expect != 0:
            return done
        answer = json.loads(done.stdout)
        self.assertEqual(answer["fate"], "signed")
        self.assertEqual(len(answer["files"]), len(items))
        self.request = answer["request"]
        files = {p.name.split(".")[0].replace("+", "/"): p for p in out.iterdir()}
        self.assertEqual(sorted(files), sorted(items))
        return files

    def refused(self, words, items, **options):
        done = self.ask(items, expect=3, **options)
        self.assertIn(words, done.stderr.decode())
        return done

    # ---- metadata of vehicles ----

    def targets(self, number, version, days=1, data=b"gateway 1.4.0"):
        entry = uptane.director_target(data, {f"ecu-{number}": HARDWARE})
        return {f"director/targets@{vehicle(number)}":
                uptane.targets(version, {"gateway.img": entry}, days)}

    def snapshot(self, number, version, targets_version, file):
        return {f"director/snapshot@{vehicle(number)}": uptane.snapshot(
            version, {"targets.json": (targets_version, file.read_bytes())})}

    def timestamp(self, number, version, snapshot_version, file):
        return {f"director/timestamp@{vehicle(number)}": uptane.timestamp(
            version, snapshot_version, file.read_bytes())}

    def check_file(self, path, name, kind="director", files=None):
        """As a stock client takes it, with openssl's word for the signatures."""
        root = json.loads(uptane.canonical({"signed": json.loads(uptane.root(
            1, self.role_keys(kind), {each: 1 for each in ROLES}))}))
        file = stock.check_uptane_file(f"{name}.json", path.read_bytes(), kind, files)
        self.assertEqual(stock.check_signatures("uptane", file, root, name), 1)
