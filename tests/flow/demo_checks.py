"""What an outsider can check of what the demo leaves, with programs that are not ours."""
import base64
import json
import shutil
import subprocess

import tuf
import uptane

RSA = ["-pkeyopt", "rsa_padding_mode:pss", "-pkeyopt", "rsa_pss_saltlen:32", "-pkeyopt",
       "rsa_mgf1_md:sha256"]


def openssl_verifies(folder, key, signature, body):
    """Whether openssl pkeyutl verifies; key: ("ed25519", hex) or ("rsa"/"ecdsa", PEM)."""
    kind, value = key
    (folder / "body").write_bytes(body)
    (folder / "sig").write_bytes(signature)
    if kind == "ed25519":
        (folder / "key").write_bytes(bytes.fromhex("302a300506032b6570032100" + value))
        form, extra = "DER", []
    else:
        (folder / "key").write_text(value)
        form, extra = "PEM", ["-digest", "sha256", *(RSA if kind == "rsa" else [])]
    return subprocess.run(
        ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", form, "-inkey", folder / "key",
         "-sigfile", folder / "sig", "-in", folder / "body", "-rawin", *extra],
        capture_output=True).returncode == 0


def keys_of(*roots):
    return {i: k for root in roots for i, k in json.loads(root.read_bytes())["signed"]["keys"].items()}


def must(holds, what):
    if not holds:
        raise SystemExit(f"demo: {what}")


def check_tuf(folder, files, roots, delegated):
    """Every signature of every file: by securesystemslib and by openssl; returns how many."""
    from securesystemslib import keys as foreign
    count, known = 0, {**keys_of(*roots), **delegated}
    for path in files:
        file = json.loads(path.read_bytes())
        body = tuf.canonical(file["signed"])
        for signature in file["signatures"]:
            key = known[signature["keyid"]]
            must(foreign.verify_signature(dict(key, keyid=signature["keyid"]), signature, body),
                 f"securesystemslib refuses a signature of {path.name}")
            must(openssl_verifies(folder, (key["keytype"], key["keyval"]["public"]),
                                  bytes.fromhex(signature["sig"]), body),
                 f"openssl refuses a signature of {path.name}")
            count += 1
    return count


def check_uptane(folder, files, root):
    """The same for an Uptane repository, over the canonical bytes, by openssl."""
    count, known = 0, keys_of(root)
    for path in files:
        file = json.loads(path.read_bytes())
        must(uptane.canonical(file) == path.read_bytes(), f"{path.name} is not canonical")
        for signature in file["signatures"]:
            key = known[signature["keyid"]]
            must(openssl_verifies(folder, (key["keytype"].lower(), key["keyval"]["public"]),
                                  base64.b64decode(signature["sig"], validate=True),
                                  uptane.canonical(file["signed"])),
                 f"openssl refuses a signature of {path.name}")
            count += 1
    return count


def audit(house, say, log):
    house.conclave("log", "export", log, home="home-alice")
    offline = ["log", "verify", "--entries", log / "entries", "--checkpoint",
               log / "checkpoint", "--vkey", log / "vkey"]
    say("The log is exported; an auditor checks it without the appliance:")
    say.quote(house.text(*offline))
    copy = house.folder / "tampered"
    shutil.copytree(log / "entries", copy)
    victim = next(p for p in sorted(copy.iterdir(), key=lambda p: int(p.name))
                  if p.read_bytes().startswith(b"conclave.decision/"))
    victim.write_bytes(victim.read_bytes().replace(b"decision: approve", b"decision: reject"))
    offline[3] = copy
    done = house.conclave(*offline, expect=5)
    say(f"In a copy, record {victim.name} is changed from approve to reject. It is noticed:")
    say.quote(done.stderr.decode())
