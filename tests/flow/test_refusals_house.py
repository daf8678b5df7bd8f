"""Every refusal of a house that is being founded, and of one that cannot be started."""
import shutil
import unittest

from forgery import Forger, line
from house import House
from refusals import DAEMON, LOCAL, REFUSED, UNVERIFIED, Refusals
from scenario import BUILD, PEOPLE, POLICY

ONES = "1" * 64
USAGE, TOKEN, HALT, BAD_PIN = 64, 69, 70, 77  # conclaved(8)

# What conclaved says of its own command line, and of files that it cannot read.
OPTIONS = (
    (USAGE, "unknown or incomplete option; see conclaved --help", "--loud"),
    (USAGE, "it takes options only", "now"),
    (USAGE, "--config is missing"),
    (USAGE, "--pin-fd takes the number of a descriptor above 2", "--pin-fd", "1"),
    (HALT, "cannot open ", "--config", "{folder}/none.yaml"),
    (HALT, " is no file", "--config", "{folder}"),
    (HALT, "the descriptor of --pin-fd, 99, is not open", "--config", "{folder}/conclaved.yaml",
     "--pin-fd", "99"),
    (HALT, "the PIN is read from a descriptor: say which with --pin-fd", "--config",
     "{folder}/conclaved.yaml"),
)

# A configuration with one thing wrong: words, what is changed, to what.
CONFIGURED = (
    (HALT, " is no socket: remove it, or configure another path", "socket: {socket}",
     "socket: {text}"),
    (HALT, "cannot make the socket ", "socket: {socket}", "socket: {folder}/nowhere/sock"),
    (HALT, "in mapping field 'socket'", "socket: {socket}", "socket: /" + "s" * 120),
    (TOKEN, "there is no token with the label nothing", "label: appliance", "label: nothing"),
    (TOKEN, "cannot be loaded", "module: {module}", "module: {text}"),
    (HALT, "the PIN is asked at a terminal and there is none", "pin: descriptor",
     "pin: terminal"),
    (HALT, "the PIN is a credential and CREDENTIALS_DIRECTORY is not set", "pin: descriptor",
     "pin: credential"),
)

# Before the keys are made; before there is a charter.
EARLY = (
    (DAEMON, "the appliance has not generated its keys yet", "init", "show"),
    (DAEMON, "the appliance has not generated its keys yet", "init", "charter", "--policy",
     "{policy}"),
)
MADE = (
    (DAEMON, "there is no charter to sign yet: run `conclave init charter`", "init", "show"),
)
# When there is one, each said by alice or erin, with the log key's hash or without.
SIGNING = (
    ("alice", LOCAL, "the founding is neither shown nor confirmed on a terminal here", "init",
     "sign"),
    ("alice", UNVERIFIED, "which is not the one given: do not sign", "init", "sign",
     "--log-key-hash", ONES),
    ("alice", UNVERIFIED, "compiles to: do not sign, and compare the files", "init", "sign",
     "--log-key-hash", "{hash}", "--policy", "{other}"),
    ("erin", REFUSED, "is nobody's that would do here", "init", "sign",
     "--log-key-hash", "{hash}"),
)
SIGNED = (
    ("alice", REFUSED, "R5: alice has signed the founding already", "init", "sign",
     "--log-key-hash", "{hash}"),
    (None, REFUSED, "the appliance is being founded; only `conclave init` works now", "request",
     "list"),
)
FOUNDED = (
    (None, REFUSED, "the founding is complete; start conclaved again without --found", "request",
     "list"),
    (None, REFUSED, "the founding is complete; start conclaved again without --found", "init",
     "keys", "--policy", "{policy}"),
)


class RefusalsHouse(Refusals):
    # ---- founding ----

    def new_house(self):
        """Nothing is founded in it yet; erin has a token and is no administrator."""
        self.house.stop()
        self.house = House(BUILD, self.folder / "new")
        self.house.enrol_people([*PEOPLE, "erin"])
        for name in ("image-service", "dave-tool"):
            self.house.make_requester(name)
        self.house.make_token("appliance", "appliance")
        self.house.write_config()
        self.given["folder"] = str(self.house.folder)
        self.give("policy", POLICY)
        self.give("other", POLICY.replace("quorum: 2", "quorum: 3", 1))

    def say(self, rows):
        """Rows of (who signs or None, status, words, ...)."""
        for who, status, words, *argv in rows:
            with self.subTest(words):
                options = {"expect": None} if who else {"expect": None, "home": "home-alice"}
                done = (self.house.as_person(who, *self.words(argv), **options) if who else
                        self.house.conclave(*self.words(argv), **options))
                self.check(done, status, words)
        self.tell(len(rows))

    def forge(self, rule, words, *ask):
        """What no honest tool would send to a founding."""
        with self.subTest(words):
            answer = Forger(self.house).ask(*ask)
            self.assertEqual((answer.kind, answer.rule), ("refused", rule), vars(answer))
            self.assertIn(words, answer.sentence)

    def test_what_a_founding_says(self):
        self.new_house()
        self.house.start(found=True)
        self.run_rows(EARLY)
        self.forge("R18", "generate the keys first: conclave init keys", "found_charter", b"x")
        self.forge("R18", "there is no charter to sign yet: conclave init charter", "found_sign",
                   ONES, b"s")
        self.forge("R20", "The list of keys to generate is not one.", "found_keys", b"x")
        self.house.conclave("init", "keys", "--policy", self.given["policy"])
        self.run_rows(MADE)
        self.house.conclave("init", "charter", "--policy", self.given["policy"])
        shown = self.house.json("init", "show")
        self.given["hash"] = shown["log_key_hash"]
        self.bend_charter(shown["charter_text"].encode())
        self.house.conclave("init", "charter", "--policy", self.given["policy"])
        self.sign_all()

    def test_r18_a_founding_in_somebodys_own_token_destroys_nothing(self):
        house = self.house
        house.stop()
        config = house.folder / "conclaved.yaml"
        config.write_text(config.read_text().replace("label: appliance", "label: alice")
                          .replace(str(house.tokens("appliance")), str(house.tokens("people")))
                          .replace(str(house.softhsm("appliance")), str(house.softhsm("people"))))
        shutil.rmtree(house.ledger)
        house.ledger.mkdir()
        before = house.as_person("alice", "token", "export").stdout
        house.start(found=True, pin=house.pins["alice"])
        done = house.conclave("init", "keys", "--policy", house.folder / "policy.yaml",
                              expect=DAEMON)
        self.assertIn(b"the appliance hung up; look into its log", done.stderr)
        self.assertEqual(house.wait(), HALT)
        self.assertIn("a key named approver, which no founding made: name the appliance's own",
                      house.last_words())
        self.assertEqual(house.as_person("alice", "token", "export").stdout, before)

    def bend_charter(self, text):
        """A founding charter that is none of this token's."""
        self.forge("R7", "a founding charter has epoch 1 and no previous one", "found_charter",
                   line("epoch", "2")(line("previous", f"sha256:{ONES}")(text)))
        self.forge("R21", "the charter names another log key than the one that was generated",
                   "found_charter", line("log", f"sha256:{ONES}")(text))
        self.forge("R18", "the charter does not name exactly the keys that were generated",
                   "found_charter", b"".join(l for l in text.splitlines(keepends=True)
                                             if b" image/timestamp " not in l))

    def sign_all(self):
        self.say(SIGNING)
        for name in PEOPLE:
            self.house.as_person(name, "init", "sign", "--log-key-hash", self.given["hash"])
            if name == "alice":
                self.say(SIGNED)
        self.say(FOUNDED)

    # ---- starting ----

    def conclaved(self, *argv):
        return self.house.run([self.house.build / "conclaved", *self.words(argv)], expect=None)

    def ended(self, status, words, **options):
        """A start that fails, in its words."""
        with self.subTest(words):
            self.house.spawn(**options)
            self.assertEqual(self.house.wait(), status, self.house.last_words())
            self.assertIn(words, self.house.last_words())

    def test_what_conclaved_says_of_its_command_line(self):
        for status, words, *argv in OPTIONS:
            with self.subTest(words):
                done = self.conclaved(*argv)
                self.assertIn(words, done.stderr.decode())
                self.assertEqual(done.returncode, status, done.stderr)
        self.tell(len(OPTIONS))

    def test_what_conclaved_says_of_a_credential(self):
        config = self.house.folder / "conclaved.yaml"
        config.write_text(config.read_text().replace("pin: descriptor", "pin: credential"))
        for words, folder in (("cannot open the credential ", str(self.house.folder)),
                              ("the path of CREDENTIALS_DIRECTORY is too long", "/" + "x" * 5000)):
            with self.subTest(words):
                done = self.house.run([self.house.build / "conclaved", "--config", config],
                                      env={"CREDENTIALS_DIRECTORY": folder}, expect=None)
                self.assertIn(words, done.stderr.decode())
                self.assertEqual(done.returncode, HALT, done.stderr)

    def test_what_a_house_that_cannot_start_says(self):
        self.give("text", "neither a socket nor a module\n")
        self.given["socket"] = str(self.house.socket)
        config = self.house.folder / "conclaved.yaml"
        good = config.read_text()
        for status, words, old, new in CONFIGURED:
            old, new = self.words([old, new])
            self.assertIn(old, good)
            config.write_text(good.replace(old, new, 1))
            self.ended(status, words)
        config.write_text(good)
        self.ended(BAD_PIN, "refused the PIN; it was tried once", pin="another")
        self.ended(BAD_PIN, "the PIN is empty; the token appliance was not asked", pin="")
        self.tell(len(CONFIGURED) + 2)

    def test_two_of_one_house(self):
        self.house.start()
        first, self.house.daemon = self.house.daemon, None
        self.ended(HALT, "another conclaved answers on ")
        config = self.house.folder / "conclaved.yaml"
        config.write_text(config.read_text().replace(str(self.house.socket),
                                                     f"{self.house.socket}2", 1))
        self.ended(HALT, "another conclaved works in the ledger folder ")
        self.house.daemon = first
        self.house.stop()

    def test_a_token_that_is_empty(self):
        self.house.stop()
        shutil.rmtree(self.house.tokens("appliance"))
        self.house.tokens("appliance").mkdir()
        self.house.make_token("appliance", "appliance")
        self.ended(HALT, "the token is empty: start the appliance with --found")


if __name__ == "__main__":
    unittest.main()
