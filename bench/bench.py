"""./run bench: reports, asserts nothing. Every rate stands beside a bare C_Sign loop of this run."""
import argparse
import json
import pathlib
import sys

import crowd
import endurance
import image
import mandate
import rates

# In the short form: one type of key, and a little of everything but what is only a matter of time.
SHORT_TYPES = ("ecdsa-p256",)
PARTS = ("rates", "mandate", "image", "crowd", "endurance")
SHORT_PARTS = ("rates", "mandate", "image", "crowd")


def read_arguments():
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("--build", required=True, type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--short", action="store_true", help="a few rounds of each only")
    parser.add_argument("--json", action="store_true",
                        help="one JSON object at the end; the words go to standard error")
    parser.add_argument("--part", action="append", choices=PARTS, help="only this; may be repeated")
    parser.add_argument("--type", action="append", choices=rates.TYPES,
                        help="of the rates only those of this type of key; may be repeated")
    return parser.parse_args()


def main():
    arguments = read_arguments()
    out = sys.stderr if arguments.json else sys.stdout
    short, build = arguments.short, arguments.build
    got = {"short": short}

    def say(lines):
        print("", *lines, sep="\n", file=out, flush=True)

    for part in arguments.part or (SHORT_PARTS if short else PARTS):
        if part == "rates":
            got[part] = []
            for key in arguments.type or (SHORT_TYPES if short else rates.TYPES):
                got[part].append(rates.measure(build, key, short))
                say(rates.words(got[part][-1]))
            continue
        module = {"mandate": mandate, "image": image, "crowd": crowd, "endurance": endurance}[part]
        got[part] = module.measure(build, short)
        say(module.words(got[part]))
    if arguments.json:
        print(json.dumps(got, indent=1))


if __name__ == "__main__":
    main()
