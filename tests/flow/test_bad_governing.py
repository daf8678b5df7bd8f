"""Bad motions and freezes, over the real wire against the real daemon: each breaks one thing, is
refused by that rule, and changes nothing."""
import base64
import unittest

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from forged import Forged, Honest, Refused, Told
from forgery import bent, line, moment, sha256

DAY = 24 * 3600
CHARTER, KEYS, LIFT, TIME = (f"conclave/{k}" for k in ("charter", "keys", "lift", "time"))
ED25519 = bytes.fromhex("302a300506032b6570032100")
P256 = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")


def weak_rsa():
    """An RSA key of 512 bits, which anybody can break."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=512).public_key()
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def key_fields(spki):
    return f"sha256:{sha256(spki)} {base64.b64encode(spki).decode()}"


class Motions:
    """Texts of motions, honest but for what they are told to bend."""

    def __init__(self, world):
        self.world = world
        status = world.forger.ask("status")
        self.now = world.forger.ask("blob", status.charter).bytes

    def next(self, *changes):
        lines = self.now.decode().splitlines(keepends=True)
        lines[1:3] = ["epoch: 2\n", f"previous: sha256:{sha256(self.now)}\n"]
        text = line("clock", "120")("".join(lines).encode())
        for change in changes:
            text = change(text)
        return text

    def ask(self, role, text, number=1, **options):
        return self.world.submission(items=[(role, number, text)], **options)

    def charter(self, *changes, number=2, **options):
        return self.ask(CHARTER, self.next(*changes), number, **options)

    def proofs(self, text, *names, over=None):
        """Possession proofs of these people over a charter."""
        lines = []
        for name in names:
            key = self.world.forger.key_id(name)
            said = (f"conclave.possession/v1\nappliance: sha256:{self.world.appliance}\n"
                    f"charter: 2 sha256:{sha256(over or text)}\nkey: sha256:{key}\n").encode()
            signed = base64.b64encode(self.world.forger.sign(name, "possession", said)).decode()
            lines.append(f"proof: sha256:{key} {signed}\n")
        return ("conclave.proofs/v1\n" + "".join(sorted(lines))).encode()

    def with_stranger(self):
        """A charter with a new administrator, whose key nobody has proven."""
        spki = self.world.forger.spki("stranger")
        return self.next(added("administrator", f"zoe {key_fields(spki)}"))

    def proven(self, proofs):
        text = self.with_stranger()
        evidence = [proofs(text)]
        return self.ask(CHARTER, text, 2, evidence=evidence)

    def keys(self, *lines, number=1):
        return self.ask(KEYS, f"conclave.keys/v1\nnumber: {number}\n".encode() +
                        "".join(f"{l}\n" for l in lines).encode(), number)

    def key_of(self, role):
        return next(l for l in self.now.decode().splitlines()
                    if l.startswith(f"key: {role} ")).split()[3]

    def time(self, seconds, number=1, said=None):
        return self.ask(TIME, f"conclave.time/v1\nnumber: {said or number}\n"
                              f"time: {moment(seconds)}\n".encode(), number)

    def lift(self, freeze, what, number=1, evidence=()):
        return self.ask(LIFT, f"conclave.lift/v1\nfreeze: sha256:{freeze}\n"
                              f"what: {what}\n".encode(), number, evidence=evidence)


def added(name, value):
    """One more line of this name, behind the last."""
    def change(text):
        lines = text.decode().splitlines(keepends=True)
        at = max(i for i, l in enumerate(lines) if l.startswith(f"{name}: "))
        lines.insert(at + 1, f"{name}: {value}\n")
        return "".join(lines).encode()
    return change


def without(begin):
    def change(text):
        lines = text.decode().splitlines(keepends=True)
        kept = [l for l in lines if not l.startswith(begin)]
        assert len(kept) < len(lines), begin
        return "".join(kept).encode()
    return change


def twice(begin):
    def change(text):
        lines = text.decode().splitlines(keepends=True)
        at = next(i for i, l in enumerate(lines) if l.startswith(begin))
        lines.insert(at, lines[at])
        return "".join(lines).encode()
    return change


def stranger(spki):
    return lambda m: m.charter(added("administrator", f"zoe {key_fields(spki)}"))


def no(rule, words):
    return Refused(rule, words, recorded=True)


CHARTERS = [
    ("no charter at all", lambda m: m.ask(CHARTER, b"conclave.charter/v1\n", 2), no("R2", "")),
    ("the charter in force again", lambda m: m.ask(CHARTER, m.now, 2), no("R7", "")),
    ("an epoch skipped", lambda m: m.charter(line("epoch", "3"), number=3), no("R12", "")),
    ("an epoch that its number does not say", lambda m: m.charter(line("epoch", "3")),
     no("R7", "")),
    ("another previous", lambda m: m.charter(line("previous", "sha256:" + "1" * 64)),
     no("R7", "")),
    ("another appliance's log", lambda m: m.charter(line("log", "sha256:" + "1" * 64)),
     no("R7", "")),
    ("another origin", lambda m: m.charter(line("origin", "log.example/other")), no("R7", "")),
    ("a person twice", lambda m: m.charter(twice("administrator: alice")), no("R2", "")),
    ("a key twice", lambda m: m.charter(added("administrator", "zoe " + key_fields(
        m.world.forger.spki("alice")))), no("R21", "public key")),
    ("a requester's key as an administrator's", lambda m: m.charter(added(
        "administrator", "zoe " + key_fields(m.world.forger.spki("image-service")))),
     no("R21", "public key")),
    ("k > n", lambda m: m.charter(line("charter", "group everyone quorum 5 delay none")),
     no("R5", "members")),
    ("k = n", lambda m: m.charter(line("charter", "group everyone quorum 4 delay none")),
     no("R5", "every administrator may ask")),
    ("a person in other letters", lambda m: m.charter(bent("person dave", "person Dave")),
     no("R5", "case of letters alone")),
    ("nobody but one decides", lambda m: m.charter(bent(
        "role: image/snapshot group everyone quorum 2",
        "role: image/snapshot group everyone quorum 1")), no("R5", "nobody decides alone")),
    ("fewer than the largest quorum may change it", lambda m: m.charter(
        line("charter", "group everyone quorum 2 delay none")), no("R7", "")),
    ("a role without keys", lambda m: m.charter(without("key: image/timestamp ")),
     no("R18", "no key")),
    ("a key that was not made here", lambda m: m.charter(without("key: image/root "), lambda t: t.replace(
        b"key: image/snapshot ", b"key: image/root ed25519 " + key_fields(
            m.world.forger.spki("stranger")).encode() + b" custodian none\nkey: image/snapshot ",
        1)), no("R18", "")),
    ("a custodian twice in a role", lambda m: m.charter(lambda t: twice("key: image/root ")(
        t.replace(b"custodian none", b"custodian alice"))), no("R2", "")),
    ("a custodian who is nobody", lambda m: m.charter(bent("custodian none", "custodian zoe")),
     no("R2", "")),
    ("a small-order key", stranger(ED25519 + bytes([1]) + bytes(31)), no("R16", "")),
    ("a point off its curve", stranger(P256 + b"\4" + b"\1" * 64), no("R16", "")),
    ("an RSA key of 512 bits", lambda m: stranger(weak_rsa())(m), no("R16", "RSA")),
    ("a repository called conclave", lambda m: m.charter(bent("repository: image", "repository: conclave")),
     no("R2", "")),
    ("a new administrator without proof", lambda m: m.ask(CHARTER, m.with_stranger(), 2),
     no("R7", "proof")),
    ("a proof over another charter", lambda m: m.proven(
        lambda t: m.proofs(t, "stranger", over=m.now)), no("R7", "proof")),
    ("somebody else's proof", lambda m: m.proven(lambda t: m.proofs(t, "alice")), no("R7", "proof")),
    ("a proof too many", lambda m: m.proven(lambda t: m.proofs(t, "stranger", "alice")),
     no("R14", "")),
    ("a proof for nobody new", lambda m: m.charter(evidence=[m.proofs(m.next(), "alice")]),
     no("R14", "")),
    ("a charter and metadata together", lambda m: m.world.submission(items=[
        (CHARTER, 2, m.next()), ("image/targets", 1, m.world.targets(1))]), no("R2", "alone")),
    ("an honest one", lambda m: m.charter(), Honest()),
]

OTHERS = [
    ("keys of a number that is not next", lambda m: m.keys("make: image/root ed25519", number=2),
     no("R12", "")),
    ("keys of a type that is none", lambda m: m.keys("make: image/root dsa-1024"), no("R2", "")),
    ("keys of the appliance's own repository", lambda m: m.keys("make: conclave/log ed25519"),
     no("R2", "")),
    ("no keys at all", lambda m: m.keys(), no("R2", "")),
    ("the only key of a role retired", lambda m: m.keys(
        f"retire: image/root {m.key_of('image/root')}"), no("R18", "")),
    ("a key destroyed that is in use", lambda m: m.keys(
        f"destroy: image/root {m.key_of('image/root')}"), no("R18", "")),
    ("a key destroyed that is nowhere", lambda m: m.keys(
        f"destroy: image/root sha256:{'1' * 64}"), no("R18", "")),
    ("a time ahead of the clock", lambda m: m.time(DAY), no("R13", "")),
    ("a time of ten years ago", lambda m: m.time(-3650 * DAY), no("R13", "")),
    ("a time before the sealed one", lambda m: m.time(-DAY), no("R13", "for nothing")),
    ("a time statement of the wrong number", lambda m: m.time(0, 2), no("R12", "")),
    ("a time statement that says another number", lambda m: m.time(0, 1, 2), no("R12", "")),
    ("the lift of no freeze", lambda m: m.lift("1" * 64, "everything"), no("R7", "No freeze")),
    ("an import of nothing", lambda m: m.ask("conclave/import", b"conclave.import/v1\n"),
     no("R2", "")),
    ("a motion of no kind", lambda m: m.ask("conclave/coffee", b"please\n"), no("R2", "")),
]


class BadGoverning(Forged):
    def rows(self, table):
        """The rows' asks are made by the motions of this world."""
        motions = Motions(self.world)
        return [(name, lambda _, make=make: make(motions), expected)
                for name, make, expected in table]

    def test_r5_r7_r16_r18_r21_charters_that_nobody_may_put_in_force(self):
        self.run_rows(self.rows(CHARTERS))
        self.goes_on(CHARTERS)

    def test_r2_r12_r13_r18_other_motions(self):
        self.run_rows(self.rows(OTHERS))
        self.goes_on(OTHERS)

    def test_r6_a_freeze_that_is_played_again_after_its_lift_freezes_nothing(self):
        world = self.world
        freeze = world.freeze("role image/root")
        answer = world.forger.ask(*freeze)
        self.assertEqual(answer.kind, "accepted", vars(answer))
        before = world.snapshot()  # said again while it is in force: told again
        Told("signed", "outcome").check(
            self, world, world.forger.ask(*freeze), before, world.snapshot())
        motions = Motions(world)
        wrong = motions.lift(answer.request, "role image/targets")
        self.assertEqual(world.forger.ask(*wrong).rule, "R14")
        lift = world.forger.ask(*motions.lift(answer.request, "role image/root"))
        self.assertEqual(lift.kind, "accepted", vars(lift))
        self.approve(lift.request, "alice", "bob")
        self.settle(lambda: world.forger.ask("show", lift.request).fate == "signed")
        before = world.snapshot()
        no("R11", "counts once").check(
            self, world, world.forger.ask(*freeze), before, world.snapshot())
        self.assertEqual(self.house.json("freeze", "list", home="home-alice")["freezes"], [])
        self.check_log()

    def test_r7_approvals_over_what_was_opened_under_the_old_charter(self):
        world = self.world
        motions = Motions(world)
        root = world.submission("root", items=[("image/root", 1, self.root_payload())])
        self.assertEqual(world.forger.ask(*root).kind, "accepted")
        old = world.opened("root")
        approval = world.decide("root", "alice", opened=old, place=old.place)
        change = world.forger.ask(*motions.charter())
        self.approve(change.request, "alice", "bob", "carol")
        self.settle(lambda: world.opened("root").place != old.place)
        answer = world.forger.ask(*approval)
        self.assertEqual((answer.kind, answer.rule), ("refused", "R4"), vars(answer))


if __name__ == "__main__":
    unittest.main()
