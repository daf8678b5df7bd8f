"""Refusals of what is said on the command line: exit status, a telling part, and the words. {open} and
the like are requests and files of the test's house."""
from refusals import DAEMON, LOCAL, REFUSED, UNVERIFIED, WAITING

LONG = "x" * 5000
FOLDER = "{folder}/" + "./" * 2020  # a path that is none too long, but for a file in it
SOFT = "--module", "{module}"

# Nobody has to be there for these.
ALONE = (
    (LOCAL, "which command? See conclave --help"),
    (LOCAL, "is no option here, or lacks its value", "--loud"),
    (LOCAL, "\"sing loud\" is no command: see conclave --help", "sing", "loud"),
    (LOCAL, "is no option of `conclave status`", "status", "--loud"),
    (LOCAL, "`conclave status` takes no argument", "status", "now"),
    (LOCAL, "`conclave request submit` needs --item ROLE=FILE", "request", "submit"),
    (LOCAL, "takes a number of at most ", "log", "show", "last"),
    (LOCAL, "--text and --json are two forms", "charter", "show", "--text", "--json"),
    (LOCAL, "there is no key type dsa: take ", "key", "make", "--type", "dsa", "{folder}/new.key"),
    (LOCAL, "\"dsa\" is no type of key", "token", "generate", *SOFT, "--token", "alice", "--type",
     "dsa"),
    (LOCAL, "--check looks at the whole file; leave --signed away", "canonical", "--dialect", "tuf",
     "--check", "--signed", "{text}"),
    (LOCAL, "cannot be made: No such file", "--home", "{folder}/nowhere/home", "enrol", "{vkey}"),
    (LOCAL, "new.key: No such file", "key", "make", "{folder}/nowhere/new.key"),
    (LOCAL, "is no list of a token's objects", "policy", "compile", "{text}", "--objects", "{text}"),
    (LOCAL, "the path of the policy file is too long", "policy", "check", LONG),
    (LOCAL, "given-text.none: No such file", "policy", "check", "{text}.none"),
    (LOCAL, "cannot be read", "policy", "check", "{folder}"),
    (LOCAL, "this is not a log's verifier key", "enrol", "nothing"),
    (LOCAL, "an exported log is checked with --entries, --checkpoint and --vkey", "log", "verify",
     "--entries", "{folder}"),
    (LOCAL, "is no verifier key, nor a file that holds one", "log", "verify", "--entries",
     "{folder}", "--checkpoint", "{text}", "--vkey", "{text}"),
    (LOCAL, "--item targets is not ROLE=FILE", "request", "submit", "--requester", "{key}", "--item",
     "targets"),
    (LOCAL, "whose key signs? Give --requester FILE", "request", "submit", "--item",
     "image/targets={text}"),
    (LOCAL, "what is to be frozen? Write everything", "freeze", "all", *SOFT, "--token", "alice"),
    (LOCAL, "there is no format xml: take tuf, raw or file", "signature", "12345678", "--format", "xml"),
    (LOCAL, "there is no format xml: take pem or tuf", "key", "export", "image/root", "--format",
     "xml"),
)

# A home that has pinned nothing, and a daemon that is not there.
NOT_PINNED = (
    (LOCAL, "no log key is pinned in ", "request", "list"),
    (LOCAL, "enrol with `conclave enrol VKEY` first", "charter", "prove", "{charter}",
     "--requester", "{key}", "--out", "{folder}/new.proof"),
)
NOT_THERE = (
    (DAEMON, "no appliance at ", "status"),
)

# An administrator's token.
TOKENS = (
    (DAEMON, "name the token's PKCS#11 library with --module", "--module", "/nonexistent/p11.so",
     "--token", "alice", "--pin-fd", "PIN-FD"),
    (DAEMON, "there is no token called \"nobody\"", *SOFT, "--token", "nobody", "--pin-fd",
     "PIN-FD"),
    (LOCAL, "the PIN cannot be read: run this on a terminal", *SOFT, "--token", "alice"),
    (LOCAL, "--pin-fd takes a number of at most ", *SOFT, "--token", "alice", "--pin-fd", "three"),
    (DAEMON, "holds no such key", *SOFT, "--token", "alice", "--key-label", "other",
     "--pin-fd", "PIN-FD"),
)

# A mandate that could be asked for; what is given again counts.
PROPOSE = ("mandate", "propose", "--requester", "{key}", "--for", "image-service", "--versions",
           "1-9", "--count", "9", "--longest", "1d", "--until", "30d")
TIMESTAMP = ("image/timestamp",)

# Said to the house, by a requester's key where one signs.
SERVING = (
    # ---- what is asked for ----
    (LOCAL, "a reason has 1 to 1024 bytes", "request", "submit", "--requester", "{key}", "--reason",
     "", "--item", "image/targets={text}"),
    (LOCAL, "--expires soon is no duration of at most 90 days", "request", "submit", "--requester",
     "{key}", "--expires", "soon", "--item", "image/targets={text}"),
    (LOCAL, "given-loose may be read by others: chmod 600 it", "request", "submit",
     "--requester", "{loose}", "--item", "image/targets={text}"),
    (LOCAL, "is no private key of a type that is taken here", "request", "submit", "--requester",
     "{private}", "--item", "image/targets={text}"),
    (LOCAL, "cannot be read, or is too long for a key", "request", "submit", "--requester",
     "{long}", "--item", "image/targets={text}"),
    (REFUSED, "the charter has neither a requester nor an administrator with this key", "key",
     "generate", "image/root=ed25519", "--requester", "{stranger}"),
    # ---- requests ----
    (LOCAL, "\"zz\" is no request id", "request", "show", "zz"),
    (LOCAL, "no open request begins with 00000000", "request", "show", "00000000"),
    (REFUSED, "no request with this id was ever opened", "request", "show", "0" * 64),
    (WAITING, "the request waits: image/targets 0 of 3 approvals", "signature", "{open}"),
    (REFUSED, "there are no signatures: the request is withdrawn", "signature", "{withdrawn}"),
    (LOCAL, "there are no signatures: the request was carried out as ", "signature", "{motion}"),
    (LOCAL, "the request has no item image/nothing", "signature", "{signed}", "--role",
     "image/nothing"),
    (LOCAL, "the request has 2 items: name one with --role", "signature", "{wide}"),
    (LOCAL, "there are 2 signatures: raw ones go to a folder", "signature", "{signed}",
     "--format", "raw"),
    (LOCAL, "folder: Not a directory", "signature", "{signed}", "--out", "{text}/folder"),
    (LOCAL, "the path of --out is too long", "signature", "{signed}", "--out", FOLDER),
    (LOCAL, "cannot be written: Is a directory", "signature", "{signed}", "--proof", "{folder}"),
    (LOCAL, "the path is too long", "signature", "{signed}", "--proof", LONG),
    (LOCAL, "complete files go to a folder: name one with --out", "signature", "{signed}",
     "--format", "file"),
    # ---- mandates ----
    (LOCAL, "image/timestamp never had a mandate", "mandate", "show", "image/timestamp"),
    (LOCAL, "targets is no role: write for example director/targets", *PROPOSE, "targets"),
    (LOCAL, "the charter has no requester nobody", *PROPOSE, *TIMESTAMP, "--for", "nobody"),
    (LOCAL, "no requester's key begins with 00000000", *PROPOSE, *TIMESTAMP, "--for", "00000000"),
    (LOCAL, "--versions 7 is not FIRST-LAST", *PROPOSE, *TIMESTAMP, "--versions", "7"),
    (LOCAL, "--versions 9-7 is not FIRST-LAST", *PROPOSE, *TIMESTAMP, "--versions", "9-7"),
    (LOCAL, "--versions 0-7 is not FIRST-LAST", *PROPOSE, *TIMESTAMP, "--versions", "0-7"),
    (LOCAL, "--count 0 is no number from 1 to ", *PROPOSE, *TIMESTAMP, "--count", "0"),
    (LOCAL, "--longest 9999d is no duration of at most 366 days", *PROPOSE, *TIMESTAMP,
     "--longest", "9999d"),
    (LOCAL, "--until noon is neither a time in UTC", *PROPOSE, *TIMESTAMP, "--until", "noon"),
    # ---- keys ----
    (LOCAL, "the charter has no role image/nothing: see `conclave key list`", "key", "export",
     "image/nothing"),
    (LOCAL, "image/root is not ROLE=TYPE or ROLE=TYPE:COUNT", "key", "generate", "image/root",
     "--requester", "{key}"),
    (LOCAL, "image/root=ed25519:0 makes no key", "key", "generate", "image/root=ed25519:0",
     "--requester", "{key}"),
    (LOCAL, "at most 32 keys are made at once", "key", "generate", "image/root=ed25519:32",
     "image/targets=ed25519", "--requester", "{key}"),
    (LOCAL, "\"zz\" is no key: give the 64 hex digits", "key", "retire", "image/root", "zz",
     "--requester", "{key}"),
    (LOCAL, "no key of image/root begins with 00000000", "key", "retire", "image/root", "00000000",
     "--requester", "{key}"),
    (LOCAL, "root is no role: write for example image/root", "key", "retire", "root", "00000000",
     "--requester", "{key}"),
    (LOCAL, "a key of image/root is named twice", "key", "retire", "image/root", "{root key}",
     "{root key}", "--requester", "{key}"),
    # ---- freezes and time ----
    (LOCAL, "\"zz\" is no freeze: see `conclave freeze list`", "lift", "zz", "--requester", "{key}"),
    (LOCAL, "no freeze in force begins with 00", "lift", "00", "--requester", "{key}"),
    (LOCAL, "noon is no time: write it in UTC", "time", "state", "noon", "--requester", "{key}"),
    # ---- charters ----
    (LOCAL, "given-text is no charter: ", "charter", "diff", "{text}"),
    (LOCAL, "given-charter exists already, and is not overwritten", "charter", "draft", "--policy",
     "{policy}", "--out", "{charter}"),
    (LOCAL, "is no charter: ", "charter", "propose", "{text}", "--requester", "{key}"),
    (LOCAL, "the charter names this key nowhere", "charter", "prove", "{next}", "--requester",
     "{stranger}", "--out", "{folder}/new.proof"),
    (UNVERIFIED, "this is the charter of another appliance", "charter", "prove", "{foreign}",
     "--requester", "{key}", "--out", "{folder}/new.proof"),
    (LOCAL, "given-text holds no proofs of possession", "charter", "propose", "{next}", "--proof",
     "{text}", "--requester", "{key}"),
    (LOCAL, "proves a key that another file proves", "charter", "propose", "{next}", "--proof",
     "{proof}", "--proof", "{proof}", "--requester", "{key}"),
    (LOCAL, "and does not follow the one in force", "charter", "propose", "{charter}", "--requester",
     "{key}"),
    # ---- the log ----
    (UNVERIFIED, "is no checkpoint of this log that its key signed", "log", "verify", "--entries",
     "{folder}", "--checkpoint", "{text}", "--vkey", "{vkey}"),
    (LOCAL, "has pinned the log ", "enrol", "{other vkey}"),
)

# Where the answer should go there is no room.
FULL = (
    ("the output cannot be written", "status"),
    ("the output cannot be written", "charter", "show", "--json"),
    ("the output cannot be written", "charter", "show", "--text"),
    ("the output cannot be written", "charter", "diff", "{next}", "--json"),
    ("the output cannot be written", "charter", "draft", "--policy", "{policy}", "--out",
     "{folder}/full.charter", "--json"),
    ("the output cannot be written", "request", "show", "{open}", "--json"),
    ("the table cannot be printed", "key", "list"),
    ("the table cannot be printed", "key", "list", "--json"),
    ("the table cannot be printed", "freeze", "list"),
)

# An administrator says these with the own token.
DECIDING = (
    (REFUSED, "there is nothing left to decide", "approve", "{signed}", "--yes"),
    (LOCAL, "the request is neither shown nor confirmed on a terminal here", "approve", "{open}"),
    (LOCAL, "there is no terminal to confirm on", "freeze", "everything"),
    (LOCAL, "a reason has 1 to ", "freeze", "everything", "--yes", "--reason", ""),
)
