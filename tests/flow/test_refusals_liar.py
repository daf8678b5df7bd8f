"""What the command says of an appliance that lies: nothing that it says is believed without a
proof, and whoever reads the answer is told what is wrong."""
import re
import unittest

import tuf
from liar import Liar, fields, message
from refusals import DAEMON, UNVERIFIED, Refusals

SUBMIT, LIST, SHOW, RECORDS, FREEZE = 3, 4, 5, 9, 17  # kinds of asks
# Every command asks for the first record, and then for the newest; its own pages come behind them.
FIRST, NEWEST, PAGES = range(3)


def truth(_asked, _nth, parts):
    return parts


def of(kind, change, since=FIRST):
    """A lie about the answers to asks of one kind, from one on."""
    return lambda asked, nth, parts: change(parts) if asked == kind and nth >= since else parts


def set_field(wanted, change):
    return lambda parts: [(n, change(v)) if n == wanted else (n, v) for n, v in parts]


def entries(change):
    """Each entry of a list changed."""
    return lambda parts: [(n, message(change(fields(v)))) if n == 1 else (n, v) for n, v in parts]


def without(*wanted):
    return lambda parts: [(n, v) for n, v in parts if n not in wanted]


def other_request(opened):
    """An opened record that names another request."""
    return message(set_field(2, lambda text: re.sub(
        rb"\nrequest: sha256:.", lambda m: m[0][:-1] + (b"1" if m[0][-1:] == b"0" else b"0"), text))(
            fields(opened)))


def later(parts):
    """A record's index, one more than it is."""
    return [(1, dict(parts).get(1, 0) + 1), *[(n, v) for n, v in parts if n != 1]]


def flipped(data):
    return bytes([data[0] ^ 1]) + data[1:]


def recorded(parts):
    """A refusal that is said to be in the log."""
    return [*without(3)(parts), (3, 1)]


# (status, words, the lie, what is said)
LIES = (
    (DAEMON, "the appliance hung up; look into its log", lambda *_: None, "request", "list"),
    (DAEMON, "do not speak the same protocol", lambda *_: b"\xff", "request", "list"),
    (DAEMON, "the appliance lists what is no opened record",
     of(LIST, entries(set_field(2, lambda text: text[:-1]))), "request", "list"),
    (UNVERIFIED, " twice", of(LIST, lambda parts: [parts[0], *parts]), "request", "list"),
    (UNVERIFIED, "the appliance shows record 1 for 0", of(RECORDS, entries(later), PAGES), "log", "verify"),
    (UNVERIFIED, "the appliance does not show record 0", of(RECORDS, lambda _: [], PAGES), "log", "verify"),
    (UNVERIFIED, "the log does not verify: ", of(RECORDS, entries(set_field(2, flipped)), PAGES),
     "log", "verify"),
    (DAEMON, "the appliance does not show record 0", of(RECORDS, lambda _: [], NEWEST), "request",
     "list"),
    (UNVERIFIED, "the newest records that the appliance shows are not those under its checkpoint",
     of(RECORDS, entries(set_field(2, flipped)), NEWEST), "request", "list"),
    (UNVERIFIED, "is not in the log that the checkpoint signs",
     of(RECORDS, entries(set_field(2, flipped))), "request", "list"),
    (UNVERIFIED, "the records that the appliance shows are not those under its checkpoint",
     of(RECORDS, entries(set_field(2, flipped)), PAGES), "log", "export", "{folder}/exported"),
    (UNVERIFIED, "the appliance accepted another request than this one",
     of(SUBMIT, set_field(1, flipped)), "request", "submit", "--requester", "{key}", "--item",
     "image/root={root}"),
    (DAEMON, "the request may have been taken all the same: ask for it with", lambda asked, _, parts:
     None if asked == SUBMIT else parts, "request", "submit", "--requester", "{key}", "--item",
     "image/root={root}"),
    (UNVERIFIED, "the appliance says that the request is signed, but its log does not",
     of(SUBMIT, set_field(3, lambda _: 2)), "request", "submit", "--requester", "{key}", "--item",
     "image/root={root}"),
    (UNVERIFIED, "the appliance says that this refusal is recorded, but the log does not say it",
     of(SUBMIT, recorded), "request", "submit", "--requester", "{stranger}", "--item",
     "image/root={root}"),
    (UNVERIFIED, "the appliance says that the freeze is in force, but its log does not",
     of(FREEZE, set_field(2, lambda place: message([(1, 1), *fields(place)[1:]]))), "FREEZE"),
)


# The same about a dossier: the lie, and of which request.
FATE, TEXT, OPENED, PATH, END, END_PATH = 1, 2, 3, 4, 6, 7
DOSSIERS = (
    ("another request's text", set_field(TEXT, flipped), "{open}"),
    ("another request's opened record", set_field(OPENED, other_request), "{open}"),
    ("an open request that was never opened", without(OPENED, PATH), "{open}"),
    ("an end of a request that is open", lambda parts: sorted(
        [*parts, (END, dict(parts)[OPENED])]), "{open}"),
    ("a fate that its last record does not say", set_field(FATE, lambda _: 3), "{signed}"),
    ("an opened record that is not in the log", set_field(PATH, flipped), "{open}"),
    ("a last record that is not in the log", set_field(END_PATH, flipped), "{signed}"),
)


class RefusalsLiar(Refusals):
    def setUp(self):
        super().setUp()
        self.house.start()
        self.liar = Liar(self.house)
        self.addCleanup(self.liar.close)
        self.given["key"] = str(self.house.folder / "image-service.key")
        self.given["stranger"] = str(self.house.folder / "stranger.key")
        self.give("root", self.root_payload())

    def said(self, argv):
        if argv == ["FREEZE"]:
            return self.house.as_person("alice", "--socket", self.liar.path, "freeze", "role",
                                        "image/root", "--yes", expect=None)
        return self.house.conclave("--socket", self.liar.path, *self.words(argv), expect=None,
                                   home="home-alice")

    def test_an_appliance_that_lies_is_not_believed(self):
        self.sign("root", self.root_payload(), "alice", "bob")
        self.given["signed"] = self.records("outcome")[0].decode().split("request: sha256:")[1][:64]
        self.given["open"] = self.submit("targets", tuf.targets(1, {}))
        self.liar.tell(truth)
        self.assertEqual(self.said(["request", "list"]).returncode, 0)
        for status, words, lie, *argv in LIES:
            with self.subTest(words):
                self.liar.tell(lie)
                self.check(self.said(argv), status, words)
        for words, change, request in DOSSIERS:
            with self.subTest(words):
                self.liar.tell(of(SHOW, change))
                self.check(self.said(["request", "show", request]), UNVERIFIED, words)
        self.tell(len(LIES + DOSSIERS))
        self.check_log()


if __name__ == "__main__":
    unittest.main()
