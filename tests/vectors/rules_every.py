"""What every payload must keep."""
import copy
import itertools

from curves import Rsa
from rules import ROOT, STEPS, TYPES, Case

GROWS = 'GROWS'  # the word that the step `grow` makes long
FILE_MOST = {'tuf': 5000000, 'uptane': 8 * 1024 * 1024}


def bad_form(kit, kind, payload):
    good = kit.canonical(payload)
    version = b'"version":' + str(payload['version']).encode()
    yield good + b'\n'
    yield good.replace(version, version.replace(b':', b': '))
    yield good.replace(version, version + b',' + version)
    yield good.replace(version, version + b'.0')
    # Each dialect's form of a line feed in a string is the other's bad one.
    line_feed = b'\\n' if kit.tuf else b'\n'
    yield good.replace(b'"expires":"', b'"expires":"' + line_feed)


def fields(kit, kind, payload):
    def change(**fields):
        whole = {**payload, **fields}
        return {name: value for name, value in whole.items() if value is not None}
    yield 'unknown-field', change(zzz=1)
    yield 'field-type', change(version='1')
    yield 'field-type', change(expires=1)
    yield 'field-missing', change(version=None)
    yield 'field-missing', change(expires=None)
    if kit.tuf:
        yield 'field-missing', change(spec_version=None)
    yield 'type-known', change(_type='mirrors')
    yield 'type-known', change(_type=kind.capitalize() if kit.tuf else kind)
    for version in (0, 2**31):
        yield 'version-range', change(version=version)
    yield 'spec-version', change(spec_version='2.0.0')
    for expires in ('2027-02-29T00:00:00Z', '2027-02-01T00:00:00+00:00'):
        yield 'expires-form', change(expires=expires)
    yield 'expired', change(expires='2026-11-20T08:00:00Z')
    yield 'expires-soon', change(expires='2026-11-20T08:00:01Z')
    yield 'expires-late', change(expires='9999-12-31T23:59:59Z')


def of_the_request(kit, kind, payload):
    steps = STEPS[kind]
    other = TYPES[TYPES.index(kind) - 1]
    yield Case('payload-named', kind, payload, [*steps, 'other-hash'])
    yield Case('version-named', kind, payload, [*steps, 'version 2'])
    yield Case('role-known', kind, payload, [*steps, 'role image/mirrors'])
    yield Case('type-of-role', kind, kit.base(other), [ROOT])


def of_the_chain(kit, kind, payload):
    steps, role = STEPS[kind], f'image/{kind}'
    again = {**payload, 'expires': payload['expires'].replace('T00', 'T01')}
    signed = [*steps, f'signed {role} {kind}-1', f'previous {kind}-1']
    yield Case('version-once', kind, again, signed)
    if kind == 'root':
        yield Case('root-next', kind, {**payload, 'version': 3}, signed)
        yield Case('root-next', kind, {**payload, 'version': 2})
        yield Case('last-at-hand', kind, kit.payloads['root-2'], [ROOT])
        return
    last = {**payload, 'version': 9}
    yield Case('version-rises', kind, payload,
               [*steps, f'signed {role} @last', 'previous @last'], last=last)
    yield Case('root-first', kind, payload, steps[1:])
    yield Case('last-at-hand', kind, payload, [*steps, 'forget-root'])


def sound_keys(count):
    """RSA keys whose modulus has no small factor."""
    sound = (key for key in (Rsa(f'large {i}') for i in itertools.count())
             if all(key.modulus % least for least in range(3, 752, 2)))
    return itertools.islice(sound, count)


def large_keys(kit, payload):
    """A root of so many keys that an Uptane client takes no such file."""
    whole = copy.deepcopy(payload)
    for i, rsa in enumerate(sound_keys(80)):
        name, key = kit.key_object(rsa)
        whole['keys'][name] = key
        whole['roles'][('root', 'targets')[i % 2]]['keyids'].append(name)
    return whole


def large(kit):
    grown = {'length': 1, 'hashes': {'sha256': 'ab' * 32}, 'custom': {'name': GROWS}}
    targets = {**kit.base('targets'), 'targets': {'large.bin': grown}}
    most = FILE_MOST[kit.dialect]
    yield Case('payload-size', 'targets', targets, [ROOT, f'grow {GROWS} {most - 1024}'])
    if kit.tuf:
        return
    yield Case('payload-size', 'root', large_keys(kit, kit.base('root')))
    listed = {'version': 1, 'length': 1, 'hashes': {'sha256': 'ab' * 32, 'sha512': 'cd' * 64}}
    names = ['targets', *(f'supplier-{i}' for i in range(200))]
    yield Case('payload-size', 'snapshot', {
        **kit.base('snapshot'), 'meta': {f'{name}.json': listed for name in names}})


def every(kit):
    for kind in TYPES:
        payload = kit.base(kind)
        yield Case('good', kind, payload)
        for data in bad_form(kit, kind, payload):
            yield Case('canonical', kind, data)
        for rule, changed in fields(kit, kind, payload):
            yield Case(rule, kind, changed)
        yield from of_the_request(kit, kind, payload)
        yield from of_the_chain(kit, kind, payload)
    yield from large(kit)
