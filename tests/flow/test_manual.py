"""The manual pages and the completion against the program: nothing missing, nothing invented."""
import pathlib
import re
import subprocess
import unittest

from scenario import BUILD

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"
SHARED = {"--json", "--socket", "--home", "--help"}
SECTIONS = ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "EXAMPLES", "SEE ALSO"]
OPTION = re.compile(r"\*(--[a-z-]+)\*(?: _([^_]+)_)?")


def run(*argv):
    done = subprocess.run([BUILD / "conclave", *argv], capture_output=True, text=True,
                          timeout=20, check=False)
    return done


def commands():
    """Every command of the program, from its own help."""
    lines = run("--help").stdout.split("Commands:\n")[1].split("\n\n")[0].splitlines()
    return [line[2:20].strip() for line in lines]


class Help:
    """What `conclave COMMAND --help` says."""
    def __init__(self, command):
        self.command = command
        self.text = run(*command.split(), "--help").stdout
        usage = self.text.splitlines()[0]
        self.arguments = usage.partition("[OPTION...]")[2].strip()
        self.page = re.search(r"manual page is ([a-z-]+)\(1\)", self.text).group(1)
        found = re.findall(r"^  (--[a-z-]+)(?: ([^ ]+))?", self.text, re.M)
        self.options = {name: value for name, value in found if name not in SHARED}


class Page:
    """A manual page: its sections, and of each command in SYNOPSIS the options."""
    def __init__(self, path):
        self.text = path.read_text(encoding="utf-8")
        parts = re.split(r"^# (.+)$", self.text, flags=re.M)
        self.sections = dict(zip(parts[1::2], parts[2::2]))
        self.commands = {}
        for entry in self.sections["SYNOPSIS"].strip().split("\n\n"):
            name = re.match(r"\*conclave ([a-z ]+)\*", entry)
            if name:
                self.commands[name.group(1)] = entry[name.end():]
        lines = [l for l in self.sections["OPTIONS"].splitlines() if l.startswith("*--")]
        self.options = dict(OPTION.match(line).groups() for line in lines)


class Manual(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.helps = [Help(command) for command in commands()]
        cls.pages = {path.name.removesuffix(".1.scd"): Page(path)
                     for path in DOCS.glob("conclave-*.1.scd")}

    def synopsis(self, told):
        self.assertIn(told.page, self.pages, f"docs/{told.page}.1.scd is missing")
        self.assertIn(told.command, self.pages[told.page].commands, f"{told.page}: no SYNOPSIS")
        return self.pages[told.page].commands[told.command]

    def test_every_command_has_a_page_and_every_page_a_command(self):
        self.assertGreater(len(self.helps), 40)
        for told in self.helps:
            self.synopsis(told)
        known = {told.command for told in self.helps}
        for name, page in self.pages.items():
            self.assertEqual(set(page.commands) - known, set(), name)
        self.assertEqual(set(self.pages), {told.page for told in self.helps})

    def test_pages_have_their_sections(self):
        for name, page in self.pages.items():
            self.assertEqual(list(page.sections), SECTIONS, name)
            for status in re.findall(r"^\*(\d)\*$", page.sections["EXIT STATUS"], re.M):
                self.assertIn(status, "012345", name)

    def test_a_synopsis_names_each_option_and_no_other(self):
        for told in self.helps:
            synopsis = self.synopsis(told)
            # "[--item ...]" only says that an option may be given again.
            named = {name: value for name, value in OPTION.findall(synopsis)
                     if value or not told.options.get(name)}
            self.assertEqual(named, told.options, told.command)

    def test_a_synopsis_has_the_arguments_of_the_usage(self):
        for told in self.helps:
            synopsis = self.synopsis(told)
            words = OPTION.sub("", synopsis.replace("\n", " "))
            words = re.sub(r"[\[\]|]|\*?\.\.\.|_", " ", words)
            usage = re.sub(r"[\[\]|]|\.\.\.", " ", told.arguments)
            self.assertEqual(words.split(), usage.split(), told.command)

    def test_options_are_described_once_and_none_is_invented(self):
        for name, page in self.pages.items():
            wanted = {}
            for told in self.helps:
                if told.page == name:
                    wanted.update(told.options)
            described = {option: value or "" for option, value in page.options.items()}
            self.assertEqual(described, wanted, name)

    def test_the_overview_names_each_page(self):
        overview = (DOCS / "conclave.1.scd").read_text(encoding="utf-8")
        for name in self.pages:
            self.assertIn(f"*{name}*(1)\n\t", overview)
        for word in {told.command.split()[-1] for told in self.helps}:
            self.assertRegex(overview, rf"(?i)\b{word}\b")

    def test_help_is_for_eighty_columns(self):
        for words in [["--help"]] + [[*t.command.split(), "--help"] for t in self.helps]:
            for line in run(*words).stdout.splitlines():
                self.assertLessEqual(len(line), 80, " ".join(words))

    def test_help_is_found_by_each_way(self):
        for told in self.helps:
            self.assertEqual(run("help", *told.command.split()).stdout, told.text)
        self.assertEqual(run("help").stdout, run("--help").stdout)
        for family in {t.command.split()[0] for t in self.helps if " " in t.command}:
            of = [t.command for t in self.helps if t.command.split()[0] == family]
            if family in of:
                continue
            listed = run("help", family).stdout.splitlines()
            self.assertEqual([line[2:20].strip() for line in listed], of)
        self.assertEqual(run("help", "nonsense").returncode, 1)


if __name__ == "__main__":
    unittest.main()
