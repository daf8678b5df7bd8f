"""Unsigned TUF metadata for tests and the demo, as a repository's own tool would write it."""
import datetime
import hashlib
import json


def canonical(value):
    """The `tuf` dialect's canonical JSON; our test data is printable ASCII and PEM."""
    if isinstance(value, dict):
        return b"{" + b",".join(
            canonical(k) + b":" + canonical(v) for k, v in sorted(value.items())) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(map(canonical, value)) + b"]"
    if isinstance(value, str):
        return b'"' + value.replace("\\", "\\\\").replace('"', '\\"').encode() + b'"'
    return json.dumps(value).encode()


def expires(days):
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def hashes(data):
    return {"sha256": hashlib.sha256(data).hexdigest()}


def signed(kind, version, days, **fields):
    return canonical({"_type": kind, "spec_version": "1.0.31", "version": version,
                      "expires": expires(days), **fields})


def root(version, keys, thresholds, days=365):
    """keys: role -> {key id: key object}."""
    return signed(
        "root", version, days, consistent_snapshot=True,
        keys={i: k for role in keys.values() for i, k in role.items()},
        roles={role: {"keyids": sorted(keys[role]), "threshold": thresholds[role]}
               for role in keys})


def targets(version, images, days=90, custom=None, **fields):
    """images: path -> bytes."""
    entries = {}
    for path, data in images.items():
        entries[path] = {"length": len(data), "hashes": hashes(data)}
        if custom and path in custom:
            entries[path]["custom"] = custom[path]
    return signed("targets", version, days, targets=entries, **fields)


def described(version, file):
    return {"version": version, "length": len(file), "hashes": hashes(file)}


def snapshot(version, files, days=7):
    """files: name -> (version, complete signed file)."""
    return signed("snapshot", version, days,
                  meta={name: described(*entry) for name, entry in files.items()})


def timestamp(version, snapshot_version, snapshot_file, days=1):
    return signed("timestamp", version, days,
                  meta={"snapshot.json": described(snapshot_version, snapshot_file)})


def signed_file(body, signatures):
    """A complete file as another's tool writes it; signatures: key id -> hex."""
    listed = [{"keyid": i, "sig": s} for i, s in sorted(signatures.items())]
    return b'{"signatures":' + canonical(listed) + b',"signed":' + body.replace(b"\n", b"\\n") + b"}"
