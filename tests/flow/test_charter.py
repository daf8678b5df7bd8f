"""What the command line says of a drafted charter is what the house does."""
import unittest

from governing import Governing, policy
from scenario import PEOPLE


class Charter(Governing):
    def diff(self, charter):
        return self.house.json("charter", "diff", charter, home="home-alice")

    def draft_without(self, *roles):
        """A charter that removes a requester and roles, and brings a person."""
        self.house.enrol("erin")
        kept = {
            "root": ("everyone", 2, "threshold: 1", ["{type: ed25519, count: 1}"]),
            "targets": ("everyone", 3, "threshold: 1", ["{type: ecdsa-p256, count: 1}"]),
            "snapshot": ("everyone", 2, "threshold: 1", ["{type: ed25519, count: 1}"]),
        }
        for role in roles:
            kept.pop(role, None)
        return self.draft(policy([*PEOPLE, "erin"], roles=kept,
                                 requesters={"image-service": "release-desk"}))

    def test_r7_what_the_diff_says_will_end_is_what_ends(self):
        self.house.start()
        self.submit("root", self.root_payload())
        self.motion("key", "generate", "image/root=ed25519")
        self.motion("time", "state", by="dave-tool")
        self.propose(self.draft(policy(clock="clock: 60\n"), "other.charter"))
        charter = self.draft_without("snapshot")
        said = {r["request"]: r["ends"] for r in self.diff(charter)["requests"]}
        self.assertEqual(sorted(said.values()), [False, False, True, True])
        request = self.propose(charter, self.prove(charter, "erin"))
        self.assertEqual({r["request"] for r in self.diff(charter)["requests"]}, set(said),
                         "the proposal itself is none of those that end")
        self.approve(request, "alice", "bob", "carol")
        self.assertEqual(self.fate(request), "signed")
        for one, ends in said.items():
            self.wait_until(lambda: (self.fate(one, seconds=0) == "refused") == ends)
        self.check_log()

    def test_r14_the_draft_says_what_its_approvers_see(self):
        self.house.start()
        charter = self.draft_without()
        said = self.diff(charter)
        self.assertEqual([p["name"] for p in said["proofs"]], ["erin"])
        request = self.propose(charter, self.prove(charter, "erin"))
        shown = self.house.json("request", "show", request, home="home-alice")["rendering"]
        for line in said["words"].splitlines():
            self.assertIn(line + "\n", shown)

    def test_the_charter_in_force_is_shown_in_words_and_in_its_bytes(self):
        self.house.start()
        before = self.house.conclave("charter", "show", "--text", home="home-alice").stdout
        self.assertTrue(before.startswith(b"conclave.charter/v1\nepoch: 1\n"))
        charter = self.draft_without("snapshot")
        request = self.propose(charter, self.prove(charter, "erin"))
        self.approve(request, "alice", "bob", "carol")
        self.assertEqual(self.fate(request), "signed")
        text = self.house.conclave("charter", "show", "--text", home="home-alice").stdout
        self.assertEqual(text, charter.read_bytes())
        shown = self.house.json("charter", "show", home="home-alice")
        self.assertEqual([a["name"] for a in shown["administrators"]],
                         sorted([*PEOPLE, "erin"]))
        self.assertEqual([k["role"] for k in shown["keys"]], ["image/root", "image/targets"])
        words = self.house.text("charter", "show", home="home-alice")
        for key in shown["keys"]:
            self.assertIn(key["key"], words)

    def test_an_administrator_hears_before_signing_that_metadata_is_a_requesters_to_ask_for(self):
        self.house.start()
        path = self.file("root.payload", self.root_payload())
        done = self.house.as_person("alice", "request", "submit", "--item", f"image/root={path}",
                                    expect=3)
        self.assertIn(b"alice is an administrator", done.stderr)
        self.assertEqual(self.house.json("request", "list", home="home-alice"), {"requests": []})
        self.assertEqual(self.records("refused"), [])


if __name__ == "__main__":
    unittest.main()
