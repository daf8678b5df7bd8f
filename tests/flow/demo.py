"""The demo: a key ceremony of eight, a TUF repository and two Uptane repositories signed, a root
rotation after a lost token, and what an outsider can check afterwards. Everything is real: tokens,
processes, signatures; the checks at the end are not our code."""
import argparse
import pathlib
import subprocess
import sys
import tempfile
import time

import demo_checks
from demo_policy import PEOPLE, TOKENS, policy
from demo_signing import Round
from demo_tuf import Devices
from demo_uptane import FOLDERS, IMAGE, Vehicle
from house import House


class Narrator:
    def __init__(self):
        self.began = time.monotonic()
        self.colour = sys.stdout.isatty()

    def __call__(self, sentence):
        at = f"{time.monotonic() - self.began:6.1f} s"
        print(f"\033[36m{at}\033[0m  {sentence}" if self.colour else f"{at}  {sentence}",
              flush=True)

    def quote(self, text):
        for line in text.rstrip().splitlines():
            print(f"            | {line}", flush=True)


class Demo:
    def __init__(self, build, folder, out):
        self.say = Narrator()
        self.house = House(build, folder)
        self.out = out
        for place in ("log", "proofs"):
            (out / place).mkdir(parents=True, exist_ok=True)
        signing = Round(self.house, self.say, out / "proofs")
        self.devices = Devices(self.house, self.say, signing, out)
        self.vehicle = Vehicle(self.house, self.say, signing, out)

    def found(self):
        say, house = self.say, self.house
        say("Eight administrators get a token each, and make a key in it that can never leave: "
            "ECDSA, RSA and Ed25519, as their tokens have it.")
        house.enrol_people(PEOPLE, TOKENS)
        for service in ("image-service", "director-service"):
            house.make_requester(service)
        say("The appliance is founded: it generates its keys, the policy is compiled to the "
            "charter, and all eight sign the first record of the log.")
        house.found(policy(), PEOPLE)
        say("It is started again, to serve. These are its five processes:")
        house.start()
        ids = ",".join(map(str, [house.daemon.pid, *house.pids().values()]))
        say.quote(subprocess.run(["ps", "-o", "pid,ppid,rss,comm", "-p", ids],
                                 capture_output=True, text=True, check=True).stdout)

    def sign(self):
        self.say("A TUF repository, devices: eight root keys with a custodian each, five needed.")
        self.devices.first_root()
        self.devices.first_release()
        self.say("An Uptane Image repository, and a Director for one vehicle with one ECU.")
        self.vehicle.roots()
        self.vehicle.release()
        self.vehicle.mandates()
        self.vehicle.direct()
        self.devices.rotate()
        self.vehicle.revoke()

    def check(self):
        metadata, supplier = self.out / "tuf/metadata", self.devices.supplier
        count = demo_checks.check_tuf(metadata, {"supplier": supplier.described()})
        self.say(f"TUF: a stock client takes every file; securesystemslib and openssl both verify "
                 f"all {count} signatures.")
        count = demo_checks.check_rotation(metadata, 1, 2)
        self.say(f"root 2 carries {count} signatures of root 1's keys.")
        for kind, folder in FOLDERS.items():
            count = demo_checks.check_uptane(self.out / "uptane" / folder, kind,
                                             {IMAGE: self.vehicle.data})
            self.say(f"Uptane, {kind}: a stock client takes every file; openssl verifies all "
                     f"{count} signatures over the canonical bytes.")
        demo_checks.audit(self.house, self.say, self.out / "log")


def main():
    parser = argparse.ArgumentParser(prog="./run demo", description=__doc__)
    parser.add_argument("--build", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--out", metavar="DIR", type=pathlib.Path,
                        help="leave the signed repositories, log and proofs in this folder")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="conclave-demo-") as folder:
        out = (arguments.out or pathlib.Path(folder) / "out").resolve()
        demo = Demo(arguments.build, pathlib.Path(folder) / "house", out)
        try:
            demo.found()
            demo.sign()
            demo.check()
        finally:
            demo.house.stop()
        if arguments.out:
            demo.say(f"The signed repositories, the log and the proofs are in {out}.")
    print("demo: ok", flush=True)


if __name__ == "__main__":
    main()
