"""Refusals of charters, motions and decisions: a telling part of the sentence, and what provokes it."""
import base64

from forgery import bent, line, sha256
from refusals import REFUSED

ONES = f"sha256:{'1' * 64}"
SMALL = bytes.fromhex("302a300506032b6570032100") + bytes([1]) + bytes(31)  # of small order


def key_line(spki):
    return f"sha256:{sha256(spki)} {base64.b64encode(spki).decode()}"


def swapped(first, second):
    """The two lines that begin so in each other's place."""
    def change(text):
        lines = text.splitlines(keepends=True)
        a, b = (next(i for i, l in enumerate(lines) if l.startswith(begin.encode()))
                for begin in (first, second))
        lines[a], lines[b] = lines[b], lines[a]
        return b"".join(lines)
    return change


def again(begin, most):
    """The line that begins so, many times."""
    def change(text):
        lines = text.splitlines(keepends=True)
        at = next(i for i, l in enumerate(lines) if l.startswith(begin.encode()))
        name = lines[at].split()[1]
        lines[at:at + 1] = [lines[at].replace(name, name + b"-%03d" % i, 1) for i in range(most)]
        return b"".join(lines)
    return change


# A charter that does not read, as the machine of whoever drafts or approves it says.
READING = (
    ("does not read as the line epoch of a charter", line("epoch", "one")),
    ("is none of a charter, or stands out of its order", lambda text: text + b"more: lines\n"),
    ("and epoch 1 alone has no charter before it", line("epoch", "2")),
    ("does not name the members in ascending order", bent("alice bob", "bob alice")),
    ("names the role ", bent("role: image/root", "role: other/root")),
    (", which is no role.", bent("key: image/root", "key: image/nothing")),
    ("is out of order: keys ascend by role, then by hash", swapped("key: image/root", "key: image/t")),
    (" no group.", bent("role: image/root group everyone", "role: image/root group board")),
    (", who is no administrator.", bent("alice bob", "alice ben")),
    ("lines of one name ascend, and no name stands twice",
     swapped("administrator: alice", "administrator: bob")),
    (", but this version knows quorum and mandate", bent(" by quorum", " by both")),
    ("but this version knows the dialects tuf and uptane", bent("image tuf", "image other")),
    ("There are more than ", again("administrator: alice", 65)),
    ("has a public key that is never accepted", lambda text: line(
        "administrator", f"alice {key_line(SMALL)}")(text)),
    ("has a hash that is not its key's", lambda text: text.replace(
        text.split(b"administrator: alice sha256:")[1][:64], b"1" * 64, 1)),
)

# A policy that does not follow from the charter in force: (words, what is changed, to what).
KEYS = "          - {type: ed25519, count: 2}\n"
DRAFTING = (
    ("This policy is of another appliance", "appliance: log.example/appliance-0001",
     "appliance: log.example/appliance-0002"),
    ("has no such key, neither in the charter nor spare", KEYS,
     "          - {{key: 'sha256:00000000'}}\n"),
    ("This key is named twice: take one entry out", KEYS,
     2 * "          - {{key: 'sha256:{snapshot}'}}\n"),
    ("This key is of type ed25519: correct the type", KEYS,
     "          - {{key: 'sha256:{snapshot}', type: ecdsa-p256}}\n"),
    (" stay? Name each that does", KEYS, "          - {{type: ed25519, count: 1}}\n"),
    ("make them first, with `conclave key generate", KEYS,
     "          - {{type: ed25519, count: 3}}\n"),
)

# Motions whose text no tool of ours writes: (words, kind, text, evidence...).
MOTIONS = (
    ("R2: conclave/coffee is no kind of motion", "conclave/coffee", b"please\n"),
    ("R2: The text of ", "conclave/time", b"noon\n"),
    ("R14: conclave/time comes with 1 files of evidence", "conclave/time",
     b"conclave.time/v1\nnumber: 1\ntime: 2026-11-22T08:00:00Z\n", b"evidence\n"),
    ("R12: The text of ", "conclave/time",
     b"conclave.time/v1\nnumber: 2\ntime: 2026-11-22T08:00:00Z\n"),
    ("R13: The statement says ", "conclave/time",
     b"conclave.time/v1\nnumber: 1\ntime: 2036-11-22T08:00:00Z\n"),
    ("R7: No freeze of this statement is in force", "conclave/lift",
     f"conclave.lift/v1\nfreeze: {ONES}\nwhat: everything\n".encode()),
    ("A key that shall be retired is none of image/root", "conclave/keys",
     f"conclave.keys/v1\nnumber: 1\nretire: image/root {ONES}\n".encode()),
    ("R18: A key that shall be destroyed is no retired one of ", "conclave/keys",
     f"conclave.keys/v1\nnumber: 1\ndestroy: image/root {ONES}\n".encode()),
    ("conclave/root is no role of a repository", "conclave/keys",
     b"conclave.keys/v1\nnumber: 1\nmake: conclave/root ed25519\n"),
)

# What is said when it is too late, or by the wrong person: (status, words, who, ...).
LATE = (
    (REFUSED, "R11: the request is signed, and cannot be withdrawn any more", None, "request",
     "withdraw", "{signed}", "--requester", "{key}"),
    (REFUSED, "R12: the request is signed; a rejection takes no signature back", "carol", "reject",
     "{signed}", "--yes"),
    (REFUSED, "R5: only a key of the person who asked can withdraw", None, "request", "withdraw",
     "{open}", "--requester", "{stranger}"),
    (REFUSED, "dave is in no group that decides over this request; ask a member", "dave",
     "approve", "{open}", "--yes"),
    (REFUSED, "R5: dave stands behind this request and never counts for it", "dave", "approve",
     "{own}", "--yes"),
    (REFUSED, "R17: dave-tool has used up its 1 records of today", None, "time", "state", "--requester",
     "{dave}"),
    (REFUSED, "R17: this has ", None, "key", "generate", "image/root=ed25519", "--requester",
     "{stranger}"),
    (REFUSED, "nothing is signed before ", None, "request", "submit", "--requester", "{key}",
     "--expires", "1h", "--item", "image/targets={targets}"),
    (REFUSED, "R2: the charter has no role image/nothing", None, "request", "submit", "--requester",
     "{key}", "--item", "image/nothing={targets}"),
    (REFUSED, "conclave/time stands alone in its request; submit it so", None, "request", "submit",
     "--requester", "{key}", "--item", "image/targets={targets}", "--item",
     "conclave/time={targets}"),
    (REFUSED, "frozen already, and stays so until a quorum lifts it", "alice", "freeze",
     "everything", "--yes"),
)
