"""R13: clocks that are wrong. The house waits for time, and a quorum's statement ends that."""
import datetime
import shutil
import unittest

import tuf
from governing import Governing
from scenario import BUILD

DAY = 24 * 3600
YEAR = 365 * DAY


class Time(Governing):
    def shift(self, seconds):
        """Programs whose clock is so many seconds off; also the command line's."""
        folder = self.folder / f"shifted{seconds}"
        if not folder.exists():
            shutil.copytree(BUILD / "shifted", folder)
            (folder / "clock.conf").write_text(f"{seconds}\n")
            (folder / "conclaved").symlink_to(BUILD / "conclaved")
        self.house.build = folder  # `conclave` of the same clock
        return folder

    def start_shifted(self, seconds):
        rooms = self.shift(seconds)
        self.house.start(rooms=rooms)

    def stated(self, seconds):
        at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
        return at.strftime("%Y-%m-%dT%H:%M:%SZ")

    def payload(self, version, shift):
        return tuf.targets(version, {"gateway.img": b"x"}, days=90 + shift // DAY)

    def test_r13_ten_years_ahead_waits_until_a_quorum_states_the_time(self):
        self.house.start()
        self.sign("root", self.root_payload())
        self.house.stop()
        ahead = 10 * YEAR
        self.start_shifted(ahead)
        self.assertIn("waits for time", self.house.last_words())
        self.assertTrue(self.house.json("status", home="home-alice")["waits"])
        self.assertIn("waits for time", self.house.text("status", home="home-alice"))
        done = self.submit("targets", self.payload(1, ahead), expect=None)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn(b"R13", done.stderr)
        self.motion("key", "generate", "image/root=ed25519", expect=3)
        time = self.motion("time", "state")
        self.approve(time, "alice", "bob", "carol")
        self.assertEqual(self.fate(time), "signed")
        self.assertFalse(self.house.json("status", home="home-alice")["waits"])
        self.sign("root", self.root_payload(2, days=365 + ahead // DAY), "alice", "bob")
        self.house.stop()
        self.start_shifted(ahead)
        self.assertNotIn("waits for time", self.house.last_words())
        self.check_log()

    def test_r13_a_clock_that_was_ahead_is_set_back_by_statement_and_approvals_end(self):
        self.start_shifted(30 * DAY)
        self.sign("root", self.root_payload(days=365 + 30))
        waiting = self.submit("targets", self.payload(1, 30 * DAY), expires="40d")
        self.approve(waiting, "alice", "bob")
        self.house.stop()
        self.start_shifted(0)
        self.assertIn("waits for time", self.house.last_words())
        self.house.approve("carol", waiting, expect=3)
        time = self.motion("time", "state", self.stated(0))
        self.approve(time, "alice", "bob", "carol")
        self.assertEqual(self.fate(time), "signed")
        self.house.as_person("carol", "approve", waiting, "--yes")
        self.assertEqual(self.fate(waiting, seconds=2), "open", "old approvals counted")
        self.approve(waiting, "alice", "bob")
        self.assertEqual(self.fate(waiting), "signed")
        self.check_log()

    def test_r13_without_time_a_freeze_is_taken(self):
        self.house.start()
        self.sign("root", self.root_payload())
        self.house.stop()
        self.start_shifted(-10 * YEAR)
        self.assertIn("waits for time", self.house.last_words())
        self.freeze("alice", "everything")
        self.assertEqual(len(self.freezes()), 1)

    def test_r13_2038_and_2106_are_times_like_others(self):
        now = datetime.datetime.now(datetime.timezone.utc)
        for year in (2038, 2106):
            with self.subTest(year):
                at = datetime.datetime(year, 2, 8, tzinfo=datetime.timezone.utc)
                shift = int((at - now).total_seconds())
                self.start_shifted(shift)
                time = self.motion("time", "state")
                self.approve(time, "alice", "bob", "carol")
                self.assertEqual(self.fate(time), "signed")
                self.house.stop()
        self.start_shifted(shift)
        self.sign("root", self.root_payload(days=365 + shift // DAY), "alice", "bob")


if __name__ == "__main__":
    unittest.main()
