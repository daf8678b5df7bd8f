"""opencryptoki's software token (RSA alone) as a PKCS#11 module, in namespaces of its own: its daemon,
its shared memory and its folders, which have fixed names, are nobody else's, and end with it."""
import glob
import pathlib
import re
import shutil
import subprocess

SLOT = "3"
SO_PIN, USER_PIN = "12344321", "11112222"  # before its owner has changed it
# Everything under a name that the programs know, then the daemon, then nothing but being there.
INSIDE = """set -e
mount --make-rprivate /
mount -t proc proc /proc
mkdir -p {folder}/lib/swtok/TOK_OBJ {folder}/lock/swtok {folder}/etc /run/lock/opencryptoki
printf 'version opencryptoki-3.1\\nslot {slot}\\n{{\\nstdll = libpkcs11_sw.so\\n}}\\n' \
    > {folder}/etc/opencryptoki.conf
chgrp -R pkcs11 {folder}
chmod -R g+rwX {folder}
mount --bind {folder}/lib /var/lib/opencryptoki
mount --bind {folder}/etc /etc/opencryptoki
mount --bind {folder}/lock /run/lock/opencryptoki
pkcsslotd
echo ready
exec sleep infinity
"""


def module():
    """The module's path; None when it is not installed."""
    return next(iter(glob.glob("/usr/lib/*/pkcs11/libopencryptoki.so")), None)


def missing():
    """What this machine lacks to run it; empty when it can."""
    lacks = [p for p in ("pkcsslotd", "pkcsconf", "pkcs11-tool", "unshare", "nsenter")
             if shutil.which(p) is None]
    lacks += [] if module() else ["libopencryptoki.so"]
    if not lacks and subprocess.run(["unshare", "--mount", "--ipc", "--pid", "--fork", "true"],
                                    capture_output=True).returncode != 0:
        lacks = ["the right to make namespaces"]
    return lacks


class Opencryptoki:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(mode=0o755)
        self.process = subprocess.Popen(
            ["unshare", "--mount", "--ipc", "--pid", "--fork", "--kill-child", "sh", "-c",
             INSIDE.format(folder=self.folder, slot=SLOT)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said = self.process.stdout.readline()
        if said.strip() != b"ready":
            said += self.process.stdout.read()
            self.stop()
            raise RuntimeError(f"opencryptoki did not start: {said.decode()}")
        inside = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        self.prefix = ["nsenter", "--mount", "--ipc", "--pid", "--target",
                       inside.read_text().split()[0]]

    def stop(self):
        # The child is the first process of its namespace: with it everything in there ends.
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(timeout=10)
        self.process.stdout.close()

    def run(self, *argv):
        done = subprocess.run([*self.prefix, *argv], capture_output=True, timeout=60,
                              stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(argv)}: {(done.stdout + done.stderr).decode()}")
        return done.stdout.decode()

    def make_token(self, label, pin, key_type="rsa:2048"):
        """The one token, with one key, as its own tools make them. The PIN has 4 to 8 digits."""
        subprocess.run([*self.prefix, "pkcsconf", "-I", "-c", SLOT, "-S", "87654321"],
                       input=f"{label}\n".encode(), capture_output=True, check=True, timeout=60)
        self.run("pkcsconf", "-P", "-c", SLOT, "-S", "87654321", "-n", SO_PIN)
        self.run("pkcsconf", "-u", "-c", SLOT, "-S", SO_PIN, "-n", USER_PIN)
        self.run("pkcsconf", "-p", "-c", SLOT, "-U", USER_PIN, "-n", pin)
        self.run("pkcs11-tool", "--module", module(), "--token-label", label, "--login", "--pin",
                 pin, "--keypairgen", "--key-type", key_type, "--label", "approver", "--id", "01")

    def mechanisms(self):
        """Those of the token, in pkcs11-tool's words."""
        return re.findall(r"^  ([A-Z0-9x-]+)",
                          self.run("pkcs11-tool", "--module", module(), "--list-mechanisms"), re.M)
