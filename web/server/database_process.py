"""A database server in a process of its own: started, watched and ended, whichever it is.

It runs in a process session of its own, so that Ctrl-C ends the program first and what is in
flight still finds its database. It ends with the process that started it (`web.server.tether`).
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from web.console import Trouble
from web.paths import ROOT
from web.server.data_folder import FolderTrouble, Lock

START_S = 60.0
"""A folder with a long log to replay takes its time."""

STOP_S = 15.0
PAUSE_S = 0.02

LOG_BYTES = 8 << 20
"""How long a log may grow until it is put aside, in the place of the one put aside before."""

_ROOM = 400 << 20
"""A server that ends where less is left most likely had no room: a mongod takes 300 MB to start."""


class DatabaseFailed(Trouble):
    """The embedded database did not start, or ended by itself."""


@dataclass(frozen=True)
class EmbeddedDatabase:
    """A running server."""

    uri: str = field(repr=False)  # with the password
    process: subprocess.Popen[bytes] | None
    """None: somebody else's, which we only use."""
    log: Path

    def check(self, *, patience: float = 0) -> None:
        """Raise DatabaseFailed when the server has ended by itself; keep its log short.

        Args:
            patience: How many seconds it may take to end, where something is amiss already.
        """
        if self.process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(patience)
        if self.process.returncode is not None:
            raise failure("The embedded database ended by itself", self.log)
        if self.log.stat().st_size > LOG_BYTES:
            # The server goes on writing at the end of the same file.
            shutil.copy2(self.log, _put_aside(self.log))
            os.truncate(self.log, 0)


def failure(what: str, log: Path) -> DatabaseFailed:
    """Return what to raise when a server ended or did not start, with the way out."""
    left = shutil.disk_usage(log.parent).free
    if left > _ROOM:
        return DatabaseFailed(f"{what}: see {log}.")
    return DatabaseFailed(
        f"{what}: only {left >> 20} MB are left where DATA_DIR is. "
        f"Make room and start again; see {log}."
    )


def taken(data_dir: Path) -> FolderTrouble:
    """Return what to raise where another server runs on the same data."""
    return FolderTrouble(
        f"DATA_DIR: another database server runs on {data_dir}. "
        "Stop that one, or set DATA_DIR to another folder."
    )


def start(command: Sequence[str | Path], log: Path, lock: Lock | None) -> subprocess.Popen[bytes]:
    """Start a server that ends with this process.

    Args:
        command: The program and its arguments.
        log: The file for what it writes, begun anew; the one of the last start is put aside.
        lock: Held by the server, too, for as long as it runs.
    """
    if log.exists():
        log.replace(_put_aside(log))
    tethered = [sys.executable, "-m", "web.server.tether", str(os.getpid()), *map(str, command)]
    with log.open("ab") as output:
        log.chmod(0o600)
        return subprocess.Popen(  # noqa: S603 - nothing of it comes from outside
            tethered,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            start_new_session=True,
            pass_fds=(lock.descriptor,) if lock else (),
        )


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a server, by force if it ignores the request."""
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdin:
        process.stdin.close()


def _put_aside(log: Path) -> Path:
    return log.with_name(f"{log.name}.1")
