"""Every refusal of charters, motions and decisions that a command can provoke."""
import unittest

import refusals_charter
import tuf
from governing import policy
from refusals import LOCAL, Refusals
from scenario import PEOPLE


def limited():
    """A policy with custodians, a delay, a group without dave, and quotas that are used up at once."""
    keys = "{type: ed25519, count: %d}"
    roles = {"root": ("everyone", 2, "threshold: 1",
                      [f"{{type: ed25519, count: 1, custodian: {c}}}" for c in ("alice", "carol")]),
             "targets": ("three", 2, "threshold: 1\ndelay: 2h", [keys % 1]),
             "snapshot": ("everyone", 2, "threshold: 1", [keys % 2]),
             "timestamp": ("everyone", 2, "threshold: 1", [keys % 1])}
    text = policy(groups={"three": PEOPLE[:3]}, roles=roles, requesters={
        "image-service": "release-desk", "dave-tool": "dave", "stranger": "auditor"})
    return (text.replace("key: dave-tool.key.pub}", "key: dave-tool.key.pub, quota: {records: 1}}")
            .replace("key: stranger.key.pub}", "key: stranger.key.pub, quota: {bytes: 10}}"))


class RefusalsCharter(Refusals):
    def setUp(self):
        super().setUp()
        self.found_house(limited(), PEOPLE, ("image-service", "dave-tool", "stranger"))
        self.house.start()
        folder = self.house.folder
        self.given |= {"folder": str(folder), "key": str(folder / "image-service.key"),
                       "dave": str(folder / "dave-tool.key"),
                       "stranger": str(folder / "stranger.key")}
        self.given["snapshot"] = next(
            k["key"] for k in self.keys() if k["role"] == "image/snapshot")

    def test_charters_that_are_none(self):
        now = self.house.conclave("charter", "show", "--text", home="home-alice").stdout
        for words, change in refusals_charter.READING:
            with self.subTest(words):
                path = self.give("bent", change(now))
                self.check(self.house.conclave("charter", "diff", path, expect=None,
                                               home="home-alice"), LOCAL, words)
        for words, old, new in refusals_charter.DRAFTING:
            with self.subTest(words):
                self.assertIn(old, limited())
                done = self.draft(limited().replace(old, new.format(**self.given), 1), expect=None)
                self.check(done, LOCAL, words)
        self.tell(len(refusals_charter.READING + refusals_charter.DRAFTING))

    def test_motions_and_decisions(self):
        self.run_payloads(refusals_charter.MOTIONS)
        self.given["targets"] = str(self.file("targets.1", tuf.targets(1, {})))
        self.given["signed"] = self.submit("root", self.root_payload())
        self.approve(self.given["signed"], "alice", "bob")
        self.assertEqual(self.fate(self.given["signed"]), "signed")
        self.given["open"] = self.submit("targets", tuf.targets(2, {}))
        self.given["own"] = self.submit("root", self.root_payload(2), requester="dave-tool")
        self.freeze("bob", "everything")
        for status, words, who, *argv in refusals_charter.LATE:
            with self.subTest(words):
                argv = self.words(argv)
                done = (self.house.as_person(who, *argv, expect=None) if who else
                        self.house.conclave(*argv, expect=None, home="home-alice"))
                self.check(done, status, words)
        self.tell(len(refusals_charter.LATE))
        self.check_log()


if __name__ == "__main__":
    unittest.main()
