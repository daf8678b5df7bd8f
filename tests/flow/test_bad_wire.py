"""Bytes that are no message of ours end their own connection and nothing else; numbers that no
record has get an answer; what belongs to a founding is refused by a house that serves, and what
belongs to serving by a house that is being founded."""
import struct
import unittest

import forgery
from forged import Forged
from forgery import Forger, chunk, frame, number
from house import House
from scenario import BUILD, PEOPLE

TOP = 2**63 - 1  # the largest index
LIMIT_FRAME = 21_299_196
HASH = b"\x01" * 32
ZERO, ONES = "0" * 64, "1" * 64

STATUS, SUBMIT, LIST, SHOW, DECIDE, RECORDS, PROVE, BLOB, FREEZE = 2, 3, 4, 5, 7, 9, 10, 12, 17


def ask(kind, body, identity=7):
    return (number(1, identity) if identity else b"") + chunk(kind, body)


def decide(decision=number(3, 1), place=chunk(2, number(1, 5) + chunk(2, HASH)), more=b""):
    return ask(DECIDE, chunk(1, HASH) + place + decision + chunk(4, HASH) + chunk(5, b"s") + more)


GOOD = (
    ("status", ask(STATUS, b"")),
    ("status with id 0", ask(STATUS, b"", identity=0)),
    ("show", ask(SHOW, chunk(1, HASH))),
    ("decide", decide()),
    ("freeze", ask(FREEZE, chunk(1, b"x") + chunk(2, b"s"))),
    ("records", ask(RECORDS, number(2, 1))),
)

# Whole frames around a body that is spelled in another way than the one.
BODIES = (
    ("random bytes", b"\xff" * 64),
    ("text", b"GET / HTTP/1.0\r\n\r\n"),
    ("only an id", number(1, 7)),
    ("no such kind", ask(18, b"")),
    ("an answer", ask(STATUS, chunk(1, b"R1") + chunk(2, b"why"))),
    ("two kinds", ask(STATUS, b"") + chunk(SHOW, chunk(1, HASH))),
    ("a kind twice", ask(SHOW, chunk(1, HASH)) + chunk(SHOW, chunk(1, HASH))),
    ("an unknown field in the envelope", ask(STATUS, b"") + number(99, 1)),
    ("an unknown field in nothing", ask(STATUS, number(1, 1))),
    ("an unknown field in a message", decide(more=number(6, 1))),
    ("an unknown field in a place", decide(
        place=chunk(2, number(1, 5) + chunk(2, HASH) + number(3, 1)))),
    ("the id twice", number(1, 7) + number(1, 7) + chunk(STATUS, b"")),
    ("a field twice", ask(RECORDS, number(1, 1) + number(1, 1) + number(2, 1))),
    ("a hash twice", ask(SHOW, chunk(1, HASH) + chunk(1, HASH))),
    ("fields in another order", ask(RECORDS, number(2, 1) + number(1, 1))),
    ("the kind before the id", chunk(STATUS, b"") + number(1, 7)),
    ("an overlong id", b"\x08\x87\x00" + chunk(STATUS, b"")),
    ("an overlong length", b"\x08\x07\x12\x80\x00"),
    ("an overlong tag", b"\x88\x00\x07" + chunk(STATUS, b"")),
    ("a number of eleven bytes", b"\x08" + b"\xff" * 10 + b"\x01" + chunk(STATUS, b"")),
    ("a default value written out", number(1, 0) + chunk(STATUS, b"")),
    ("a number in a chunk's place", number(1, 7) + number(STATUS, 0)),
    ("a group", number(1, 7) + b"\x13\x14"),
    ("a length beyond the frame", b"\x08\x07\x12\x7f"),
    ("an unknown decision", decide(decision=number(3, 3))),
    ("no decision", decide(decision=b"")),
    ("a negative decision", decide(decision=number(3, 2**64 - 1))),
    ("no place", decide(place=b"")),
    ("a hash of 31 bytes", ask(SHOW, chunk(1, HASH[:31]))),
    ("a hash of 33 bytes", ask(SHOW, chunk(1, HASH + b"\x01"))),
    ("no hash", ask(SHOW, b"")),
    ("NUL in a text", ask(SUBMIT, chunk(1, b"conclave.request/v1\n\0") + chunk(2, b"s"))),
    ("CR in a text", ask(SUBMIT, chunk(1, b"conclave.request/v1\r\n") + chunk(2, b"s"))),
    ("UTF-8 in a text", ask(SUBMIT, chunk(1, "å\n".encode()) + chunk(2, b"s"))),
    ("no text", ask(SUBMIT, chunk(2, b"s"))),
    ("no signature", ask(SUBMIT, chunk(1, b"x"))),
    ("an empty blob", ask(SUBMIT, chunk(1, b"x") + chunk(2, b"s") + chunk(3, b""))),
    ("257 blobs", ask(SUBMIT, chunk(1, b"x") + chunk(2, b"s") + chunk(3, b"b") * 257)),
    ("a text over its limit", ask(SUBMIT, chunk(1, b"x" * 65536) + chunk(2, b"s"))),
    ("a signature over its limit", ask(SUBMIT, chunk(1, b"x") + chunk(2, b"s" * 513))),
    ("a freeze of nothing", ask(FREEZE, b"")),
    ("a freeze that nobody signed", ask(FREEZE, chunk(1, b"x"))),
    ("a signature over no freeze", ask(FREEZE, chunk(2, b"s"))),
    ("a freeze over its limit", ask(FREEZE, chunk(1, b"x" * 4097) + chunk(2, b"s"))),
    ("a freeze with a signature over its limit", ask(FREEZE, chunk(1, b"x") + chunk(2, b"s" * 513))),
    ("a freeze with TAB", ask(FREEZE, chunk(1, b"conclave.freeze/v1\t") + chunk(2, b"s"))),
    ("a freeze that names its key", ask(FREEZE, chunk(1, b"x") + chunk(2, b"s") + chunk(3, HASH))),
    ("a freeze twice", ask(FREEZE, chunk(1, b"x") * 2 + chunk(2, b"s"))),
    ("a freeze behind its signature", ask(FREEZE, chunk(2, b"s") + chunk(1, b"x"))),
    ("records of count 0", ask(RECORDS, number(1, 1))),
    ("records of count 257", ask(RECORDS, number(2, 257))),
    ("records of count 2^32 - 1", ask(RECORDS, number(2, 2**32 - 1))),
    ("records of count 2^32 + 1", ask(RECORDS, number(2, 2**32 + 1))),
    ("records from 2^63", ask(RECORDS, number(1, 2**63) + number(2, 1))),
    ("records from 2^64 - 1", ask(RECORDS, number(1, 2**64 - 1) + number(2, 1))),
    ("list after 2^63", ask(LIST, number(1, 2**63) + number(2, 1))),
    ("a proof of index 2^63", ask(PROVE, number(1, 2**63))),
    ("a proof in size 2^64 - 1", ask(PROVE, number(1, 1) + number(2, 2**64 - 1))),
    ("a proof of index 2^64 - 1 of the newest", ask(PROVE, number(1, 2**64 - 1))),
)

# What is no frame, or ends in the middle of one: (bytes, whether our side then ends).
FRAMES = (
    ("length 0", struct.pack(">I", 0), False),
    ("a byte over the limit", struct.pack(">I", LIMIT_FRAME + 1), False),
    ("length 2^32 - 1", struct.pack(">I", 2**32 - 1), False),
    ("length in the other order", struct.pack("<I", 4) + ask(STATUS, b""), False),
    ("a length of 2 for 4 bytes", struct.pack(">I", 2) + ask(STATUS, b""), False),
    ("nothing", b"", True),
    ("half a header", b"\0\0", True),
    ("a header alone", struct.pack(">I", 4), True),
    ("all but one byte", frame(ask(STATUS, b""))[:-1], True),
    ("the beginning of the largest", struct.pack(">I", LIMIT_FRAME) + b"\x08\x07" * 5000, True),
    ("a bad one behind a good one", frame(ask(STATUS, b"")) + struct.pack(">I", 0), False),
)

NONE_SUCH = ("refused", "there is no such proof")

# What no record has: (ask, what the answer is).
NUMBERS = (
    ("records from behind the end", ("records", "SIZE", 256), ("records_are", [], 0)),
    ("records from the largest index", ("records", TOP, 256), ("records_are", [], 0)),
    ("open requests after the largest index", ("list", TOP, 256), ("records_are", [], 0)),
    ("open requests after the last record", ("list", "LAST", 256), ("records_are", [], 0)),
    ("a proof of the largest index", ("prove", TOP, 0), NONE_SUCH),
    ("a proof of the index at the end", ("prove", "SIZE", 0), NONE_SUCH),
    ("a proof of the index at the size", ("prove", 1, 1), NONE_SUCH),
    ("a proof in a tree of the largest size", ("prove", 0, TOP), NONE_SUCH),
    ("a proof in a tree that is not yet", ("prove", 0, "NEXT"), NONE_SUCH),
    ("a proof in a tree of one", ("prove", 0, 1), ("proof", 0, 1, [], "")),
    ("an extension of the largest size", ("extend", TOP, 0), NONE_SUCH),
    ("an extension to the largest size", ("extend", 1, TOP), NONE_SUCH),
    ("an extension that shrinks", ("extend", 2, 1), NONE_SUCH),
    ("an extension of what is not yet", ("extend", "NEXT", 0), NONE_SUCH),
    ("an extension of nothing", ("extend", 0, 1), ("proof", 0, 1, [], "")),
    ("an extension of nothing to the newest", ("extend", 0, 0), ("proof", 0, "SIZE", [], None)),
    ("an extension of the newest", ("extend", "SIZE", 0), ("proof", "SIZE", "SIZE", [], None)),
    ("the blob of no hash", ("blob", ZERO), ("refused", "no bytes with this hash")),
    ("a blob that is not", ("blob", ONES), ("refused", "no bytes with this hash")),
    ("the dossier of no request", ("show", ZERO), ("dossier", "unknown")),
    ("a dossier that is not", ("show", ONES), ("dossier", "unknown")),
)

FOUNDED = "is founded already"
FOUNDING = (
    ("keys", ("found_keys", b"conclave.wishes/v1\norigin: other\nkey: image/root ed25519\n")),
    ("keys that do not read", ("found_keys", b"x")),
    ("a charter", ("found_charter", b"conclave.charter/v1\n")),
    ("show", ("found_show",)),
    ("a signature", ("found_sign", ONES, b"s")),
    ("a signature by nobody", ("found_sign", ZERO, b"s")),
)

BEING_FOUNDED = "is being founded"
SERVING = (
    ("submit", ("submit", b"conclave.request/v1\n", b"s", b"blob")),
    ("decide", ("decide", ONES, f"1:{ONES}", 1, ONES, b"s")),
    ("withdraw", ("withdraw", ONES, ONES, b"s")),
    ("freeze", ("freeze", b"conclave.freeze/v1\n", b"s")),
    ("list", ("list", 0, 1)),
    ("records", ("records", 0, 1)),
    ("show", ("show", ONES)),
    ("prove", ("prove", 0, 0)),
    ("extend", ("extend", 0, 0)),
    ("blob", ("blob", ONES)),
)


class BadWire(Forged):
    def test_good_frames_are_answered_and_the_connection_stays(self):
        for name, body in GOOD:
            with self.subTest(name):
                got, closed = self.world.forger.raw(frame(body), seconds=2)
                self.assertFalse(closed)
                self.assertEqual(struct.unpack(">I", got[:4])[0], len(got) - 4)
            self.ran += 1
        self.goes_on(GOOD)

    def hung_up(self, data, end=False):
        before = self.world.snapshot()
        got, closed = self.world.forger.raw(data, end)
        self.assertTrue(closed, "the connection stays open")
        self.assertEqual(got, b"")
        self.assertEqual(self.world.snapshot(), before)

    def test_r20_bodies_in_another_spelling_end_their_connection(self):
        for name, body in BODIES:
            with self.subTest(name):
                self.hung_up(frame(body))
            self.ran += 1
        self.goes_on(BODIES)

    def test_r20_what_is_no_frame_ends_its_connection(self):
        for name, data, end in FRAMES:
            with self.subTest(name):
                self.hung_up(data, end)
            self.ran += 1
        self.goes_on(FRAMES)

    def test_numbers_that_no_record_has_are_answered(self):
        size = self.world.forger.ask("status").size
        said = {"SIZE": size, "LAST": size - 1, "NEXT": size + 1}
        before = self.world.snapshot()
        for name, values, expected in NUMBERS:
            with self.subTest(name):
                answer = self.world.forger.ask(*(said.get(v, v) for v in values))
                self.is_expected(answer, [said.get(v, v) if isinstance(v, str) else v
                                          for v in expected])
                self.assertEqual(self.world.snapshot(), before)
            self.ran += 1
        self.goes_on(NUMBERS)

    def is_expected(self, answer, expected):
        kind, *fields = expected
        got = {name: value for name, value in vars(answer).items() if name != "kind"}
        self.assertEqual(answer.kind, kind, got)
        if kind == "refused":
            self.assertIn(fields[0], answer.sentence)
            self.assertEqual(answer.known, 0)
            return
        for value, wanted in zip(got.values(), fields):
            if wanted is not None:
                self.assertEqual(value, wanted, got)

    def refuses_stage(self, forger, values, sentence):
        answer = forger.ask(*values)
        self.assertEqual(answer.kind, "refused", vars(answer))
        self.assertEqual((answer.rule, answer.known), ("R18", 0))
        self.assertIn(sentence, answer.sentence)

    def test_r18_a_house_that_serves_takes_nothing_of_a_founding(self):
        before = self.world.snapshot()
        for name, values in FOUNDING:
            with self.subTest(name):
                self.refuses_stage(self.world.forger, values, FOUNDED)
                self.assertEqual(self.world.snapshot(), before)
            self.ran += 1
        self.goes_on(FOUNDING)

    # ---- a founding ----

    def test_r18_a_house_that_is_founded_takes_nothing_else(self):
        house = House(BUILD, self.folder / "new")
        self.addCleanup(house.stop)
        forgery.enrol(house)
        forgery.start_founding(house)
        forger = Forger(house)
        for name, values in SERVING:
            with self.subTest(name):
                self.refuses_stage(forger, values, BEING_FOUNDED)
            self.ran += 1
        self.assertEqual(self.ran, len(SERVING))
        self.sign_badly(forger)
        for name in PEOPLE:
            answer = forgery.found_sign(forger, name)
        self.assertEqual(answer.complete, 1)

    def sign_badly(self, forger):
        """No signature but an administrator's own over this very record is counted."""
        text = forger.ask("found_show").founding
        alice = forger.key_id("alice")
        nobody = ("R5", "this key is no administrator's in the charter")
        unfit = ("R3", "the signature of alice does not fit the founding record")
        rows = (
            ("a stranger", nobody, forger.key_id("stranger"),
             forger.sign("stranger", "founding", text)),
            ("a requester", nobody, forger.key_id("dave-tool"),
             forger.sign("dave-tool", "founding", text)),
            ("bob under alice's name", unfit, alice, forger.sign("bob", "founding", text)),
            ("another record", unfit, alice, forger.sign("alice", "founding", text + b"\n")),
            ("another kind", unfit, alice, forger.sign("alice", "approval", text)),
        )
        for name, (rule, words), key, signature in rows:
            with self.subTest(name):
                answer = forger.ask("found_sign", key, signature)
                self.assertEqual((answer.kind, answer.rule), ("refused", rule), vars(answer))
                self.assertIn(words, answer.sentence)
                self.assertEqual(forger.ask("found_show").signed_by, [])


if __name__ == "__main__":
    unittest.main()
