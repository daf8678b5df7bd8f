"""What whoever approves is warned of: such a payload passes."""
import copy

from rules import ROOT, Case
from rules_keys import FOREIGN, Place


def next_root(kit):
    place = Place(kit, 'root')
    place.whole['version'] = 2
    return place


def warned(place, rule):
    return Case(rule, 'root', place.whole, [ROOT, 'previous root-1'])


def roots(kit):
    yield warned(next_root(kit), 'good')
    place = next_root(kit)
    place.roles['targets']['threshold'] = 1
    yield warned(place, 'threshold-lowered')
    place = next_root(kit)
    del place.at['keys'][place.first['keyids'].pop()]
    yield warned(place, 'key-removed')
    place = next_root(kit)
    place.add(FOREIGN, place.roles['timestamp'])
    yield warned(place, 'online-keys-changed')
    place = next_root(kit)
    place.whole['consistent_snapshot'] = not place.whole.get('consistent_snapshot', False)
    yield warned(place, 'consistent-snapshot-changed')


def next_targets(kit):
    place = Place(kit, 'targets')
    place.whole['version'] += 1
    return place


def delegated(kit, rule, change):
    """Targets that delegate otherwise than the last ones."""
    place = next_targets(kit)
    change(place)
    steps = [ROOT, f'signed image/targets {kit.delegating}', f'previous {kit.delegating}']
    return Case(rule, 'targets', place.whole, steps)


def remove(place):
    place.at['roles'].remove(place.first)
    for name in place.first['keyids']:
        del place.at['keys'][name]


def exchange_key(place):
    del place.at['keys'][place.second['keyids'].pop()]
    place.add(FOREIGN, place.second)


def delegations(kit):
    def first(**fields):
        return lambda place: place.first.update(fields)
    for harmless in (
            lambda place: None, lambda place: place.at['roles'].reverse(),
            first(terminating=False), first(paths=['supplier/*/v?.bin', 'supplier/*']),
            first(paths=['supplier/a*', 'supplier/?'])):
        yield delegated(kit, 'good', harmless)
    yield delegated(kit, 'delegation-removed', remove)
    yield delegated(kit, 'delegation-removed', lambda place: place.whole.pop('delegations'))
    yield delegated(kit, 'delegation-keys-changed', exchange_key)
    yield delegated(kit, 'delegation-keys-changed',
                    lambda place: place.add(FOREIGN, place.first))
    yield delegated(kit, 'delegation-threshold-lowered', first(threshold=1))


def patterns(kit):
    """The paths of the first role, as they were and as they are."""
    def case(rule, before, now):
        place, last = next_targets(kit), Place(kit, 'targets')
        place.first['paths'], last.first['paths'] = ([f'supplier/{each}' for each in paths]
                                                     for paths in (now, before))
        return Case(rule, 'targets', place.whole,
                    [ROOT, 'signed image/targets @last', 'previous @last'], last=last.whole)
    yield case('delegation-widened', ['a'], ['a', 'b'])
    yield case('delegation-widened', ['a?'], ['a*'])
    yield case('delegation-widened', ['a*'], ['*'])
    yield case('good', ['*b'], ['a*b', '?b'])
    # In `tuf` no wildcard stands for a slash.
    yield case('delegation-widened' if kit.tuf else 'good', ['*'], ['a/*'])
    if kit.tuf:
        yield delegated(kit, 'delegation-widened', lambda place: place.second.update(
            path_hash_prefixes=['00', '01', '02']))
        yield delegated(kit, 'good', lambda place: place.second.update(
            path_hash_prefixes=['001', '01']))


def images(kit):
    steps = [ROOT, 'signed image/targets targets-1', 'previous targets-1']
    payload = {**copy.deepcopy(kit.base('targets')), 'version': 2}
    payload['targets']['Brake/ECU-B.bin']['length'] = 10
    yield Case('new-content', 'targets', payload, steps)
    payload = copy.deepcopy(payload)
    payload['targets']['Brake/ECU-B.bin']['length'] = 9
    payload['targets']['Brake/ECU-B.bin']['hashes']['sha256'] = 'ab' * 32
    yield Case('new-content', 'targets', payload, steps)


def warnings(kit):
    yield from roots(kit)
    yield from delegations(kit)
    yield from patterns(kit)
    yield from images(kit)
