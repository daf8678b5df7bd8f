"""R10: tokens and ledgers that were put back, and seals that were touched, each with its sentence."""
import shutil
import unittest

import tuf
from scenario import Flow

HALT = 70


class Rollback(Flow):
    def halts(self, *words):
        self.house.spawn()
        self.assertEqual(self.house.wait(), HALT, self.house.last_words())
        said = self.house.last_words().lower()
        for word in words:
            self.assertIn(word, said)
        self.house.daemon = None

    def keep(self, what):
        kept = self.folder / f"kept-{what.name}"
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(what, kept)
        return kept

    def put_back(self, kept, where):
        shutil.rmtree(where)
        shutil.copytree(kept, where)

    def signed_root(self):
        self.house.start()
        self.sign("root", self.root_payload())
        self.house.stop()

    def seal_file(self):
        """The token's only object whose file changes when a seal is written: the newest."""
        objects = self.house.tokens("appliance").rglob("*.object")
        return max((p for p in objects if p.name != "token.object"),
                   key=lambda p: p.stat().st_mtime_ns)

    def test_r10_a_flipped_bit_in_the_seal_halts(self):
        self.signed_root()
        file = self.seal_file()
        data = bytearray(file.read_bytes())
        data[-40] ^= 1
        file.write_bytes(data)
        self.halts("seal")

    def test_r10_a_removed_seal_halts(self):
        self.signed_root()
        self.seal_file().unlink()
        self.halts("seal")

    def test_r10_a_token_from_before_the_last_quorum_signature_halts(self):
        before = self.keep(self.house.tokens("appliance"))
        self.signed_root()
        self.put_back(before, self.house.tokens("appliance"))
        self.halts("token", "put back")

    def test_r10_a_ledger_from_before_the_last_seal_halts(self):
        before = self.keep(self.house.ledger)
        self.signed_root()
        self.put_back(before, self.house.ledger)
        self.halts("ledger")

    def test_r10_a_token_from_before_records_that_sealed_nothing_goes_on(self):
        self.signed_root()
        before = self.keep(self.house.tokens("appliance"))
        self.house.start()
        request = self.submit("targets", tuf.targets(1, {"a.img": b"a"}))
        self.approve(request, "alice")
        self.house.stop()
        self.put_back(before, self.house.tokens("appliance"))
        self.house.start()
        self.approve(request, "bob", "carol")
        self.assertEqual(self.fate(request), "signed")
        self.check_log()

    def test_r10_a_tool_that_saw_a_newer_checkpoint_says_so(self):
        before_token = self.keep(self.house.tokens("appliance"))
        before_ledger = self.keep(self.house.ledger)
        self.signed_root()
        self.house.start()
        self.house.conclave("status", home="home-alice")
        self.house.stop()
        self.put_back(before_token, self.house.tokens("appliance"))
        self.put_back(before_ledger, self.house.ledger)
        self.house.start()  # disk and token put back together: only a witness of the past can tell
        done = self.house.conclave("status", home="home-alice", expect=5)
        self.assertIn(b"put back or forked", done.stderr)

    def test_founding_a_token_that_has_a_seal_is_refused(self):
        self.house.spawn(found=True)
        self.assertEqual(self.house.wait(), HALT)
        self.assertIn("seal", self.house.last_words())


if __name__ == "__main__":
    unittest.main()
