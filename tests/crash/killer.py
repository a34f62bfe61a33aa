"""Death at a chosen step: before the n-th command to the database, or after its answer."""

import os
import signal
from collections.abc import Callable
from typing import Any

from pymongo import monitoring

_OF_THE_DRIVER = {"hello", "ismaster", "ping", "endSessions", "buildInfo"}


class Killer(monitoring.CommandListener):
    """Counts what this process asks the database, and kills a process when it comes to a step."""

    def __init__(self, step: int) -> None:
        self._left = step
        self.victim = os.getpid()
        self.on_strike: Callable[[], None] = lambda: None
        self.sessions: set[bytes] = set()
        """Those that it was asked something in: a transaction may be left open in one."""
        self.armed = False
        self.struck = False

    def _count(self, event: Any) -> None:
        if not self.armed or self.struck or event.command_name in _OF_THE_DRIVER:
            return
        if isinstance(event, monitoring.CommandStartedEvent) and "lsid" in event.command:
            self.sessions.add(bytes(event.command["lsid"]["id"]))
        if self._left == 0:
            self.struck = True
            self.on_strike()
            os.kill(self.victim, signal.SIGKILL)
        self._left -= 1

    started = succeeded = failed = _count
