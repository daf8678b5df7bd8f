"""Freezes that no honest tool would send: none of them stops anything, and those that do are
answered once, with a place in the log."""
import unittest

from forged import Forged, Honest, Refused, Told
from forgery import line

ONES = "1" * 64
OTHER = f"sha256:{ONES}"
ROLE = "role image/targets"

NO_FORM = Refused("R20", "not a freeze")
NOBODY = Refused("R5", "no administrator's")
UNFIT = Refused("R3", "does not fit this freeze")
ELSEWHERE = Refused("R4", "another appliance", recorded=True)
OLD = Refused("R7", "another charter", recorded=True)
NUMBER = Refused("R11", "each counts once", recorded=True)
FROZEN = Refused("R11", "frozen already", recorded=True)


def keep(world, values):
    world.kept["freeze"] = values
    return values


ROWS = (
    ("no text of ours", lambda w: w.freeze(ROLE, change=lambda t: b"stop\n"), NO_FORM),
    ("a request", lambda w: w.freeze(
        ROLE, change=lambda t: t.replace(b"freeze/v1", b"request/v1")), NO_FORM),
    ("the next version", lambda w: w.freeze(
        ROLE, change=lambda t: t.replace(b"freeze/v1", b"freeze/v2")), NO_FORM),
    ("a line twice", lambda w: w.freeze(ROLE, change=lambda t: t + b"reason: twice\n"), NO_FORM),
    ("without its end", lambda w: w.freeze(ROLE, change=lambda t: t[:-1]), NO_FORM),
    ("number 0", lambda w: w.freeze(ROLE, count=0), NO_FORM),
    ("number 01", lambda w: w.freeze(ROLE, count="01"), NO_FORM),
    ("of nothing", lambda w: w.freeze("nothing"), NO_FORM),
    ("of everything and more", lambda w: w.freeze("everything image/targets"), NO_FORM),
    ("of two roles", lambda w: w.freeze(f"{ROLE} image/root"), NO_FORM),
    ("of no request", lambda w: w.freeze("request none"), NO_FORM),
    ("without a reason", lambda w: w.freeze(ROLE, change=line("reason", "")), NO_FORM),
    ("by a stranger", lambda w: w.freeze(ROLE, who="stranger"), NOBODY),
    ("by a requester", lambda w: w.freeze(ROLE, who="image-service"), NOBODY),
    ("by a stranger under alice's name", lambda w: w.freeze(ROLE, key="stranger"), UNFIT),
    ("by bob under alice's name", lambda w: w.freeze(ROLE, key="bob"), UNFIT),
    ("signed as an approval", lambda w: w.freeze(ROLE, kind="approval"), UNFIT),
    ("signed as a request", lambda w: w.freeze(ROLE, kind="request"), UNFIT),
    ("for another appliance", lambda w: w.freeze(ROLE, appliance=ONES), ELSEWHERE),
    ("under another charter", lambda w: w.freeze(ROLE, change=line("charter", f"1 {OTHER}")), OLD),
    ("under the next epoch", lambda w: w.freeze(
        ROLE, change=lambda t: t.replace(b"charter: 1 ", b"charter: 2 ")), OLD),
    ("number 2 before number 1", lambda w: w.freeze(ROLE, count=2), NUMBER),
    ("of a role that is not", lambda w: w.freeze("role image/other"),
     Refused("R2", "names no role", recorded=True)),
    ("of the charter", lambda w: w.freeze("role conclave/charter"), NO_FORM),
    ("of lifts", lambda w: w.freeze("role conclave/lift"), NO_FORM),
    ("of the time", lambda w: w.freeze("role conclave/time"), NO_FORM),
    ("of a request that is not", lambda w: w.freeze(f"request {OTHER}"),
     Refused("R11", "no open request", recorded=True)),
    ("as it should be", lambda w: keep(w, w.freeze(ROLE)), Honest("signed")),
    ("again", lambda w: w.kept["freeze"], Told("signed", "outcome")),
    ("the same number", lambda w: w.freeze("everything"), NUMBER),
    ("of what is frozen", lambda w: w.freeze(ROLE, count=2), FROZEN),
    ("of what is frozen, by another", lambda w: w.freeze(ROLE, who="bob"), FROZEN),
    ("everything, by another", lambda w: w.freeze("everything", who="bob"), Honest("signed")),
    ("again, when everything is frozen", lambda w: w.kept["freeze"], Told("signed", "outcome")),
)


class BadFreeze(Forged):
    def test_r3_r5_r7_r11_freezes_that_nobody_made_so(self):
        self.run_rows(ROWS)
        self.goes_on(ROWS)


if __name__ == "__main__":
    unittest.main()
