"""Payloads of the `uptane` dialect that must be refused: name, words of the refusal, payload (or its
bytes). What both dialects refuse alike is bad.py's."""
import canonical as olpc
from bad import Change
from canonical import uptane_canonical as canonical
from curves import P256, Rsa, pem
from house import house, image
from uptane import KEYS, key_id, key_object, relisted


def bad_common(payloads):
    for name in ('root-1', 'targets-1', 'snapshot-1', 'timestamp-1'):
        payload = payloads[name]
        kind = payload['_type']
        for field in payload:
            words = 'does not list' if field == 'keys' else field + ' is missing'
            yield f'{kind} without {field}', words, Change(payload, field).to(None)
        for field in ('A', 'note', 'zzz'):
            yield f'{kind} with {field}', 'unknown field', Change(payload, field).to(1)
        for version in (0, -1, 2**31, 2**53):
            yield f'{kind} version {version}', 'version', Change(payload, 'version').to(version)
        for other in (kind.lower(), kind.upper(), 'Mirrors', '', 1):
            yield f'{kind} is {other}', '_type', Change(payload, '_type').to(other)
        for spec in ('2.0.0', '', '1'):
            yield f'{kind} spec {spec}', 'specification', Change(payload, 'spec_version').to(spec)
        if kind != 'Targets':
            yield f'{kind} custom', 'unknown field', Change(payload, 'custom').to({})


def bad_keys(payload):
    ed25519, rsa, point = KEYS['root-1'], KEYS['root-2'], P256('uptane-ecdsa')
    ecdsa = {'keytype': 'ECDSA', 'keyval': {'public': pem(point.spki)}}

    def change(*path):
        return Change(payload, *path)
    yield 'root consistent 1', 'true or false', change('consistent_snapshot').to(1)
    yield 'key of ecdsa', 'ED25519 or RSA', relisted(payload, 'root-1', **ecdsa)
    for keytype in ('ed25519', 'rsa', 'ecdsa', 'Ed25519', ''):
        yield (f'keytype {keytype}', 'ED25519 or RSA',
               relisted(payload, 'root-1', keytype=keytype))
    yield ('key with scheme', 'unknown field', relisted(payload, 'root-1', scheme='ed25519'))
    yield ('key id of the object', 'DER SPKI', relisted(
        payload, 'root-1', olpc.canonical(key_object('root-1')).hex()[:64]))
    yield ('key in PEM', 'as its type demands',
           relisted(payload, 'root-1', keyval={'public': pem(ed25519.spki)}))
    yield ('key upper case', 'as its type demands',
           relisted(payload, 'root-1', keyval={'public': ed25519.raw.hex().upper()}))
    yield ('key of small order', 'R16',
           relisted(payload, 'root-1', keyval={'public': '01' + '00' * 31}))
    yield ('key rsa in hex', 'as its type demands',
           relisted(payload, 'root-2', keyval={'public': rsa.spki.hex()}))
    yield ('key rsa that is none', 'as its type demands',
           relisted(payload, 'root-2', keyval={'public': pem(point.spki)}))
    for bits, exponent, words in ((1024, 65537, 'R16'), (2048, 3, 'R16')):
        yield (f'key rsa {bits} {exponent}', words, relisted(
            payload, 'root-2', keyval={'public': pem(Rsa('other', bits, exponent).spki)}))
    spelled = relisted(payload, 'root-2', 'ab' * 32)
    spelled['keys'][key_id('root-2')] = key_object('root-2')
    yield 'one key under two ids', 'DER SPKI', spelled


def bad_spelling(payload):
    good = canonical(payload)
    yield 'raw UTF-8', 'a character that canonical JSON escapes', good.replace(
        b'Gr\\u00fc', 'Grü'.encode())
    yield 'raw line feed', 'a character that canonical JSON escapes', good.replace(b'e\\n', b'e\n')
    yield 'an escape in capitals', 'an escape', good.replace(b'\\u00fc', b'\\u00FC')
    yield 'an escaped DEL', 'an escape', good.replace(b'\x7f', b'\\u007f')
    yield 'an escaped slash', 'an escape', good.replace(b'1/2', b'1\\/2')
    yield 'half a pair', '', good.replace(b'\\udd11', b'')


def bad_targets(payloads):
    targets, delegating = payloads['targets-1'], payloads['targets-2']
    yield 'custom list', 'object', Change(targets, 'custom').to([1])
    yield 'custom text', 'object', Change(targets, 'custom').to('x')
    yield 'path escaped', 'printable ASCII', Change(targets, 'targets', 'ä').to(image('x'))
    yield ('delegation by hash', 'unknown field', Change(
        delegating, 'delegations', 'roles', 0, 'path_hash_prefixes').to(['00']))


def uptane_bad(payloads):
    yield from bad_common(payloads)
    yield from bad_keys(payloads['root-1'])
    yield from bad_spelling(payloads['targets-1'])
    yield from bad_targets(payloads)
    for name, payload in house()[0].items():
        yield f'tuf {name}', '_type', olpc.canonical(payload)
