"""A supplier who signs delegated targets with a key of its own: OpenSSL and python, nothing of ours."""
import hashlib
import subprocess

import tuf


class Supplier:
    """One ECDSA P-256 key in PEM; everything below supplier/ is its own."""

    def __init__(self, folder):
        self.key = folder / "supplier.key"
        self.openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out",
                     self.key)
        self.pem = self.openssl("pkey", "-in", self.key, "-pubout").stdout.decode()
        self.object = {"keytype": "ecdsa", "scheme": "ecdsa-sha2-nistp256",
                       "keyval": {"public": self.pem}}
        self.keyid = hashlib.sha256(tuf.canonical(self.object)).hexdigest()
        self.folder = folder

    def openssl(self, *argv):
        return subprocess.run(["openssl", *map(str, argv)], capture_output=True, check=True)

    def delegations(self):
        return {"keys": {self.keyid: self.object},
                "roles": [{"name": "supplier", "keyids": [self.keyid], "threshold": 1,
                           "paths": ["supplier/*"], "terminating": True}]}

    def described(self):
        """Keys and threshold as a root would list them."""
        return {"signed": {"keys": {self.keyid: self.object},
                           "roles": {"supplier": {"keyids": [self.keyid], "threshold": 1}}}}

    def signed_file(self, version=1):
        body = tuf.targets(version, {"supplier/radio-3.1.bin": b"radio " * 1000})
        (self.folder / "supplier.body").write_bytes(body)
        made = self.openssl("dgst", "-sha256", "-sign", self.key, self.folder / "supplier.body")
        return tuf.signed_file(body, {self.keyid: made.stdout.hex()})
