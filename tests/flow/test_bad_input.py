"""What an honest tool would never say. Each row is refused by its rule, or its connection ends; the
refusal of somebody known is a record; nothing else changes, and the house goes on. Honest rows
between them show that it is the bend, and nothing else, that is refused."""
import unittest

import tuf
from forged import TARGETS, Forged, Honest, Refused, Told
from forgery import bent, line, other_half

ZERO, ONES = "0" * 64, "1" * 64
OTHER = "sha256:" + ONES

UNFIT = Refused("R3", "does not fit the statement")
OLD = Refused("R4", "opened anew")
UNKNOWN_KEY = Refused("R5", "no administrator's")
TWICE = Refused("R5", "approved this request already", recorded=True)
FINAL = Refused("R5", "a rejection is final", recorded=True)
GONE = Refused("R11", "no open request has this id")


def keep(world, name, value):
    world.kept[name] = value
    return value


# The requests: first (targets 1) and second (targets 2), by image-service; own (root 2), by dave's
# tool. What is sent for `first` before anybody approved it:
DECISIONS = (
    ("a stranger's key", lambda w: w.decide("first", "stranger"), UNKNOWN_KEY),
    ("a requester's key", lambda w: w.decide("first", "image-service"), UNKNOWN_KEY),
    ("a stranger under alice's name", lambda w: w.decide("first", "alice", key="stranger"), UNFIT),
    ("bob under alice's name", lambda w: w.decide("first", "alice", key="bob"), UNFIT),
    ("another approver inside", lambda w: w.decide(
        "first", "alice", change=line("approver", OTHER)), UNFIT),
    ("for another appliance", lambda w: w.decide(
        "first", "alice", change=line("appliance", OTHER)), UNFIT),
    ("for another epoch", lambda w: w.decide(
        "first", "alice", change=bent("charter: 1 ", "charter: 2 ")), UNFIT),
    ("for another charter", lambda w: w.decide(
        "first", "alice", change=line("charter", f"1 {OTHER}")), UNFIT),
    ("for another rendering number", lambda w: w.decide(
        "first", "alice", change=bent("shown: ", "shown: 9")), UNFIT),
    ("for other words", lambda w: w.decide(
        "first", "alice", change=line("shown", f"3 {OTHER}")), UNFIT),
    ("for another version", lambda w: w.decide(
        "first", "alice", change=bent("targets 1 ", "targets 2 ")), UNFIT),
    ("for another previous payload", lambda w: w.decide(
        "first", "alice", change=bent("previous none", f"previous {OTHER}")), UNFIT),
    ("for another payload", lambda w: w.decide(
        "first", "alice", change=bent("targets 1 sha256:", "targets 1 sha256:0")), UNFIT),
    ("for a later expiry", lambda w: w.decide(
        "first", "alice", change=line("expires", "2099-01-01T00:00:00Z")), UNFIT),
    ("for another time", lambda w: w.decide(
        "first", "alice", change=line("time", "2020-01-01T00:00:00Z")), UNFIT),
    ("for an earlier signing", lambda w: w.decide(
        "first", "alice", change=line("earliest", "2020-01-01T00:00:00Z")), UNFIT),
    ("without the last line feed", lambda w: w.decide(
        "first", "alice", change=lambda text: text[:-1]), UNFIT),
    ("with CRLF", lambda w: w.decide(
        "first", "alice", change=lambda text: text.replace(b"\n", b"\r\n")), UNFIT),
    ("approve sent as reject", lambda w: w.decide(
        "first", "alice", sent="reject", decision="approve"), UNFIT),
    ("reject sent as approve", lambda w: w.decide("first", "alice", decision="reject"), UNFIT),
    ("signed as a request", lambda w: w.decide("first", "alice", kind="request"), UNFIT),
    ("signed as a withdrawal", lambda w: w.decide("first", "alice", kind="withdrawal"), UNFIT),
    ("cut short", lambda w: w.decide(
        "first", "alice", signature=w.statement("first", "alice")[:-1]), UNFIT),
    ("with a byte more", lambda w: w.decide(
        "first", "alice", signature=w.statement("first", "alice") + b"\0"), UNFIT),
    ("one byte", lambda w: w.decide("first", "alice", signature=b"\0"), UNFIT),
    ("64 zero bytes", lambda w: w.decide("first", "alice", signature=bytes(64)), UNFIT),
    ("an empty sequence for bob", lambda w: w.decide("first", "bob", signature=b"\x30\0"), UNFIT),
    ("the other request's statement", lambda w: w.decide(
        "first", "alice", signature=w.statement("second", "alice")), UNFIT),
    ("the other request's statement and place", lambda w: w.decide(
        "first", "alice", place=w.opened("second").place,
        signature=w.statement("second", "alice")), OLD),
    ("another leaf at that index", lambda w: w.decide(
        "first", "alice", place=f"{w.opened('first').index}:{ONES}"), OLD),
    ("this leaf at index 0", lambda w: w.decide(
        "first", "alice", place=f"0:{w.opened('first').leaf}"), OLD),
    ("the largest index", lambda w: w.decide(
        "first", "alice", place=f"{2**63 - 1}:{w.opened('first').leaf}"), OLD),
    ("a request that never was", lambda w: w.decide("first", "alice", request=ONES), GONE),
    ("no request", lambda w: w.decide("first", "alice", request=ZERO), GONE),
    ("the requester's person", lambda w: w.decide("own", "dave"),
     Refused("R5", "dave stands behind this request", recorded=True)),
    ("the requester's person, rejecting", lambda w: w.decide("own", "dave", sent="reject"),
     Refused("R5", "dave stands behind this request", recorded=True)),

    ("alice, as it should be", lambda w: w.decide(
        "first", "alice", signature=keep(w, "alice", w.statement("first", "alice"))), Honest()),
    ("alice, the same again", lambda w: w.decide(
        "first", "alice", signature=w.kept["alice"]), TWICE),
    ("alice's, for the other request", lambda w: w.decide(
        "second", "alice", signature=w.kept["alice"]), UNFIT),
    ("bob, as it should be", lambda w: w.decide(
        "first", "bob", signature=keep(w, "bob", w.statement("first", "bob"))), Honest()),
    ("bob, signed once more", lambda w: w.decide("first", "bob"), TWICE),
    ("bob's other half (r, n - s)", lambda w: w.decide(
        "first", "bob", signature=other_half(w.kept["bob"])), TWICE),
    ("carol rejects the second", lambda w: w.decide("second", "carol", sent="reject"), Honest()),
    ("carol approves it after all", lambda w: w.decide("second", "carol"), FINAL),
    ("carol rejects it again", lambda w: w.decide("second", "carol", sent="reject"), FINAL),
)

# When `first` was signed, `second` is opened anew; and one request expired.
LATER = (
    ("over the older opening", lambda w: w.decide(
        "second", "alice", place=w.kept["old place"], signature=w.kept["old"]), OLD),
    ("the older statement for the new opening", lambda w: w.decide(
        "second", "alice", signature=w.kept["old"]), UNFIT),
    ("carol, whose rejection stands for the request", lambda w: w.decide("second", "carol"), FINAL),
    ("for what is signed", lambda w: w.decide("first", "dave"), GONE),
    ("a rejection of what is signed", lambda w: w.decide("first", "dave", sent="reject"), GONE),
    ("after expiry", lambda w: w.decide(
        "brief", "alice", place=w.kept["brief place"], signature=w.kept["brief"]), GONE),
    ("what expired, asked again", lambda w: w.again("brief"), Told("expired", "ended")),
    ("alice, over the new opening", lambda w: w.decide("second", "alice"), Honest()),
    ("its requester, by another person's key", lambda w: w.withdraw("second", who="dave-tool"),
     Refused("R5", "only a key of the person who asked")),
    ("its requester, as it should be", lambda w: w.withdraw("second"), Honest("withdrawn")),
    ("for what is withdrawn", lambda w: w.decide(
        "second", "bob", place=w.opened("second").place), GONE),
)

NO_TEXT = Refused("R20", "not a request text")
UNSIGNED = Refused("R1", "signature does not fit the request's exact bytes")


SUBMISSIONS = (
    ("for another appliance", lambda w: w.submission(appliance=ONES),
     Refused("R4", "names another appliance", recorded=True)),
    ("expired", lambda w: w.submission(life=-1), Refused("R4", "has expired", recorded=True)),
    ("91 days of life", lambda w: w.submission(life=91 * 86400),
     Refused("R4", "more than 90 days", recorded=True)),
    ("a role that is not", lambda w: w.submission(items=[("image/nothing", 1, w.targets(1))]),
     Refused("R2", "no role image/nothing", recorded=True)),
    ("a repository that is not", lambda w: w.submission(items=[("other/targets", 1, w.targets(1))]),
     Refused("R2", "no role other/targets", recorded=True)),
    ("no blob", lambda w: w.submission("bare", blobs=[], items=[
        (TARGETS, 1, keep(w, "its blob", w.targets(1)))]),
     Refused("R1", "did not come along", recorded=True)),
    ("the evidence is missing", lambda w: w.submission(
        evidence=[b"evidence"], items=[(TARGETS, 1, b"payload")], blobs=[b"payload"]),
     Refused("R1", "did not come along", recorded=True)),
    ("a blob too many", lambda w: w.submission(
        items=[(TARGETS, 1, b"payload")], blobs=[b"payload", b"more"]),
     Refused("R14", "does not name", recorded=True)),
    ("another blob", lambda w: w.submission(blobs=[b"other"]),
     Refused("R14", "does not name", recorded=True)),
    ("a byte more", lambda w: w.submission(
        items=[(TARGETS, 1, b"payload")], blobs=[b"payload\n"]),
     Refused("R14", "does not name", recorded=True)),
    ("an item twice", lambda w: w.submission(items=[(TARGETS, 1, b"p")] * 2, blobs=[b"p"]), NO_TEXT),
    ("evidence twice", lambda w: w.submission(evidence=[b"e", b"e"]), NO_TEXT),
    ("no item", lambda w: w.submission(
        change=lambda t: t[:t.index(b"item:")], blobs=[]), NO_TEXT),
    ("129 items", lambda w: w.submission(
        items=[(f"image/r{i}", 1, b"p") for i in range(129)], blobs=[b"p"]), NO_TEXT),
    ("a version over 2^53 - 1", lambda w: w.submission(
        items=[(TARGETS, 2**53, w.targets(1))]), NO_TEXT),
    ("a version with a zero before it", lambda w: w.submission(
        items=[(TARGETS, "01", w.targets(1))]), NO_TEXT),
    ("CRLF", lambda w: w.submission(change=bent("routine\n", "routine%0D\n ")), NO_TEXT),
    ("no last line feed", lambda w: w.submission(change=lambda t: t[:-1]), NO_TEXT),
    ("a line feed more", lambda w: w.submission(change=lambda t: t + b"\n"), NO_TEXT),
    ("two spaces", lambda w: w.submission(change=bent("item: ", "item:  ")), NO_TEXT),
    ("lower-case percent", lambda w: w.submission(reason="a%0aline"), NO_TEXT),
    ("a letter that need not be encoded", lambda w: w.submission(reason="%41"), NO_TEXT),
    ("a reason over 1,024", lambda w: w.submission(reason="r" * 1025), NO_TEXT),
    ("no reason", lambda w: w.submission(reason=""), NO_TEXT),
    ("a nonce of 31 digits", lambda w: w.submission(
        change=line("nonce", "0" * 31)), NO_TEXT),
    ("upper-case hex", lambda w: w.submission(
        change=line("appliance", f"sha256:{'A' * 64}")), NO_TEXT),
    ("the 31st of February", lambda w: w.submission(
        change=line("expires", "2027-02-31T00:00:00Z")), NO_TEXT),
    ("a leap second", lambda w: w.submission(
        change=line("expires", "2026-12-31T23:59:60Z")), NO_TEXT),
    ("the next version of the text", lambda w: w.submission(
        change=bent("request/v1", "request/v2")), NO_TEXT),
    ("lines in another order", lambda w: w.submission(
        change=lambda t: b"".join([t.splitlines(True)[i] for i in (0, 2, 1, 3, 4, 5, 6)])),
     NO_TEXT),
    ("a stranger", lambda w: w.submission(requester="stranger"), Refused("R21", "not in charter")),
    ("an administrator", lambda w: w.submission(requester="alice"),
     Refused("R21", "alice is an administrator")),
    ("a stranger under image-service's name", lambda w: w.submission(key="stranger"), UNSIGNED),
    ("dave's tool under image-service's name", lambda w: w.submission(key="dave-tool"), UNSIGNED),
    ("signed as an approval", lambda w: w.submission(kind="approval"), UNSIGNED),
    ("a signature over another request", lambda w: w.submission(
        signature=w.asked["bare"][2]), UNSIGNED),
    ("a signature of one byte", lambda w: w.submission(signature=b"\0"), UNSIGNED),
    ("a payload with a space", lambda w: w.submission(
        items=[(TARGETS, 1, w.targets(1).replace(b":", b": ", 1))]),
     Refused("R2", "", recorded=True)),
    ("a payload of another type", lambda w: w.submission(
        items=[("image/snapshot", 1, w.targets(1))]),
     Refused("R2", "signs metadata of type snapshot", recorded=True)),
    ("another version than the payload's", lambda w: w.submission(
        items=[(TARGETS, 2, w.targets(1))]),
     Refused("R12", "names version 2", recorded=True)),
    ("an unknown field", lambda w: w.submission(
        items=[(TARGETS, 1, tuf.signed("targets", 1, 90, targets={}, unheard_of=1))]),
     Refused("R2", "", recorded=True)),
    ("a payload that has expired", lambda w: w.submission(
        items=[(TARGETS, 1, w.targets(1, days=-1))]),
     Refused("R12", "give it a later expiry", recorded=True)),
    ("a payload that lives too long", lambda w: w.submission(
        items=[(TARGETS, 1, w.targets(1, days=400))]),
     Refused("R12", "allows at most", recorded=True)),

    # The same bytes twice are the bytes that the request names.
    ("a blob twice", lambda w: w.submission(
        "twice", items=[(TARGETS, 1, keep(w, "twice", w.targets(1)))],
        blobs=[w.kept["twice"]] * 2), Honest()),
    ("as it should be", lambda w: w.submission("good"), Honest()),
    ("the same while it is open", lambda w: w.again("good"), Told("open", "opened")),
    ("the same with its blob twice", lambda w: w.again(
        "good", blobs=w.asked["good"][3] * 2), Told("open", "opened")),
    ("the same with a bent signature", lambda w: w.again(
        "good", signature=w.asked["good"][2][:-1] + b"\xff"), UNSIGNED),
    ("a stranger withdraws it", lambda w: w.withdraw("good", who="stranger"),
     Refused("R5", "only a key of the person who asked")),
    ("an administrator withdraws it", lambda w: w.withdraw("good", who="alice"),
     Refused("R5", "only a key of the person who asked")),
    ("another person's tool withdraws it", lambda w: w.withdraw("good", who="dave-tool"),
     Refused("R5", "only a key of the person who asked")),
    ("a stranger under the requester's name", lambda w: w.withdraw("good", key="stranger"),
     Refused("R3", "withdrawal's signature does not fit")),
    ("the withdrawal of another request", lambda w: w.withdraw("good", request=ONES),
     Refused("R3", "withdrawal's signature does not fit")),
    ("a withdrawal at another appliance", lambda w: w.withdraw("good", appliance=ONES),
     Refused("R3", "withdrawal's signature does not fit")),
    ("a withdrawal signed as a request", lambda w: w.withdraw("good", kind="request"),
     Refused("R3", "withdrawal's signature does not fit")),
    ("the requester withdraws it", lambda w: w.withdraw("good"), Honest("withdrawn")),
    ("and again", lambda w: w.withdraw("good"), GONE),
    ("the same after its end", lambda w: w.again("good"), Told("withdrawn", "ended")),
    ("the same after its end, unsigned", lambda w: w.again("good", signature=b"\0"), UNSIGNED),
    ("what was refused, now with its blob", lambda w: w.again("bare", blobs=[w.kept["its blob"]]),
     Told("refused", "refused")),
    ("what was refused, as it was", lambda w: w.again("bare"), Told("refused", "refused")),
    ("what was signed", lambda w: w.again("root"), Told("signed", "outcome")),
)


class BadInput(Forged):
    def submit_as(self, name, **options):
        answer = self.world.forger.ask(*self.world.submission(name, **options))
        self.assertEqual(answer.kind, "accepted", getattr(answer, "sentence", ""))

    def sign_root(self):
        self.submit_as("root", items=[("image/root", 1, self.root_payload())])
        self.approve(self.world.request("root"), "alice", "bob")
        self.settle(lambda: self.world.dossier("root").fate == "signed")

    def test_r3_r4_r5_decisions_that_nobody_made_so(self):
        world = self.world
        self.sign_root()
        self.submit_as("first")
        self.submit_as("second", items=[(TARGETS, 2, world.targets(2))])
        self.submit_as("own", requester="dave-tool",
                       items=[("image/root", 2, self.root_payload(2))])
        self.run_rows(DECISIONS)
        self.submit_as("brief", items=[("image/root", 2, self.root_payload(2))], life=3)
        world.kept["brief"] = world.statement("brief", "alice")
        world.kept["brief place"] = world.opened("brief").place
        world.kept["old"] = world.statement("second", "alice")
        world.kept["old place"] = world.opened("second").place
        self.approve(world.request("first"), "carol")
        self.settle(lambda: world.opened("second").place != world.kept["old place"] and
                    world.dossier("brief").fate == "expired")
        self.assertEqual(world.dossier("first").fate, "signed")
        self.run_rows(LATER)
        self.goes_on(DECISIONS + LATER)
        self.assertEqual(len(self.records("outcome")), 2)

    def test_r1_r2_r4_r11_r14_requests_that_no_tool_makes(self):
        self.sign_root()
        self.run_rows(SUBMISSIONS)
        self.goes_on(SUBMISSIONS)
        self.assertEqual(len(self.records("outcome")), 1)


if __name__ == "__main__":
    unittest.main()
