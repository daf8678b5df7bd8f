"""The demo as a stranger runs it, and what it leaves."""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import demo_checks
from scenario import BUILD

HERE = pathlib.Path(__file__).resolve().parent
UPTANE = {"director": ["1.root.json", "root.json", "snapshot.json", "targets.json",
                       "timestamp.json"],
          "repo": ["1.root.json", "root.json", "snapshot.json", "targets", "targets.json",
                   "timestamp.json"],
          "trusted": ["director-root.json", "repo-root.json"]}


class Demo(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="conclave-flow-"))
        cls.out = cls.folder / "out"
        cls.done = subprocess.run(
            [sys.executable, "-B", HERE / "demo.py", "--build", BUILD, "--out", cls.out],
            capture_output=True, text=True, timeout=300)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def test_it_ends_well_and_says_what_others_verified(self):
        self.assertEqual(self.done.returncode, 0, self.done.stderr + self.done.stdout[-2000:])
        self.assertEqual(self.done.stdout.splitlines()[-1], "demo: ok")
        for words in ("securesystemslib and openssl both verify",
                      "are signed at once, with nobody present", "dave alone revokes a mandate",
                      "Requests signed under mandates, with nobody present: 3."):
            self.assertIn(words, self.done.stdout)

    def test_it_leaves_the_repositories_where_clients_look_for_them(self):
        for folder, names in UPTANE.items():
            place = self.out / "uptane" / folder
            self.assertEqual(sorted(p.name for p in place.iterdir()), names)
        for repository in ("director", "repo"):
            place = self.out / "uptane" / repository
            root = (place / "1.root.json").read_bytes()
            self.assertEqual(root, (place / "root.json").read_bytes())
            self.assertEqual(
                root, (self.out / f"uptane/trusted/{repository}-root.json").read_bytes())
        directed = json.loads((self.out / "uptane/director/targets.json").read_bytes())
        for name, image in directed["signed"]["targets"].items():
            self.assertEqual(image["custom"]["ecuIdentifiers"],
                             {"ecu-0001": {"hardwareId": "gateway-hw1"}})
            self.assertTrue((self.out / "uptane/repo/targets" / name).exists())

    def test_what_it_checks_would_be_noticed(self):
        place = pathlib.Path(shutil.copytree(self.out / "uptane/repo", self.folder / "changed"))
        image = next((place / "targets").iterdir())
        data = {image.name: image.read_bytes()}
        self.assertEqual(demo_checks.check_uptane(place, "image", data), 10)
        signed = place / "targets.json"
        signed.write_bytes(signed.read_bytes().replace(b'"1.4.0"', b'"1.4.1"'))
        with self.assertRaises(demo_checks.stock.Refused):
            demo_checks.check_uptane(place, "image", data)


if __name__ == "__main__":
    unittest.main()
