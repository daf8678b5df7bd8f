"""Every refusal of a policy file, on the administrator's machine: no daemon is asked."""
import base64
import unittest

import refusals_policy
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from refusals import LOCAL, Refusals

ED25519 = bytes.fromhex("302a300506032b6570032100")


def pem(der):
    return f"-----BEGIN PUBLIC KEY-----\n{base64.b64encode(der).decode()}\n-----END PUBLIC KEY-----\n"


def changed(changes):
    """The good policy with each pair of old and new changed once."""
    text = refusals_policy.GOOD
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


class RefusalsPolicy(Refusals):
    def setUp(self):
        super().setUp()
        self.give("text", "no key at all\n")
        self.give("small.pem", pem(ED25519 + bytes([1]) + bytes(31)))
        key = ec.generate_private_key(ec.SECP224R1()).public_key()
        self.give("p224.pem", key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))

    def refuses(self, words, text):
        path = self.give("policy", text)
        with self.subTest(words):
            done = self.house.conclave("policy", "check", path, expect=None)
            self.check(done, LOCAL, words)

    def test_a_policy_that_is_none(self):
        for words, text in refusals_policy.FILES:
            self.refuses(words, text)

    def test_a_policy_with_one_thing_wrong(self):
        for table in (refusals_policy.VALUES, refusals_policy.KEY_FILES, refusals_policy.RULES):
            for words, *changes in table:
                self.refuses(words, changed(changes))
            self.tell(len(table))


if __name__ == "__main__":
    unittest.main()
