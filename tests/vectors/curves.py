"""Keys and signatures for the vectors: Ed25519 (RFC 8032) and ECDSA P-256 with SHA-256 (FIPS
186-4), slow and plain, from the standard library alone. Seeds are names: nothing here is secret."""
import base64
import hashlib


def number(data):
    return int.from_bytes(data, 'little')


def seed_of(name):
    return hashlib.sha256(b'conclave vector: ' + name.encode()).digest()


def pem(der):
    body = base64.b64encode(der).decode()
    lines = [body[i:i + 64] for i in range(0, len(body), 64)]
    return '\n'.join(['-----BEGIN PUBLIC KEY-----', *lines, '-----END PUBLIC KEY-----', ''])


class Ed25519:
    P = 2**255 - 19
    L = 2**252 + 27742317777372353535851937790883648493
    D = -121665 * pow(121666, -1, P) % P
    BASE_Y = 4 * pow(5, -1, P) % P

    def __init__(self, name):
        digest = hashlib.sha512(seed_of(name)).digest()
        self.scalar = number(digest[:32]) & (1 << 254) - 8 | 1 << 254
        self.prefix = digest[32:]
        self.raw = self.encode(self.times(self.scalar, self.base()))
        self.spki = bytes.fromhex('302a300506032b6570032100') + self.raw
        self.object = {'keytype': 'ed25519', 'keyval': {'public': self.raw.hex()},
                       'scheme': 'ed25519'}

    @classmethod
    def base(cls):
        xx = (cls.BASE_Y**2 - 1) * pow(cls.D * cls.BASE_Y**2 + 1, -1, cls.P) % cls.P
        x = pow(xx, (cls.P + 3) // 8, cls.P)
        if x * x % cls.P != xx:
            x = x * pow(2, (cls.P - 1) // 4, cls.P) % cls.P
        return (x if x % 2 == 0 else cls.P - x, cls.BASE_Y)

    @classmethod
    def add(cls, a, b):
        product = cls.D * a[0] * b[0] * a[1] * b[1]
        x = (a[0] * b[1] + a[1] * b[0]) * pow(1 + product, -1, cls.P)
        y = (a[1] * b[1] + a[0] * b[0]) * pow(1 - product, -1, cls.P)
        return (x % cls.P, y % cls.P)

    @classmethod
    def times(cls, scalar, point):
        total = (0, 1)
        while scalar:
            if scalar & 1:
                total = cls.add(total, point)
            point = cls.add(point, point)
            scalar >>= 1
        return total

    @staticmethod
    def encode(point):
        return (point[1] | (point[0] & 1) << 255).to_bytes(32, 'little')

    def sign(self, message):
        nonce = number(hashlib.sha512(self.prefix + message).digest()) % self.L
        commitment = self.encode(self.times(nonce, self.base()))
        challenge = number(hashlib.sha512(commitment + self.raw + message).digest())
        response = (nonce + challenge * self.scalar) % self.L
        return commitment + response.to_bytes(32, 'little')


class P256:
    P = 2**256 - 2**224 + 2**192 + 2**96 - 1
    N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551
    G = (0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296,
         0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5)

    def __init__(self, name):
        self.scalar = int.from_bytes(seed_of(name), 'big') % self.N
        x, y = self.times(self.scalar, self.G)
        self.raw = b'\x04' + x.to_bytes(32, 'big') + y.to_bytes(32, 'big')
        self.spki = bytes.fromhex(
            '3059301306072a8648ce3d020106082a8648ce3d030107034200') + self.raw
        self.object = {'keytype': 'ecdsa', 'keyval': {'public': pem(self.spki)},
                       'scheme': 'ecdsa-sha2-nistp256'}

    @classmethod
    def add(cls, a, b):
        if a is None or b is None:
            return a or b
        if a[0] == b[0] and (a[1] + b[1]) % cls.P == 0:
            return None
        if a == b:
            slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, cls.P)
        else:
            slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, cls.P)
        x = (slope * slope - a[0] - b[0]) % cls.P
        return (x, (slope * (a[0] - x) - a[1]) % cls.P)

    @classmethod
    def times(cls, scalar, point):
        total = None
        while scalar:
            if scalar & 1:
                total = cls.add(total, point)
            point = cls.add(point, point)
            scalar >>= 1
        return total

    @staticmethod
    def integer(value):
        data = value.to_bytes(value.bit_length() // 8 + 1, 'big')
        return bytes([2, len(data)]) + data

    def sign(self, message):
        digest = hashlib.sha256(message).digest()
        nonce = int.from_bytes(hashlib.sha512(self.raw + digest).digest(), 'big') % self.N
        r = self.times(nonce, self.G)[0] % self.N
        s = pow(nonce, -1, self.N) * (int.from_bytes(digest, 'big') + r * self.scalar) % self.N
        body = self.integer(r) + self.integer(s)
        return bytes([0x30, len(body)]) + body


class Rsa:
    """A public key that nobody holds the other half of: a root may list keys of others."""

    def __init__(self, name, bits=2048, exponent=65537):
        size = bits // 8
        stream = b''.join(hashlib.sha256(seed_of(name) + bytes([i])).digest()
                          for i in range(size // 32))
        modulus = bytes([stream[0] | 0x80]) + stream[1:-1] + bytes([stream[-1] | 1])
        self.modulus = int.from_bytes(modulus, 'big')
        key = self.part(0x02, b'\0' + modulus)
        key += self.part(0x02, exponent.to_bytes(exponent.bit_length() // 8 + 1, 'big'))
        algorithm = bytes.fromhex('300d06092a864886f70d0101010500')
        self.spki = self.part(0x30, algorithm + self.part(0x03, b'\0' + self.part(0x30, key)))
        self.object = {'keytype': 'rsa', 'keyval': {'public': pem(self.spki)},
                       'scheme': 'rsassa-pss-sha256'}

    @staticmethod
    def part(tag, body):
        size = len(body)
        if size < 0x80:
            length = bytes([size])
        elif size < 0x100:
            length = bytes([0x81, size])
        else:
            length = b'\x82' + size.to_bytes(2, 'big')
        return bytes([tag]) + length + body
