"""What keys and the roles that list them must keep, in a root and in delegations."""
import copy
import functools

from curves import Ed25519, Rsa
from rules import ROOT, Case

FOREIGN = Ed25519('foreign')
# A name whose modulus has no small factor.
LAID_OTHERWISE = Rsa('laid otherwise 2')


@functools.cache
def many(i):
    return Ed25519(f'many {i}')


class Place:
    """A payload that lists keys, to be changed: a root, or Targets that delegate."""

    def __init__(self, kit, kind):
        self.kit, self.kind = kit, kind
        self.whole = copy.deepcopy(kit.base('root') if kind == 'root' else
                                   kit.payloads[kit.delegating])
        self.at = self.whole if kind == 'root' else self.whole['delegations']
        roles = self.at['roles']
        self.roles = roles if kind == 'root' else {each['name']: each for each in roles}
        # Two roles, and keys of the first: one of Ed25519, and in `tuf` one of P-256.
        self.names = ('root', 'snapshot') if kind == 'root' else ('supplier', 'bins')
        self.first, self.second = (self.roles[name] for name in self.names)
        self.ed25519 = kit.make.key_id(f'{self.names[0]}-1')
        self.p256 = kit.make.key_id(f'{self.names[0]}-2')

    def case(self, rule, steps=()):
        return Case(rule, self.kind, self.whole, [*([ROOT] if self.kind == 'targets' else []),
                                                  *steps])

    def rename(self, old, new):
        self.at['keys'][new] = self.at['keys'].pop(old)
        for role in self.roles.values():
            role['keyids'] = [new if each == old else each for each in role['keyids']]

    def alter(self, old, **fields):
        """Changes a key, and its id with it."""
        key = {**self.at['keys'][old], **fields}
        self.at['keys'][old] = key
        if self.kit.tuf:
            self.rename(old, self.kit.make.sha256(self.kit.canonical(key)))

    def add(self, key, role=None):
        name, key = self.kit.key_object(key)
        self.at['keys'][name] = key
        if role is not None:
            role['keyids'].append(name)
        return name


def respelled(place):
    """A PEM without its last line feed: another key id for the same key."""
    key = copy.deepcopy(place.at['keys'][place.p256])
    key['keyval']['public'] = key['keyval']['public'].rstrip('\n')
    return place.kit.make.sha256(place.kit.canonical(key)), key


def of_keys(new):
    place = new()
    place.rename(place.ed25519, 'ab' * 32)
    yield place.case('keyid-not-canonical')
    for rule, public in (('key-value-form', '00' * 31),
                         ('key-never-accepted', '01' + '00' * 31),
                         ('key-never-accepted', 'ee' + 'ff' * 30 + '7f')):
        place = new()
        place.alter(place.ed25519, keyval={'public': public})
        yield place.case(rule)
    place = new()
    place.alter(place.ed25519, keytype='ecdsa-p521' if place.kit.tuf else 'ECDSA')
    yield place.case('key-not-understood')
    place = new()
    if place.kit.tuf:
        place.alter(place.p256, keytype='ecdsa-sha2-nistp256')
    else:
        place.alter(place.ed25519, keytype='ed25519')
    yield place.case('key-type-unusual')
    for layout in (('\n', '\n\n'), ('-----\n', '-----'), ('AQAB\n', 'AQAB')):
        place = new()
        name = place.add(LAID_OTHERWISE, place.first)
        pem = place.at['keys'][name]['keyval']['public']
        place.alter(name, keyval={'public': pem.replace(*layout, 1)})
        yield place.case('key-value-unusual')
    place = new()
    place.add(FOREIGN)
    yield place.case('key-without-role')


def of_tuf_keys(new):
    place = new()
    raw = place.kit.make.KEYS[f'{place.names[0]}-2'].raw.hex()
    place.alter(place.p256, keyval={'public': raw})
    yield place.case('key-value-unusual')
    place = new()
    name, key = respelled(place)
    place.at['keys'][name] = key
    place.first['keyids'].append(name)
    yield place.case('key-under-two-ids')
    place = new()
    name, key = respelled(place)
    place.rename(place.p256, name)
    place.at['keys'][name] = key
    yield place.case('key-as-written-here', ['adopt-supplier'])


def of_uptane_keys(new):
    place = new()
    name = place.add(LAID_OTHERWISE, place.first)
    pem = place.at['keys'][name]['keyval']['public']
    place.alter(name, keyval={'public': pem.rstrip('\n')})
    role = f'image/{place.names[0]}'
    yield place.case('key-as-written-here', ['adopt-supplier', f'own {role} {name}'])


def of_roles(new):
    def with_ids(rule, change):
        place = new()
        place.first['keyids'] = change(place.first['keyids'], place.second['keyids'])
        return place.case(rule)
    yield with_ids('keyid-twice', lambda ids, other: ids + ids[:1])
    yield with_ids('keyid-unlisted', lambda ids, other: ids + ['ab' * 32])
    yield with_ids('keyid-form', lambda ids, other: [ids[0].upper()] + ids[1:])
    yield with_ids('key-in-two-roles', lambda ids, other: ids + other)
    for rule, threshold in (('threshold-zero', 0), ('role-without-enough-keys', 65)):
        place = new()
        place.first['threshold'] = threshold
        yield place.case(rule)


def of_many(new):
    place = new()
    for i in range(65):
        place.add(many(i), place.first)
    yield place.case('keyids-most')
    place = new()
    for i in range(129):
        place.add(many(i), None if i > 60 else place.first)
    yield place.case('keys-most')


def of_owners(new):
    place = new()
    foreign = place.add(FOREIGN, place.first)
    yield place.case('key-of-a-person', [f'requester {foreign}'])
    place = new()
    place.first['keyids'], place.second['keyids'] = place.second['keyids'], place.first['keyids']
    for role in (place.first, place.second):
        role['threshold'] = 1
    yield place.case('key-of-another-role', ['adopt-supplier'])
    yield new().case('threshold-floor', ['adopt-supplier', f'threshold image/{new().names[0]} 9'])


def keys(kit):
    for kind in ('root', 'targets'):
        def new(kind=kind):
            return Place(kit, kind)
        yield Case('good', kind, new().whole, [ROOT] if kind == 'targets' else [])
        for cases in (of_keys, of_roles, of_many, of_owners):
            yield from cases(new)
        yield from (of_tuf_keys if kit.tuf else of_uptane_keys)(new)


def root(kit):
    place = Place(kit, 'root')
    for old in place.first['keyids']:
        del place.at['keys'][old]
    place.first.update(keyids=[], threshold=1)
    place.add(FOREIGN, place.first)
    yield place.case('root-without-ours')
    if kit.tuf:
        place = Place(kit, 'root')
        del place.whole['consistent_snapshot']
        yield place.case('consistent-snapshot-missing')


def delegation(kit, rule, steps=(), **fields):
    place = Place(kit, 'targets')
    place.first.update(fields)
    for name in [name for name, value in fields.items() if value is None]:
        del place.first[name]
    return place.case(rule, steps)


def many_delegations(kit):
    place = Place(kit, 'targets')
    for i in range(31):
        key = place.add(many(i))
        place.at['roles'].append({'name': f'r{i}', 'keyids': [key], 'threshold': 1,
                                  'terminating': True, 'paths': [f'r{i}/*']})
    return place.case('delegations-most')


def delegations(kit):
    for name in ('', 'x' * 51, '.hidden', 'Root', 'a b'):
        yield delegation(kit, 'role-name-form', name=name, paths=[f'{name}/*'])
    for path in ('*', 'other/*', 'supplier/../x'):
        yield delegation(kit, 'pattern-form', paths=[path])
    yield delegation(kit, 'role-name-twice', name='Bins', paths=['Bins/*'])
    yield delegation(kit, 'patterns-none', paths=[])
    yield delegation(kit, 'patterns-most', paths=[f'supplier/{i}' for i in range(1025)])
    yield delegation(kit, 'paths-or-prefixes', paths=None)
    yield many_delegations(kit)
    place = Place(kit, 'targets')
    root = kit.base('root')
    name = root['roles']['snapshot']['keyids'][0]
    place.at['keys'][name] = root['keys'][name]
    place.first['keyids'].append(name)
    yield place.case('key-of-the-root')
    yield Place(kit, 'targets').case('good', ['adopt-supplier', 'role image/supplier'])
    yield delegation(kit, 'pattern-form', paths=['other/supplier/*'])
    yield delegation(kit, 'pattern-form', paths=['supplier/[ab].bin'])
    if not kit.tuf:
        yield Place(kit, 'targets').case('director-delegates', ['director'])
