"""Payloads that must be refused: name, words of the refusal, payload (or its bytes)."""
import copy

from canonical import canonical
from curves import Rsa
from house import KEYS, image, key_id, role, sha256


class Change:
    """One step into a payload, then a new value (or none)."""

    def __init__(self, payload, *path):
        self.payload, self.path = payload, path

    def to(self, value):
        whole = copy.deepcopy(self.payload)
        inner = whole
        for step in self.path[:-1]:
            inner = inner[step]
        if value is None:
            del inner[self.path[-1]]
        else:
            inner[self.path[-1]] = value
        return whole


def rekey(payload, where, name, **changes):
    """The payload with one key object changed, and its id with it."""
    whole = copy.deepcopy(payload)
    place = whole['delegations'] if where == 'delegations' else whole
    old = key_id(name)
    changed = {**place['keys'].pop(old), **changes}
    new = sha256(canonical(changed))
    place['keys'][new] = changed
    roles = place['roles'].values() if where == 'root' else place['roles']
    for each in roles:
        each['keyids'] = [new if keyid == old else keyid for keyid in each['keyids']]
    return whole


def bad_common(payloads):
    for name in ('root-small', 'targets-1', 'snapshot-1', 'timestamp-1'):
        payload = payloads[name]
        kind = payload['_type']
        for field in payload:
            words = 'does not list' if field == 'keys' else field + ' is missing'
            yield f'{kind} without {field}', words, Change(payload, field).to(None)
        for field in ('A', 'note', 'zzz'):
            yield f'{kind} with {field}', 'unknown field', Change(payload, field).to(1)
        for version in (0, -1, 2**31, 2**53):
            yield f'{kind} version {version}', 'version', Change(payload, 'version').to(version)
        for spec in ('2.0.0', '1', '1.', '1.0.', '1.0.0.0', '1.00', '01.0', '1.0.31 ', '1.123456',
                     'x1.0', '1.0.-1'):
            yield f'{kind} spec {spec}', 'specification', Change(payload, 'spec_version').to(spec)
        for expires in ('2027-02-29T00:00:00Z', '2027-02-01T00:00:00+00:00', '2027-02-01 00:00:00Z',
                        '2027-02-01T00:00:00.0Z', '2027-02-01T00:00:60Z', '2027-02-01', ''):
            yield (f'{kind} expires {expires}', 'a date that exists',
                   Change(payload, 'expires').to(expires))
        for other in ('Root', 'mirrors', '', 1):
            yield f'{kind} is {other}', '_type', Change(payload, '_type').to(other)


def bad_root(payload):
    def change(*path):
        return Change(payload, *path)
    yield 'root consistent 1', 'true or false', change('consistent_snapshot').to(1)
    yield 'root three roles', 'timestamp is missing', change('roles', 'timestamp').to(None)
    yield 'root five roles', 'unknown field', change('roles', 'mirrors').to(role(1, 'root-1'))
    first = payload['roles']['root']['keyids']
    snapshot = payload['roles']['snapshot']['keyids']
    yield 'root threshold 0', 'at least 1', change('roles', 'root', 'threshold').to(0)
    yield 'root threshold 3', 'at most', change('roles', 'root', 'threshold').to(3)
    yield 'root threshold -1', 'at least 1', change('roles', 'root', 'threshold').to(-1)
    yield 'root key twice', 'stands twice', change('roles', 'root', 'keyids').to(first + first[:1])
    yield ('root key in two roles', 'stands twice',
           change('roles', 'snapshot', 'keyids').to(snapshot + first[:1]))
    yield ('root key unknown', 'does not list',
           change('roles', 'root', 'keyids').to(first + ['ab' * 32]))
    yield ('root key id upper case', '64 lower-case',
           change('roles', 'root', 'keyids').to([first[0].upper()]))
    yield 'root no key ids', 'at least 1', change('roles', 'root', 'keyids').to([])
    yield 'root role field', 'unknown field', change('roles', 'root', 'name').to('x')
    orphan = copy.deepcopy(payload)
    orphan['keys'][key_id('bins-1')] = KEYS['bins-1'].object
    yield 'root orphan', 'no role uses', orphan
    wrong = copy.deepcopy(payload)
    wrong['keys'][first[0]] = KEYS['bins-1'].object
    yield 'root key id of another', 'not the SHA-256', wrong
    yield 'root key empty', 'keytype is missing', change('keys', first[0]).to({})


def bad_spelling(payload):
    spelled = KEYS['root-2'].object['keyval']['public'].rstrip('\n')
    twice = copy.deepcopy(payload)
    again = {**KEYS['root-2'].object, 'keyval': {'public': spelled}}
    twice['keys'][sha256(canonical(again))] = again
    twice['roles']['root']['keyids'].append(sha256(canonical(again)))
    yield 'root one key spelled twice', 'two key ids', twice


def bad_keys(payload):
    def ed25519(name, words, public):
        return name, words, rekey(payload, 'root', 'root-1', keyval={'public': public})
    yield ed25519('key short', 'as its type demands', '00' * 31)
    yield ed25519('key upper case', 'as its type demands', KEYS['root-1'].raw.hex().upper())
    yield ed25519('key of small order', 'R16', '01' + '00' * 31)
    yield ed25519('key not canonical', 'R16', 'ee' + 'ff' * 30 + '7f')
    for name, fields in {
            'keytype': {'keytype': 'Ed25519'}, 'scheme': {'scheme': 'ecdsa-sha2-nistp256'},
            'p521': {'keytype': 'ecdsa', 'scheme': 'ecdsa-sha2-nistp521'},
            'other dialect': {'keytype': 'RSA'}}.items():
        yield f'key {name}', 'keytype and scheme', rekey(payload, 'root', 'root-1', **fields)
    yield ('key type of another', 'as its type demands',
           rekey(payload, 'root', 'root-1', keytype='ecdsa', scheme='ecdsa-sha2-nistp256'))
    yield ('key field', 'unknown field',
           rekey(payload, 'root', 'root-1', keyid_hash_algorithms=['sha256']))
    yield ('key private', 'unknown field', rekey(
        payload, 'root', 'root-1', keyval={'private': '', 'public': KEYS['root-1'].raw.hex()}))
    for bits, exponent, words in ((1024, 65537, 'R16'), (4352, 65537, 'as its type'),
                                  (2048, 3, 'R16')):
        other = Rsa('other', bits, exponent).object
        yield (f'key rsa {bits} {exponent}', words,
               rekey(payload, 'root', 'root-3', keyval=other['keyval']))
    for scheme in ('ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384'):
        yield (f'key rsa as {scheme}', 'as its type demands',
               rekey(payload, 'root', 'root-3', keytype='ecdsa', scheme=scheme))
    yield ('key of the other curve', 'as its type demands',
           rekey(payload, 'root', 'root-2', scheme='ecdsa-sha2-nistp384'))


def bad_targets(payload):
    one = image('x')

    def with_path(path):
        return Change(payload, 'targets', path).to(one)

    def with_image(**fields):
        return Change(payload, 'targets', 'empty').to({**one, **fields})
    for path in ('/a', 'a/', 'a//b', '../a', 'a/..', 'a/../b', './a', 'a/.', 'a/./b', '', '.',
                 '..', 'a' * 1025):
        yield f'path {path[:10]!r}', 'a path', with_path(path)
    for path in ('a\\b', 'a\nb', 'a\x7fb', 'ä', 'a"b', '\0'):
        yield f'path {path!r}', 'printable ASCII', with_path(path)
    yield 'path case', 'only by case', with_path('EMPTY')
    yield 'path case far', 'only by case', with_path('Radio 1/%41.BIN')
    yield 'image without length', 'length is missing', Change(payload, 'targets', 'empty').to(
        {'hashes': one['hashes']})
    yield 'image without hashes', 'hashes is missing', Change(payload, 'targets', 'empty').to(
        {'length': 1})
    yield 'image length -1', 'negative', with_image(length=-1)
    yield 'image length text', 'an integer', with_image(length='1')
    yield 'image no sha256', 'sha256 is missing', with_image(hashes={})
    yield 'image sha512 only', 'sha256 is missing', with_image(hashes={'sha512': 'a' * 128})
    yield 'image sha1', 'unknown field', with_image(hashes={**one['hashes'], 'sha1': 'a' * 40})
    yield 'image sha256 short', '64 lower-case', with_image(hashes={'sha256': 'a' * 63})
    yield 'image sha256 upper', '64 lower-case', with_image(hashes={'sha256': 'A' * 64})
    yield 'image sha512 short', '128 lower-case', with_image(
        hashes={**one['hashes'], 'sha512': 'a' * 64})
    yield 'image field', 'unknown field', with_image(size=1)
    yield 'image custom list', 'object', with_image(custom=[1])
    yield 'image custom fraction', 'fraction', canonical(with_image(custom={'x': 7})).replace(
        b'"x":7', b'"x":7.0')
    yield 'targets list', 'object', Change(payload, 'targets').to([])


def bad_delegations(payload):
    def change(*path):
        return Change(payload, 'delegations', *path)

    def in_role(field):
        return change('roles', 0, field)
    yield 'delegations null', 'object', canonical(payload).replace(
        canonical(payload['delegations']), b'null')
    yield 'delegations field', 'unknown field', change('more').to(1)
    yield 'delegations no keys', 'does not list', change('keys').to(None)
    yield 'delegations no roles', 'roles is missing', change('roles').to(None)
    yield 'delegations orphan', 'no role uses', change('roles', 1).to(None)
    for name, words in {
            '': '1 to 50 bytes', 'x' * 51: '1 to 50 bytes', '.hidden': "does not begin with '.'",
            'Root': 'no names of delegated', 'targets': 'no names of delegated',
            'snapshot': 'no names of delegated', 'TIMESTAMP': 'no names of delegated',
            'a/b': 'letters, digits', 'a b': 'letters, digits', 'ü': 'letters, digits'}.items():
        yield f'delegation name {name[:10]!r}', words, in_role('name').to(name)
    yield 'delegation name twice', 'one name', change('roles', 1, 'name').to('Supplier')
    for path in ('*', '**', 'other/*', 'supplier', 'supplier/', 'supplier/../x', '/supplier/x',
                 'Supplier/x', 'sup*/x', 'supplier/\\*', 'supplier/ä'):
        words = 'a pattern begins' if path[0] not in '/s' or path == 'supplier' else 'a pa'
        yield f'delegation path {path}', words, in_role('paths').to([path])
    yield 'delegation no path', 'one pattern at least', in_role('paths').to([])
    yield 'delegation neither', 'either paths', in_role('paths').to(None)
    yield 'delegation both', 'either paths', in_role('path_hash_prefixes').to(['00'])
    for prefix in ('', 'A0', 'xyz', 'a' * 65):
        yield (f'delegation prefix {prefix[:4]}', 'hash prefix',
               change('roles', 1, 'path_hash_prefixes').to([prefix]))
    yield 'delegation terminating', 'terminating is missing', in_role('terminating').to(None)
    yield 'delegation threshold 3', 'at most', in_role('threshold').to(3)
    yield 'delegation field', 'unknown field', in_role('x').to(1)
    yield ('delegation key shared', 'stands twice',
           change('roles', 1, 'keyids').to([key_id('bins-1'), key_id('supplier-1')]))
    many = copy.deepcopy(payload)
    many['delegations']['roles'] = [
        {'name': f'r{i}', **role(1, 'bins-1'), 'terminating': True, 'path_hash_prefixes': ['0']}
        for i in range(2)]
    yield 'delegation key of two roles', 'stands twice', many


def bad_files(snapshot, timestamp):
    def meta(name, value):
        return Change(snapshot, 'meta', name).to(value)
    listed = {'version': 1}
    yield 'snapshot no targets', 'targets.json is missing', Change(
        snapshot, 'meta').to({'a.json': listed})
    yield 'snapshot empty', 'targets.json is missing', Change(snapshot, 'meta').to({})
    for name in ('root.json', 'snapshot.json', 'timestamp.json', 'Targets.json', 'a', '.json',
                 '../a.json', 'a/b.json', 'x' * 51 + '.json', 'a.JSON'):
        yield f'snapshot {name[:14]}', 'field meta', meta(name, listed)
    for name, value, words in (
            ('version 0', {'version': 0}, '2^31-1'), ('no version', {'length': 1}, 'version is'),
            ('length -1', {'length': -1, 'version': 1}, 'negative'),
            ('no sha256', {'hashes': {}, 'version': 1}, 'sha256 is missing'),
            ('field', {'version': 1, 'x': 1}, 'unknown field')):
        yield f'snapshot file {name}', words, meta('targets.json', value)
    yield 'timestamp two', 'unknown field', Change(timestamp, 'meta', 'targets.json').to(listed)
    yield 'timestamp none', 'snapshot.json is missing', Change(timestamp, 'meta').to({})


def bad_form(payload):
    good = canonical(payload)
    yield 'form empty', 'a value', b''
    yield 'form envelope', '_type', canonical({'signatures': [], 'signed': payload})
    yield 'form array', '_type', canonical([payload])
    yield 'form trailing', 'after the value', good + b'\n'
    yield 'form leading', 'a value', b' ' + good
    yield 'form cut', 'comma or the end', good[:-1]
    yield 'form space', 'expected', good.replace(b'"version":1', b'"version": 1')
    yield 'form twice', 'not in order', good[:-1] + b',"version":1}'
    yield 'form bom', 'a value', b'\xef\xbb\xbf' + good


def bad(payloads):
    yield from bad_common(payloads)
    yield from bad_root(payloads['root-small'])
    yield from bad_spelling(payloads['root-1'])
    yield from bad_keys(payloads['root-1'])
    yield from bad_targets(payloads['targets-1'])
    yield from bad_delegations(payloads['targets-3'])
    yield from bad_files(payloads['snapshot-1'], payloads['timestamp-1'])
    yield from bad_form(payloads['targets-1'])
