"""What images of an `uptane` repository say in `custom`."""
import copy

from rules import ROOT, Case

PATH = 'brake/ecu-a.bin'


def image_custom(kit, rule, steps=None, **custom):
    payload = copy.deepcopy(kit.base('targets'))
    payload['targets'][PATH]['custom'].update(custom)
    return Case(rule, 'targets', payload, steps)


def of_an_image(kit):
    yield image_custom(kit, 'field-type', hardwareIds='a')
    yield image_custom(kit, 'field-type', releaseCounter='7')
    for name in ('name', 'version', 'targetFormat', 'uri'):
        yield image_custom(kit, 'field-type', **{name: 1})
    for ids in (['a', 'b', 'a'], [''], [f'hw-{i}' for i in range(65)]):
        yield image_custom(kit, 'hardware-ids', hardwareIds=ids)
    yield image_custom(kit, 'release-counter-negative', releaseCounter=-1)
    yield image_custom(kit, 'ecu-in-images', ecuIdentifiers={'ecu-1': {'hardwareId': 'a'}})


def of_a_counter(kit):
    last = kit.base('targets')
    steps = [ROOT, 'signed image/targets targets-1', 'previous targets-1']

    def case(rule, **custom):
        payload = {**copy.deepcopy(last), 'version': 2}
        payload['targets'][PATH]['custom'].update(custom)
        return Case(rule, 'targets', payload, steps)
    yield case('release-counter-falls', releaseCounter=6)
    yield case('release-counter-falls', releaseCounter=6, hardwareIds=['other', 'ecu\\b'])
    lost = case('release-counter-falls')
    del lost.payload['targets'][PATH]['custom']['releaseCounter']
    yield lost
    yield case('good', releaseCounter=7)
    yield case('good', releaseCounter=0, hardwareIds=['other'])


def of_a_director(kit):
    steps = [ROOT, 'director']
    good = kit.payloads['director-1']

    def case(rule, custom, **more):
        payload = copy.deepcopy(good)
        payload['targets'][PATH]['custom'] = custom
        payload['targets'].update(more)
        return Case(rule, 'targets', payload, steps)

    def ecus(*names):
        return {'ecuIdentifiers': {name: {'hardwareId': 'gateway-hw1'} for name in names}}
    yield Case('image-not-at-hand', 'targets', good, steps)
    yield Case('good', 'targets', kit.payloads['director-2'], steps)
    yield case('image-not-at-hand', ecus(*(f'e{i}' for i in range(256))))
    for custom in ({}, {'ecuIdentifiers': {}}, {'ecuIdentifiers': {'e': {'hardwareId': ''}}},
                   {'ecuIdentifiers': {'': {'hardwareId': 'a'}}}):
        yield case('ecu-identifiers', custom)
    yield case('field-missing', {'ecuIdentifiers': {'e': {}}})
    yield case('unknown-field', ecus('e') | {'note': 'x'})
    yield case('unknown-field', {'ecuIdentifiers': {'e': {'hardwareId': 'a', 'x': 1}}})
    yield case('ecu-twice', ecus('e'), **{'other.bin': good['targets'][PATH] | {
        'custom': ecus('d', 'e')}})
    yield case('ecus-most', ecus(*(f'e{i}' for i in range(257))))


def images_of_uptane(kit):
    if kit.tuf:
        return
    yield from of_an_image(kit)
    yield from of_a_counter(kit)
    yield from of_a_director(kit)
