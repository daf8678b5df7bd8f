"""Unsigned Uptane metadata for tests and the demo, as a repository's own tool would write it."""
import json

from tuf import expires, hashes


def canonical(value):
    """The `uptane` dialect's canonical JSON, which is jsoncpp's: sorted, no white space, and
    everything that is not ASCII as lower-case \\uxxxx. Python's writer gives the same text but
    for DEL, which our test data do not have."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def signed(kind, version, days, **fields):
    return canonical({"_type": kind, "version": version, "expires": expires(days), **fields})


def root(version, keys, thresholds, days=365):
    """keys: role -> {key id: key object}."""
    return signed("Root", version, days, consistent_snapshot=False,
                  keys={i: k for role in keys.values() for i, k in role.items()},
                  roles={role: {"keyids": sorted(keys[role]), "threshold": thresholds[role]}
                         for role in keys})


def target(data, **custom):
    return {"length": len(data), "hashes": hashes(data), "custom": custom}


def image_target(data, name, version, hardware):
    """An entry of an Image repository's Targets."""
    return target(data, name=name, version=version, hardwareIds=hardware, targetFormat="BINARY")


def director_target(data, ecus):
    """An entry of a Director's Targets; ecus: serial -> hardware id."""
    return target(data, ecuIdentifiers={s: {"hardwareId": h} for s, h in ecus.items()})


def targets(version, entries, days=31):
    """entries: name -> image_target or director_target."""
    return signed("Targets", version, days, targets=entries)


def described(version, file):
    return {"version": version, "length": len(file), "hashes": hashes(file)}


def snapshot(version, files, days=7):
    """files: name -> (version, complete signed file)."""
    return signed("Snapshot", version, days,
                  meta={name: described(*entry) for name, entry in files.items()})


def timestamp(version, snapshot_version, snapshot_file, days=1):
    return signed("Timestamp", version, days,
                  meta={"snapshot.json": described(snapshot_version, snapshot_file)})
