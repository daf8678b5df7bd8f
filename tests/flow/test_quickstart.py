"""docs/quickstart.md: each chapter's commands, as they are printed, in a shell at a terminal, against
a real house. What others do meanwhile, a chapter does not say: here the house's driver does it."""
import pathlib
import re
import shutil
import tempfile
import unittest

import terminal
import tuf
from governing import policy
from house import House
from scenario import BUILD, ROLES

TEXT = (pathlib.Path(__file__).resolve().parents[2] / "docs/quickstart.md").read_text()
OTHERS = ["bob", "carol", "dave", "erin"]
PIN = "correct horse 17"


def chapter(title):
    """The chapter's commands: section -> blocks."""
    text = TEXT[TEXT.index(f"## {title}\n"):]
    text = text[:text.find("\n## ", 1)] if "\n## " in text[1:] else text
    sections = re.split(r"^### (.+)$", text, flags=re.M)
    return {name: re.findall(r"^```sh\n(.*?)^```", body, re.M | re.S)
            for name, body in zip(sections[1::2], sections[2::2])}


class Chapter(unittest.TestCase):
    """A person with a home, a folder and a shell in which `conclave` finds the appliance."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="conclave-quick-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.house = House(BUILD, self.folder / "house")
        self.addCleanup(self.house.stop)
        self.place = self.folder / "place"
        (self.folder / "bin").mkdir()
        self.place.mkdir()
        (self.folder / "home").mkdir()
        wrapper = self.folder / "bin/conclave"
        wrapper.write_text(f'#!/bin/sh\nexec {BUILD}/conclave --socket {self.house.socket} "$@"\n')
        wrapper.chmod(0o755)

    def follow(self, block):
        screen = terminal.run(
            ["/bin/bash", "--norc", "-e", "-o", "pipefail", "-c", block], cwd=self.place,
            env={"HOME": str(self.folder / "home"),
                 "PATH": f"{self.folder / 'bin'}:/usr/bin:/bin",
                 "SOFTHSM2_CONF": str(self.house.softhsm("people"))},
            answers={"PIN: ": PIN, '": ': PIN, "Type yes": "yes", "Type approve": "approve",
                     "Type freeze": "freeze"})
        self.assertEqual(screen.status, 0, f"{block}\n{screen.text}")
        self.assertEqual(screen.foreign(), [])
        return screen.text

    def follow_all(self, blocks):
        return [self.follow(block) for block in blocks]

    # ---- what others do ----

    def begin(self, people):
        """A policy and an appliance that is being founded; the log key as others know it."""
        house = self.house
        (house.folder / "policy.yaml").write_text(policy(people=people))
        house.make_token("appliance", "appliance")
        house.write_config()
        house.start(found=True)
        house.conclave("init", "begin", "--policy", house.folder / "policy.yaml")
        self.shown = house.json("init", "show")

    def end(self):
        for name in OTHERS:
            self.house.as_person(name, "init", "sign", "--log-key-hash",
                                 self.shown["log_key_hash"])
        self.house.stop()
        self.house.start()
        (self.place / "appliance.vkey").write_text(self.shown["vkey"] + "\n")
        shutil.copytree(self.house.folder / "home-bob", self.house.folder / "home-service")

    def prepare(self, service_key=True):
        self.house.enrol_people(OTHERS)
        for name in ("image-service", "dave-tool") if service_key else ("dave-tool",):
            self.house.make_requester(name)

    def root(self, requester="image-service", sign=True):
        """Somebody asks for the first root; the others approve it."""
        keys = {role: {k["keyid"]: k["key"] for k in self.house.json(
            "key", "export", f"image/{role}", "--format", "tuf", home="home-bob")}
            for role in ROLES}
        path = self.folder / "root.payload"
        path.write_bytes(tuf.root(1, keys, {role: 1 for role in ROLES}))
        request = self.house.submit(requester, {"image/root": path})
        for name in OTHERS[:2] if sign else []:
            self.house.approve(name, request)
        return request


class Administrator(Chapter):
    def test_an_administrators_first_day(self):
        steps = chapter("The administrator")
        self.prepare()
        self.follow_all(steps["Your key"])
        house = self.house
        shutil.copy(self.place / "alice.pem", house.folder / "alice.pem")
        self.begin(["alice", *OTHERS])
        for name in ("policy.yaml", *(p.name for p in house.folder.glob("*.p[eu][mb]"))):
            shutil.copy(house.folder / name, self.place)
        check, sign, status = steps["The founding"]
        self.assertIn("good", self.follow(check))
        self.assertIn("alice            has signed", self.follow(sign))
        self.end()
        self.assertIn("pinned log key", self.follow(status))
        request = self.root(sign=False)
        listed, approve = steps["Approving"]
        self.assertIn(request[:16], self.follow(listed))
        self.assertIn("image/root 1 of 2 approvals", self.follow(approve))
        house.approve("bob", request)
        house.conclave("request", "wait", request, "--timeout", "20", home="home-bob")
        freeze, lift = steps["When something is very wrong"]
        self.assertIn("everything", self.follow(freeze))
        lifted = re.search(r"[0-9a-f]{64}", self.follow(lift)).group(0)
        for name in OTHERS[:3]:
            house.approve(name, lifted)
        house.conclave("request", "wait", lifted, "--timeout", "20", home="home-bob")
        self.assertEqual(house.json("freeze", "list", home="home-bob")["freezes"], [])


class Developer(Chapter):
    def test_a_repository_developers_first_day(self):
        steps = chapter("The repository developer")
        self.prepare(service_key=False)
        self.follow_all(steps["Your key"])
        house = self.house
        for end in ("", ".pub"):
            shutil.copy(self.place / f"service.key{end}", house.folder / f"image-service.key{end}")
        self.begin(OTHERS)
        self.end()
        first = self.root()
        house.conclave("request", "wait", first, "--timeout", "20", home="home-bob")
        self.assertIn("pinned log key", self.follow_all(steps["Whom you believe"])[0])
        draft, submit, wait = steps["Asking"]
        self.follow(draft)
        self.follow(submit)
        request = (self.place / "request.id").read_text().strip()
        for name in OTHERS[:3]:
            house.approve(name, request)
        self.assertEqual(self.follow(wait).splitlines()[-1], "signed")
        self.follow_all(steps["Fetching"])
        file = (self.place / "targets.json").read_bytes()
        self.assertIn(b'"gateway.img"', file)
        self.assertTrue((self.place / "targets.proof").read_text().startswith("c2sp.org/tlog"))


class Auditor(Chapter):
    def test_an_auditors_first_day(self):
        steps = chapter("The auditor")
        self.prepare()
        self.begin(OTHERS)
        self.end()
        request = self.root()
        self.house.conclave("request", "wait", request, "--timeout", "20", home="home-bob")
        verify, looks = steps["On the spot"]
        self.assertIn("The log is good", self.follow(verify))
        self.assertIn("conclave.founding/v1", self.follow(looks))
        self.assertIn("The log is good", self.follow_all(steps["At home"])[0])
        self.assertIn("conclave.outcome/v1", self.follow_all(steps["One signature"])[0])
        self.assertTrue((self.place / "outcome.proof").read_text().startswith("c2sp.org/tlog"))


class Page(unittest.TestCase):
    def test_every_block_is_followed(self):
        blocks = re.findall(r"^```(\w*)\n(?:.*?)^```", TEXT, re.M | re.S)
        self.assertEqual(set(blocks), {"sh"})
        told = [block for title in ("The administrator", "The repository developer", "The auditor")
                for blocks_of in chapter(title).values() for block in blocks_of]
        self.assertEqual(len(told), len(blocks))


if __name__ == "__main__":
    unittest.main()
