"""The payloads of one repository that grows, and its signed files."""
import copy
import hashlib

from canonical import canonical, file_form
from curves import Ed25519, P256
from rsa import RsaPair

KEYS = {
    'root-1': Ed25519, 'root-2': P256, 'root-3': RsaPair, 'root-4': Ed25519,
    'targets-1': Ed25519, 'targets-2': P256, 'snapshot-1': Ed25519, 'snapshot-2': Ed25519,
    'timestamp-1': P256, 'supplier-1': Ed25519, 'supplier-2': P256, 'bins-1': Ed25519,
}
KEYS |= {f'deep-{i}': Ed25519 for i in range(1, 7)}
KEYS = {name: kind(name) for name, kind in KEYS.items()}


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def key_id(name):
    return sha256(canonical(KEYS[name].object))


def keys(*names):
    return {key_id(name): KEYS[name].object for name in names}


def common(kind, version, expires, **fields):
    return {'_type': kind, 'spec_version': '1.0.31', 'version': version,
            'expires': expires, **fields}


def role(threshold, *names):
    return {'keyids': [key_id(name) for name in names], 'threshold': threshold}


def root(version, expires, roles, consistent=True):
    names = [name for _, *listed in roles.values() for name in listed]
    return common('root', version, expires, consistent_snapshot=consistent, keys=keys(*names),
                  roles={kind: role(*given) for kind, given in roles.items()})


def image(content, custom=None, sha512=False):
    data = content.encode()
    hashes = {'sha256': sha256(data)}
    if sha512:
        hashes['sha512'] = hashlib.sha512(data).hexdigest()
    return {'length': len(data), 'hashes': hashes} | ({'custom': custom} if custom else {})


def signed(payload, *names):
    body = canonical(payload)
    signatures = [{'keyid': key_id(name), 'sig': KEYS[name].sign(body).hex()} for name in names]
    return {'signatures': signatures, 'signed': payload}


def entry(payload, *names, sha512=False):
    """How a snapshot or timestamp lists this file."""
    data = file_form(canonical(signed(payload, *names)))
    return {'version': payload['version'], **image(data.decode(), sha512=sha512)}


def respelled(payload, name):
    """The payload with the last line feed of one key's PEM left out: another key id."""
    whole = copy.deepcopy(payload)
    old = key_id(name)
    key = whole['keys'].pop(old)
    key['keyval']['public'] = key['keyval']['public'].rstrip('\n')
    new = sha256(canonical(key))
    whole['keys'][new] = key
    for each in whole['roles'].values():
        each['keyids'] = [new if keyid == old else keyid for keyid in each['keyids']]
    return whole


def house():
    """The payloads of one repository and its signed files, by file name."""
    root_1 = root(1, '2027-11-20T00:00:00Z', {
        'root': (2, 'root-1', 'root-2', 'root-3'), 'targets': (2, 'targets-1', 'targets-2'),
        'snapshot': (1, 'snapshot-1'), 'timestamp': (1, 'timestamp-1')})
    root_2 = root(2, '2027-12-20T00:00:00Z', {
        'root': (1, 'root-4', 'root-2', 'root-3'), 'targets': (2, 'targets-2', 'targets-1'),
        'snapshot': (1, 'snapshot-2'), 'timestamp': (1, 'timestamp-1')}, consistent=False)
    small = root(1, '2027-11-20T00:00:00Z', {
        'root': (1, 'root-1', 'root-4'), 'targets': (1, 'targets-1'),
        'snapshot': (1, 'snapshot-1'), 'timestamp': (1, 'snapshot-2')})
    custom = {'hardwareIds': ['ecu-"A"', 'ecu\\b'], 'note': 'Grüße\n\x00\x7f', 'name': 'brake',
              'releaseCounter': -7, 'nested': {'a': [True, False, None, {}, []], 'b': ''}}
    targets_1 = common('targets', 1, '2027-02-01T00:00:00Z', targets={
        'brake/ecu-a.bin': image('brake one', custom, sha512=True),
        'Brake/ECU-B.bin': image('brake two'),
        'empty': image(''),
        'radio 1/%41.bin': image('radio', {'v': 1})})
    targets_2 = common('targets', 2, '2027-03-01T00:00:00Z', targets={
        'brake/ecu-a.bin': image('brake ONE', custom, sha512=True),
        'Brake/ECU-B.bin': image('brake two'),
        'new.bin': image('new'),
        'radio 1/%41.bin': image('radio', {'v': 2})})
    targets_3 = copy.deepcopy(targets_2)
    targets_3 |= {'version': 3, 'delegations': {
        'keys': keys('supplier-1', 'supplier-2', 'bins-1'),
        'roles': [
            {'name': 'supplier', **role(2, 'supplier-1', 'supplier-2'), 'terminating': True,
             'paths': ['supplier/*', 'supplier/*/v?.bin']},
            {'name': 'bins', **role(1, 'bins-1'), 'terminating': False,
             'path_hash_prefixes': ['00', '01']}]}}
    supplier_1 = common('targets', 7, '2027-02-01T00:00:00Z', targets={
        'supplier/pump.bin': image('pump')})
    bins_1 = common('targets', 1, '2027-02-01T00:00:00Z', targets={})
    bins_2 = common('targets', 2, '2027-02-01T00:00:00Z', targets={}, delegations={
        'keys': keys('supplier-1'), 'roles': [
            {'name': 'deep', **role(1, 'supplier-1'), 'terminating': True, 'paths': ['deep/*']}]})
    three = (targets_3, 'targets-1', 'targets-2')
    snapshot_1 = common('snapshot', 1, '2026-12-20T00:00:00Z', meta={
        'targets.json': entry(targets_1, 'targets-1', 'targets-2', sha512=True)})
    snapshot_2 = common('snapshot', 2, '2026-12-20T00:00:00Z', meta={
        'targets.json': {'version': 3},
        'bins.json': {'version': 1},
        'supplier.json': entry(supplier_1, 'supplier-1', 'supplier-2')})
    timestamp_1 = common('timestamp', 1, '2026-11-22T00:00:00Z', meta={
        'snapshot.json': entry(snapshot_1, 'snapshot-1')})
    timestamp_2 = common('timestamp', 2, '2026-11-23T00:00:00Z', meta={
        'snapshot.json': {'version': 2}})
    payloads = {
        'root-1': root_1, 'root-2': root_2, 'root-small': small,
        'root-respelled': respelled(root_1, 'root-2'),
        'targets-1': targets_1, 'targets-2': targets_2,
        'targets-3': targets_3, 'supplier-1': supplier_1, 'bins-1': bins_1, 'bins-2': bins_2,
        'snapshot-1': snapshot_1, 'snapshot-2': snapshot_2,
        'timestamp-1': timestamp_1, 'timestamp-2': timestamp_2}
    files = {
        'targets-1': signed(targets_1, 'targets-1', 'targets-2'),
        'targets-1-one': signed(targets_1, 'targets-1'),
        'targets-3': signed(*three),
        'supplier-1': signed(supplier_1, 'supplier-1', 'supplier-2'),
        'supplier-1-one': signed(supplier_1, 'supplier-2'),
        'bins-1': signed(bins_1, 'bins-1'),
        'bins-2': signed(bins_2, 'bins-1'),
        'snapshot-1': signed(snapshot_1, 'snapshot-1'),
        'snapshot-2': signed(snapshot_2, 'snapshot-1')}
    return payloads, files
