"""An Image repository and a Director of the `uptane` dialect, and their signed files."""
import base64
import copy
import hashlib

from canonical import uptane_canonical as canonical
from curves import Ed25519, pem
from house import image, sha256
from rsa import RsaPair

KEYS = {
    'root-1': Ed25519, 'root-2': RsaPair, 'root-3': Ed25519, 'root-4': Ed25519,
    'targets-1': RsaPair, 'targets-2': Ed25519, 'snapshot-1': Ed25519, 'timestamp-1': Ed25519,
    'supplier-1': Ed25519, 'supplier-2': Ed25519, 'bins-1': Ed25519,
}
KEYS |= {f'deep-{i}': Ed25519 for i in range(1, 7)}
KEYS = {name: kind('uptane-' + name) for name, kind in KEYS.items()}


def key_object(name):
    key = KEYS[name]
    if isinstance(key, Ed25519):
        return {'keytype': 'ED25519', 'keyval': {'public': key.raw.hex()}}
    return {'keytype': 'RSA', 'keyval': {'public': pem(key.spki)}}


def key_id(name):
    return hashlib.sha256(KEYS[name].spki).hexdigest()


def keys(*names):
    return {key_id(name): key_object(name) for name in names}


def common(kind, version, expires, **fields):
    return {'_type': kind, 'version': version, 'expires': expires, **fields}


def role(threshold, *names):
    return {'keyids': [key_id(name) for name in names], 'threshold': threshold}


def root(version, expires, roles, **fields):
    names = [name for _, *listed in roles.values() for name in listed]
    return common('Root', version, expires, keys=keys(*names),
                  roles={kind: role(*given) for kind, given in roles.items()}, **fields)


def signature(name, body):
    method = 'ed25519' if isinstance(KEYS[name], Ed25519) else 'rsassa-pss-sha256'
    return {'keyid': key_id(name), 'method': method,
            'sig': base64.b64encode(KEYS[name].sign(body)).decode()}


def signed(payload, *names):
    body = canonical(payload)
    return {'signatures': [signature(name, body) for name in names], 'signed': payload}


def entry(payload, *names):
    """How a snapshot or timestamp lists this file: its bytes are their own canonical form."""
    data = canonical(signed(payload, *names))
    return {'version': payload['version'], **image(data.decode())}


def uptane():
    """The payloads and the signed files, by file name."""
    roles = {'root': (2, 'root-1', 'root-2', 'root-3'), 'targets': (2, 'targets-1', 'targets-2'),
             'snapshot': (1, 'snapshot-1'), 'timestamp': (1, 'timestamp-1')}
    root_1 = root(1, '2027-11-20T00:00:00Z', roles)
    root_2 = root(2, '2027-12-20T00:00:00Z', roles | {'root': (1, 'root-4', 'root-2')},
                  consistent_snapshot=False, spec_version='1.0.31')
    custom = {'hardwareIds': ['ecu-"A"', 'ecu\\b'], 'name': 'brake', 'releaseCounter': 7,
              'note': 'Grüße\n\x00\x7f \U0001f511', 'targetFormat': 'BINARY', 'version': '1/2'}
    targets_1 = common('Targets', 1, '2027-02-01T00:00:00Z', targets={
        'brake/ecu-a.bin': image('brake one', custom, sha512=True),
        'Brake/ECU-B.bin': image('brake two')})
    targets_2 = copy.deepcopy(targets_1)
    targets_2 |= {'version': 2, 'delegations': {
        'keys': keys('supplier-1', 'supplier-2', 'bins-1'),
        'roles': [
            {'name': 'supplier', **role(2, 'supplier-1', 'supplier-2'), 'terminating': True,
             'paths': ['supplier/*', 'supplier/*/v?.bin']},
            {'name': 'bins', **role(1, 'bins-1'), 'terminating': False, 'paths': ['bins/*']}]}}
    director_1 = common(
        'Targets', 1, '2027-02-01T00:00:00Z', custom={'correlationId': 'urn:here:campaign:ä'},
        targets={'brake/ecu-a.bin': image(
            'brake one', {'ecuIdentifiers': {'ecu-0001': {'hardwareId': 'gateway-hw1'}}})})
    director_2 = director_1 | {
        'version': 2, 'custom': {'correlationId': 'urn:here:campaign:2'}, 'targets': {}}
    supplier_1 = common('Targets', 7, '2027-02-01T00:00:00Z', targets={
        'supplier/pump.bin': image('pump')})
    bins_1 = common('Targets', 1, '2027-02-01T00:00:00Z', targets={})
    both = ('targets-1', 'targets-2')
    snapshot_1 = common('Snapshot', 1, '2026-12-20T00:00:00Z', meta={
        'targets.json': entry(targets_1, *both)})
    snapshot_2 = common('Snapshot', 2, '2026-12-20T00:00:00Z', meta={
        'targets.json': {'version': 2}, 'bins.json': entry(bins_1, 'bins-1'),
        'supplier.json': entry(supplier_1, 'supplier-1', 'supplier-2')})
    timestamp_1 = common('Timestamp', 1, '2026-11-22T00:00:00Z', meta={
        'snapshot.json': entry(snapshot_1, 'snapshot-1')})
    payloads = {
        'root-1': root_1, 'root-2': root_2, 'targets-1': targets_1, 'targets-2': targets_2,
        'director-1': director_1, 'director-2': director_2, 'supplier-1': supplier_1,
        'bins-1': bins_1, 'snapshot-1': snapshot_1, 'snapshot-2': snapshot_2,
        'timestamp-1': timestamp_1}
    files = {
        'root-1': signed(root_1, 'root-1', 'root-2'),
        'root-2': signed(root_2, 'root-4', 'root-2', 'root-1'),
        'targets-1': signed(targets_1, *both), 'targets-2': signed(targets_2, *both),
        'supplier-1': signed(supplier_1, 'supplier-1', 'supplier-2'),
        'bins-1': signed(bins_1, 'bins-1'),
        'snapshot-1': signed(snapshot_1, 'snapshot-1'),
        'timestamp-1': signed(timestamp_1, 'timestamp-1')}
    return payloads, files


def relisted(payload, name, keyid=None, **changes):
    """The root with one key listed otherwise, under the id that it then has or another."""
    whole = copy.deepcopy(payload)
    old = key_id(name)
    whole['keys'][keyid or old] = {**whole['keys'].pop(old), **changes}
    for each in whole['roles'].values():
        each['keyids'] = [keyid if keyid and i == old else i for i in each['keyids']]
    return whole
