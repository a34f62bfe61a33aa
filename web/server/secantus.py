"""SecantusDB as the embedded database: a MongoDB-wire server, where no mongod runs."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from web.server.data_folder import Lock
from web.server.database_process import (
    PAUSE_S,
    START_S,
    EmbeddedDatabase,
    failure,
    start,
    stop,
    taken,
)

IN_MEMORY = ":memory:"

_LISTENING = re.compile(rb"listening on (127\.0\.0\.1:\d+)")


@contextmanager
def running_secantus(
    folder: Path, *, storage: str = IN_MEMORY, lock: Lock | None = None
) -> Iterator[EmbeddedDatabase]:
    """Run a server and end it afterwards.

    Args:
        folder: Where its log and its (empty) settings file go.
        storage: A folder that it keeps data in, or IN_MEMORY for data that ends with it.
        lock: Held by the server, too, for as long as it runs.

    Raises:
        DatabaseFailed: It did not start.
    """
    folder = folder.resolve()  # the server runs elsewhere
    log = folder / "database.log"
    process = _start(folder, log, storage, lock)
    try:
        yield EmbeddedDatabase(_wait_until_listening(process, log), process, log)
    finally:
        stop(process)


def _start(folder: Path, log: Path, storage: str, lock: Lock | None) -> subprocess.Popen[bytes]:
    # Without a named settings file the server reads whichever lies in the present folder.
    settings = folder / "database.toml"
    settings.touch()
    command = [str(Path(sys.executable).with_name("secantusd-py")), "--config", str(settings)]
    command += ["--host", "127.0.0.1", "--port", "0", "--storage-path", storage]
    if storage != IN_MEMORY:
        command.append("--sync-on-commit")  # without it kill -9 loses acknowledged writes
    return start(command, log, lock)


def _wait_until_listening(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        ended = process.poll() is not None
        if found := _LISTENING.search(log.read_bytes()):
            return f"mongodb://{found[1].decode()}/"
        if ended:
            if b"resource busy" in log.read_bytes():
                raise taken(log.parent)
            raise failure("The embedded database did not start", log)
        time.sleep(PAUSE_S)
    raise failure(f"The embedded database did not start within {START_S:.0f} s", log)
