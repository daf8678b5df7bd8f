"""Every refusal of what is said on the command line: usage, files, tokens, and what a house that
serves says of it."""
import subprocess
import unittest

import refusals_usage
import tuf
from governing import policy
from refusals import DAEMON, LOCAL, REFUSED, UNVERIFIED, Refusals
from scenario import PEOPLE

# A request's payloads and evidence together, and files of which they are full.
REQUEST_BYTES, PART_BYTES = 20 << 20, 4 << 20


class RefusalsUsage(Refusals):
    def setUp(self):
        super().setUp()
        self.give("text", "nothing that can be read\n")
        self.given["key"] = str(self.house.folder / "image-service.key")
        self.given["stranger"] = str(self.house.folder / "stranger.key")

    def test_what_nobody_has_to_be_there_for(self):
        self.give("charter", self.compile_charter())
        self.given["vkey"] = (self.house.folder / "home-alice/vkey").read_text().strip()
        self.run_rows(refusals_usage.ALONE)
        self.run_rows(refusals_usage.NOT_PINNED, home="home-none")
        self.run_rows(refusals_usage.NOT_THERE, "--socket", "{folder}/nowhere.sock")
        self.run_rows(refusals_usage.TOKENS, "token", "export", pin=self.house.pins["alice"])
        done = self.house.as_person("alice", "token", "generate", expect=None)
        self.check(done, DAEMON, "holds a key already: export that one")

    # ---- a house with something in it ----

    def serve(self):
        """A house whose root has two keys; its home, its files."""
        other = self.house.folder
        self.found_house(policy(root_keys=["{type: ed25519, count: 2}"]), PEOPLE,
                         ("image-service", "dave-tool", "stranger"))
        self.house.start()
        self.given |= {"folder": str(self.house.folder),
                       "other vkey": (other / "home-alice/vkey").read_text().strip(),
                       "vkey": str(self.house.folder / "home-alice/vkey"),
                       "key": str(self.house.folder / "image-service.key"),
                       "stranger": str(self.house.folder / "stranger.key")}
        self.give("text", "nothing that can be read\n")
        self.give("loose", "").chmod(0o644)
        self.give("private", "no key\n").chmod(0o600)
        self.give("long", "k" * 100000).chmod(0o600)

    def fill(self):
        """Requests of every fate."""
        self.given["signed"] = self.submit("root", self.root_payload())
        self.approve(self.given["signed"], "alice", "bob")
        self.assertEqual(self.fate(self.given["signed"]), "signed")
        paths = {"image/root": self.file("root.wide", self.root_payload(2)),
                 "image/targets": self.file("targets.wide", tuf.targets(1, {}))}
        # The time is stated when nothing else is about to be sealed: it must not be behind.
        for name, ask in (("wide", lambda: self.house.submit("image-service", paths)),
                          ("motion", lambda: self.motion("time", "state", by="dave-tool"))):
            self.given[name] = ask()
            self.approve(self.given[name], "alice", "bob", "carol")
            self.assertEqual(self.fate(self.given[name]), "signed")
        self.given["withdrawn"] = self.submit("targets", tuf.targets(2, {}))
        self.house.conclave("request", "withdraw", self.given["withdrawn"], *self.asker(
            "image-service"), home="home-service")
        self.given["open"] = self.submit("targets", tuf.targets(3, {}))
        self.given["root key"] = next(k["key"] for k in self.keys() if k["role"] == "image/root")

    def draft_charters(self):
        """The one in force, the next, another appliance's; and the proof of a new person."""
        self.house.enrol("erin")
        draft = self.draft(policy([*PEOPLE, "erin"], root_keys=["{type: ed25519, count: 2}"]))
        self.given |= {"next": str(draft), "proof": str(self.prove(draft, "erin")),
                       "policy": str(self.house.folder / "next.yaml")}
        now = self.house.conclave("charter", "show", "--text", home="home-alice").stdout
        self.give("charter", now)
        log = next(l for l in now.splitlines(keepends=True) if l.startswith(b"log: "))
        self.give("foreign", draft.read_bytes().replace(log, b"log: sha256:" + b"1" * 64 + b"\n"))

    def test_what_a_house_that_serves_says_of_it(self):
        self.serve()
        self.fill()
        self.draft_charters()
        self.run_rows(refusals_usage.SERVING)
        for status, words, *argv in refusals_usage.DECIDING:
            with self.subTest(words):
                self.check(self.house.as_person("alice", *self.words(argv), expect=None), status,
                           words)
        self.check(self.house.as_person("erin", "approve", self.given["open"], "--yes", expect=None),
                   REFUSED, "is nobody's that would do here")
        self.tell(1 + len(refusals_usage.DECIDING))
        self.run_full()
        self.change_export()
        self.ask_for_much()
        self.check_log()

    def change_export(self):
        """An exported log in which a payload is not what its name says."""
        folder = self.house.folder / "exported"
        self.house.conclave("log", "export", folder, home="home-alice")
        blob = max((folder / "blobs").iterdir(), key=lambda p: p.stat().st_size)
        blob.write_bytes(blob.read_bytes() + b"more")
        self.run_rows([(UNVERIFIED, "does not hold the bytes that its name says", "log", "verify",
                        "--entries", str(folder / "entries"), "--checkpoint",
                        str(folder / "checkpoint"), "--vkey", "{vkey}")])

    def ask_for_much(self):
        """A few bytes more than a request may have."""
        argv = ["request", "submit", "--requester", "{key}", "--item", "image/targets={text}"]
        for i in range(REQUEST_BYTES // PART_BYTES):
            self.give(f"part {i}", bytes([i]) * PART_BYTES)
            argv += ["--evidence", f"{{part {i}}}"]
        self.run_rows([(DAEMON, "this is more than the appliance takes", *argv)])

    def run_full(self):
        self.freeze("dave", "role", "image/timestamp")
        for words, *argv in refusals_usage.FULL:
            with self.subTest(argv), open("/dev/full", "wb") as full:
                done = subprocess.run(
                    [self.house.build / "conclave", "--socket", self.house.socket, "--home",
                     self.house.folder / "home-alice", *self.words(argv)],
                    stdout=full, stderr=subprocess.PIPE, check=False)
                self.check(done, LOCAL, words)
        self.tell(len(refusals_usage.FULL))

    def compile_charter(self):
        """The charter in force: that of the first record."""
        self.house.start()
        text = self.house.conclave("charter", "show", "--text", home="home-alice").stdout
        self.house.stop()
        return text


if __name__ == "__main__":
    unittest.main()
