"""Refusals of a policy file: the part of the sentence that tells it, and the change of a good policy
that provokes it (or a whole file)."""
import scenario

GOOD = scenario.POLICY
ROOT = "      - name: root\n"
ALICE = "{name: alice, key: alice.pem}"
KEYS = "keys: [{type: ed25519, count: 1}]"


REPOSITORY = "  - name: {}\n    dialect: tuf\n    roles:\n"
ROLE = ("      - {{name: r{}, group: everyone, quorum: 2, expires: {{most: 1d}}, delay: none, "
        "threshold: 1, keys: [{{type: ed25519, count: 1}}]}}\n")


def many(count, line):
    return "".join(line.format(i) for i in range(count))


# What is no policy file, or no YAML at all.
FILES = (
    ("The file is empty", ""),
    ("is one document: take out the second", GOOD + "---\n" + GOOD),
    ("is a list of fields, \"appliance: ...\" first", "- appliance\n"),
    ("This is not YAML (", "appliance: [\n"),
    ("This is not YAML (", "appliance: \"x\nadministrators: 1\n"),
    ("Aliases (*) are not used", GOOD.replace("person: dave", "person: *dave")),
    ("Anchors (&) and tags (!)", GOOD.replace("person: dave", "person: &dave dave")),
    ("This is nested deeper", "appliance: " + "[" * 40 + "]" * 40 + "\n"),
    ("There is a NUL byte in this value", "appliance: \"a\\0b\"\n"),
    ("The name of a field is a single word", "? [appliance]\n: x\n"),
    ("This is no field of a policy file", "a.b: x\n"),
    ("is longer than the 1048576 bytes", "#" * (1 << 20) + "\n"),
)

# (words, what is changed, to what, and so on)
VALUES = (
    ("There is no such field here", "charter: {", "charter: {votes: 2, "),
    ("is missing here: add it", "charter: {group: everyone, quorum: 3}", "charter: {quorum: 3}"),
    ("This field stands twice", "quorum: 3}", "quorum: 3, quorum: 2}"),
    ("This must be a single value", "quorum: 3}", "quorum: [3]}"),
    ("This list is empty", "members: [alice, bob, carol, dave]", "members: []"),
    (" entries: shorten it", f"  - {ALICE}\n",
     f"  - {ALICE}\n" + many(70, "  - {{name: p{}, key: alice.pem}}\n")),
    ("log, such as log.example/appliance-0001", "appliance: log.example/appliance-0001",
     "appliance: a+b"),
    ("This must be a number of seconds in digits", "administrators:", "clock: soon\nadministrators:"),
    ("and one of s, m, h, d, such as 12h or 365d", "administrators:", "jump: soon\nadministrators:"),
    ("This must be a name: 1 to ", "name: image-service", "name: none"),
    ("stands twice: give one of them another name", "name: bob, key", "name: alice, key"),
    ("is no administrator: add this person", "members: [alice,", "members: [zoe,"),
    ("is no administrator: add this person", KEYS,
     "keys: [{type: ed25519, count: 1, custodian: zoe}]"),
    ("stands twice in this group", "members: [alice,", "members: [bob,"),
    ("is no group: add it to groups", "charter: {group: everyone", "charter: {group: board"),
    ("This must be a number in digits", "quorum: 3}", "quorum: three}"),
    ("This must be a number in digits", "open: 2048", "open: many"),
    ("This must be a number of bytes, or a number and one of KiB", "1024GiB", "1024GB"),
    ("This must be none, or a number and one of s, m, h, d", "delay: none", "delay: soon"),
    ("This version knows quorum and mandate here: write one of them", "delay: none",
     "signs: nobody\n        delay: none"),
    ("This must be tuf or uptane", "dialect: tuf", "dialect: other"),
    ("This must be image or director", "dialect: tuf", "dialect: tuf\n    kind: other"),
    ("This version knows quorum and mandate here", ROOT, ROOT + "        signs: both\n"),
    ("nothing is ever signed: write more than 0", ROOT, ROOT + "        rate: {count: 0, per: 1d}\n"),
    ("This must be sha256: and ", KEYS, "keys: [{key: sha256:12}]"),
    ("This must be ed25519, ", KEYS, "keys: [{type: dsa-1024, count: 1}]"),
    ("is missing here: add it", KEYS, "keys: [{type: ed25519}]"),
    ("Write 1 or more keys", KEYS, "keys: [{type: ed25519, count: 0}]"),
    ("This entry names one key: write 1", KEYS, "keys: [{key: sha256:12345678, count: 2}]"),
    ("A custodian has one key of a role", KEYS,
     "keys: [{type: ed25519, count: 2, custodian: alice}]"),
    (" keys in all roles: ask for fewer", KEYS, "keys: [{type: ed25519, count: 5000}]"),
    ("A root gives ", "        threshold: 1\n", ""),
    (" roles in all repositories: take some out", "repositories:\n",
     "repositories:\n" + REPOSITORY.format("other") + many(255, ROLE)),
)

# Of the key files that a policy names.
KEY_FILES = (
    ("This must name a PEM file with a public key", ALICE, "{name: alice, key: \"\"}"),
    ("cannot be opened (", ALICE, "{name: alice, key: nobody.pem}"),
    ("The key file ", ALICE, "{name: alice, key: .}"),
    ("holds a private key, which belongs on its owner's token", ALICE,
     "{name: alice, key: dave-tool.key}"),
    ("is not a public key in PEM", ALICE, "{name: alice, key: given-text}"),
    ("holds a key that is never accepted", ALICE, "{name: alice, key: given-small.pem}"),
    ("holds a key of a type that is not known here", ALICE, "{name: alice, key: given-p224.pem}"),
)

# What the rules of a charter say of a policy file.
RULES = (
    ("R13: The clock limit is ", "administrators:", "clock: 0\nadministrators:"),
    ("R13: The jump limit is ", "administrators:", "jump: 1s\nadministrators:"),
    ("but no request lives that long", "quorum: 3}", "quorum: 3, delay: 91d}"),
    ("no statement would ever be new enough", "charter: {group: everyone, quorum: 3}",
     "jump: 1d\ncharter: {group: everyone, quorum: 3, delay: 2d}"),
    ("differ in the case of letters alone", "person: dave", "person: Dave"),
    ("R2: No repository is called ", "- name: image\n", "- name: conclave\n"),
    ("would be a delegated role beside ", ROOT, ROLE.format(0).replace("r0", "ROOT") + ROOT),
    ("but nobody decides alone", "quorum: 2\n", "quorum: 1\n"),
    (" members: lower it or add ", "quorum: 2\n", "quorum: 5\n"),
    ("and never counts for its own requests", "quorum: 2\n", "quorum: 4\n"),
    ("but every administrator may ask", "quorum: 3}", "quorum: 4}"),
    ("and none but members may ask", "person: release-desk", "person: alice"),
    ("who may change the charter ", "quorum: 3}", "quorum: 2}"),
    ("seconds at most: give 1 to ", "most: 366d", "most: 30000d"),
    ("make least smaller than most", "{most: 366d}", "{least: 366d, most: 366d}"),
    ("seconds, but no request lives that long", "delay: none", "delay: 91d"),
    ("give 1 to 7776000 (90 days)", ROOT, ROOT + "        approve_within: 91d\n"),
    ("wait for longer than the delay", "delay: none\n",
     "delay: 2h\n        approve_within: 1h\n"),
    ("the delay of charter: wait for longer", "quorum: 3}", "quorum: 3, delay: 2d}",
     ROOT, ROOT + "        approve_within: 1d\n"),
    ("R20: The rate of ", ROOT, ROOT + "        rate: {count: 5000000, per: 1s}\n"),
    ("R20: The least threshold of ", "threshold: 1\n", "threshold: 0\n"),
    ("R20: The requester ", "open: 2048", "open: 0"),
    ("but no member of ", "members: [alice, bob, carol, dave]}\n",
     "members: [alice, bob, carol, dave]}\n  - {name: others, members: [bob, carol, dave]}\n",
     ROOT + "        group: everyone", ROOT + "        group: others",
     KEYS, "keys: [{type: ed25519, count: 1, custodian: alice}]"),
    ("is custodian of two keys of ", KEYS, "keys: [{type: ed25519, count: 1, custodian: alice}, "
     "{type: ed25519, count: 1, custodian: alice}]"),
    ("some of them with a custodian: such a role has at most", KEYS,
     "keys: [{type: ed25519, count: 1, custodian: alice}, {type: ed25519, count: 64}]"),
    ("a key stands at one place", "key: bob.pem", "key: alice.pem"),
)
