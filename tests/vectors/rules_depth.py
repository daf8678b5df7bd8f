"""Delegated roles of delegated roles, which a Snapshot lists."""
import house
from canonical import canonical
from rules import ROOT, Case
from rules_keys import FOREIGN, LAID_OTHERWISE, many


def delegations(kit, prefix, roles):
    """`roles` are names, each with its keys by key id."""
    return {
        'keys': {name: key for keys in roles.values() for name, key in keys.items()},
        'roles': [{'name': name, 'keyids': list(keys), 'threshold': 1, 'terminating': False,
                   'paths': [f'{prefix}{name}/*']} for name, keys in roles.items()]}


def empty(kit, version, given=None):
    payload = {**kit.base('targets'), 'version': version, 'targets': {}}
    return payload | ({'delegations': given} if given else {})


class Tree:
    """Files of roles, and a Snapshot that lists them; each file but targets is of one key."""

    def __init__(self, kit, given):
        self.kit = kit
        self.payloads = {'targets': empty(kit, 4, given)}
        self.signers = {'targets': ('targets-1', 'targets-2')}
        self.listed = {'targets': 4}

    def add(self, name, signer, given=None):
        version = self.listed[name] = 4 + len(self.listed)
        self.payloads[name] = empty(self.kit, version, given)
        self.signers[name] = (signer,)

    def case(self, rule, drop=(), steps=()):
        meta = {f'{name}.json': {'version': version} for name, version in self.listed.items()}
        snapshot = {**self.kit.payloads['snapshot-2'], 'meta': meta}
        shown = [name for name in self.payloads if name not in drop]
        steps = [ROOT, 'signed image/targets @last', *(f'evidence @{name}' for name in shown),
                 *steps]
        files = {name: self.kit.file(self.payloads[name], *self.signers[name])
                 for name in shown}
        return Case(rule, 'snapshot', snapshot, steps, last=self.payloads['targets'], **files)


def deep(kit, i):
    return kit.make.keys(f'deep-{i}')


def chain(kit, rule, depth, drop=(), first=None):
    """d1 delegates to d2, and so on; `first` replaces what d1 delegates."""
    def below(i):
        if i >= depth:
            return None
        prefix = ''.join(f'd{each}/' for each in range(1, i + 1))
        return delegations(kit, prefix, {f'd{i + 1}': deep(kit, i + 1)})
    tree = Tree(kit, below(0))
    for i in range(1, depth + 1):
        tree.add(f'd{i}', f'deep-{i}', first if first and i == 1 else below(i))
    return tree.case(rule, drop)


def two_levels(kit, rule, prefix='d1/', name='d2', keys=None, steps=()):
    """What is wrong with what d1 delegates, which nobody saw who signed the Targets."""
    keys = keys or deep(kit, 2)
    tree = Tree(kit, delegations(kit, '', {'d1': deep(kit, 1), 'd3': deep(kit, 3)}))
    tree.add('d1', 'deep-1', delegations(kit, prefix, {name: keys}))
    tree.add('d3', 'deep-3')
    tree.add('d2', 'deep-2')
    return tree.case(rule, steps=steps)


def unlike_ours(kit):
    """A key in a PEM without its last line feed, which no key of the appliance is written in."""
    name, key = kit.key_object(LAID_OTHERWISE)
    key = {**key, 'keyval': {'public': key['keyval']['public'].rstrip('\n')}}
    return {house.sha256(canonical(key)) if kit.tuf else name: key}


def owners(kit):
    """Keys that a supplier has not got, and a threshold that it may not give."""
    foreign = dict([kit.key_object(FOREIGN)])
    yield two_levels(kit, 'key-of-a-person', keys=foreign, steps=[f'requester {[*foreign][0]}'])
    yield two_levels(kit, 'key-of-another-role', keys=foreign,
                     steps=['lives image/other', f'own image/other {[*foreign][0]}'])
    unlike = unlike_ours(kit)
    yield two_levels(kit, 'key-as-written-here', keys=unlike,
                     steps=['lives image/d2', f'own image/d2 {[*unlike][0]}'])
    yield two_levels(kit, 'threshold-floor', steps=['lives image/d2', 'threshold image/d2 2'])


def wide(kit, rule, count):
    """d1 delegates to so many."""
    tree = Tree(kit, delegations(kit, '', {'d1': deep(kit, 1), 'd2': deep(kit, 2)}))
    roles = {f's{i}': dict([kit.key_object(many(i))]) for i in range(count)}
    tree.add('d1', 'deep-1', delegations(kit, 'd1/', roles))
    tree.add('d2', 'deep-2')
    tree.listed |= {name: 1 for name in roles}
    return tree.case(rule)


def depth(kit):
    yield chain(kit, 'good', 5)
    yield chain(kit, 'delegation-depth', 6, drop=('d6',))
    yield two_levels(kit, 'good')
    for prefix in ('', 'd3/', 'd1', 'd1/*/'):
        yield two_levels(kit, 'pattern-form', prefix=prefix)
    yield two_levels(kit, 'role-name-twice', name='D3')
    yield two_levels(kit, 'key-in-two-roles', keys=deep(kit, 3))
    root = kit.base('root')
    name = root['roles']['snapshot']['keyids'][0]
    yield two_levels(kit, 'key-of-the-root', keys={name: root['keys'][name]})
    yield from owners(kit)
    yield wide(kit, 'delegated-roles-most', 31)
    # d2 is signed by d1's delegation or by nobody's.
    tree = Tree(kit, delegations(kit, '', {'d1': deep(kit, 1)}))
    tree.add('d1', 'deep-1', delegations(kit, 'd1/', {'d2': deep(kit, 2)}))
    tree.add('d2', 'deep-1')
    yield tree.case('evidence-threshold')
    yield chain(kit, 'evidence-missing', 3, drop=('d3',))
    tree = Tree(kit, delegations(kit, '', {'d1': deep(kit, 1)}))
    tree.add('d1', 'deep-1', delegations(kit, 'd1/', {'d2': deep(kit, 2)}))
    yield tree.case('role-not-listed')
