"""Programs in a terminal of their own: their keys pressed, and their screens read."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager

ROWS, COLUMNS = 60, 120
PATIENCE_S = 60.0

_CONTROL = re.compile(rb"\x1b[\[(][0-9;?]*[A-Za-z0-9]|[\x00\x0e\x0f]+")


class Terminal:
    """One program, and all that it has written since a key was pressed last."""

    def __init__(self, screen: int) -> None:
        self._screen = screen
        self._written = b""

    def press(self, keys: str) -> None:
        """Press keys, and forget what was on the screen."""
        self._written = b""
        os.write(self._screen, keys.encode())

    def sees(self, text: str) -> None:
        """Wait until a text is on the screen."""
        deadline = time.monotonic() + PATIENCE_S
        while text not in self._text():
            assert time.monotonic() < deadline, f"{text} is not in {self._text()}"
            if select.select([self._screen], [], [], 1)[0]:
                self._written += os.read(self._screen, 65_536)

    def _text(self) -> str:
        return " ".join(_CONTROL.sub(b" ", self._written).decode(errors="replace").split())


@contextmanager
def terminal(*command: str, **environment: str) -> Iterator[Terminal]:
    """Run a program in a terminal; it is killed afterwards."""
    screen, inside = pty.openpty()
    fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    process = subprocess.Popen(
        ["setsid", "--ctty", *command],
        stdin=inside,
        stdout=inside,
        stderr=inside,
        env={**os.environ, "TERM": "vt100", **environment},
    )
    os.close(inside)
    try:
        yield Terminal(screen)
    finally:
        process.kill()
        process.wait()
        os.close(screen)
