"""The command at a terminal, and without one: what reaches the screen, who is asked, how wide, how
far."""
import os
import re
import socket
import struct
import threading
import unittest

import terminal
import tuf
from forgery import chunk, frame, number
from governing import Governing
from house import MODULE
from scenario import PEOPLE

EVIL = "\x1b[2J\x1b]0;evil\x07\u202egnp.exe\u2066 \x9b1m\r\nFate      signed\t\x7f"
INVALID = b"\xff\xfe\xc0\xaf overlong, \xed\xa0\x80 half a pair"
MARKS = ("\\x1b", "\\xe2\\x80\\xae")  # ESC and U+202E as people see them


class Liar(threading.Thread):
    """An appliance that answers every ask with the same bytes."""
    def __init__(self, path, body):
        super().__init__(daemon=True)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen()
        self.body = body
        self.start()

    def run(self):
        while True:
            try:
                line, _ = self.listener.accept()
            except OSError:
                return
            with line:
                head = line.recv(4, socket.MSG_WAITALL)
                ask = line.recv(struct.unpack(">I", head)[0], socket.MSG_WAITALL)
                line.sendall(frame(number(1, ask[1]) + self.body))
                line.recv(1)

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


class AtTerminal(Governing):
    def setUp(self):
        super().setUp()
        self.house.start()

    def argv(self, *words, home="home-alice"):
        return [self.house.build / "conclave", "--socket", self.house.socket, "--home",
                self.house.folder / home, *words]

    def screen(self, *words, home="home-alice", env=None, **options):
        env = {"SOFTHSM2_CONF": str(self.house.softhsm("people")), **(env or {})}
        return terminal.run(self.argv(*words, home=home), env=env, **options)

    def token(self, name):
        return ["--module", MODULE, "--token", name]

    def ask_for_root(self, **options):
        return self.submit("root", self.root_payload(), **options)


class ForeignText(AtTerminal):
    def assert_clean(self, screen, marks=MARKS):
        self.assertEqual(screen.foreign(), [], screen.text)
        for mark in marks:
            self.assertIn(mark, screen.text.replace("\n  | ", ""))
        for line in screen.lines:
            self.assertFalse(line.startswith("Fate      signed"), screen.text)

    def test_a_requesters_reason(self):
        request = self.ask_for_root(reason=EVIL)
        self.assert_clean(self.screen("request", "show", request))
        record = next(i for i, t in enumerate(self.records()) if t.startswith(b"conclave.opened"))
        self.assert_clean(self.screen("log", "show", str(record)), marks=())
        self.assert_clean(self.screen("approve", request, *self.token("alice"), answers=[
            ("Type approve", "approve"), ("PIN", self.house.pins["alice"])]))
        bytes_reason = self.house.run(
            [*self.argv("request", "submit", "--requester", self.house.folder / "dave-tool.key",
                        "--item", f"image/root={self.folder / 'root.payload'}", "--reason"),
             INVALID.decode("utf-8", "surrogateescape")])
        self.assert_clean(self.screen("request", "show", bytes_reason.stdout.decode().strip()),
                          marks=("\\xff\\xfe\\xc0\\xaf",))

    def test_an_administrators_reason_of_a_freeze(self):
        self.house.as_person("alice", "freeze", "everything", "--reason", EVIL, "--yes")
        self.assert_clean(self.screen("freeze", "list"), marks=())
        self.assert_clean(self.screen("log", "list", size=(60, 200)), marks=MARKS[:1])
        self.assert_clean(self.screen("log", "list"), marks=())
        frozen = next(i for i, t in enumerate(self.records()) if t.startswith(b"conclave.frozen"))
        self.assert_clean(self.screen("log", "show", str(frozen)), marks=())

    def test_names_inside_a_payload(self):
        self.sign("root", self.root_payload())
        # Foreign bytes in a payload: as text where its dialect takes it, or in a refusal.
        payload = tuf.targets(1, {"\u202egnp.exe": b"firmware"})
        path = self.file("targets.payload", payload)
        screen = self.screen("request", "submit", "--requester", self.house.folder /
                             "image-service.key", "--item", f"image/targets={path}")
        self.assert_clean(screen, marks=())
        shown = re.search(r"[0-9a-f]{64}", screen.text)
        if screen.status == 0:
            self.assert_clean(self.screen("request", "show", shown.group(0)), MARKS[1:])
        self.assert_clean(self.screen("log", "list"), marks=())

    def test_what_an_appliance_says(self):
        """Its version, or a refusal's sentence: foreign characters are no message of ours."""
        evil = EVIL.encode()
        rows = [("version", chunk(3, number(1, 1) + chunk(4, bytes(32)) + chunk(8, evil))),
                ("control", chunk(2, chunk(1, b"R1") + chunk(2, evil))),
                ("marks", chunk(2, chunk(1, b"R1") + chunk(2, "\u202egnp.exe".encode())))]
        for name, body in rows:
            path = self.folder / f"{name}.sock"
            liar = Liar(path, body)
            self.addCleanup(liar.stop)
            screen = terminal.run([self.house.build / "conclave", "--socket", path, "--home",
                                   self.folder / "nobody", "status"])
            self.assert_clean(screen, marks=())
            self.assertEqual((screen.status, len(screen.lines)), (2, 1), screen.text)

    def test_a_tokens_label(self):
        label = "\x1b[2J\u202egnp.exe"
        self.house.make_token("people", label)
        self.assert_clean(self.screen("token", "list", "--module", MODULE, size=(60, 200)))
        screen = self.screen("token", "generate", "--module", MODULE, "--token", label,
                             answers=[("PIN of", self.house.pins[label])])
        self.assert_clean(screen)
        self.assertEqual(screen.status, 0)

    def test_arguments_and_files(self):
        self.assert_clean(self.screen(EVIL))
        self.assert_clean(self.screen("key", "export", EVIL))
        self.assert_clean(self.screen("policy", "check", self.file("policy", EVIL.encode())),
                          marks=())

    def test_raw_bytes_stay_away_from_a_terminal(self):
        request = self.ask_for_root()
        self.approve(request, "alice", "bob")
        self.assertEqual(self.fate(request), "signed")
        screen = self.screen("signature", request, "--format", "raw")
        self.assertEqual((screen.status, screen.foreign()), (1, []))
        self.assertIn("raw bytes", screen.text)
        raw = self.house.conclave("signature", request, "--format", "raw", home="home-alice")
        self.assertEqual(len(raw.stdout), 64)


class Prompts(AtTerminal):
    """Nobody is asked where nobody can answer, or about what nobody was shown."""

    def shell(self, line, *words, **options):
        return terminal.run(["/bin/sh", "-c", line, "sh", *map(str, self.argv(*words))],
                            env={"SOFTHSM2_CONF": str(self.house.softhsm("people"))}, **options)

    def test_r14_without_a_terminal_nothing_is_asked_and_nothing_hangs(self):
        request = self.ask_for_root()
        for words, sentence in (
                (("approve", request, *self.token("alice")), "--yes"),
                (("reject", request, *self.token("alice")), "--yes"),
                (("freeze", "everything", *self.token("alice")), "--yes"),
                (("approve", request, *self.token("alice"), "--yes"), "--pin-fd"),
                (("token", "export", *self.token("alice")), "--pin-fd")):
            for redirect in ("</dev/null", "</dev/null >/dev/null"):
                screen = self.shell(f'exec "$@" {redirect}', *words)
                self.assertEqual(screen.status, 1, screen.text)
                self.assertIn(sentence, screen.text)
            alone = self.house.run(self.argv(*words), expect=None)  # and without any terminal
            self.assertEqual(alone.returncode, 1, alone.stderr)
            self.assertIn(sentence, alone.stderr.decode())
        self.assertEqual(self.house.json("request", "show", request,
                                         home="home-alice")["fate"], "open")
        self.assertEqual(self.freezes(), [])

    def test_r14_nobody_is_asked_about_what_was_not_shown(self):
        request = self.ask_for_root()
        hidden = self.shell('exec "$@" >/dev/null', "approve", request, *self.token("alice"))
        self.assertEqual((hidden.status, "Type approve" in hidden.text), (1, False))
        hidden = self.screen("approve", request, "--json", *self.token("alice"))
        self.assertEqual((hidden.status, "Type approve" in hidden.text), (1, False))

    def test_r14_what_is_approved_is_shown_a_page_at_a_time(self):
        request = self.ask_for_root()
        shown = self.screen("request", "show", request).lines
        approved = self.screen("approve", request, *self.token("alice"), answers=[
            ("Type approve", "approve"), ("PIN", self.house.pins["alice"])])
        pages, page = [], []
        for line in approved.lines:
            page.append(line)
            if "Enter goes on" in line:
                pages.append(page)
                page = []
        self.assertGreater(len(pages), 2)
        for page in pages:
            self.assertLessEqual(len(page), 24)
        self.assertEqual([l for l in approved.lines if "Enter goes on" not in l][:len(shown)],
                         shown)
        ended = self.shell('exec "$@"', "approve", request, *self.token("bob"),
                           answers=[("Enter goes on", "q")], pages=False)
        self.assertEqual((ended.status, "Type approve" in ended.text), (1, False))

    def test_another_word_signs_nothing(self):
        request = self.ask_for_root()
        screen = self.screen("approve", request, *self.token("alice"),
                             answers=[("Type approve", "yes")])
        self.assertEqual(screen.status, 1)
        self.assertIn("nothing was signed", screen.text)

    def test_a_wrong_pin_is_tried_once(self):
        screen = self.screen("token", "export", *self.token("alice"), answers=[("PIN", "0000")])
        self.assertEqual((screen.status, screen.text.count("PIN of")), (2, 1), screen.text)


class Colour(AtTerminal):
    def test_colour_and_progress_are_for_terminals_that_want_them(self):
        request = self.ask_for_root()
        words = ("request", "show", request)
        self.assertIn(b"\x1b[33mopen\x1b[0m", self.screen(*words).raw)
        for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            self.assertNotIn(b"\x1b", self.screen(*words, env=env).raw)
        self.assertNotIn(b"\x1b", self.house.conclave(*words, home="home-alice").stdout)
        wait = ("request", "wait", request, "--timeout", "1")
        waiting = self.screen(*wait)
        self.assertEqual(waiting.status, 4)
        self.assertIn("waiting: image/root 0 of 2 approvals", waiting.text)
        self.assertTrue(waiting.raw.endswith(b"\x1b[Kopen\r\n"), waiting.raw)
        self.assertEqual(self.screen(*wait, env={"TERM": "dumb"}).text, "open\n")
        done = self.house.conclave(*wait, home="home-alice", expect=4)
        self.assertEqual((done.stdout, done.stderr), (b"open\n", b""))

    def test_an_approval_says_how_far_the_request_is(self):
        request = self.ask_for_root()
        first = self.house.approve("alice", request).stdout.decode()
        self.assertTrue(first.endswith("image/root 1 of 2 approvals\n"), first)
        screen = self.screen("init", "status", home="home-bob")
        self.assertEqual(screen.text, "The founding is complete.\n")


class Width(AtTerminal):
    def test_lines_fit_the_terminal_or_are_one_word(self):
        request = self.ask_for_root(reason="a reason that goes on " * 8)
        shows = [("charter", "show"), ("request", "list"), ("request", "show", request),
                 ("log", "list"), ("log", "show", "3"), ("status",), ("key", "list"),
                 ("log", "verify"), ("freeze", "list")]
        for size in ((24, 80), (60, 200)):
            for words in shows:
                for line in self.screen(*words, size=size).lines:
                    if len(line) > size[1]:
                        self.assertNotIn(" ", line[10:].strip(), f"{words} on {size}: {line}")

    def test_a_broken_line_is_marked_wherever_it_is_shown(self):
        reason = ("item: image/targets 7 " * 9).strip()
        request = self.ask_for_root(reason=reason)
        piped = self.house.text("request", "show", request, home="home-alice")
        self.assertIn(f"reason: {reason}\n", re.sub(r"\n +\|", "", piped))
        for size in ((24, 80), (24, 50)):
            screen = self.screen("request", "show", request, size=size)
            for text in (piped, screen.text):
                self.assertIn("\n  | ", text)
                self.assertNotIn("\nitem: image/targets 7", text)
            joined, whole = (re.sub(r"\n *\|", " ", text) for text in (screen.text, piped))
            self.assertEqual(re.sub(r"\s", "", joined), re.sub(r"\s", "", whole))

    def test_a_narrow_table_leaves_out_what_another_command_shows(self):
        self.ask_for_root()
        narrow, wide = (self.screen("request", "list", size=s).lines[0].split()
                        for s in ((24, 80), (60, 200)))
        self.assertEqual(narrow, ["REQUEST", "ITEMS", "REQUESTER", "EXPIRES", "FATE", "FROZEN"])
        self.assertEqual(len(wide), 8)
        self.assertIn("custodian  none", self.screen("charter", "show").lines)
        self.assertIn("CUSTODIAN", self.screen("charter", "show", size=(60, 200)).text)


if __name__ == "__main__":
    unittest.main()
