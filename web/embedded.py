"""The embedded database: a MongoDB-wire server of our own, in a process of its own.

It runs in a process session of its own, so that Ctrl-C ends the program first and what is in
flight still finds its database; it ends with whoever started it (see `web.tether`).
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from web.console import Trouble
from web.data_folder import PATIENCE_S, FolderInUse, Lock, locked, running_database

START_S = 60.0
"""A folder with a long log to replay takes its time."""

STOP_S = 15.0
IN_MEMORY = ":memory:"

_LISTENING = re.compile(rb"listening on (127\.0\.0\.1:\d+)")
_PAUSE_S = 0.02


class DatabaseFailed(Trouble):
    """The embedded database did not start, or ended by itself."""


@dataclass(frozen=True)
class EmbeddedDatabase:
    """A running server."""

    uri: str
    process: subprocess.Popen[bytes] | None
    """None: somebody else's, which we only use."""
    log: Path

    def check(self) -> None:
        """Raise DatabaseFailed when the server has ended by itself."""
        if self.process is not None and self.process.poll() is not None:
            raise DatabaseFailed(f"The embedded database ended by itself: see {self.log}.")


@contextmanager
def embedded_database(data_dir: Path, *, share: bool = False) -> Iterator[EmbeddedDatabase]:
    """Run the server on what the folder keeps, and end it afterwards.

    Args:
        data_dir: The folder; nobody else may hold it.
        share: Where somebody holds it, use the server that they run.

    Raises:
        FolderTrouble: The folder can't be used, or is in use.
        DatabaseFailed: The server did not start.
    """
    folder = data_dir.resolve()  # the server runs elsewhere
    try:
        with (
            locked(data_dir, patience=0 if share else PATIENCE_S) as lock,
            running_server(folder, storage=str(folder / "database"), lock=lock) as server,
        ):
            lock.tell(server.uri)
            yield server
    except FolderInUse:
        uri = running_database(data_dir) if share else None
        if uri is None:
            raise
        yield EmbeddedDatabase(uri, None, data_dir / "database.log")


@contextmanager
def running_server(
    folder: Path, *, storage: str = IN_MEMORY, lock: Lock | None = None
) -> Iterator[EmbeddedDatabase]:
    """Run a server and end it afterwards.

    Args:
        folder: Where its log and its (empty) settings file go.
        storage: A folder that it keeps data in, or IN_MEMORY for data that ends with it.
        lock: Held by the server, too, for as long as it runs.
    """
    log = folder / "database.log"
    process = _start(folder, log, storage, lock)
    try:
        yield EmbeddedDatabase(_wait_until_listening(process, log), process, log)
    finally:
        _stop(process)


def _start(folder: Path, log: Path, storage: str, lock: Lock | None) -> subprocess.Popen[bytes]:
    # Without a named settings file the server reads whichever lies in the present folder.
    settings = folder / "database.toml"
    settings.touch()
    command = [sys.executable, "-m", "web.tether", str(os.getpid())]
    command += [str(Path(sys.executable).with_name("secantusd-py")), "--config", str(settings)]
    command += ["--host", "127.0.0.1", "--port", "0", "--storage-path", storage]
    if storage != IN_MEMORY:
        command.append("--sync-on-commit")  # without it kill -9 loses acknowledged writes
    with log.open("wb") as output:
        return subprocess.Popen(  # noqa: S603 - nothing of it comes from outside
            command,
            cwd=Path(__file__).resolve().parent.parent,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            start_new_session=True,
            pass_fds=(lock.descriptor,) if lock else (),
        )


def _wait_until_listening(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        ended = process.poll() is not None
        if found := _LISTENING.search(log.read_bytes()):
            return f"mongodb://{found[1].decode()}/"
        if ended:
            raise DatabaseFailed(_why_not_started(log))
        time.sleep(_PAUSE_S)
    raise DatabaseFailed(f"The embedded database did not start within {START_S:.0f} s: see {log}.")


def _why_not_started(log: Path) -> str:
    if b"resource busy" in log.read_bytes():
        return (
            f"DATA_DIR: another database server runs on {log.parent}. "
            "Stop that one, or set DATA_DIR to another folder."
        )
    return f"The embedded database did not start: see {log}."


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdin:
        process.stdin.close()
