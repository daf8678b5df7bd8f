"""What images, and the files that Snapshot and Timestamp list, must keep."""
import copy

from rules import ROOT, STEPS, Case
from rules_every import FILE_MOST, GROWS

HASHES = (('sha256-missing', {}), ('sha256-missing', {'sha512': 'ab' * 64}),
          ('hash-form', {'sha256': 'ab' * 31}), ('hash-form', {'sha256': 'AB' * 32}),
          ('hash-form', {'sha256': 'ab' * 32, 'sha512': 'ab' * 32}))
LISTED = {'snapshot': ('targets', ('targets-1', 'targets-2')),
          'timestamp': ('snapshot', ('snapshot-1',))}


def images(kit):
    def case(rule, path='new.bin', **fields):
        payload = copy.deepcopy(kit.base('targets'))
        payload['targets'][path] = {'length': 1, 'hashes': {'sha256': 'ab' * 32}} | fields
        return Case(rule, 'targets', payload)
    for path in ('/a', 'a/', 'a//b', 'a/../b', './a', 'a' * 1025):
        yield case('path-form', path)
    yield case('paths-differ-by-case', 'brake/Ecu-A.bin')
    yield case('length-negative', length=-1)
    for rule, hashes in HASHES:
        yield case(rule, hashes=hashes)


def listed(kit, kind):
    """The one file that a payload of this type lists, changed."""
    name = LISTED[kind][0] + '.json'

    def case(rule, steps=None, **fields):
        payload = copy.deepcopy(kit.base(kind))
        payload['meta'][name].update(fields)
        return Case(rule, kind, payload, steps)
    for rule, hashes in HASHES:
        yield case(rule, hashes=hashes)
    yield case('length-negative', length=-1)
    yield case('listed-length', length=1)
    yield case('listed-hash', hashes={'sha256': 'ab' * 32})
    right = kit.base(kind)['meta'][name]['hashes']['sha256']
    yield case('listed-hash', hashes={'sha256': right, 'sha512': 'ab' * 64})
    yield case('listed-not-last', version=2)
    steps = STEPS[kind]
    yield case('listed-not-signed', [steps[0], steps[2]])
    yield case('evidence-missing', steps[:2])


def names(kit):
    def case(rule, kind, meta):
        return Case(rule, kind, {**kit.base(kind), 'meta': meta})
    one, snapshot = {'version': 1}, kit.base('snapshot')['meta']
    for name in ('root.json', 'a', '../a.json', 'x' * 51 + '.json'):
        yield case('file-name-form', 'snapshot', {**snapshot, name: one})
    yield case('file-name-form', 'timestamp',
               {**kit.base('timestamp')['meta'], 'targets.json': one})
    yield case('targets-listed', 'snapshot', {'a.json': one})
    yield case('snapshot-listed', 'timestamp', {})
    yield case('files-most', 'snapshot', {**snapshot, **{f'f{i}.json': one for i in range(256)}})
    yield case('listed-without-role', 'snapshot', {**snapshot, 'stranger.json': one})


def delegating(kit):
    """A Snapshot of Targets that delegate."""
    targets = kit.delegating
    steps = [ROOT, f'signed image/targets {targets}']
    evidence = ['evidence @targets', 'evidence supplier-1.signed', 'evidence bins-1.signed']
    signed = {'targets': kit.file(kit.payloads[targets], 'targets-1', 'targets-2')}
    whole = {**kit.payloads['snapshot-2'], 'meta': {
        'targets.json': {'version': kit.payloads[targets]['version']},
        'bins.json': {'version': 1}, 'supplier.json': {'version': 7}}}
    yield Case('good', 'snapshot', whole, steps + evidence, **signed)
    short = copy.deepcopy(whole)
    del short['meta']['bins.json']
    yield Case('role-not-listed', 'snapshot', short, steps + evidence, **signed)
    last = copy.deepcopy(whole)
    last['version'] = 1
    last['meta']['supplier.json']['version'] = 8
    yield Case('listed-version-falls', 'snapshot', whole,
               [*steps, 'signed image/snapshot @last', 'previous @last', *evidence],
               last=last, **signed)
    yield from dropped(kit, last)


def dropped(kit, last):
    """Targets that delegate no more, and a Snapshot that forgets who was delegated to."""
    targets = {**kit.base('targets'), 'version': 4}
    now = {**kit.base('snapshot'), 'version': 3, 'meta': {'targets.json': {'version': 4}}}
    yield Case('file-dropped', 'snapshot', now,
               [ROOT, 'signed image/targets @four', 'evidence @targets',
                'signed image/snapshot @last', 'previous @last'],
               four=targets, last={**last, 'version': 2},
               targets=kit.file(targets, 'targets-1', 'targets-2'))


def clock(kit):
    payload = {**kit.base('timestamp'), 'version': 2}
    last = copy.deepcopy(kit.base('timestamp'))
    last['meta'] = {'snapshot.json': {'version': 2}}
    yield Case('listed-version-falls', 'timestamp', payload,
               [*STEPS['timestamp'], 'signed image/timestamp @last', 'previous @last'], last=last)


def evidence(kit, kind):
    """Evidence that is no good file."""
    of, signers = LISTED[kind]
    base = kit.base(of)
    good = kit.make.signed(base, *signers)
    payload = {**kit.base(kind), 'meta': {f'{of}.json': {'version': 1}}}
    steps = [*STEPS[kind][:2], 'evidence @file']

    def case(rule, file, *more):
        data = file if isinstance(file, bytes) else kit.travelling(file)
        return Case(rule, kind, payload, [*steps, *more], file=data)

    def with_first(**fields):
        first = {**good['signatures'][0], **fields}
        return {**good, 'signatures': [first, *good['signatures'][1:]]}

    def with_more(count):
        more = [{**good['signatures'][0], 'keyid': f'{i:064x}'} for i in range(count)]
        return {**good, 'signatures': good['signatures'] + more}
    yield case('evidence-threshold', kit.file(base, *signers[:-1]))
    yield case('signature-form', with_first(sig='xyz'))
    yield case('signature-twice', {**good, 'signatures': good['signatures'] * 2})
    yield case('signatures-most', with_more(65))
    if kit.tuf:
        data = kit.file(base, *signers)
        yield case('file-form', data.replace(b'"signed"', b'"s\\u0069gned"'))
    else:
        yield case('signature-method', with_first(method='ecdsa-sha2-nistp256'))
        yield case('signature-form', with_first(sig='AAAA'))


def large(kit):
    """Evidence that clients would not take."""
    grown = {'length': 1, 'hashes': {'sha256': 'ab' * 32}, 'custom': {'name': GROWS}}
    targets = {**kit.base('targets'), 'targets': {'large.bin': grown}}
    yield Case('evidence-size', 'snapshot', kit.base('snapshot'),
               [*STEPS['snapshot'][:2], 'evidence @file',
                f'grow-evidence {GROWS} {FILE_MOST[kit.dialect]}'],
               file=kit.file(targets, 'targets-1', 'targets-2'))
    if kit.tuf:
        return
    one = {'version': 1, 'length': 1, 'hashes': {'sha256': 'ab' * 32, 'sha512': 'cd' * 64}}
    snapshot = {**kit.base('snapshot'), 'meta': {
        f'{name}.json': one for name in ['targets', *(f's{i}' for i in range(255))]}}
    yield Case('evidence-size', 'timestamp', kit.base('timestamp'),
               [*STEPS['timestamp'][:2], 'evidence @file'],
               file=kit.file(snapshot, 'snapshot-1'))


def files(kit):
    yield from images(kit)
    yield from names(kit)
    for kind in LISTED:
        yield from listed(kit, kind)
        yield from evidence(kit, kind)
    yield from delegating(kit)
    yield from clock(kit)
    yield from large(kit)
