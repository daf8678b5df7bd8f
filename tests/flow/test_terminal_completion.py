"""Completion in a real bash: what TAB offers, and what it never does."""
import os
import pathlib
import subprocess
import unittest

import terminal
from governing import Governing
from scenario import BUILD
from test_manual import Help, commands

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "docs/completion/conclave.bash"


def offers(line, cwd="/", socket="/nowhere", home="/nowhere"):
    """What completion offers behind this line, and what bash said besides."""
    # Readline gives the program's name as the first argument.
    body = ('source "$1"; COMP_LINE=$2; COMP_POINT=${#2}; _conclave conclave; '
            'printf "%s\\n" "${COMPREPLY[@]}"')
    line = line.replace("SOCKET", str(socket)).replace("HOME", str(home))
    done = subprocess.run(["bash", "--norc", "-c", body, "bash", SCRIPT, line], cwd=cwd,
                          env={**os.environ, "PATH": f"{BUILD}:{os.environ['PATH']}"},
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30,
                          check=True)
    return done.stdout.split(), done.stderr


class Words(unittest.TestCase):
    def assert_offers(self, line, *expected):
        found, said = offers(line)
        self.assertEqual((sorted(found), said), (sorted(expected), ""), line)

    def test_every_command_and_no_other(self):
        first = {c.split()[0] for c in commands()}
        self.assert_offers("conclave ", *first, "help")
        for family in first:
            second = {c.split()[1] for c in commands() if c.startswith(f"{family} ")}
            if family not in commands():
                self.assert_offers(f"conclave {family} ", *second)
        self.assert_offers("conclave appr", "approve")
        self.assert_offers("conclave request w", "wait", "withdraw")
        self.assert_offers("conclave help log pr", "prove")
        self.assert_offers("conclave nonsense ")

    def test_every_option_and_no_other(self):
        for command in commands():
            self.assert_offers(f"conclave {command} --", "--json", "--socket", "--home", "--help",
                               *Help(command).options)

    def test_values_that_are_a_few_words(self):
        self.assert_offers("conclave signature --format ", "tuf", "raw", "file")
        self.assert_offers("conclave key export --format ", "tuf", "pem")
        self.assert_offers("conclave key make --type ec", "ecdsa-p256", "ecdsa-p384")
        self.assert_offers("conclave freeze ", "everything", "role", "request", "list")
        self.assert_offers("conclave approve --pin-fd ")

    def test_nothing_that_a_shell_would_run_is_offered(self):
        lie = ('_conclave_ask() { echo \'{"request": "$(reboot)"}, {"request": "`id`"}, \'; '
               'echo \'{"request": "a;b"}, {"request": "ab12"}\'; }; ')
        body = (f'source "$1"; {lie} COMP_LINE=$2; COMP_POINT=${{#2}}; _conclave conclave; '
                'printf "%s\\n" "${COMPREPLY[@]}"')
        done = subprocess.run(["bash", "--norc", "-c", body, "bash", SCRIPT, "conclave approve "],
                              env={**os.environ, "PATH": f"{BUILD}:{os.environ['PATH']}"},
                              capture_output=True, text=True, timeout=30, check=True)
        self.assertEqual((done.stdout, done.stderr), ("ab12\n", ""))

    def test_files_and_folders(self):
        for line in ("conclave policy check q", "conclave request submit --item image/root=q"):
            found, _ = offers(line, cwd=SCRIPT.parents[1])
            self.assertEqual(found, ["quickstart.md"])
        found, _ = offers("conclave log export ", cwd=SCRIPT.parents[1])
        self.assertEqual(found, ["completion"])


class Asked(Governing):
    """What the appliance is asked for, without a PIN."""

    def offers(self, words):
        line = f"conclave --socket SOCKET --home HOME {words}"
        found, said = offers(line, socket=self.house.socket,
                             home=self.house.folder / "home-alice")
        self.assertEqual(said, "")
        return sorted(found)

    def test_roles_keys_requests_and_freezes(self):
        self.house.start()
        request = self.submit("root", self.root_payload())
        frozen = self.freeze("alice", "request", request)
        roles = ["image/root", "image/snapshot", "image/targets", "image/timestamp"]
        self.assertEqual(self.offers("approve "), [request])
        self.assertEqual(self.offers(f"request show {request[:4]}"), [request])
        self.assertEqual(self.offers("key export "), roles)
        self.assertEqual(self.offers("freeze role image/t"), roles[2:])
        self.assertEqual(self.offers("freeze request "), [request])
        self.assertEqual(self.offers("lift "), [frozen])
        self.assertEqual(self.offers("request submit --item image/r"), ["image/root="])
        keys = sorted(k["key"] for k in self.keys())
        self.assertEqual(self.offers("key retire image/root "), keys)
        self.house.stop()
        self.assertEqual(self.offers("approve "), [])

    def test_tab_in_an_interactive_bash(self):
        self.house.start()
        request = self.submit("root", self.root_payload())
        screen = terminal.run(
            ["bash", "--norc", "--noprofile", "-i"], env={
                "PATH": f"{BUILD}:{os.environ['PATH']}", "PS1": "ready$ ", "TERM": "dumb"},
            size=(24, 200), answers=[
                ("ready$ ", f"source {SCRIPT}"),
                ("ready$ ", f"conclave --socket {self.house.socket} --home "
                            f"{self.house.folder / 'home-alice'} requ\tsho\t{request[:3]}\t"),
                ("Opened ", "exit")])
        self.assertIn(f"Request   {request}\n", screen.text)


if __name__ == "__main__":
    unittest.main()
