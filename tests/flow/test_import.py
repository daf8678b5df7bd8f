"""A repository that was signed elsewhere: its root chain is imported by quorum, with all that it
breaks, and goes on from there."""
import pathlib
import unittest

from governing import Governing

VECTORS = pathlib.Path(__file__).resolve().parents[1] / "vectors"
SIGSTORE = pathlib.Path(__file__).resolve().parents[3] / "shared/vectors/real/sigstore-roots"


class Import(Governing):
    def chain(self, folder):
        roots = [p for p in folder.glob("*.root.json") if p.name.split(".")[0].isdigit()]
        return sorted(roots, key=lambda p: int(p.name.split(".")[0]))

    def propose_import(self, roots, files=(), expect=0):
        argv = ["repository", "import", "image", "--yes"]
        for root in roots:
            argv += ["--root", root]
        for file in files:
            argv += ["--file", file]
        return self.motion(*argv, expect=expect)

    def payload(self, request):
        text = self.house.text("request", "show", request, home="home-alice")
        return text

    def imported(self, roots, files=()):
        request = self.propose_import(roots, files)
        words = self.payload(request)
        self.approve(request, "alice", "bob")
        self.assertEqual(self.fate(request, seconds=1), "open")
        self.approve(request, "carol")
        self.assertEqual(self.fate(request), "signed")
        self.check_log()
        return words

    @unittest.skipUnless(SIGSTORE.exists(), "the real roots are not here")
    def test_r12_the_twelve_real_roots_are_imported_as_a_chain(self):
        self.house.start()
        roots = self.chain(SIGSTORE)
        self.assertEqual(len(roots), 12)
        words = self.imported(roots)
        for found in ("root version 3: key-in-two-roles", "root version 11: keyid-not-canonical",
                      "root version 12: unknown-field"):
            self.assertIn(f"!! accepted of {found}", words)

    @unittest.skipUnless(SIGSTORE.exists(), "the real roots are not here")
    def test_r12_a_chain_with_a_gap_or_a_changed_byte_is_none(self):
        self.house.start()
        roots = self.chain(SIGSTORE)
        self.assertEqual(self.propose_import([roots[0], *roots[2:]], expect=None).returncode, 3)
        bent = self.file("12.root.json", roots[11].read_bytes().replace(b'"version": 12', b'"version":  12')
                         .replace(b"2025-08-19", b"2035-08-19"))
        self.assertEqual(self.propose_import([*roots[:11], bent], expect=None).returncode, 3)
        self.assertEqual(self.outcomes(), 0)

    def test_r12_a_chain_of_our_own_is_imported_and_its_next_root_is_signed_here(self):
        self.house.start()
        past = VECTORS / "past"
        roots = self.chain(past)
        words = self.imported(roots, [past / "targets.json", past / "snapshot.json"])
        self.assertIn("!! accepted of root version 1: ", words)
        self.assertIn("signed last for role: image/targets", words)
        self.submit("root", self.root_payload(len(roots)), expect=3)  # the imported one stands
        self.sign("root", self.root_payload(len(roots) + 1), "alice", "bob")
        self.house.stop()
        self.house.start()
        self.sign("root", self.root_payload(len(roots) + 2), "alice", "bob")
        again = self.propose_import(roots, expect=None)
        self.assertEqual(again.returncode, 3, again.stderr)


if __name__ == "__main__":
    unittest.main()
