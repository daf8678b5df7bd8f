"""conclave canonical: what it writes is what is signed, and the strict reader takes every byte of it."""
import base64
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

from scenario import BUILD

ROOT = pathlib.Path(__file__).resolve().parents[2]
VECTORS = ROOT / "tests/vectors"
MANIFEST = ROOT / "../shared/vectors/aktualizr-manifest-sample.json"
PAYLOAD_MOST = 8 * 1024 * 1024
sys.path.insert(0, str(VECTORS))
from canonical import canonical, uptane_canonical  # noqa: E402

FORMS = {"tuf": canonical, "uptane": uptane_canonical}


def run(*words, data=b""):
    return subprocess.run([BUILD / "conclave", *words], input=data, capture_output=True,
                          timeout=60, check=False)


def lines(name):
    text = (VECTORS / "canonical" / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines()]


class Canonical(unittest.TestCase):
    def form(self, data, *words):
        done = run("canonical", *words, data=data)
        self.assertEqual((done.returncode, done.stderr), (0, b""), (data, words))
        return done.stdout

    def assert_fails(self, status, part, *words, data=b""):
        done = run("canonical", *words, data=data)
        self.assertEqual((done.returncode, done.stdout), (status, b""), done.stderr)
        self.assertIn(part.encode(), done.stderr)
        self.assertEqual(done.stderr.count(b"\n"), 1)

    def assert_canonical(self, data, dialect):
        done = run("canonical", "--check", "--dialect", dialect, data=data)
        self.assertEqual((done.returncode, done.stdout), (0, b"standard input is canonical.\n"))

    # ---- refused ----

    def test_r2_what_two_programs_could_read_differently_is_refused_with_its_byte(self):
        for name, text, *rest in lines("spellings.txt"):
            if rest[0] == "refused":
                for dialect in FORMS:
                    with self.subTest(name=name, dialect=dialect):
                        self.assert_fails(1, rest[1], "--dialect", dialect,
                                          data=bytes.fromhex(text))
        self.assert_fails(1, "standard input is no JSON that can be signed, at byte 16 in line 3: "
                          "a fraction or an exponent", data=b'{"a": 1,\n "b":\n1.5}')
        self.assert_fails(1, "at byte 18 in line 1: an object's names must differ: one stands twice",
                          data=b'{"a": 1, "b": 1,  "a": 1}')

    def test_r20_a_file_and_its_form_have_an_end(self):
        self.assert_fails(1, "is longer than the", data=b" " * (4 * PAYLOAD_MOST + 1))
        self.assert_fails(1, "no more than 8388608 are signed",
                          data=b'"' + b"x" * (PAYLOAD_MOST - 1) + b'"')
        most = b'"' + b"x" * (PAYLOAD_MOST - 2) + b'"'
        self.assertEqual(self.form(b" " + most + b"\n"), most)
        # Two bytes become six.
        self.assert_fails(1, "no more than 8388608 are signed", "--dialect", "uptane",
                          data='"{}"'.format("\u00e4" * (PAYLOAD_MOST // 4)).encode())

    def test_a_check_says_at_which_byte(self):
        for text, at in [(b"{}\n", 2), (b'{"b":1,"a":2}', 7), (b'{"a": 1}', 5), (b"[1,2", 4)]:
            for dialect in FORMS:
                self.assert_fails(5, f"standard input is not canonical in {dialect} at byte {at} (",
                                  "--check", "--dialect", dialect, data=text)
        self.assert_fails(5, "at byte 1 (a character that canonical JSON escapes)", "--check",
                          "--dialect", "uptane", data='"\u00e4"'.encode())
        self.assert_fails(5, "at byte 1 (an escape that canonical JSON does not have)", "--check",
                          data=b'"\\u00e4"')
        done = run("--json", "canonical", "--check", data=b"{ }")
        self.assertEqual(done.returncode, 5)
        self.assertEqual(json.loads(done.stdout),
                         {"dialect": "tuf", "canonical": False, "byte": 1})

    def test_wrong_use_is_said(self):
        self.assert_fails(1, "there is no dialect olpc: take tuf or uptane", "--dialect", "olpc")
        self.assert_fails(1, "leave --signed away", "--check", "--signed")
        self.assert_fails(1, "No such file", "nothing.json")
        self.assert_fails(1, "takes [FILE]", "one", "two")
        for text in (b"{}", b"[]", b'{"signed":1}', b'{"signatures":[]}', b'"signed"'):
            self.assert_fails(1, "has no object called signed", "--signed", data=text)

    # ---- written ----

    def test_r1_each_form_is_the_one_that_the_reader_takes(self):
        for name, text, *forms in lines("spellings.txt"):
            if forms[0] == "refused":
                continue
            for dialect, expected in zip(FORMS, map(bytes.fromhex, forms)):
                with self.subTest(name=name, dialect=dialect):
                    written = self.form(bytes.fromhex(text), "--dialect", dialect)
                    self.assertEqual(written, expected)
                    self.assert_canonical(written, dialect)
                    self.assertEqual(self.form(written, "--dialect", dialect), written)

    def test_uptane_is_what_jsoncpp_writes(self):
        same = [line for line in lines("jsoncpp.txt") if line[0] == "same"]
        whole = "[" + ",".join(bytes.fromhex(text).decode() for _, text, _ in same) + "]"
        written = "[" + ",".join(bytes.fromhex(form).decode() for _, _, form in same) + "]"
        self.assertEqual(self.form(whole.encode(), "--dialect", "uptane"), written.encode())

    def test_real_files_and_their_signed_part(self):
        for path in [*sorted((VECTORS / "past").glob("*root.json")), MANIFEST]:
            if not path.exists():
                continue
            value = json.loads(path.read_bytes())
            for dialect, form in FORMS.items():
                self.assertEqual(self.form(b"", "--dialect", dialect, path), form(value))
                self.assertEqual(self.form(b"", "--dialect", dialect, "--signed", path),
                                 form(value["signed"]))

    def test_signatures_of_other_programs_verify_over_the_signed_part(self):
        path = VECTORS / "past/2.root.json"
        file = json.loads(path.read_bytes())
        message = self.form(b"", "--signed", path)
        verified = 0
        for signature in file["signatures"]:
            key = file["signed"]["keys"].get(signature["keyid"], {})
            if key.get("keytype") == "ed25519":
                self.verify_ed25519(key["keyval"]["public"], signature["sig"], message)
                verified += 1
        self.assertGreaterEqual(verified, 1)

    def verify_ed25519(self, public, signature, message):
        with tempfile.TemporaryDirectory() as folder:
            der, sig, text = (pathlib.Path(folder) / name for name in ("key", "sig", "text"))
            der.write_bytes(bytes.fromhex("302a300506032b6570032100" + public))
            sig.write_bytes(bytes.fromhex(signature))
            text.write_bytes(message)
            done = subprocess.run(
                ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", der,
                 "-rawin", "-in", text, "-sigfile", sig], capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_json_holds_the_exact_bytes(self):
        done = run("--json", "canonical", data=b'{"b": "\\n", "a": "\xc3\xa4"}')
        answer = json.loads(done.stdout)
        form = '{"a":"\u00e4","b":"\n"}'.encode()
        self.assertEqual(base64.b64decode(answer["base64"]), form)
        self.assertEqual(answer["size"], len(form))
        self.assertEqual(answer["sha256"], hashlib.sha256(form).hexdigest())
        done = run("canonical", "--check", "--json", "--dialect", "uptane", data=b"{}")
        self.assertEqual(json.loads(done.stdout), {"dialect": "uptane", "canonical": True})


if __name__ == "__main__":
    unittest.main()
