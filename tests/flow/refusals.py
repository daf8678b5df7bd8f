"""What the tests of refusals share. A row is the exit status, a telling part of the sentence, and
what is said on the command line; each is said once, to the real daemon where one is needed."""
import json
import sys

from governing import Governing
from house import MODULE

DONE, LOCAL, DAEMON, REFUSED, WAITING, UNVERIFIED = range(6)


class Refusals(Governing):
    """A house of its own for each test; rows name files in its folder by {name}."""

    def setUp(self):
        super().setUp()
        self.ran = 0
        self.given = {"module": MODULE, "folder": str(self.house.folder)}

    def give(self, name, data):
        """A file of the house's folder that rows call {name}."""
        path = self.house.folder / f"given-{name}"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        self.given[name] = str(path)
        return path

    def words(self, argv):
        return [word.format(**self.given) for word in argv]

    def check(self, done, status, words):
        said = done.stderr.decode()
        self.assertIn(words, said)
        self.assertEqual(done.returncode, status, said)
        self.assertTrue(said.startswith("conclave: "), said)
        self.assertNotIn("Sanitizer", said)

    def run_rows(self, rows, *before, home="home-alice", **options):
        """`before` stands before what each row says."""
        for status, words, *argv in rows:
            with self.subTest(words):
                done = self.house.conclave(
                    *self.words([*before, *argv]), home=home, expect=None, **options)
                self.check(done, status, words)
            self.ran += 1
        self.tell(len(rows))

    def tell(self, count):
        print(f"{count} refusals ", end="", file=sys.stderr, flush=True)

    # ---- payloads ----

    def ask(self, role, payload, evidence=(), requester="image-service"):
        """A submission's end, whatever it is."""
        path = self.give("payload", payload)
        argv = ["request", "submit", "--requester", self.house.folder / f"{requester}.key",
                "--item", f"{role}={path}"]
        for i, file in enumerate(evidence):
            argv += ["--evidence", self.give(f"evidence-{i}", file)]
        return self.house.conclave(*argv, "--json", home="home-service", expect=None)

    def run_payloads(self, rows):
        """Rows of (words, role, payload, evidence...): refused by policy, with a record of it."""
        for words, role, make, *evidence in rows:
            payload = make(self) if callable(make) else make
            with self.subTest(words):
                self.check(self.ask(role, payload, evidence), REFUSED, words)
            self.ran += 1
        self.tell(len(rows))

    def request_of(self, done):
        self.assertEqual(done.returncode, DONE, done.stderr.decode())
        return json.loads(done.stdout)["request"]
