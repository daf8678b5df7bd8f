"""A serving house, what is said to it, and what must stay as it was: for the tests of bad input.
Each method that makes an ask makes an honest one, but for what it is told to bend."""
import base64
import pathlib
import sys
import tempfile

import tuf
from forgery import (Forger, Opened, approval_text, freeze_text, make_template, request_text,
                     sha256, withdrawal_text)
from scenario import Flow, copy_house

TARGETS = "image/targets"


class World:
    def __init__(self, house):
        self.house = house
        self.forger = Forger(house)
        self.appliance = self.log_key_hash()
        self.asked = {}  # short name -> (id, text, signature, blobs)
        self.kept = {}   # what rows keep for later rows
        self.never = set()  # short names of requests that were never opened

    def log_key_hash(self):
        _, _, text = self.forger.ask("records", 0, 1).entries[0].partition(":")
        line = next(l for l in bytes.fromhex(text).splitlines() if l.startswith(b"log: "))
        return sha256(base64.b64decode(line.split()[2]))

    # ---- requests ----

    def targets(self, version, **options):
        return tuf.targets(version, {"gateway.img": b"firmware"}, **options)

    def submission(self, name=None, requester="image-service", key=None, items=None, blobs=None,
                   evidence=(), change=None, kind="request", signature=None, **text):
        items = items or [(TARGETS, 1, self.targets(1))]
        made = request_text(text.pop("appliance", self.appliance),
                            text.pop("named", None) or self.forger.key_id(requester),
                            items, evidence, **text)
        made = change(made) if change else made
        blobs = [p for _, _, p in items] + list(evidence) if blobs is None else blobs
        signature = signature or self.forger.sign(key or requester, kind, made)
        self.asked[name or f"request {len(self.asked)}"] = (sha256(made), made, signature, blobs)
        return "submit", made, signature, *blobs

    def again(self, name, text=None, signature=None, blobs=None):
        _, made, signed, sent = self.asked[name]
        return "submit", text or made, signature or signed, *(sent if blobs is None else blobs)

    def request(self, name):
        return self.asked[name][0]

    def dossier(self, name):
        return self.forger.ask("show", self.request(name))

    def opened(self, name):
        return Opened(self.dossier(name).opened)

    # ---- decisions and withdrawals ----

    def statement(self, name, who, decision="approve", opened=None, change=None, key=None,
                  kind="approval"):
        text = approval_text(opened or self.opened(name), decision, self.forger.key_id(who))
        return self.forger.sign(key or who, kind, change(text) if change else text)

    def decide(self, name, who, sent="approve", place=None, signature=None, request=None,
               **statement):
        statement.setdefault("decision", sent)
        signature = signature or self.statement(name, who, **statement)
        return ("decide", request or self.request(name), place or self.opened(name).place,
                {"approve": 1, "reject": 2}[sent], self.forger.key_id(who), signature)

    def withdraw(self, name, who="image-service", key=None, kind="withdrawal", appliance=None,
                 request=None):
        text = withdrawal_text(appliance or self.appliance, request or self.request(name),
                               self.forger.key_id(who))
        return ("withdraw", self.request(name), self.forger.key_id(who),
                self.forger.sign(key or who, kind, text))

    # ---- freezes ----

    def freeze(self, what, who="alice", count=1, key=None, named=None, kind="freeze", change=None,
               appliance=None):
        status = self.forger.ask("status")
        text = freeze_text(appliance or self.appliance, named or self.forger.key_id(who),
                           (status.epoch, status.charter), count, what)
        text = change(text) if change else text
        return "freeze", text, self.forger.sign(key or who, kind, text)

    # ---- what must not change ----

    def snapshot(self):
        """The log's size; and everything that a refusal leaves as it is."""
        status = self.forger.ask("status")
        known = {}
        for name in self.asked.keys() - self.never:
            dossier = self.dossier(name)
            if dossier.opened:
                known[name] = (dossier.fate, dossier.opened, dossier.decisions, dossier.end)
            else:
                self.never.add(name)
        return status.size, (status.open, status.epoch, status.charter, known)

    def last_record(self):
        size = self.forger.ask("status").size
        entry = self.forger.ask("records", size - 1, 1).entries[0]
        return bytes.fromhex(entry.partition(":")[2]).decode()


class Refused:
    """What a row expects: this rule ("R2" is also "R2/canonical"), a sentence with these words, a
    record or none."""

    def __init__(self, rule, words, recorded=False):
        self.rule, self.words, self.recorded = rule, words, recorded

    def check(self, test, world, answer, before, after):
        test.assertEqual(answer.kind, "refused", vars(answer))
        test.assertIn(self.rule, (answer.rule, answer.rule.split("/")[0]), answer.sentence)
        test.assertIn(self.words, answer.sentence)
        test.assertEqual(answer.known, self.recorded, answer.sentence)
        test.assertEqual(after[1], before[1], "something else changed")
        test.assertEqual(after[0] - before[0], int(self.recorded), "records were written")
        if self.recorded:
            text = world.last_record()
            test.assertTrue(text.startswith("conclave.refused/v1\n"), text)
            test.assertIn(f"\nrule: {answer.rule}\n", text)


class Told:
    """A fate that is told again: nothing is written, nothing changes (R11)."""

    def __init__(self, fate, record):
        self.fate, self.record = fate, record

    def check(self, test, world, answer, before, after):
        test.assertEqual(answer.kind, "accepted", vars(answer))
        test.assertEqual(answer.fate, self.fate)
        test.assertEqual(after, before)
        index = int(answer.place.split(":")[0])
        text = bytes.fromhex(
            world.forger.ask("records", index, 1).entries[0].partition(":")[2])
        test.assertTrue(text.startswith(f"conclave.{self.record}/v1\n".encode()), text)
        test.assertIn(answer.request.encode(), text)
        test.assertEqual(sha256(b"\0" + text), answer.place.split(":")[1])


class Honest:
    """A row that is as it should be, without which the others prove nothing."""

    def __init__(self, fate="open"):
        self.fate = fate

    def check(self, test, world, answer, before, after):
        test.assertEqual(answer.kind, "accepted", getattr(answer, "sentence", ""))
        test.assertEqual(answer.fate, self.fate)
        test.assertGreater(after[0], before[0])


class Forged(Flow):
    """Each test gets a founded house of its own, serving; administrators have software keys."""
    forged = None

    def setUp(self):
        if Forged.forged is None:
            Forged.forged = make_template()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="conclave-flow-"))
        self.house = copy_house(Forged.forged, self.folder / "house")
        self.house.start()
        self.pids = self.house.pids()
        self.world = World(self.house)
        self.ran = 0

    def approve(self, request, *names):
        world = self.world
        for name in names:
            opened = Opened(world.forger.ask("show", request).opened)
            signature = world.forger.sign(
                name, "approval", approval_text(opened, "approve", world.forger.key_id(name)))
            answer = world.forger.ask(
                "decide", request, opened.place, 1, world.forger.key_id(name), signature)
            self.assertEqual(answer.kind, "accepted", getattr(answer, "sentence", ""))

    def run_rows(self, rows):
        """Rows of (name, ask, expected): the ask is made by a function of the world."""
        before = self.world.snapshot()
        for name, make, expected in rows:
            with self.subTest(name):
                values = make(self.world)
                answer = self.world.forger.ask(*values)
                past, before = before, self.world.snapshot()
                expected.check(self, self.world, answer, past, before)
            self.ran += 1

    def goes_on(self, rows):
        """All rows ran, in the very processes that began; the log is whole."""
        self.assertEqual(self.ran, len(rows))
        self.assertEqual(self.house.pids(), self.pids)
        self.check_log()
        print(f"{self.ran} rows ", end="", file=sys.stderr, flush=True)

    def settle(self, holds):
        self.wait_until(holds)
        last = -1
        while last != (last := self.world.forger.ask("status").size):
            pass
