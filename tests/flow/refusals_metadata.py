"""Refusals of metadata: a telling part of the sentence, and what is wrong with a payload that is
good otherwise."""

DROP, TWICE, MANY_FILES, MANY_ROLES = object(), object(), object(), object()
GOOD = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
SMALL = "01" + "00" * 31  # a point of small order
ONES, TOO_LONG = "1" * 64, "n" * 51


class Key:
    """One more key, under the id that is its own."""

    def __init__(self, keytype, scheme, public):
        self.object = {"keytype": keytype, "scheme": scheme, "keyval": {"public": public}}


# Bytes of Targets: (words, what is changed, to what).
BYTES = (
    (", field version: an integer is expected", b'"version":2', b'"version":"2"'),
    ("an integer beyond 2^53-1", b'"version":2', b'"version":9007199254740992'),
    ("an integer with a leading zero", b'"version":2', b'"version":02'),
    ("a fraction or an exponent", b'"version":2', b'"version":2e0'),
    ("-0 ", b'"version":2', b'"version":-0'),
    ("true or false is expected", b'"terminating":true', b'"terminating":1'),
    ("nested too deep", b'"custom":{}', b'"custom":{"a":' + b"[" * 70 + b"]" * 70 + b"}"),
    ("a comma or the end is expected", b',"version":2', b'"version":2'),
    ("a key with bytes other than printable ASCII", b'"custom":{}', '"custom":{"ä":1}'.encode()),
    ("keys are not in order, or one stands twice", b'"version":2', b'"version":2,"version":2'),
    ("a colon is expected", b'"version":2', b'"version"2'),
    ("a value is expected", b'"custom":{}', b'"custom":{"a":?}'),
    ("null is expected", b'"custom":{}', b'"custom":{"a":nul}'),
    ("the string has no end", b'"version":2}', b'"version":2,"without'),
    ("bytes after the value", b'"version":2}', b'"version":2}\n'),
    ("an escape that canonical JSON does not have", b'"custom":{}', b'"custom":{"a":"\\u0041"}'),
    ("invalid UTF-8", b'"custom":{}', b'"custom":{"a":"\xff"}'),
    ("a string is expected", b'"spec_version":"1.0.31"', b'"spec_version":1'),
    ("an array is expected", b'"keyids":[', b'"keyids":{"a":['),
    ("an object is expected", b'"custom":{}', b'"custom":[]'),
)

# Fields of Root and Targets: (words, role, the field, its value).
ROOT = (
    ("must be a version 1.x or 1.x.y of the TUF specification", "spec_version", "2.0.0"),
    ("must be a date that exists, as YYYY-MM-DDTHH:MM:SSZ", "expires", "2027-02-30T00:00:00Z"),
    ("must be from 1 to 2^31-1", "version", 0),
    ("consistent_snapshot is missing", "consistent_snapshot", DROP),
    ("expires is missing", "expires", DROP),
    ("keys is missing", "keys,roles", DROP),
    ("roles is missing", "roles", DROP),
    ("spec_version is missing", "spec_version", DROP),
    ("version is missing", "version", DROP),
    ("_type is missing", "_type", DROP),
    ("the role root is missing", "roles/root", DROP),
    ("the role snapshot is missing", "roles/snapshot", DROP),
    ("the role targets is missing", "roles/targets", DROP),
    ("the role timestamp is missing", "roles/timestamp", DROP),
    ("keyids is missing", "roles/root/keyids,threshold", DROP),
    ("threshold is missing", "roles/root/threshold", DROP),
    ("must be at least 1 and at most the number of the role's keys", "roles/root/threshold", 9),
    ("a key id that keys does not list", "roles/root/keyids", [ONES]),
    ("a key id is 64 lower-case hex digits", "roles/root/keyids", ["1"]),
    ("a key that no role uses: remove it", "keys", Key("ed25519", "ed25519", GOOD)),
    ("public is missing", "keys/FIRST/keyval", {}),
    ("keytype is missing", "keys/FIRST/keytype", DROP),
    ("keyval is missing", "keys/FIRST/keyval", DROP),
    ("scheme is missing", "keys/FIRST/scheme", DROP),
    ("the key id is not the SHA-256 of the canonical key object", "keys/" + ONES,
     {"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": GOOD}}),
    ("keytype and scheme must be ed25519 and ed25519", "keys", Key("ed25519", "other", GOOD)),
    ("the public key is not written as its type demands", "keys", Key("ed25519", "ed25519", "1")),
    ("a public key that is never accepted (R16)", "keys", Key("ed25519", "ed25519", SMALL)),
    ("an unknown field", "more", 1),
)
TARGETS = (
    ("targets is missing", "targets", DROP),
    ("length is missing", "targets/gateway.img/length", DROP),
    ("hashes is missing", "targets/gateway.img/hashes", DROP),
    ("sha256 is missing", "targets/gateway.img/hashes", {}),
    ("must be 64 lower-case hex digits", "targets/gateway.img/hashes/sha256", "1"),
    ("must be 128 lower-case hex digits", "targets/gateway.img/hashes/sha512", "1"),
    ("must not be negative", "targets/gateway.img/length", -1),
    ("a path has 1 to 1024 bytes", "targets/", 1),
    ("a path has printable ASCII only, and no backslash", "delegations/roles/0/paths",
     ["supplier/a\\b"]),
    ("a path does not end with a slash", "targets/a|", 1),
    ("a path has no empty segment, no . and no ..", "targets/..|a", 1),
    ("two paths differ only by case", "targets/GATEWAY.img", 1),
    ("roles is missing", "delegations/roles", DROP),
    ("keys is missing", "delegations/keys,roles", DROP),
    ("terminating is missing", "delegations/roles/0/terminating", DROP),
    ("name is missing", "delegations/roles/0/name,paths", DROP),
    ("keyids is missing", "delegations/roles/0/keyids,threshold", DROP),
    ("threshold is missing", "delegations/roles/0/threshold", DROP),
    ("either paths or path_hash_prefixes must be there", "delegations/roles/0/paths", DROP),
    ("a role is delegated one pattern at least", "delegations/roles/0/paths", []),
    ("more than 1024 patterns", "delegations/roles/0/paths",
     [f"supplier/{i}" for i in range(1025)]),
    ("a pattern begins with the role's own name and a slash", "delegations/roles/0/paths", ["*"]),
    ("a pattern has no '[', which not all clients read alike", "delegations/roles/0/paths",
     ["supplier/[ab].bin"]),
    ("a hash prefix has 1 to 64 lower-case hex digits", "delegations/roles/0/path_hash_prefixes",
     ["X"]),
    ("the name of a role has 1 to 50 bytes", "delegations/roles/0/name", TOO_LONG),
    ("the name of a role has letters, digits, '_', '-' and '.' only", "delegations/roles/0/name",
     "a/b"),
    ("the name of a role does not begin with '.'", "delegations/roles/0/name", ".a"),
    ("are no names of delegated roles", "delegations/roles/0/name", "root"),
    ("two roles of one name", "delegations/roles", TWICE),
    ("more than 32 delegated roles", "delegations", MANY_ROLES),
)
# Of Snapshot and Timestamp, which name files.
SNAPSHOT = (
    ("targets.json is missing", "meta", {}),
    ("meta is missing", "meta", DROP),
    ("version is missing", "meta/targets.json/version", DROP),
    ("a file of metadata is named ROLE.json", "meta/supplier", {"version": 1}),
    ("more than 256 files", "meta", MANY_FILES),
)
TIMESTAMP = (
    ("snapshot.json is missing", "meta", {}),
    ("an unknown field: a timestamp lists snapshot.json alone", "meta/targets.json", {"version": 1}),
)
