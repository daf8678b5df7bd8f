"""A terminal for flow tests: a program in a pty of a given size, typed at when it asks."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

SECONDS = 40
PAGE = b"Enter goes on, q ends: "  # which is typed at every full page
# What the program itself may say to a terminal: colours, and taking back a line of progress.
OURS = re.compile(r"\x1b\[(?:3[123]|0)m|\x1b\[K|\r")


class Screen:
    """What a program left on its terminal, and how it ended."""
    def __init__(self, status, raw):
        self.status = status
        self.raw = raw
        self.text = OURS.sub("", raw.decode("latin-1").replace("\r\n", "\n"))
        self.lines = self.text.splitlines()

    def foreign(self):
        """Characters that no terminal should have been shown."""
        return sorted({c for c in self.text if not (" " <= c <= "~" or c == "\n")})


def run(argv, env=None, size=(24, 80), answers=(), watch=None, seconds=SECONDS,
        cwd=None, pages=True):
    """Runs `argv` at a terminal; each of `answers` is (what to wait for, what to type then), in order;
    in a dict they are typed whenever they are asked. `watch` is called with the process id whenever
    something happens. `pages`: every page that is full is turned."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(cwd or ".")
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
        os.execvpe(str(argv[0]), [str(a) for a in argv],
                   {**os.environ, "TERM": "xterm", **(env or {})})
    try:
        always = answers if isinstance(answers, dict) else None
        return _drive(pid, terminal, list(answers.items() if always else answers), watch,
                      time.monotonic() + seconds, always is not None, pages)
    finally:
        os.close(terminal)


def _drive(pid, terminal, answers, watch, end, again, pages):
    raw, seen = b"", 0
    while time.monotonic() < end:
        if watch:
            watch(pid)
        if select.select([terminal], [], [], 0.02)[0]:
            try:
                more = os.read(terminal, 65536)
            except OSError:  # the other side has closed
                more = b""
            if not more:
                return Screen(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), raw)
            raw += more
        if pages and PAGE in raw[seen:]:
            seen = len(raw)
            os.write(terminal, b"\n")
        for answer in answers if again else answers[:1]:
            if answer[0].encode() in raw[seen:]:
                seen = len(raw)
                os.write(terminal, answer[1].encode() + b"\n")
                answers = answers if again else answers[1:]
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    raise AssertionError(f"it hangs, having said: {raw.decode(errors='replace')}")
