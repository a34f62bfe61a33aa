"""The data folder: one program at a time, and where its database is."""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from web.console import Trouble

PATIENCE_S = 5.0
"""How long a start waits for one that is just ending."""

_PAUSE_S = 0.1


class FolderTrouble(Trouble):
    """The data folder cannot be used."""


class FolderInUse(FolderTrouble):
    """Another program holds the folder."""


@dataclass(frozen=True)
class Lock:
    """The folder held by this process, and by every child that is given the descriptor."""

    path: Path
    descriptor: int

    def tell(self, uri: str) -> None:
        """Write down where the database listens, for commands that run beside the server."""
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, json.dumps({"pid": os.getpid(), "uri": uri}).encode(), 0)


def running_database(data_dir: Path) -> str | None:
    """Return the address of the database that the folder's holder runs, if it told one."""
    try:
        told = json.loads((data_dir / "lock").read_text())
    except (OSError, ValueError):
        return None
    return str(told["uri"])


def open_folder(data_dir: Path) -> None:
    """Make the folder, readable by nobody else.

    Raises:
        FolderTrouble: It can't be made or written to.
    """
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise FolderTrouble(_not_usable(data_dir, error)) from error
    if not os.access(data_dir, os.W_OK | os.X_OK):
        raise FolderTrouble(
            f"DATA_DIR: {data_dir} is not writable. Set DATA_DIR to a folder that is."
        )


def _not_usable(data_dir: Path, error: OSError) -> str:
    return f"DATA_DIR: {data_dir} can't be used ({error.strerror}). Set DATA_DIR to another folder."


@contextmanager
def locked(data_dir: Path, *, patience: float = PATIENCE_S) -> Iterator[Lock]:
    """Hold the folder; children that inherit the descriptor go on holding it until they end.

    Raises:
        FolderInUse: Somebody else holds it, and still does after `patience` seconds.
        FolderTrouble: It can't be used at all.
    """
    open_folder(data_dir)
    try:
        descriptor = os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise FolderTrouble(_not_usable(data_dir, error)) from error
    try:
        _take(descriptor, data_dir, patience)
        os.ftruncate(descriptor, 0)
        yield Lock(data_dir / "lock", descriptor)
    finally:
        os.close(descriptor)


def _take(descriptor: int, data_dir: Path, patience: float) -> None:
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                raise FolderInUse(_in_use(data_dir)) from error
            time.sleep(_PAUSE_S)
        else:
            return


def _in_use(data_dir: Path) -> str:
    return (
        f"DATA_DIR: {data_dir} is in use by another ExpertConnect. "
        "Stop that one, or set DATA_DIR to another folder."
    )


def empty_folder(data_dir: Path, name: str) -> Path:
    """Return a folder of this name in the data folder, without what an earlier run left there.

    Raises:
        FolderTrouble: It can't be made or written to.
    """
    open_folder(data_dir)
    path = data_dir / name
    shutil.rmtree(path, ignore_errors=True)
    open_folder(path)
    return path
