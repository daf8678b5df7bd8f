"""Administrators' tokens of every type: which one is needed, by name and key; pulled out while they
are needed; and the appliance's own."""
import atexit
import json
import os
import pathlib
import resource
import shutil
import subprocess
import tempfile
import time

from drawer import Drawer
from house import MODULE, Failed, House
from scenario import BUILD, PEOPLE, POLICY, ROLES, Flow, copy_house

TYPES = {"alice": "ecdsa-p256", "bob": "ed25519", "carol": "rsa-2048", "dave": "ecdsa-p384"}


def make_template():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="conclave-flow-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    house = House(BUILD, folder / "template")
    for name in PEOPLE + ["mallory"]:
        house.make_token("people", name)
        made = house.as_person(name, "token", "generate",
                               "--type", TYPES.get(name, "ecdsa-p256")).stdout
        # What is told without a new key is the same.
        assert made == house.as_person(name, "token", "export").stdout
        (house.folder / f"{name}.pem").write_bytes(made)
    for name in ("image-service", "dave-tool"):
        house.make_requester(name)
    house.found(POLICY, PEOPLE)
    return house


class Tokens(Flow):
    own = None

    def setUp(self):
        if Tokens.own is None:
            Tokens.own = make_template()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="conclave-flow-"))
        self.house = copy_house(Tokens.own, self.folder / "house")
        self.drawer = Drawer(self.house)

    def open_request(self):
        self.house.start()
        return self.submit("root", self.root_payload())

    def with_token(self, *argv, pin, home="home-alice", **options):
        """A command that signs, with the PIN of somebody, but told no token."""
        return self.house.conclave(*argv, "--module", MODULE, "--pin-fd", "PIN-FD",
                                   pin=self.house.pins.get(pin, pin), home=home, **options)

    def refused(self, status, words, *argv, **options):
        done = self.with_token(*argv, expect=status, **options)
        said = done.stderr.decode()
        for word in [words] if isinstance(words, str) else words:
            self.assertIn(word, said)
        self.assertEqual(said.count("\n"), 1, said)
        return said

    def listed(self, **options):
        shown = self.house.json("token", "list", "--module", MODULE, home="home-alice", **options)
        return {t["label"]: t for t in shown["tokens"]}

    # ---- which token? ----

    def test_the_list_says_whose_keys_they_are(self):
        self.house.start()
        shown = self.listed()
        for name, kind in TYPES.items():
            (key,) = shown[name]["keys"]
            self.assertEqual((key["holder"], key["type"], key["label"]), (name, kind, "approver"))
            exported = json.loads(self.house.as_person(name, "token", "export", "--json").stdout)
            self.assertEqual(key["key"], exported["key"])
        self.assertIsNone(shown["mallory"]["keys"][0]["holder"])
        self.assertTrue(all(t["needs_pin"] and t["state"] == "ready" for t in shown.values()))
        text = self.house.text("token", "list", "--module", MODULE, home="home-alice")
        self.assertIn('key "approver", ecdsa-p384, of dave\n', text)
        self.assertLessEqual(max(map(len, text.splitlines())), 80)

    def test_the_list_needs_no_appliance(self):
        done = self.house.conclave("token", "list", "--module", MODULE, "--json",
                                   home="home-alice")
        self.assertIn(b"whose keys these are is not known now", done.stderr)
        self.assertEqual({k["holder"] for t in json.loads(done.stdout)["tokens"]
                          for k in t["keys"]}, {None})
        self.drawer.pull()
        text = self.house.text("token", "list", "--module", MODULE, home="home-none")
        self.assertIn("No token is plugged in", text)

    def test_the_token_of_whoever_may_decide_is_found(self):
        request = self.open_request()
        for name in ("bob", "carol"):
            self.drawer.only(name, "mallory")
            self.with_token("approve", request, "--yes", pin=name)
        self.assertEqual(self.fate(request), "signed")
        self.check_log()

    def test_several_are_named_with_their_keys(self):
        request = self.open_request()
        keys = {n: t["keys"][0]["key"][:12] for n, t in self.listed().items()}
        self.refused(2, ["4 keys", "--token"]
                     + [f'"{n}" ({n}, {TYPES[n]} {keys[n]})' for n in PEOPLE],
                     "approve", request, "--yes", pin="alice")
        # Who has decided is none of them any more.
        self.house.approve("bob", request)
        self.drawer.only("bob", "carol")
        self.with_token("approve", request, "--yes", pin="carol")
        self.assertEqual(self.fate(request), "signed")

    def test_none_names_whose_are_needed_and_what_was_found(self):
        request = self.open_request()
        keys = {n: t["keys"][0]["key"][:12] for n, t in self.listed().items()}
        self.drawer.only("mallory")
        words = ['found: "mallory"'] + [f"{n} ({TYPES[n]} {keys[n]})" for n in PEOPLE]
        self.refused(2, words, "approve", request, "--yes", pin="mallory")
        self.drawer.pull()
        self.refused(2, ["alice", "found: no token at all"], "freeze", "everything", "--yes",
                     pin="mallory")

    def test_r19_no_pin_is_read_before_the_token_is_known(self):
        request = self.open_request()
        read_end, write_end = os.pipe()  # nobody writes: whoever reads waits for ever
        self.addCleanup(os.close, read_end)
        self.addCleanup(os.close, write_end)
        cases = (([], 2), (["--token", "mallory"], 3), (["--token", "erin"], 2),
                 (["--token", "alice", "--key-label", "other"], 2))
        for argv, status in cases:
            done = subprocess.run(
                [str(a) for a in (BUILD / "conclave", "--socket", self.house.socket, "--home",
                                  self.house.folder / "home-alice", "approve", request, "--yes",
                                  "--module", MODULE, "--pin-fd", read_end, *argv)],
                pass_fds=(read_end,), stdin=subprocess.DEVNULL, capture_output=True, timeout=30,
                env={**os.environ, "SOFTHSM2_CONF": str(self.house.softhsm("people"))})
            self.assertEqual(done.returncode, status, done.stderr)

    def test_a_named_token_of_nobody_is_told_whose_key_is_needed(self):
        request = self.open_request()
        self.refused(3, ["nobody's", "needed is the key of alice"], "approve", request, "--yes",
                     "--token", "mallory", pin="mallory")
        self.refused(2, ['there is no token called "erin"', '"alice"'], "approve", request, "--yes",
                     "--token", "erin", pin="alice")
        # What the appliance decides, it decides: and writes it down.
        self.house.approve("bob", request)
        done = self.house.as_person("bob", "approve", request, "--yes", expect=3)
        self.assertIn(b"R5", done.stderr)

    def test_two_tokens_of_one_label_are_told_apart_by_serial_number(self):
        request = self.open_request()
        self.house.make_token("people", "alice")
        twins = [t for t in self.drawer.list() if t["label"] == "alice"]
        said = self.refused(2, "2 tokens are called", "approve", request, "--yes", "--token",
                            "alice", pin="alice")
        for twin in twins:
            self.assertIn(f"serial:{twin['serial']}", said)
        old, new = sorted(twins, key=lambda t: not t["keys"])
        self.house.conclave("token", "generate", "--module", MODULE, "--token",
                            f"serial:{new['serial']}", "--pin-fd", "PIN-FD",
                            pin=self.house.pins["alice"])
        self.with_token("approve", request, "--yes", "--token", f"serial:{old['serial']}",
                        pin=Tokens.own.pins["alice"])
        # A copy of the key would do as well; a key that only has the name does not.
        self.refused(3, "needed is the key of", "approve", request, "--yes", "--token",
                     f"serial:{new['serial']}", pin="alice")

    def test_a_public_key_that_was_planted_signs_nothing(self):
        request = self.open_request()
        self.drawer.only("alice", "mallory")
        self.with_token("approve", request, "--yes", pin="alice")
        der = self.folder / "bob.der"
        subprocess.run(["openssl", "pkey", "-pubin", "-in", self.house.folder / "carol.pem",
                        "-outform", "DER", "-out", der], check=True)
        subprocess.run(
            ["pkcs11-tool", "--module", MODULE, "--token-label", "mallory", "--login", "--pin",
             self.house.pins["mallory"], "--write-object", der, "--type", "pubkey", "--id", "77",
             "--label", "approver"], check=True, capture_output=True,
            env={**os.environ, "SOFTHSM2_CONF": str(self.house.softhsm("people"))})
        self.drawer.only("mallory")
        self.refused(2, "no private half", "approve", request, "--yes", pin="mallory")

    def test_a_new_key_goes_to_the_only_token(self):
        self.drawer.only("mallory")
        self.refused(2, "holds a key already", "token", "generate", pin="mallory")
        made = self.with_token("token", "generate", "--type", "ed25519", "--key-label", "other",
                               pin="mallory").stdout
        self.assertEqual(self.with_token("token", "export", "--key-label", "other",
                                         pin="mallory").stdout, made)
        self.refused(2, "name yours with --token or --key-label", "token", "export", pin="mallory")
        self.drawer.plug()
        self.refused(2, "which token?", "token", "generate", pin="mallory")

    def test_r19_a_wrong_pin_is_tried_once(self):
        request = self.open_request()
        for name in TYPES:
            self.drawer.only(name)
            self.refused(2, "tried once", "approve", request, "--yes", pin="wrong")
            self.refused(2, "empty", "approve", request, "--yes", pin="")
        self.assertEqual(self.records("decision"), [])

    # ---- pulled out in the middle ----

    def start_command(self, *argv, home):
        """A command that waits for its PIN; the pipe's end that takes it."""
        read_end, write_end = os.pipe()
        command = subprocess.Popen(
            [str(a) for a in (BUILD / "conclave", "--socket", self.house.socket, "--home",
                              self.house.folder / home, *argv, "--module", MODULE, "--pin-fd",
                              read_end)],
            pass_fds=(read_end,), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={**os.environ, "SOFTHSM2_CONF": str(self.house.softhsm("people"))},
            preexec_fn=self.allow_core)
        os.close(read_end)
        self.wait_until(lambda: self.has_hidden(command.pid))
        return command, write_end

    @staticmethod
    def allow_core():
        _, hard = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))

    @staticmethod
    def has_hidden(pid):
        """Whether it has forbidden cores: the last thing before it reads the PIN."""
        limits = pathlib.Path(f"/proc/{pid}/limits").read_text()
        return next(l for l in limits.splitlines() if l.startswith("Max core")).split()[4] == "0"

    def test_pulled_out_before_the_pin_was_typed(self):
        request = self.open_request()
        for name in TYPES:
            with self.subTest(name):
                command, pin = self.start_command("approve", request, "--yes", "--token", name,
                                                  home=f"home-{name}")
                self.drawer.pull(name)
                os.write(pin, self.house.pins[name].encode())
                os.close(pin)
                said = command.communicate(timeout=20)[1].decode()
                self.assertEqual(command.returncode, 2, said)
                self.assertRegex(said, "is no longer there|there is no token with the label")
                self.drawer.plug()
        self.assertEqual(self.records("decision"), [])
        self.house.approve("alice", request)
        self.house.approve("bob", request)
        self.assertEqual(self.fate(request), "signed")

    def test_the_appliances_token_is_pulled_out_before_it_signs(self):
        request = self.open_request()
        appliance = Drawer(self.house, "appliance")
        self.house.approve("alice", request)
        appliance.pull()
        done = self.house.approve("bob", request, expect=None)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn(b"the appliance hung up", done.stderr)
        self.assertEqual(self.house.wait(), 69)
        self.assertIn("if it was pulled out, plug it in and start again", self.house.last_words())
        with self.assertRaisesRegex(Failed, "there is no token with the label appliance"):
            self.house.start()
        self.assertEqual(self.house.wait(), 69)
        appliance.plug()
        self.house.start()
        # Nothing was promised and nothing is lost: whoever was not answered says it again.
        self.house.approve("bob", request, expect=None)
        self.assertEqual(self.fate(request), "signed")
        self.check_log()

    def test_the_appliances_token_is_pulled_out_while_it_signs(self):
        # Nearer each time to the moment from which on it is no longer needed.
        appliance = Drawer(self.house, "appliance")
        early, late, unnoticed = 0.0, 0.3, 0
        self.house.start()
        for version in range(1, 9):
            request = self.submit("root", self.root_payload(version))
            self.house.approve("alice", request)
            command, pin = self.start_command("approve", request, "--yes", "--token", "bob",
                                              home="home-bob")
            os.write(pin, self.house.pins["bob"].encode())
            os.close(pin)
            delay = (early + late) / 2
            time.sleep(delay)
            appliance.pull()
            command.communicate(timeout=20)
            time.sleep(0.3)
            appliance.plug()
            if self.house.daemon.poll() is None:
                late = delay
                unnoticed += 1
            else:
                early = delay
                self.assertEqual(self.house.daemon.returncode, 69, self.house.last_words())
                self.house.start()
            self.house.approve("bob", request, expect=None)
            self.assertEqual(self.fate(request), "signed", self.house.last_words())
        print(f"[pulled out 8 times, {unnoticed} of them unnoticed, last after {delay * 1000:.0f} ms] ",
              end="", flush=True)
        self.assertLess(unnoticed, 8)
        self.check_log()
