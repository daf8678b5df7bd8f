"""A PIN is typed, used, and stands nowhere (R19): not on the screen, not among the arguments or in
the environment of any process while it runs, not in a log, a ledger or a home; and no core is left."""
import base64
import os
import pathlib
import resource
import shutil
import signal
import tempfile
import unittest

import terminal
import tuf
from house import MODULE, House
from scenario import BUILD, PEOPLE, POLICY, ROLES


class Pins(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="conclave-pins-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.house = House(BUILD, self.folder / "house")
        self.addCleanup(self.house.stop)
        self.looked = {}

    # ---- looking ----

    def needles(self):
        for label, pin in self.house.pins.items():
            for form in (pin.encode(), pin.encode().hex().encode(),
                         base64.b64encode(pin.encode()).rstrip(b"=")):
                yield label, form

    def assert_absent(self, where, data):
        for label, needle in self.needles():
            self.assertNotIn(needle, data, f"the PIN of {label} stands in {where}")

    def watch(self, pid):
        """Looks at the program itself, at conclaved and at its rooms."""
        pids = [pid]
        if self.house.daemon is not None:
            pids += [self.house.daemon.pid, *self.house.pids().values()]
        for each in pids:
            for name in ("cmdline", "environ"):
                try:
                    data = pathlib.Path(f"/proc/{each}/{name}").read_bytes()
                except OSError:  # it has ended
                    continue
                self.looked.setdefault(name, set()).add(data)
                self.assert_absent(f"{name} of process {each}", data)

    def look_everywhere(self):
        count = 0
        for path in self.folder.rglob("*"):
            if path.is_file():
                self.assert_absent(path, path.read_bytes())
                count += 1
        self.assertGreater(count, 20)

    # ---- doing ----

    def at_terminal(self, name, *words, answers=()):
        screen = terminal.run(
            [BUILD / "conclave", "--socket", self.house.socket, "--home",
             self.house.folder / f"home-{name}", *words, "--module", MODULE, "--token", name],
            env={"SOFTHSM2_CONF": str(self.house.softhsm("people"))}, watch=self.watch,
            answers=[*answers, ("PIN", self.house.pins[name])])
        self.assertEqual(screen.status, 0, screen.text)
        self.assertIn("PIN", screen.text)
        self.assert_absent(f"the screen of {words[0]}", screen.raw)
        return screen

    def found(self):
        house = self.house
        for name in PEOPLE:
            house.make_token("people", name)
            screen = self.at_terminal(name, "token", "generate")
            pem = screen.text[screen.text.index("-----BEGIN"):]
            (house.folder / f"{name}.pem").write_text(pem)
        for name in ("image-service", "dave-tool"):
            house.make_requester(name)
        (house.folder / "policy.yaml").write_text(POLICY)
        house.make_token("appliance", "appliance")
        house.write_config()
        house.start(found=True)
        house.conclave("init", "begin", "--policy", house.folder / "policy.yaml")
        for name in PEOPLE:
            self.at_terminal(name, "init", "sign", answers=[("Type yes", "yes")])
        shown = house.json("init", "status")
        self.assertTrue(shown["complete"])
        house.stop()
        house.start()

    def test_r19_a_pin_that_is_typed_stands_nowhere(self):
        house = self.house
        self.found()
        keys = {role: {k["keyid"]: k["key"] for k in house.json(
            "key", "export", f"image/{role}", "--format", "tuf", home="home-alice")}
            for role in ROLES}
        shutil.copytree(house.folder / "home-alice", house.folder / "home-service")
        payload = self.folder / "root.payload"
        payload.write_bytes(tuf.root(1, keys, {role: 1 for role in ROLES}))
        request = house.submit("image-service", {"image/root": payload})
        self.at_terminal("alice", "approve", request, answers=[("Type approve", "approve")])
        self.at_terminal("bob", "approve", request, answers=[("Type approve", "approve")])
        house.conclave("request", "wait", request, "--timeout", "20", home="home-alice")
        self.at_terminal("carol", "freeze", "everything", answers=[("Type freeze", "freeze")])
        house.stop()
        for name, sign in (("cmdline", b"--token"), ("cmdline", b"--pin-fd"),
                           ("cmdline", b"conclave-vault"), ("environ", b"SOFTHSM2_CONF=")):
            self.assertTrue(any(sign in data for data in self.looked[name]), sign)
        self.look_everywhere()

    def test_r19_who_holds_a_pin_leaves_no_core(self):
        self.house.make_token("people", "alice")
        limits = []

        def abort(pid):
            text = pathlib.Path(f"/proc/{pid}/limits").read_text()
            limits.append(next(l.split()[4:6] for l in text.splitlines()
                               if l.startswith("Max core")))
            if limits[-1] == ["0", "0"]:
                os.kill(pid, signal.SIGKILL if len(limits) > 400 else signal.SIGQUIT)

        before = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_CORE, before)
        screen = terminal.run([BUILD / "conclave", "token", "export", "--module", MODULE,
                               "--token", "alice"], watch=abort,
                              env={"SOFTHSM2_CONF": str(self.house.softhsm("people"))})
        self.assertEqual(limits[-1], ["0", "0"])
        self.assertEqual(screen.status, -signal.SIGQUIT)
        self.assertEqual(list(pathlib.Path.cwd().glob("core*")), [])

    def test_r19_who_is_ended_at_the_prompt_leaves_a_terminal_that_echoes(self):
        self.house.make_token("people", "alice")
        screen = terminal.run(
            ["sh", "-c", "trap : INT; \"$@\"; echo \"status $?\"; stty -a", "sh",
             BUILD / "conclave", "token", "export", "--module", MODULE, "--token", "alice"],
            env={"SOFTHSM2_CONF": str(self.house.softhsm("people"))}, answers=[("PIN", "\x03")])
        self.assertIn(f"status {128 + signal.SIGINT}", screen.text)
        self.assertRegex(screen.text, "[^-]echo[ ;]")


if __name__ == "__main__":
    unittest.main()
