"""Files of the operator's: written whole or not at all, for their owner alone."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


class FileUnusable(Exception):  # noqa: N818 - read as a sentence: it is shown as it is
    """A file can't be read or written, or isn't what it should be. The message says why."""


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """Write a file that appears under its name once all of it is on the disk.

    What a writer that was killed has left, `FILE.part`, is written anew.

    Raises:
        FileUnusable: There is such a file, another process is writing it, or it can't be written.
    """
    part = path.with_name(f"{path.name}.part")
    with said_of(path):
        if path.exists():
            raise FileUnusable(f"{path} is there already. Name a new file.")
        with _opened(part) as file:
            try:
                yield file
            except BaseException:
                part.unlink(missing_ok=True)
                raise
            file.flush()
            os.fsync(file.fileno())
            part.rename(path)
            _sync(path.parent)


@contextmanager
def _opened(part: Path) -> Iterator[BinaryIO]:
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise FileUnusable(f"{part} is being written by another process.") from error
        file.truncate()
        os.fchmod(descriptor, 0o600)
        yield file


def _sync(folder: Path) -> None:
    """Have the disk know a new name, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def said_of(path: Path) -> Iterator[None]:
    """Make one sentence of what the system says of a file.

    Raises:
        FileUnusable: With that sentence.
    """
    try:
        yield
    except OSError as error:
        raise FileUnusable(f"{path} can't be used ({error.strerror or error}).") from error
