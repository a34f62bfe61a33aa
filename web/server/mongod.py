"""MongoDB's own server as the embedded database: a replica set of one in a folder."""

import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from domain.store.core.replica_set import (
    NAME,
    Login,
    LoginRefused,
    NoPrimary,
    become_primary,
    uri_of,
)
from web.server.data_folder import FolderTrouble, Lock
from web.server.database_process import (
    PAUSE_S,
    START_S,
    DatabaseFailed,
    EmbeddedDatabase,
    failure,
    start,
    stop,
    taken,
)
from web.server.engines import EngineKind
from web.server.keys import write_whole

OLDEST = (6,)
FROM_PYPI = Path(sys.prefix) / "mongod" / "fiftyone" / "db" / "bin" / "mongod"
"""Where the set-up puts the server that a package brings."""

_FREE_PORTS = 5
"""How many are tried: another program may take one that was free a moment ago."""

_LISTENING = b'"id":23016,'
_PORT_TAKEN = 48
_FOLDER_TAKEN = 100


class PortTakenError(Exception):
    """Another program took the port a moment before the server could."""


@dataclass(frozen=True)
class Mongod:
    """A program that says it is mongod, and of which version."""

    program: Path
    version: str


def installed_mongods() -> Iterator[Mongod]:
    """Look for servers that can be used, the one on the PATH first, then the one from PyPI."""
    on_path = shutil.which("mongod")
    for program in [*([Path(on_path)] if on_path else []), FROM_PYPI]:
        version = _version(program)
        if version and tuple(map(int, version.split("."))) >= OLDEST:
            yield Mongod(program, version)


def _version(program: Path) -> str | None:
    """Ask a program for its version; None if it can't run here."""
    try:
        told = subprocess.run(  # noqa: S603 - the system's own, or the set-up's
            [program, "--version"], capture_output=True, timeout=START_S, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(rb"db version v(\d+\.\d+\.\d+)", told.stdout)
    return found[1].decode() if found else None


@contextmanager
def running_mongod(
    folder: Path,
    mongod: Mongod | None = None,
    *,
    key: Path | None = None,
    lock: Lock | None = None,
) -> Iterator[EmbeddedDatabase]:
    """Run a replica set of one on what the folder keeps, and end it afterwards.

    Args:
        folder: Where its data and its log are; the next run begins where this one ended.
        mongod: Which server; the first one installed unless named.
        key: The file with the secret that it is used with; without one it asks nobody who they are.
        lock: Held by the server, too, for as long as it runs.

    Raises:
        DatabaseFailed: It did not become primary.
        FolderTrouble: Another server runs on the folder, or its data was begun with another key.
    """
    mongod = mongod or next(installed_mongods(), None)
    if mongod is None:
        raise DatabaseFailed("No mongod from version 6 on runs here.")
    folder = folder.resolve()  # the server runs elsewhere
    key = key.resolve() if key else None
    process, port = _listening(mongod, folder, key, lock)
    try:
        login = Login("expertconnect", key.read_text().strip()) if key else None
        database = EmbeddedDatabase(uri_of(port, login), process, folder / "database.log")
        _have_primary(port, login, database, key)
        yield database
    finally:
        stop(process)


def _have_primary(
    port: int, login: Login | None, database: EmbeddedDatabase, key: Path | None
) -> None:
    try:
        become_primary(port, login, within=START_S, alive=database.check)
    except LoginRefused as error:
        raise FolderTrouble(
            f"DATA_DIR: {key} is not the key that the database there was begun with. "
            "Put that one back, or set DATA_DIR to another folder."
        ) from error
    except NoPrimary as error:
        raise failure(f"The embedded database did not start ({error})", database.log) from error


def _listening(
    mongod: Mongod, folder: Path, key: Path | None, lock: Lock | None
) -> tuple[subprocess.Popen[bytes], int]:
    """Start the server at its last port if that is free, else at another."""
    data, log, last = (
        EngineKind.MONGOD.storage(folder),
        folder / "database.log",
        folder / "mongodb.port",
    )
    data.mkdir(mode=0o700, exist_ok=True)
    for port in _ports(last):
        process = start(_command(mongod, data, port, key), log, lock)
        try:
            _wait_until_listening(process, log)
        except PortTakenError:
            stop(process)
        except BaseException:
            stop(process)
            raise
        else:
            write_whole(last, str(port), replace=True)
            return process, port
    raise failure("The embedded database found no free port", log)


def _command(mongod: Mongod, data: Path, port: int, key: Path | None) -> list[str | Path]:
    command: list[str | Path] = [mongod.program, "--dbpath", data, "--replSet", NAME]
    command += ["--port", str(port), "--bind_ip", "127.0.0.1", "--nounixsocket"]
    command += ["--networkMessageCompressors", "disabled"]
    command += ["--wiredTigerCacheSizeGB", "0.25", "--oplogSize", "200"]
    # Neither connections nor slow commands, which hold whole documents, fill the log.
    command += ["--quiet", "--slowOpSampleRate", "0"]
    command += ["--setParameter", "diagnosticDataCollectionEnabled=false"]
    return [*command, *(("--keyFile", key) if key else ())]


def _ports(last: Path) -> Iterator[int]:
    """Return the port of the last run, if there was one, and then some that are free."""
    with suppress(OSError, ValueError):
        yield int(last.read_text())
    for _ in range(_FREE_PORTS):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        yield port


def _wait_until_listening(process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait for the server's own word: at its port anything might answer."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        code = process.poll()
        written = log.read_bytes()
        if _LISTENING in written:
            return
        if code == _PORT_TAKEN:
            raise PortTakenError
        if code == _FOLDER_TAKEN and b"DBPathInUse" in written:
            raise taken(log.parent)
        if code is not None:
            raise failure("The embedded database did not start", log)
        time.sleep(PAUSE_S)
    raise failure(f"The embedded database did not start within {START_S:.0f} s", log)
