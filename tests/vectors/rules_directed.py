"""A Director's images against the Image repository whose files travel as evidence."""
import copy

from rules import ROOT, Case
from rules_depth import deep, delegations
from rules_every import FILE_MOST, GROWS
from rules_images import PATH

STEPS = [ROOT, 'director', 'images firmware']
SIGNERS = ('targets-1', 'targets-2')
CUSTOM = {'hardwareIds': ['other-hw', 'gateway-hw1'], 'releaseCounter': 7}


class World:
    """What a Director gives, and what the Image repository has."""

    def __init__(self, kit):
        self.kit = kit
        self.payload = copy.deepcopy(kit.payloads['director-1'])
        self.directed = self.payload['targets'][PATH]
        self.image = {**self.directed, 'custom': dict(CUSTOM)}
        self.targets = {**kit.base('targets'), 'targets': {PATH: self.image}}
        self.more = {}  # files of delegated roles: payload and key

    def case(self, rule, drop=(), signed=None, steps=(), **more):
        files = {'have': signed or self.kit.file(self.targets, *SIGNERS)}
        files |= {name: self.kit.file(payload, key) for name, (payload, key) in
                  self.more.items() if name not in drop}
        return Case(rule, 'targets', self.payload, [
            *STEPS, 'signed firmware/targets @last', *(f'evidence @{name}' for name in files),
            *steps], last=self.targets, **files, **more)


def of_content(kit):
    yield World(kit).case('good')
    for change in ({'length': 10}, {'hashes': {'sha256': 'ab' * 32}}):
        world = World(kit)
        world.image.update(change)
        yield world.case('image-other-content')
    world = World(kit)
    world.directed['hashes'] = {**world.image['hashes'], 'sha512': 'ab' * 64}
    yield world.case('image-other-content')
    world.image['hashes'] = {**world.image['hashes'], 'sha512': 'cd' * 64}
    yield world.case('image-other-content')
    world = World(kit)
    world.image['hashes'] = {**world.image['hashes'], 'sha512': 'ab' * 64}
    yield world.case('good')


def of_custom(kit):
    for custom in ({}, {'hardwareIds': []}, {'hardwareIds': ['gateway-hw', 'gateway-hw11']}):
        world = World(kit)
        world.image['custom'] = custom
        yield world.case('image-other-hardware')
    world = World(kit)
    world.directed['custom']['ecuIdentifiers']['ecu-0002'] = {'hardwareId': 'third-hw'}
    yield world.case('image-other-hardware')
    for rule, counter in (('image-counter-lower', 6), ('image-counter-lower', 0), ('good', 7),
                          ('good', 8)):
        world = World(kit)
        world.directed['custom']['releaseCounter'] = counter
        yield world.case(rule)


def of_evidence(kit):
    world = World(kit)
    world.targets['targets'] = {'brake/ecu-a.bin2': world.image, 'brake/ecu-a.bi': world.image}
    yield world.case('image-unknown')
    world = World(kit)
    world.targets['targets'] = {}
    yield world.case('image-unknown')
    world = World(kit)
    yield world.case('image-evidence',
                     signed=kit.file({**world.targets, 'version': 2}, *SIGNERS))


def delegating(kit, path, roles, **first):
    """The image stands in no targets.json, but in files of delegated roles."""
    world = World(kit)
    world.payload['targets'] = {path: world.directed}
    world.targets['targets'] = {}
    made = delegations(kit, '', {f'd{i}': deep(kit, i) for i in roles})
    made['roles'][0].update(first)
    world.targets['delegations'] = made
    return world


def with_role(world, i, *paths, below=None, version=2, key=None):
    payload = {**world.kit.base('targets'), 'version': version,
               'targets': {path: world.image for path in paths}}
    payload |= {'delegations': below} if below else {}
    world.more[f'd{i}'] = (payload, key or f'deep-{i}')


def of_delegations(kit):
    path = 'd1/pump.bin'
    world = delegating(kit, path, (1, 2))
    with_role(world, 1, path)
    yield world.case('good')
    yield world.case('image-evidence', drop=('d1',))
    # Nobody asks the second role for this path, nor the first one for that.
    other = delegating(kit, path, (1, 2))
    with_role(other, 1)
    with_role(other, 2, path)
    yield other.case('image-unknown')
    # A file that another key has signed is none of the role.
    false = delegating(kit, path, (1, 2))
    with_role(false, 1, path, key='deep-2')
    yield false.case('image-evidence')
    # Through a role that does not have it itself; not all clients look behind a terminating one.
    for terminating in (False, True):
        nested = delegating(kit, 'd1/d2/pump.bin', (1,), terminating=terminating)
        with_role(nested, 1, below=delegations(kit, 'd1/', {'d2': deep(kit, 2)}))
        with_role(nested, 2, 'd1/d2/pump.bin')
        yield nested.case('image-unknown' if terminating else 'good')
        if not terminating:
            yield nested.case('image-evidence', drop=('d2',))


def of_versions(kit):
    """Of the files that a supplier signed the newest counts, in whatever order they come."""
    path = 'd1/pump.bin'
    for newer in (1, 0):
        world = delegating(kit, path, (1,))
        for i, version in enumerate((3, 4) if newer else (4, 3)):
            with_role(world, i, path, version=version, key='deep-1')
        world.more[f'd{newer}'][0]['targets'][path] = {**world.image, 'length': 1}
        yield world.case('image-other-content')
    # Of a role that lives here it is what it signed last.
    world = delegating(kit, path, (1,))
    with_role(world, 1, path)
    here = ['lives firmware/d1']
    yield world.case('image-evidence', steps=here)
    yield world.case('good', steps=[*here, 'signed firmware/d1 @newest'],
                     newest=world.more['d1'][0])
    yield world.case('image-evidence', steps=[*here, 'signed firmware/d1 @newest'],
                     newest={**world.more['d1'][0], 'version': 3})


def of_depth(kit):
    """Clients look no deeper than five delegations."""
    names = [f'd{i}' for i in range(1, 7)]
    for rule, depth in (('good', 5), ('image-unknown', 6)):
        path = ''.join(f'{name}/' for name in names[:depth]) + 'pump.bin'
        world = delegating(kit, path, (1,))
        for i in range(1, depth):
            prefix = ''.join(f'{name}/' for name in names[:i])
            with_role(world, i, below=delegations(
                kit, prefix, {names[i]: deep(kit, i + 1)}))
        with_role(world, depth, path)
        yield world.case(rule)


def of_order(kit):
    """Two roles of d1 have the path, and the first one has other content."""
    path = 'd1/d2/d3/pump.bin'

    def case(rule, terminating, with_first):
        below = delegations(kit, 'd1/', {'d2': deep(kit, 2), 'd3': deep(kit, 3)})
        below['roles'][0]['terminating'] = terminating
        below['roles'][1]['paths'] = ['d1/d2/d3/*']
        world = delegating(kit, path, (1,))
        with_role(world, 1, below=below)
        with_role(world, 2)
        if with_first:
            world.more['d2'][0]['targets'][path] = {**world.image, 'length': 1}
        with_role(world, 3, path)
        return world.case(rule)
    yield case('good', False, False)
    yield case('image-unknown', True, False)
    yield case('image-other-content', False, True)


def of_steps(kit):
    path = 'd1/' + 'a' * 1000
    world = delegating(kit, path, (1,), paths=['d1/*' + 'a' * 490 + 'b'] * 80)
    with_role(world, 1, path)
    yield world.case('image-search-most')


def of_files(kit):
    """Evidence that is no good file."""
    world = World(kit)
    good = kit.make.signed(world.targets, *SIGNERS)
    first, rest = good['signatures'][0], good['signatures'][1:]

    def case(rule, signatures):
        return world.case(rule, signed=kit.travelling({**good, 'signatures': signatures}))
    yield case('signature-form', [{**first, 'sig': 'xyz'}, *rest])
    yield case('signature-method', [{**first, 'method': 'ecdsa-sha2-nistp256'}, *rest])
    yield case('signature-twice', [first, first])
    yield case('signatures-most', [{**first, 'keyid': f'{i:064x}'} for i in range(65)])
    world = World(kit)
    world.targets['targets'] = {PATH: {**world.image, 'custom': {'name': GROWS}}}
    yield world.case('evidence-size', steps=[f'grow-evidence {GROWS} {FILE_MOST["uptane"]}'])


def directed(kit):
    if kit.tuf:
        return
    for cases in (of_content, of_custom, of_evidence, of_delegations, of_versions, of_depth,
                  of_order, of_steps, of_files):
        yield from cases(kit)
