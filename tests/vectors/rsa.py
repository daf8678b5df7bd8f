"""An RSA key with both halves, and RSASSA-PSS with SHA-256 (RFC 8017, section 8.1): slow and plain,
from the standard library alone. Seeds are names: nothing here is secret."""
import hashlib

from curves import Rsa, pem, seed_of

EXPONENT = 65537


def stream(seed, size):
    data = b''.join(hashlib.sha256(seed + i.to_bytes(4, 'big')).digest()
                    for i in range(-(-size // 32)))
    return data[:size]


def is_prime(number):
    """Miller-Rabin with the bases that suffice for what is not made to deceive."""
    if any(number % small == 0 for small in (3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)):
        return False
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for base in (2, 3, 5, 7, 11, 13):
        power = pow(base, odd, number)
        if power in (1, number - 1):
            continue
        for _ in range(twos - 1):
            power = power * power % number
            if power == number - 1:
                break
        else:
            return False
    return True


def prime(seed, bits):
    number = int.from_bytes(stream(seed, bits // 8), 'big') | 3 << (bits - 2) | 1
    while not is_prime(number) or (number - 1) % EXPONENT == 0:
        number += 2
    return number


class RsaPair(Rsa):
    def __init__(self, name):
        seed = seed_of(name)
        p, q = prime(seed + b'p', 1024), prime(seed + b'q', 1024)
        self.modulus = p * q
        self.private = pow(EXPONENT, -1, (p - 1) * (q - 1))
        key = self.part(0x02, b'\0' + self.modulus.to_bytes(256, 'big'))
        key += self.part(0x02, EXPONENT.to_bytes(3, 'big'))
        algorithm = bytes.fromhex('300d06092a864886f70d0101010500')
        self.spki = self.part(0x30, algorithm + self.part(0x03, b'\0' + self.part(0x30, key)))
        self.object = {'keytype': 'rsa', 'keyval': {'public': pem(self.spki)},
                       'scheme': 'rsassa-pss-sha256'}

    def sign(self, message):
        digest = hashlib.sha256(message).digest()
        salt = hashlib.sha256(b'salt' + digest).digest()
        tag = hashlib.sha256(bytes(8) + digest + salt).digest()
        block = bytes(256 - 32 - 32 - 2) + b'\1' + salt
        masked = bytes(a ^ b for a, b in zip(block, stream(tag, len(block))))
        masked = bytes([masked[0] & 0x7f]) + masked[1:]
        whole = int.from_bytes(masked + tag + b'\xbc', 'big')
        return pow(whole, self.private, self.modulus).to_bytes(256, 'big')
