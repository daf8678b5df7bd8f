"""A TPM in software as a PKCS#11 module beside SoftHSM: swtpm behind tpm2-pkcs11, in a folder of its
own, without any daemon of the system. What is started here is ended here."""
import glob
import os
import pathlib
import re
import shutil
import subprocess
import time

PLACES = ("/usr/lib/*/libtpm2_pkcs11.so.1", "/usr/lib/libtpm2_pkcs11.so.1",
          "/usr/lib64/pkcs11/libtpm2_pkcs11.so")
START_SECONDS = 10


def module():
    """The module's path; None when it is not installed."""
    return next((path for place in PLACES for path in glob.glob(place)), None)


def proxy():
    """The module that shows the tokens of every module that p11-kit knows; None without it."""
    return next(iter(glob.glob("/usr/lib/*/p11-kit-proxy.so")), None)


def missing():
    """What this machine lacks to run one; empty when it can."""
    programs = [p for p in ("swtpm", "pkcs11-tool") if shutil.which(p) is None]
    tcti = any(glob.glob(f"/usr/lib/*/libtss2-tcti-swtpm.so{end}") for end in ("", ".0"))
    return (programs + ([] if module() else ["libtpm2_pkcs11.so"])
            + ([] if tcti else ["libtss2-tcti-swtpm.so"]))


class Tpm:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(mode=0o700)
        (self.folder / "store").mkdir()
        (self.folder / "state").mkdir()
        # The module finds the control socket by adding ".ctrl".
        socket = self.folder / "tpm"
        self.env = {"TPM2_PKCS11_STORE": str(self.folder / "store"), "TSS2_LOG": "all+NONE",
                    "TPM2_PKCS11_TCTI": f"swtpm:path={socket}"}
        self.process = subprocess.Popen(
            ["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={self.folder / 'state'}",
             "--server", f"type=unixio,path={socket}",
             "--ctrl", f"type=unixio,path={socket}.ctrl",
             "--flags", "not-need-init,startup-clear"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + START_SECONDS
        while not (socket.exists() and pathlib.Path(f"{socket}.ctrl").exists()):
            if self.process.poll() is not None or time.monotonic() > end:
                self.stop()
                raise RuntimeError("swtpm did not start")
            time.sleep(0.02)

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(timeout=10)

    def tool(self, *argv):
        done = subprocess.run(["pkcs11-tool", "--module", module(), *argv], capture_output=True,
                              env={**os.environ, **self.env}, timeout=60)
        if done.returncode != 0:
            raise RuntimeError(f"pkcs11-tool {' '.join(argv)}: {done.stderr.decode()}")
        return done.stdout.decode()

    def make_token(self, label, pin, key_type):
        """A token with one key, as its maker's tool makes them."""
        blank = re.findall(r"\((0x[0-9a-f]+)\)[^\n]*\n\s+token state:\s+uninitialized",
                           self.tool("--list-slots"))
        so = ["--login", "--so-pin", "an-so-pin-of-the-test"]
        self.tool("--init-token", "--slot", blank[0], "--label", label, *so[1:])
        self.tool("--init-pin", "--token-label", label, *so, "--pin", pin)
        self.tool("--token-label", label, "--login", "--pin", pin, "--keypairgen", "--key-type",
                  key_type, "--label", "approver", "--id", "01")

    def mechanisms(self):
        """Those of the first token, in pkcs11-tool's words."""
        return re.findall(r"^  ([A-Z0-9x-]+)", self.tool("--list-mechanisms"), re.M)
