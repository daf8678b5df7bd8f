"""What a stock client of each dialect demands of a file, byte for byte: python-tuf, tuf-js and go-tuf of
`tuf`, aktualizr of `uptane`. Written from the formats alone, and shares nothing with our readers.

    check_tuf_file(name, data, files)            raises Refused, or returns the file's JSON
    check_uptane_file(name, data, kind, files)   the same; kind: "image" or "director"
    check_signatures(dialect, file, root, role)  how many keys of the role have signed, by openssl
"""
import base64
import binascii
import hashlib
import json
import pathlib
import re
import subprocess
import tempfile

VERSION_MOST = 2**31 - 1
INTEGER_MOST = 2**53 - 1
ROLES = {"root", "targets", "snapshot", "timestamp"}
TUF_SIZES = {"root": 512000, "timestamp": 16384, "snapshot": 2000000, "targets": 5000000}
UPTANE_SIZE, UPTANE_IMAGES_SIZE = 64 * 1024, 8 * 1024 * 1024
TUF_KEYS = {("ed25519", "ed25519"), ("ecdsa", "ecdsa-sha2-nistp256"),
            ("ecdsa", "ecdsa-sha2-nistp384"), ("rsa", "rsassa-pss-sha256")}
ED25519_SPKI = bytes.fromhex("302a300506032b6570032100")
METHODS = {"ED25519": "ed25519", "RSA": "rsassa-pss-sha256"}
PSS = ["-pkeyopt", "rsa_padding_mode:pss", "-pkeyopt", "rsa_pss_saltlen:32",
       "-pkeyopt", "rsa_mgf1_md:sha256"]


class Refused(Exception):
    """A stock client would not take this file."""


def must(holds, what):
    if not holds:
        raise Refused(what)


# ---- JSON that all parsers read alike, and its canonical forms ----

def once(pairs):
    must(len(dict(pairs)) == len(pairs), "an object key stands twice")
    must(all(key.isascii() for key, _ in pairs), "an object key is not ASCII")
    return dict(pairs)


def integer(text):
    must(text != "-0" and abs(int(text)) <= INTEGER_MOST, f"the number {text}")
    return int(text)


def no_fraction(text):
    raise Refused(f"the number {text}")


def parse(data):
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=once, parse_int=integer,
                          parse_float=no_fraction, parse_constant=no_fraction)
    except ValueError as error:
        raise Refused(f"no JSON: {error}") from error


def canonical(value, text):
    if isinstance(value, dict):
        members = (text(key) + ":" + canonical(value[key], text) for key in sorted(value))
        return "{" + ",".join(members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical(each, text) for each in value) + "]"
    return text(value) if isinstance(value, str) else json.dumps(value)


def olpc(value):
    """What `tuf` clients verify signatures over."""
    return canonical(value, lambda text: '"' + text.replace("\\", "\\\\").replace(
        '"', '\\"') + '"').encode()


def jsoncpp(value):
    """What `uptane` clients verify signatures over; Python escapes DEL too, jsoncpp does not."""
    return canonical(value, lambda text: "\x7f".join(
        json.dumps(part) for part in text.split("\x7f")).replace('"\x7f"', "\x7f")).encode()


def in_file(data):
    """OLPC's form in a file that strict parsers read: control characters escaped."""
    return re.sub(rb"[\x00-\x1f]", lambda found: b"\\n" if found[0] == b"\n" else
                  b"\\u%04x" % found[0][0], data)


# ---- fields ----

def fields(value, needed, optional=()):
    must(isinstance(value, dict), "an object is expected")
    must(set(needed) <= set(value), f"{sorted(set(needed) - set(value))} missing")
    must(set(value) <= {*needed, *optional},
         f"{sorted(set(value) - {*needed, *optional})} unknown")


def is_hex(text, size):
    return isinstance(text, str) and re.fullmatch(f"[0-9a-f]{{{size}}}", text) is not None


def check_common(signed):
    must(isinstance(signed["version"], int) and 1 <= signed["version"] <= VERSION_MOST, "version")
    must(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", signed["expires"]), "expires")


def check_roles(signed):
    fields(signed["roles"], ROLES)
    used = []
    for role in signed["roles"].values():
        fields(role, ["keyids", "threshold"])
        must(1 <= role["threshold"] <= len(role["keyids"]), "threshold")
        used += role["keyids"]
    must(len(used) == len(set(used)), "a key serves two roles")
    must(set(used) == set(signed["keys"]), "a key that is not listed, or not used")


def check_hashes(listed, data):
    """`data`: the bytes that the entry is of, or None when they are not at hand."""
    must("sha256" in listed["hashes"], "no sha256")
    for name, digits in listed["hashes"].items():
        must(is_hex(digits, hashlib.new(name).digest_size * 2), f"{name} is no hash")
        if data is not None:
            must(hashlib.new(name, data).hexdigest() == digits, f"{name} of another file")
    must(data is None or len(data) == listed["length"], "length of another file")


def check_images(signed, files):
    for path, image in signed["targets"].items():
        fields(image, ["length", "hashes"], ["custom"])
        must(not path.startswith("/") and ".." not in path.split("/"), f"path {path}")
        check_hashes(image, files.get(path))


def check_meta(signed, kind, files, hashed):
    if kind == "timestamp":
        fields(signed["meta"], ["snapshot.json"])
    else:
        must("targets.json" in signed["meta"], "no targets.json")
    for name, listed in signed["meta"].items():
        fields(listed, ["version"], ["length", "hashes"])
        if "hashes" in listed:
            check_hashes(listed, hashed(files[name]) if name in files else None)


def check_delegations(signed, check_key, kinds):
    fields(signed["delegations"], ["keys", "roles"])
    for keyid, key in signed["delegations"]["keys"].items():
        check_key(keyid, key)
    for role in signed["delegations"]["roles"]:
        fields(role, ["name", "keyids", "threshold", "terminating"], kinds)
        must(len(set(kinds) & set(role)) == 1, "patterns of one kind")
        must(set(role["keyids"]) <= set(signed["delegations"]["keys"]), "an unknown key")


# ---- tuf ----

def check_tuf_key(keyid, key):
    fields(key, ["keytype", "scheme", "keyval"])
    fields(key["keyval"], ["public"])
    must((key["keytype"], key["scheme"]) in TUF_KEYS, f"a key of {key['keytype']}")
    must(hashlib.sha256(olpc(key)).hexdigest() == keyid, "a key id that is not its object's hash")
    if key["keytype"] == "ed25519":
        must(is_hex(key["keyval"]["public"], 64), "a public key that is not hex")
    else:
        spki(key)


def check_tuf_name(name, kind, version):
    short = r"timestamp" if kind == "timestamp" else rf"{version}\.[a-zA-Z0-9_-][a-zA-Z0-9_.-]*"
    must(re.fullmatch(rf"{short}\.json", name), f"the name {name}")
    must(kind == "targets" or name.split(".")[-2] == kind, f"{name} holds {kind}")


def check_tuf_file(name, data, files=None):
    """`files`: bytes of what the file lists, by the name that it lists."""
    file, files = parse(data), files or {}
    fields(file, ["signatures", "signed"])
    must(data == in_file(olpc(file)), "the file is not its canonical bytes")
    keyids = [signature["keyid"] for signature in file["signatures"]]
    must(len(keyids) == len(set(keyids)) > 0, "no signature, or two of one key")
    for signature in file["signatures"]:
        fields(signature, ["keyid", "sig"])
        must(re.fullmatch("([0-9a-f]{2})+", signature["sig"]), "a signature that is not hex")
    signed = file["signed"]
    kind = signed["_type"]
    must(kind in ROLES, f"_type {kind}")
    must(len(data) <= TUF_SIZES[kind], "too large")
    must(re.fullmatch(r"1(\.\d+){1,2}", signed["spec_version"]), "spec_version")
    check_common(signed)
    check_tuf_name(name, kind, signed["version"])
    if kind == "root":
        must(isinstance(signed["consistent_snapshot"], bool), "consistent_snapshot")
        for keyid, key in signed["keys"].items():
            check_tuf_key(keyid, key)
        check_roles(signed)
    elif kind == "targets":
        check_images(signed, files)
        if "delegations" in signed:
            check_delegations(signed, check_tuf_key, ["paths", "path_hash_prefixes"])
    else:
        check_meta(signed, kind, files, lambda raw: raw)
    return file


# ---- uptane ----

def check_uptane_key(keyid, key):
    fields(key, ["keytype", "keyval"])
    fields(key["keyval"], ["public"])
    must(key["keytype"] in METHODS, f"a key of {key['keytype']}: the whole file is rejected")
    if key["keytype"] == "ED25519":
        must(is_hex(key["keyval"]["public"], 64), "a public key that is not hex")
    must(hashlib.sha256(spki(key)).hexdigest() == keyid, "a key id that is not the SPKI's hash")
    must(key["keytype"] == "ED25519" or len(spki(key)) in (294, 422, 550), "size of an RSA key")


def check_uptane_signature(signature):
    fields(signature, ["keyid", "method", "sig"])
    must(signature["method"] in METHODS.values(), f"method {signature['method']}")
    try:
        raw = base64.b64decode(signature["sig"], validate=True)
    except binascii.Error as error:
        raise Refused("a signature that is not base64") from error
    must(base64.b64encode(raw).decode() == signature["sig"], "base64 in another form")
    must((len(raw) == 64) == (signature["method"] == "ed25519"), "a signature of another method")


def check_uptane_name(name, kind, version):
    names = {"root": {"root.json", f"{version}.root.json"}}.get(kind, {f"{kind}.json"})
    delegated = kind == "targets" and name.startswith("delegations/") and name.endswith(".json")
    must(name in names or delegated, f"the name {name}")


def check_uptane_file(name, data, kind="image", files=None):
    file, files = parse(data), files or {}
    fields(file, ["signatures", "signed"])
    must(data == jsoncpp(file), "the file is not its canonical bytes")
    must(len({s["keyid"] for s in file["signatures"]}) == len(file["signatures"]) > 0,
         "no signature, or two of one key")
    for signature in file["signatures"]:
        check_uptane_signature(signature)
    signed = file["signed"]
    must(signed["_type"].lower() in ROLES and signed["_type"].istitle(), f"_type {signed['_type']}")
    of = signed["_type"].lower()
    images = of == "targets" and kind == "image"
    must(len(data) <= (UPTANE_IMAGES_SIZE if images else UPTANE_SIZE), "too large")
    check_common(signed)
    check_uptane_name(name, of, signed["version"])
    if of == "root":
        for keyid, key in signed["keys"].items():
            check_uptane_key(keyid, key)
        check_roles(signed)
    elif of == "targets":
        check_images(signed, files)
        if "delegations" in signed:
            must(images, "a Director delegates")
            check_delegations(signed, check_uptane_key, ["paths"])
    else:
        check_meta(signed, of, files, lambda raw: jsoncpp(parse(raw)))
    return file


# ---- signatures ----

def spki(key):
    """DER of the key object's public key."""
    public = key["keyval"]["public"]
    if key["keytype"].lower() == "ed25519":
        return ED25519_SPKI + bytes.fromhex(public)
    lines = public.strip("\n").split("\n")
    must(lines[0] == "-----BEGIN PUBLIC KEY-----" and lines[-1] == "-----END PUBLIC KEY-----",
         "a public key that is not PEM")
    return base64.b64decode("".join(lines[1:-1]), validate=True)


def digest_options(key):
    if key["keytype"].lower() == "ed25519":
        return []
    digest = "sha384" if key.get("scheme", "").endswith("384") else "sha256"
    return ["-digest", digest, *(PSS if key["keytype"].lower() == "rsa" else [])]


def openssl_verifies(key, signature, body):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name, data in (("key", spki(key)), ("sig", signature), ("body", body)):
            (folder / name).write_bytes(data)
        return subprocess.run(
            ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey",
             folder / "key", "-sigfile", folder / "sig", "-in", folder / "body", "-rawin",
             *digest_options(key)], capture_output=True).returncode == 0


def check_signatures(dialect, file, root, role):
    """Every signature is of a key of the role, and verifies; there are as many as the threshold."""
    body = {"tuf": olpc, "uptane": jsoncpp}[dialect](file["signed"])
    listed = root["signed"]["roles"][role]
    for signature in file["signatures"]:
        must(signature["keyid"] in listed["keyids"], f"a signature of no key of {role}")
        key = root["signed"]["keys"][signature["keyid"]]
        must(dialect == "tuf" or METHODS[key["keytype"]] == signature["method"],
             "the method of another key")
        raw = (bytes.fromhex(signature["sig"]) if dialect == "tuf"
               else base64.b64decode(signature["sig"]))
        must(openssl_verifies(key, raw, body), f"openssl refuses a signature of {role}")
    must(len(file["signatures"]) >= listed["threshold"], f"too few signatures of {role}")
    return len(file["signatures"])
