"""./run faults: kills rooms, fills disks and puts pasts back, longer than the tests have time for."""
import argparse
import os
import unittest


def main():
    parser = argparse.ArgumentParser(prog="./run faults", description=__doc__)
    parser.add_argument("--build", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--kills", type=int, default=200, help="random kills (200)")
    arguments = parser.parse_args()
    # Read when the tests are loaded.
    os.environ["CONCLAVE_BUILD"] = os.path.abspath(arguments.build)
    os.environ["CONCLAVE_KILLS"] = str(arguments.kills)
    names = ["test_crash", "test_rollback", "test_hostile", "test_corridor.Daemon",
             "test_governing_faults", "test_mandate_faults"]
    suite = unittest.defaultTestLoader.loadTestsFromNames(names)
    done = unittest.TextTestRunner(verbosity=2).run(suite)
    raise SystemExit(0 if done.wasSuccessful() else 1)


if __name__ == "__main__":
    main()
