"""A repository that was signed elsewhere, by programs that did not keep the rules: its chain of
roots, the newest file of each other role, and roots that must not be taken for a part of it."""
import hashlib
import json

from canonical import canonical, file_form
from curves import Ed25519, P256
from rsa import RsaPair

KEYS = {'a': P256, 'b': Ed25519, 'c': RsaPair, 'd': P256, 'online': Ed25519, 'clock': Ed25519,
        'images': P256, 'supplier': Ed25519, 'spare': Ed25519, 'stranger': Ed25519}
KEYS = {name: kind('past-' + name) for name, kind in KEYS.items()}


def sha256(data):
    return hashlib.sha256(data).hexdigest()


class Listed:
    """A key as one root lists it."""

    def __init__(self, name, object_=None, keyid=None):
        self.key = KEYS[name]
        self.object = object_ or self.key.object
        self.keyid = keyid or sha256(canonical(self.object))


def today(*names):
    return {name: Listed(name) for name in names}


def aged(name, **changes):
    """As older programs wrote a key."""
    return {**KEYS[name].object, 'keyid_hash_algorithms': ['sha256', 'sha512'], **changes}


OLD = {
    'a': Listed('a', aged('a', keytype='ecdsa-sha2-nistp256',
                          keyval={'public': KEYS['a'].raw.hex()})),
    'b': Listed('b', keyid=sha256(KEYS['b'].spki)),
    'online': Listed('online'),
}
MIDDLE = today('a', 'b', 'c', 'online', 'images', 'spare')
NEW = today('b', 'c', 'd', 'online', 'clock', 'images')


def signature(keyid, sig):
    return {'keyid': keyid, 'sig': sig.hex()}


def signed(payload, *listed):
    body = canonical(payload)
    return {'signed': payload,
            'signatures': [signature(each.keyid, each.key.sign(body)) for each in listed]}


def role(threshold, *listed):
    return {'threshold': threshold, 'keyids': [each.keyid for each in listed]}


def root(version, expires, keys, roles, **fields):
    return {'_type': 'root', 'version': version, 'expires': expires, 'spec_version': '1.0',
            'keys': {each.keyid: each.object for each in keys.values()}, 'roles': roles, **fields}


def roles(keys, signers, images, clock):
    return {'root': role(2, *(keys[name] for name in signers)),
            'targets': role(1, keys[images]),
            'snapshot': role(1, keys['online']), 'timestamp': role(1, keys[clock])}


def loose(file):
    return json.dumps(file, indent='\t').encode()


def tight(file):
    return file_form(canonical(file))


def common(kind, version, **fields):
    return {'_type': kind, 'spec_version': '1.0', 'version': version,
            'expires': '2027-06-01T00:00:00Z', **fields}


def files():
    """The newest files of the other roles, under the third root."""
    targets = common('targets', 5, targets={
        '/firmware/Pump.bin': {'length': 4, 'hashes': {'sha512': 'ab' * 64}},
        'valve.bin': {'length': 5, 'hashes': {'sha256': 'cd' * 32}, 'note': 'x'}}, delegations={
            'keys': {Listed('supplier').keyid: KEYS['supplier'].object},
            'roles': [{'name': 'supplier', **role(1, Listed('supplier')), 'terminating': False,
                       'paths': ['parts/*']}]})
    supplier = common('targets', 7, targets={})
    snapshot = common('snapshot', 9, meta={
        'targets.json': {'version': 5}, 'supplier.json': {'version': 7}})
    timestamp = common('timestamp', 20, meta={
        'snapshot.json': {'version': 8}, 'root.json': {'version': 3}})
    yield 'targets', loose(signed(targets, NEW['images']))
    yield 'supplier', loose(signed(supplier, Listed('supplier')))
    yield 'snapshot', tight(signed(snapshot, NEW['online']))
    yield 'timestamp', tight(signed(timestamp, NEW['clock']))
    yield 'stranger', tight(signed(supplier, Listed('stranger')))
    yield 'timestamp-unsigned', tight(signed(timestamp, NEW['images']))


def twice_listed():
    """Two ids of one public key, whose signatures must not count for two."""
    again = Listed('b', keyid=sha256(b'again'))
    keys = {'b': Listed('b'), 'again': again, 'd': Listed('d'), **today('online', 'images')}
    payload = root(1, '2027-11-20T00:00:00Z', keys, roles(keys, ('b', 'again', 'd'), 'images', 'online'),
                   consistent_snapshot=True)
    return (tight(signed(payload, keys['b'], again)),
            tight(signed(payload, keys['b'], again, keys['d'])))


def past():
    first = root(1, '2025-01-31T18:00:00.25-06:00', OLD, roles(OLD, ('a', 'b'), 'a', 'online'))
    second = root(2, '2026-01-31T00:00:00Z', MIDDLE, roles(MIDDLE, ('a', 'b', 'c'), 'images', 'online'),
                  consistent_snapshot=False, **{'x-note': 'kept by hand'})
    third = root(3, '2027-11-20T00:00:00Z', NEW, roles(NEW, ('b', 'c', 'd'), 'images', 'clock'),
                 consistent_snapshot=True)
    whole = signed(second, OLD['a'], OLD['b'], MIDDLE['b'], MIDDLE['c'])
    whole['signatures'] += [signature(Listed('stranger').keyid, KEYS['stranger'].sign(b'x')),
                            signature(MIDDLE['a'].keyid, KEYS['a'].sign(b'x'))]
    yield '1.root', loose(signed(first, OLD['a'], OLD['b']))
    yield '2.root', loose(whole)
    announced = signed(third, NEW['b'], NEW['c'])
    announced['signatures'].append(signature(NEW['d'].keyid, b''))
    yield '3.root', tight(announced)
    yield '2.root-not-by-the-last', tight(signed(second, MIDDLE['b'], MIDDLE['c']))
    yield '2.root-not-by-itself', tight(signed(second, OLD['a'], OLD['b']))
    yield '3.root-not-by-enough', tight(signed(third, NEW['b']))
    skipped = {**third, 'version': 4}
    yield '4.root', tight(signed(skipped, NEW['b'], NEW['c']))
    once, enough = twice_listed()
    yield 'twice.root', once
    yield 'twice-and-another.root', enough
    yield from files()
