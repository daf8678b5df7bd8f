"""People, keys and limits change by quorum; nobody locks the house or takes it over on the way."""
import json
import unittest

import tuf
from governing import Governing, policy
from house import House
from scenario import BUILD, PEOPLE

BELOW = ["alice", "bob"]  # two where three decide


class Founding(Governing):
    def test_r5_no_key_is_made_for_a_policy_that_breaks_a_rule(self):
        self.house = House(BUILD, self.folder / "own")
        for name in [*PEOPLE, "image-service", "dave-tool"]:
            self.house.make_requester(name)
        for name in PEOPLE:
            key = self.house.folder / f"{name}.key.pub"
            key.rename(self.house.folder / f"{name}.pem")
        self.house.make_token("appliance", "appliance")
        self.house.write_config()
        self.house.start(found=True)
        self.assertEqual(self.init_keys(policy(quorum=len(PEOPLE)), expect=1), 0)
        self.assertGreater(self.init_keys(policy(), expect=0), 0)

    def init_keys(self, text, expect):
        """How many objects of the token `init keys` made."""
        before = self.objects()
        path = self.house.folder / "policy.yaml"
        path.write_text(text)
        done = self.house.conclave("init", "keys", "--policy", path, expect=expect)
        self.assertEqual(expect == 1, b"R5: The quorum of charter is all 4" in done.stderr)
        return self.objects() - before

    def objects(self):
        return len(list(self.house.tokens("appliance").glob("*/*.object")))


class Charter(Governing):
    def test_r7_a_stolen_token_freezes_everything_and_is_removed_by_charter_change(self):
        self.house.start()
        waiting = self.submit("root", self.root_payload())
        self.freeze("alice", "everything")
        self.approve(waiting, "bob", "carol")
        self.assertEqual(self.fate(waiting, seconds=2), "open")
        people = ["bob", "carol", "dave"]
        self.change(policy(people, quorum=2, roles=self.smaller_roles()), "bob", "carol", "dave")
        self.assertEqual(self.epoch(), 2)
        for word in (["freeze", "everything"], ["freeze", "role", "image/root"]):
            done = self.house.as_person("alice", *word, "--reason", "again", "--yes", expect=None)
            self.assertEqual(done.returncode, 3, done.stderr)
        self.house.approve("alice", waiting, expect=3)
        frozen = self.freezes()
        self.assertEqual(len(frozen), 1)
        lift = self.motion("lift", frozen[0]["freeze"])
        self.approve(lift, "bob", "carol")
        self.assertEqual(self.fate(lift), "signed")
        self.approve(waiting, "bob", "carol")
        self.assertEqual(self.fate(waiting), "signed")
        self.check_log()

    def smaller_roles(self):
        return {"root": ("everyone", 2, "threshold: 1", ["{type: ed25519, count: 1}"]),
                "targets": ("everyone", 2, "threshold: 1", ["{type: ecdsa-p256, count: 1}"]),
                "snapshot": ("everyone", 2, "threshold: 1", ["{type: ed25519, count: 1}"]),
                "timestamp": ("everyone", 2, "threshold: 1", ["{type: ecdsa-p256, count: 1}"])}

    def test_r7_approvals_of_the_old_epoch_count_no_more(self):
        self.house.start()
        waiting = self.submit("targets", self.targets_payload())
        self.approve(waiting, "alice", "bob")
        self.house.enrol("erin")
        self.change(policy([*PEOPLE, "erin"]), "alice", "bob", "carol", proofs=["erin"])
        self.approve(waiting, "carol")
        self.assertEqual(self.fate(waiting, seconds=2), "open")
        self.approve(waiting, "alice", "erin")
        self.assertEqual(self.fate(waiting), "signed")
        self.house.stop()
        self.house.start()
        self.assertEqual(self.epoch(), 2)
        self.check_log()

    def targets_payload(self):
        self.sign("root", self.root_payload())
        return tuf.targets(1, {"gateway.img": b"firmware"})

    def test_r7_a_new_key_without_proof_of_possession_is_refused(self):
        self.house.start()
        self.house.enrol("erin")
        charter = self.draft(policy([*PEOPLE, "erin"]))
        done = self.motion("charter", "propose", charter, expect=3)
        self.assertIn(b"R7", done.stderr)
        self.assertEqual(self.outcomes(), 0)

    def test_r7_an_administrator_asks_with_the_own_token_and_does_not_count(self):
        self.house.start()
        charter = self.draft(policy(quorum=3, clock="clock: 120\n"))
        done = self.house.as_person("alice", "charter", "propose", charter, "--json")
        request = json.loads(done.stdout)["request"]
        self.house.approve("alice", request, expect=3)
        self.approve(request, "bob", "carol", "dave")
        self.assertEqual(self.fate(request), "signed")

    def test_r7_a_proposed_epoch_that_was_overtaken_is_refused(self):
        self.house.start()
        first = self.propose(self.draft(policy(clock="clock: 120\n")))
        second = self.propose(self.draft(policy(clock="clock: 60\n"), "other.charter"))
        self.approve(first, "alice", "bob", "carol")
        self.assertEqual(self.fate(first), "signed")
        self.assertEqual(self.fate(second), "refused")
        self.assertEqual(self.epoch(), 2)

    def test_two_below_the_quorum_try_every_command(self):
        self.house.start()
        frozen = self.freeze("alice", "role", "image/targets")
        root = next(k for k in self.keys() if k["role"] == "image/root")
        charter = self.draft(policy(quorum=3, clock="clock: 120\n"))
        tries = [
            ["charter", "propose", charter],
            ["key", "generate", "image/root=ed25519"],
            ["lift", frozen],
            ["time", "state"],
        ]
        before = self.outcomes()
        for argv in tries:
            with self.subTest(" ".join(map(str, argv[:2]))):
                request = self.motion(*argv)
                self.approve(request, *BELOW)
                self.assertEqual(self.fate(request, seconds=1), "open")
                self.house.approve("alice", request, expect=3)
        # What would take a role's only key is refused at once.
        self.motion("key", "retire", "image/root", root["key"], expect=3)
        self.motion("key", "destroy", "image/root", root["key"], expect=3)
        self.assertEqual(self.outcomes(), before)
        self.assertEqual(self.epoch(), 1)
        self.house.stop()
        self.house.start()
        self.assertEqual(self.outcomes(), before)
        self.check_log()


class Keys(Governing):
    def test_r18_a_key_is_made_named_retired_and_destroyed(self):
        self.house.start()
        made = self.motion("key", "generate", "image/root=ed25519")
        self.approve(made, "alice", "bob", "carol")
        self.assertEqual(self.fate(made), "signed")
        spare = [k for k in self.keys() if k["state"] == "spare"]
        self.assertEqual([k["role"] for k in spare], ["image/root"])
        old = next(k for k in self.keys() if k["role"] == "image/root" and k["state"] == "used")
        text = policy(root_keys=["{type: ed25519, key: \"sha256:%s\"}" % spare[0]["key"]])
        self.change(text, "alice", "bob", "carol")
        states = {k["key"]: k["state"] for k in self.keys()}
        self.assertEqual(states[spare[0]["key"]], "used")
        self.assertEqual(states[old["key"]], "retired")
        gone = self.motion("key", "destroy", "image/root", old["key"])
        self.approve(gone, "alice", "bob", "carol")
        self.assertEqual(self.fate(gone), "signed")
        self.assertNotIn(old["key"], {k["key"] for k in self.keys()})
        self.house.stop()
        self.house.start()
        self.assertEqual(states.keys() - {old["key"]}, {k["key"] for k in self.keys()})
        self.sign("root", self.root_payload())
        self.check_log()


class Freeze(Governing):
    def test_r6_a_frozen_role_waits_and_is_signed_after_the_lift(self):
        self.house.start()
        frozen = self.freeze("dave", "role", "image/root")
        request = self.submit("root", self.root_payload())
        self.approve(request, "alice", "bob")
        self.assertEqual(self.fate(request, seconds=2), "open")
        self.house.stop()
        self.house.start()
        self.assertEqual(self.fate(request, seconds=2), "open")
        lift = self.motion("lift", frozen)
        since = next(f["time"] for f in self.freezes() if f["freeze"] == frozen)
        shown = self.house.json("request", "show", lift, home="home-alice")
        self.assertEqual(shown["lifts"], {"freeze": frozen, "since": since})
        self.assertIn(f"Lifts     a freeze by dave, in force since {since}\n",
                      self.house.text("request", "show", lift, home="home-alice"))
        self.assertNotIn("lifts", self.house.json("request", "show", request, home="home-alice"))
        self.approve(lift, "alice", "carol")  # the role's own quorum is two
        self.assertEqual(self.fate(lift), "signed")
        self.assertEqual(self.fate(request), "signed")
        self.check_log()

    def test_r6_a_freeze_counts_once_and_not_again_after_its_lift(self):
        self.house.start()
        request = self.submit("root", self.root_payload())
        frozen = self.freeze("dave", "request", request)
        self.freeze("dave", "request", request, expect=3)
        self.assertEqual([f["freeze"] for f in self.freezes()], [frozen])
        self.approve(request, "alice", "bob")
        self.assertEqual(self.fate(request, seconds=1), "open")
        lift = self.motion("lift", frozen)
        self.approve(lift, "alice", "bob")
        self.assertEqual(self.fate(lift), "signed")
        self.assertEqual(self.fate(request), "signed")
        self.motion("lift", frozen, expect=1)  # there is none to lift
        self.assertEqual(self.freezes(), [])


if __name__ == "__main__":
    unittest.main()
