"""conclave rules: the table that payloads are judged by, as POLICY.md has it."""
import json
import pathlib
import re
import subprocess
import unittest

from scenario import BUILD

POLICY = pathlib.Path(__file__).resolve().parents[2] / "policy/POLICY.md"
ROW = re.compile(r"^\| `([a-z0-9-]+)` \| (R\d+) \| (\w+) \| ([a-z ]+) \| ([a-z ]+) \| (.+) \|$", re.M)
FIELDS = ("rule", "design", "severity", "dialects", "types", "sentence")


def run(*words):
    return subprocess.run([BUILD / "conclave", *words], capture_output=True, timeout=60,
                          check=False, text=True)


def rules(*words):
    done = run("--json", "rules", *words)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return [tuple(row[field] for field in FIELDS) for row in json.loads(done.stdout)["rules"]]


class Rules(unittest.TestCase):
    def test_refuses_what_is_no_dialect_or_type(self):
        for words, part in ((("--dialect", "olpc"), "there is no dialect olpc"),
                            (("--type", "mirrors"), "there is no type mirrors"),
                            (("root",), "takes no argument")):
            done = run("rules", *words)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn(part, done.stderr)

    def test_says_when_the_table_cannot_be_printed(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([BUILD / "conclave", "rules"], stdout=full, timeout=60,
                                  stderr=subprocess.PIPE, check=False, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("the table cannot be printed", done.stderr)

    def test_the_command_and_the_policy_page_say_the_same(self):
        said = rules()
        self.assertEqual(said, ROW.findall(POLICY.read_text(encoding="utf-8")))
        self.assertIn("root-next", [rule[0] for rule in said])

    def test_a_dialect_and_a_type_choose(self):
        said = rules()
        for dialect in ("tuf", "uptane"):
            for kind in ("root", "targets", "snapshot", "timestamp", "import", "request"):
                chosen = rules("--dialect", dialect, "--type", kind)
                self.assertEqual(chosen, [rule for rule in said if dialect in rule[3].split() and
                                          kind in rule[4].split()])
                self.assertTrue(chosen)


if __name__ == "__main__":
    unittest.main()
