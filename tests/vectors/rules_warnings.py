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
    yield from images(kit)
