"""What the tests of governing share: policies to be varied, motions, and who approves them."""
import json

from house import ORIGIN
from scenario import PEOPLE, Flow, copy_house, make_template


def policy(people=PEOPLE, quorum=3, root_keys=None, groups=None, requesters=None, roles=None,
           clock=""):
    """A policy file. `roles`: name -> (group, quorum, extra fields, list of keys)."""
    everyone = {"everyone": people}
    requesters = requesters or {"image-service": "release-desk", "dave-tool": "dave"}
    keys = root_keys or ["{type: ed25519, count: 1}"]
    roles = roles or {
        "root": ("everyone", 2, "threshold: 1", keys),
        "targets": ("everyone", 3, "threshold: 1", ["{type: ecdsa-p256, count: 1}"]),
        "snapshot": ("everyone", 2, "threshold: 1", ["{type: ed25519, count: 1}"]),
        "timestamp": ("everyone", 2, "threshold: 1", ["{type: ecdsa-p256, count: 1}"]),
    }
    text = f"appliance: {ORIGIN}\n{clock}administrators:\n"
    text += "".join(f"  - {{name: {p}, key: {p}.pem}}\n" for p in people)
    text += "groups:\n" + "".join(
        f"  - {{name: {g}, members: [{', '.join(m)}]}}\n"
        for g, m in {**everyone, **(groups or {})}.items())
    text += f"charter: {{group: everyone, quorum: {quorum}}}\nrequesters:\n"
    text += "".join(f"  - {{name: {r}, person: {p}, key: {r}.key.pub}}\n"
                    for r, p in requesters.items())
    text += "repositories:\n  - name: image\n    dialect: tuf\n    roles:\n"
    for name, (group, k, extra, role_keys) in roles.items():
        text += (f"      - name: {name}\n        group: {group}\n        quorum: {k}\n"
                 "        expires: {most: 366d}\n")
        text += "" if "delay:" in extra else "        delay: none\n"
        text += "".join(f"        {line}\n" for line in extra.splitlines())
        text += "        keys:\n" + "".join(f"          - {k}\n" for k in role_keys)
    return text


class Governing(Flow):
    """A house whose charter, keys and time are changed."""
    founded = {}  # policy, people and requesters -> a house to be copied

    def found_house(self, text, people, requesters=("image-service", "dave-tool")):
        """A house of another policy than the template's, founded here."""
        self.house.stop()
        wanted = (text, tuple(people), tuple(requesters))
        if wanted not in Governing.founded:
            Governing.founded[wanted] = make_template(*wanted)
        self.house = copy_house(Governing.founded[wanted], self.folder / "own")

    # ---- motions ----

    def asker(self, name):
        """The options of whoever asks: a requester by its key file."""
        return ["--requester", self.house.folder / f"{name}.key"]

    def motion(self, *argv, by="image-service", expect=0):
        """A command that submits a motion; its request's id."""
        done = self.house.conclave(*argv, *self.asker(by), "--json", expect=expect,
                                   home="home-alice")
        return json.loads(done.stdout)["request"] if expect == 0 else done

    def draft(self, text, name="next.charter", expect=0):
        (self.house.folder / "next.yaml").write_text(text)
        out = self.house.folder / name
        out.unlink(missing_ok=True)
        done = self.house.conclave("charter", "draft", "--policy", self.house.folder / "next.yaml",
                                   "--out", out, expect=expect, home="home-alice")
        return out if expect == 0 else done

    def prove(self, charter, person):
        proof = self.house.folder / f"{person}.proof"
        proof.unlink(missing_ok=True)
        self.house.as_person(person, "charter", "prove", charter, "--out", proof)
        return proof

    def propose(self, charter, *proofs, **options):
        argv = ["charter", "propose", charter]
        for proof in proofs:
            argv += ["--proof", proof]
        return self.motion(*argv, **options)

    def change(self, text, *approvers, proofs=()):
        """Drafts, proposes and approves a charter until it is in force."""
        charter = self.draft(text)
        request = self.propose(charter, *[self.prove(charter, p) for p in proofs])
        self.approve(request, *approvers)
        self.assertEqual(self.fate(request), "signed")
        return request

    def freeze(self, person, *what, expect=0):
        done = self.house.as_person(person, "freeze", *what, "--reason", "suspicion", "--yes",
                                    "--json", expect=expect)
        return json.loads(done.stdout)["freeze"] if expect == 0 else done

    def keys(self):
        return self.house.json("key", "list", home="home-alice")["keys"]

    def freezes(self):
        return self.house.json("freeze", "list", home="home-alice")["freezes"]

    def epoch(self):
        return self.house.json("status", home="home-alice")["epoch"]

    def outcomes(self):
        return len(self.records("outcome"))
