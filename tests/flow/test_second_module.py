"""Other PKCS#11 modules than SoftHSM: administrators approve with keys in a TPM and in opencryptoki;
whether the appliance itself could run on them, they are asked."""
import pathlib
import shutil
import tempfile
import time
import unittest

import opencryptoki
import tpm
from house import MODULE, Failed, House
from scenario import BUILD, PEOPLE, POLICY, Flow

# Whose keys are in the TPM; the others' are in SoftHSM.
IN_TPM = {"carol": "EC:prime256v1", "dave": "rsa:2048"}
TYPES = {"carol": "ecdsa-p256", "dave": "rsa-2048"}
# What the vault asks of its token: the log's key (C2SP checkpoints are Ed25519), and the seal's.
VAULT_NEEDS = {
    "Ed25519 key generation": ("EC-EDWARDS-KEY-PAIR-GEN", "ECEDWARDS-KEY-PAIR-GEN", "mechtype-0x1055"),
    "EdDSA": ("EDDSA", "mechtype-0x1057"),
    "generic secret key generation": ("GENERIC-SECRET-KEY-GEN",),
    "HMAC with SHA-256": ("SHA256-HMAC",),
}


class MixedHouse(House):
    """Some of its people have their keys in a TPM."""
    tpm = None

    def as_person(self, name, *argv, **options):
        if name not in IN_TPM:
            return super().as_person(name, *argv, **options)
        return self.conclave(
            *argv, "--module", tpm.module(), "--token", name, "--pin-fd", "PIN-FD",
            pin=self.pins[name], home=f"home-{name}", env=dict(self.tpm.env), **options)


class OnTpm(House):
    """The appliance's own token is in a TPM."""
    tpm = None

    def make_token(self, whose, label):
        if whose != "appliance":
            super().make_token(whose, label)
            return
        self.pins[label] = "appliance-12345678"

    def write_config(self):
        super().write_config()
        config = self.folder / "conclaved.yaml"
        text = config.read_text().replace(MODULE, tpm.module())
        variables = "".join(f"    - name: {name}\n      value: {value}\n"
                            for name, value in self.tpm.env.items())
        lines = text.splitlines(keepends=True)
        at = lines.index("  environment:\n")
        lines[at + 1:at + 3] = [variables]
        folder = next(i for i, line in enumerate(lines) if line.startswith("  folder:"))
        lines[folder] = f"  folder: {self.tpm.folder / 'store'}\n"
        config.write_text("".join(lines))


@unittest.skipIf(tpm.missing(), f"no second module here: {', '.join(tpm.missing())} not installed")
class InTpm(Flow):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="conclave-tpm-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.tpm = tpm.Tpm(self.folder / "tpm")
        self.addCleanup(self.tpm.stop)
        self.house = MixedHouse(BUILD, self.folder / "house")
        self.house.tpm = self.tpm

    def found(self):
        house = self.house
        house.enrol_people([p for p in PEOPLE if p not in IN_TPM])
        for name, key_type in IN_TPM.items():
            house.pins[name] = f"{name}-12345678"
            self.tpm.make_token(name, house.pins[name], key_type)
            (house.folder / f"{name}.pem").write_bytes(
                house.as_person(name, "token", "export").stdout)
        for name in ("image-service", "dave-tool"):
            house.make_requester(name)
        house.found(POLICY, PEOPLE)
        house.start()

    def test_administrators_approve_with_keys_in_a_tpm(self):
        self.found()
        shown = self.house.json("token", "list", "--module", tpm.module(), home="home-carol",
                                env=dict(self.tpm.env))["tokens"]
        self.assertEqual([(t["label"], t["keys"][0]["holder"], t["keys"][0]["type"])
                          for t in shown], [(n, n, TYPES[n]) for n in sorted(IN_TPM)])
        # These two have one serial number: labels tell them apart.
        self.assertEqual(len({t["serial"] for t in shown}), 1)
        took = {}
        request = self.submit("root", self.root_payload())
        for name in IN_TPM:
            start = time.monotonic()
            self.house.as_person(name, "approve", request, "--yes")
            took[name] = time.monotonic() - start
        self.assertEqual(self.fate(request), "signed")
        self.check_log()
        print("[approved with " + ", ".join(
            f"{TYPES[n]} in {t:.2f} s" for n, t in took.items()) + "] ", end="", flush=True)

    def test_the_right_token_is_found_among_several(self):
        self.found()
        request = self.submit("root", self.root_payload())
        done = self.house.conclave("approve", request, "--yes", "--module", tpm.module(),
                                   "--pin-fd", "PIN-FD", pin="anything", home="home-carol",
                                   env=dict(self.tpm.env), expect=2)
        self.assertRegex(done.stderr.decode(), r'2 keys .* "carol" \(carol, ecdsa-p256 \w+\), '
                                               r'"dave" \(dave, rsa-2048 \w+\)')
        done = self.house.conclave("approve", request, "--yes", "--module", tpm.module(), "--token",
                                   "carol", "--pin-fd", "PIN-FD", pin="wrong", home="home-carol",
                                   env=dict(self.tpm.env), expect=2)
        self.assertIn(b"tried once", done.stderr)
        self.assertEqual(self.records("decision"), [])
        self.house.as_person("carol", "approve", request, "--yes")
        # Only one of them may still decide.
        self.house.conclave("approve", request, "--yes", "--module", tpm.module(), "--pin-fd",
                            "PIN-FD", pin=self.house.pins["dave"], home="home-dave",
                            env=dict(self.tpm.env))
        self.assertEqual(self.fate(request), "signed")

    @unittest.skipIf(tpm.proxy() is None, "p11-kit-proxy.so (p11-kit-modules) is not installed")
    def test_tokens_of_two_modules_are_plugged_in_at_once(self):
        self.found()
        request = self.submit("root", self.root_payload())

        def approve(*argv, pin, expect=0):
            return self.house.conclave(
                "approve", request, "--yes", "--module", tpm.proxy(), *argv, "--pin-fd", "PIN-FD",
                pin=pin, home="home-carol", env=dict(self.tpm.env), expect=expect)
        said = approve(pin="anything", expect=2).stderr.decode()
        for name in PEOPLE:
            self.assertIn(f'"{name}" ({name}, ', said)
        for name in ("alice", "carol"):
            approve("--token", name, pin=self.house.pins[name])
        self.assertEqual(self.fate(request), "signed")

    def test_a_key_that_the_tpm_does_not_make_is_made_by_its_own_tool(self):
        self.tpm.make_token("carol", "carol-12345678", "EC:prime256v1")
        done = self.house.conclave(
            "token", "generate", "--module", tpm.module(), "--key-label", "other", "--type",
            "ed25519", "--pin-fd", "PIN-FD", pin="carol-12345678", env=dict(self.tpm.env),
            expect=2)
        self.assertIn(b"make the key with the token's own tool", done.stderr)

    def test_the_appliance_itself(self):
        # A house whose own token is the TPM. It may fail, but only where the module lacks what the
        # vault needs; then both are told.
        self.tpm.make_token("appliance", "appliance-12345678", "EC:prime256v1")
        has = self.tpm.mechanisms()
        lacks = [what for what, names in VAULT_NEEDS.items() if not set(names) & set(has)]
        house = self.house = OnTpm(BUILD, self.folder / "other")
        house.tpm = self.tpm
        house.enrol_people(PEOPLE)
        for name in ("image-service", "dave-tool"):
            house.make_requester(name)
        try:
            house.found(POLICY, PEOPLE)
            house.start()
        except Failed as failed:
            self.assertTrue(lacks, f"{failed}\n{house.last_words()}")
            said = next((l for l in house.last_words().splitlines() if "the vault" in l
                         or "vault: stopped" in l), f"{failed}".strip().splitlines()[-1])
            self.skipTest(f"no appliance on {pathlib.Path(tpm.module()).name}: of its {len(has)} "
                          f"mechanisms none is {', '.join(lacks)}; tried: \"{said}\"")
        self.sign("root", self.root_payload())
        self.check_log()


class OpencryptokiHouse(House):
    """Carol's key is in opencryptoki, whose namespaces her commands run in."""
    other = None

    def as_person(self, name, *argv, **options):
        if name != "carol":
            return super().as_person(name, *argv, **options)
        return self.run(
            [*self.other.prefix, self.build / "conclave", "--socket", self.socket, "--home",
             self.folder / "home-carol", *argv, "--module", opencryptoki.module(), "--pin-fd",
             "PIN-FD"], pin=self.pins["carol"], **options)


@unittest.skipIf(opencryptoki.missing(),
                 f"no opencryptoki here: {', '.join(opencryptoki.missing())} is missing")
class InOpencryptoki(Flow):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="conclave-ock-"))
        self.folder.chmod(0o755)
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.other = opencryptoki.Opencryptoki(self.folder / "ock")
        self.addCleanup(self.other.stop)
        self.house = OpencryptokiHouse(BUILD, self.folder / "house")
        self.house.other = self.other
        self.house.pins["carol"] = "22221111"
        self.other.make_token("carol", self.house.pins["carol"])

    def test_an_administrator_approves_with_rsa(self):
        house = self.house
        house.enrol_people([p for p in PEOPLE if p != "carol"])
        (house.folder / "carol.pem").write_bytes(house.as_person("carol", "token", "export").stdout)
        for name in ("image-service", "dave-tool"):
            house.make_requester(name)
        house.found(POLICY, PEOPLE)
        house.start()
        request = self.submit("root", self.root_payload())
        start = time.monotonic()
        house.as_person("carol", "approve", request, "--yes")
        took = time.monotonic() - start
        house.approve("alice", request)
        self.assertEqual(self.fate(request), "signed")
        self.check_log()
        print(f"[approved with rsa-2048 in {took:.2f} s] ", end="", flush=True)
        house.pins["carol"] = "99999999"
        done = house.as_person("carol", "token", "export", expect=2)
        self.assertIn(b"tried once", done.stderr)

    def test_whether_an_appliance_could_have_its_log_key_here(self):
        # The log's key would be made by the same call.
        done = self.house.as_person("carol", "token", "generate", "--key-label", "log", "--type",
                                    "ed25519", expect=None)
        has = self.other.mechanisms()
        lacks = [what for what, names in VAULT_NEEDS.items() if not set(names) & set(has)]
        self.assertEqual(done.returncode != 0, bool(lacks), done.stderr)
        if lacks:
            self.skipTest(f"no appliance on {pathlib.Path(opencryptoki.module()).name}: of its "
                          f"{len(has)} mechanisms none is {', '.join(lacks)}; tried: "
                          f"\"{done.stderr.decode().split(':')[2].strip()}\"")


if __name__ == "__main__":
    unittest.main()
