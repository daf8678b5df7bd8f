"""--json of every command, read by a strict parser; and each exit status of the design, shown."""
import hashlib
import json
import pathlib
import shutil
import unittest

import tuf
from governing import Governing, policy
from house import MODULE, House
from scenario import BUILD, PEOPLE, POLICY
from test_manual import commands

PAST = pathlib.Path(__file__).resolve().parents[1] / "vectors/past"
EVIL = "\x1b[2J\u202egnp.exe\n\"\\ \x7f"


def strict(data):
    """One JSON value in ASCII and a line feed; no name twice, no NaN, no number that is a float."""
    def members(pairs):
        names = [name for name, _ in pairs]
        if len(set(names)) != len(names):
            raise ValueError(f"a name twice: {names}")
        return dict(pairs)

    def refuse(word):
        raise ValueError(f"{word} is no number of JSON here")

    text = data.decode("ascii")
    if not text.endswith("\n"):
        raise ValueError("no line feed at the end")
    return json.loads(text, object_pairs_hook=members, parse_constant=refuse, parse_float=refuse)


class Json(Governing):
    def setUp(self):
        super().setUp()
        self.asked = set()

    def command(self, words):
        two = " ".join(words[:2])
        return two if two in self.known else words[0]

    def told(self, *words, status=0, person=None, **options):
        """The JSON that a command says."""
        options.setdefault("home", "home-alice")
        if person:
            options.pop("home")
            done = self.house.as_person(person, *words, "--json", expect=status, **options)
        else:
            done = self.house.conclave(*words, "--json", expect=status, **options)
        self.asked.add(self.command([str(w) for w in words]))
        return strict(done.stdout)

    def test_every_command_answers_in_json(self):
        self.known = set(commands())
        self.found_with_json()
        self.ask_with_json()
        self.rotate_with_json()
        self.govern_with_json()
        self.audit_with_json()
        self.assertEqual(self.known - self.asked, set())

    # ---- parts of a life ----

    def found_with_json(self):
        self.house.stop()
        self.house = house = House(BUILD, self.folder / "own")
        for name in PEOPLE:
            house.make_token("people", name)
            made = self.told("token", "generate", person=name)
            self.assertEqual(self.told("token", "export", person=name), made)
            (house.folder / f"{name}.pem").write_text(made["pem"])
        tokens = self.told("token", "list", "--module", MODULE)["tokens"]
        self.assertEqual({t["label"] for t in tokens}, set(PEOPLE))
        for name in ("image-service", "dave-tool"):
            self.told("key", "make", house.folder / f"{name}.key")
        file = house.folder / "policy.yaml"
        name = "      - name: timestamp\n"
        file.write_text(POLICY.replace(name, f"{name}        signs: mandate\n"))
        self.assertEqual(self.told("policy", "check", file), {"good": True})
        house.make_token("appliance", "appliance")
        house.write_config()
        house.start(found=True)
        objects = house.folder / "objects"
        self.told("init", "keys", "--policy", file, "--out", objects)
        self.told("init", "charter", "--policy", file)
        self.told("init", "begin", "--policy", file, "--out", objects)
        shown = self.told("init", "show")
        compiled = self.told("policy", "compile", file, "--objects", objects)
        self.assertEqual(compiled, {"charter": shown["charter"], "text": shown["charter_text"]})
        self.assertFalse(self.told("init", "status", status=4)["complete"])
        for name in PEOPLE:
            self.told("init", "sign", "--log-key-hash", shown["log_key_hash"], person=name)
        house.stop()
        house.start()
        pinned = self.told("enrol", shown["vkey"], home="home-service")
        self.assertEqual(pinned["log_key_hash"], shown["log_key_hash"])
        self.assertTrue(self.told("status")["verified"])

    def ask_with_json(self):
        past = [word for version in (1, 2, 3) for word in ("--root", PAST / f"{version}.root.json")]
        self.told("repository", "import", "image", *past, "--yes", *self.asker("image-service"))
        path = self.file("root.payload", self.root_payload())
        self.assertEqual(self.told("canonical", path)["sha256"],
                         hashlib.sha256(path.read_bytes()).hexdigest())
        words = ["request", "submit", *self.asker("image-service"), "--item", f"image/root={path}",
                 "--reason"]
        dropped = self.told(*words, "to be taken back")["request"]
        self.told("request", "withdraw", dropped, *self.asker("image-service"))
        request = self.told(*words, EVIL)["request"]
        listed = self.told("request", "list")["requests"]
        self.assertEqual(listed[-1]["request"], request)
        self.assertIn("\\u202e", json.dumps("\u202e"))  # which is not how it is shown
        self.assertIn("\\x1b[2J\\xe2\\x80\\xae", self.told("request", "show", request)["rendering"])
        self.assertEqual(self.told("request", "wait", request, "--timeout", "0", status=4)["fate"],
                         "open")
        self.told("reject", request, "--yes", person="dave")
        for name in ("alice", "bob"):
            self.told("approve", request, "--yes", person=name)
        self.assertEqual(self.told("request", "wait", request)["fate"], "signed")
        signatures = self.told("signature", request)
        self.told("signature", request, "--out", self.folder / "signatures")
        proof = self.told("request", "proof", request, "--out", self.folder / "answers")
        self.assertEqual((proof["fate"], len(proof["kept"])), ("signed", 3))
        file = self.file("signatures.json", json.dumps(
            signatures, separators=(",", ":"), sort_keys=True).encode())
        self.told("attach", path, file, "--out", self.folder / "root.json")

    def rotate_with_json(self):
        draft, asker = self.folder / "next.root", self.asker("image-service")
        self.assertEqual(self.told("root", "plan", "image", "--out", draft)["draft"], str(draft))
        self.assertTrue(self.told("root", "review", draft)["reachable"])
        dropped = self.told("root", "sign", draft, *asker)["request"]
        self.assertEqual(self.told("root", "cancel", dropped, *asker)["fate"], "withdrawn")
        request = self.told("root", "sign", draft, *asker)["request"]
        for name in ("alice", "bob"):
            self.told("approve", request, "--yes", person=name)
        self.assertEqual(self.told("request", "wait", request)["fate"], "signed")
        done = self.told("root", "apply", request, "--out", self.folder / "site")
        self.assertEqual(done["files"], [str(self.folder / "site/2.root.json")])

    def carried_out(self, *words, by=("alice", "bob", "carol")):
        request = self.told(*words, *self.asker("image-service"))["request"]
        self.approve(request, *by)
        self.assertEqual(self.fate(request), "signed")

    def govern_with_json(self):
        self.told("charter", "show")
        self.told("key", "export", "image/root")
        self.carried_out("key", "generate", "image/targets=ed25519")
        spare = next(k for k in self.told("key", "list")["keys"] if k["state"] == "spare")
        self.carried_out("key", "retire", "image/targets", spare["key"])
        self.told("key", "destroy", "image/targets", spare["key"], *self.asker("image-service"))
        frozen = self.told("freeze", "everything", "--reason", EVIL, "--yes", person="alice")
        listed = self.told("freeze", "list")["freezes"]
        self.assertEqual(listed[0]["freeze"], frozen["freeze"])
        self.told("lift", frozen["freeze"], *self.asker("image-service"))
        self.told("time", "state", *self.asker("image-service"))
        self.mandate_with_json()
        self.charter_with_json(self.asker("image-service"))

    def mandate_with_json(self):
        role = "image/timestamp"
        self.carried_out("lift", self.freezes()[0]["freeze"])
        self.carried_out("mandate", "propose", role, "--for", "image-service", "--versions", "1-9",
                         "--count", "5", "--longest", "1d", "--until", "30d", by=("alice", "bob"))
        shown = self.told("mandate", "show", role)
        self.assertEqual((shown["first"], shown["last"], sorted(shown["approved"])),
                         (1, 9, ["alice", "bob"]))
        self.told("mandate", "revoke", role, "--yes", "--reason", EVIL, person="dave")
        listed = self.told("mandate", "list")["mandates"]
        self.assertEqual([(m["role"], m["state"]) for m in listed], [(role, "ended")])

    def charter_with_json(self, asker):
        self.house.enrol("erin")
        file = self.house.folder / "next.yaml"
        file.write_text(policy(people=[*PEOPLE, "erin"]))
        draft, proof = self.folder / "next.charter", self.folder / "erin.proof"
        drafted = self.told("charter", "draft", "--policy", file, "--out", draft)
        self.assertEqual([p["name"] for p in drafted["proofs"]], ["erin"])
        self.told("charter", "diff", draft)
        proved = self.told("charter", "prove", draft, "--out", proof, person="erin")
        self.assertEqual(proved["key"], drafted["proofs"][0]["key"])
        self.told("charter", "propose", draft, "--proof", proof, *asker)

    def audit_with_json(self):
        records = self.told("log", "list")["records"]
        self.assertEqual([r["record"] for r in records], list(range(len(records))))
        self.assertEqual(self.told("log", "show", "0")["kind"], "founding")
        proof = self.told("log", "prove", "0")["proof"]
        self.assertTrue(proof.startswith("c2sp.org/tlog-proof@v1\n"))
        for name, text in (("proof", proof), ("record", self.told("log", "show", "0")["text"])):
            (self.folder / name).write_text(text)
        self.assertEqual(self.told("log", "check", self.folder / "proof",
                                   self.folder / "record")["kind"], "founding")
        self.assertTrue(self.told("log", "verify")["good"])
        self.told("log", "export", self.folder / "log")
        self.assertIn("canonical", [rule["rule"] for rule in self.told("rules")["rules"]])


class Statuses(Governing):
    """0 done, 1 usage or local error, 2 daemon or token error, 3 refused, 4 waiting, 5 unverified."""

    def ends(self, status, words, *argv, **options):
        options.setdefault("home", "home-alice")
        done = self.house.conclave(*argv, expect=status, **options)
        self.assertIn(words, done.stderr.decode())

    def test_each_exit_status(self):
        house = self.house
        self.ends(1, "is no command", "nonsense")
        self.ends(1, "conclave enrol", "request", "list", home="home-nobody")
        self.ends(2, "no appliance", "status")
        house.start()
        self.ends(0, "", "status")
        request = self.submit("root", self.root_payload())
        self.ends(4, "", "request", "wait", request, "--timeout", "0")
        self.ends(4, "approvals", "signature", request)
        self.ends(2, "PIN", "approve", request, "--yes", "--module", MODULE, "--token", "alice",
                  "--pin-fd", "PIN-FD", pin="0000")
        self.approve(request, "alice")
        self.assertIn(b"R5", house.approve("alice", request, expect=3).stderr)
        self.ends(3, "no request", "request", "show", "0" * 64)
        self.approve(request, "bob")
        self.ends(0, "", "request", "wait", request)
        log = self.folder / "log"
        self.ends(0, "", "log", "export", log)
        changed = log / "entries" / "3"
        changed.write_bytes(changed.read_bytes().replace(b"image/root 1", b"image/root 2"))
        self.ends(5, "does not verify", "log", "verify", "--entries", log / "entries",
                  "--checkpoint", log / "checkpoint", "--vkey", log / "vkey")
        shutil.copytree(house.folder / "home-alice", house.folder / "home-other")
        (house.folder / "home-other" / "checkpoint").unlink()
        self.ends(0, "", "status", home="home-other")


if __name__ == "__main__":
    unittest.main()
