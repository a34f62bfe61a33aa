"""The list of erasures: an append-only file beside backups, of keys that name nobody.

A line for each document: when, what kind, and its key. What a write that was killed left of a line
is no line, and the next write removes it.
"""

import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from bson.errors import InvalidId

from domain.store.backup.files import FileUnusable, said_of
from domain.store.core.database import Key
from domain.store.documents.erasures import ErasedDocument, ErasedFrom


def read_erasures(path: Path) -> list[ErasedDocument]:
    """Return what a list has.

    Raises:
        FileUnusable: It can't be read, or is no such list.
    """
    with said_of(path):
        text = path.read_bytes()
    return list(_read(path, text[: _whole(text)]))


def append_erasures(path: Path, erased: Iterable[ErasedDocument]) -> int:
    """Add to a list what it lacks; the first call makes it. Returns how many that were.

    Raises:
        FileUnusable: It can't be written, or is no such list.
    """
    with said_of(path), os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        text = file.read()
        known = {one.id for one in _read(path, text[: _whole(text)])}
        new = [one for one in erased if one.id not in known]
        file.truncate(_whole(text))
        file.seek(0, os.SEEK_END)
        file.writelines(f"{one.at.isoformat()} {one.of} {one.id}\n".encode() for one in new)
        file.flush()
        os.fsync(file.fileno())
    return len(new)


def _whole(text: bytes) -> int:
    """Return where the last whole line ends."""
    return text.rfind(b"\n") + 1


def _read(path: Path, text: bytes) -> Iterator[ErasedDocument]:
    for number, line in enumerate(text.decode(errors="replace").splitlines(), start=1):
        try:
            at, of, key = line.split()
            yield ErasedDocument(id=Key(key), of=ErasedFrom(of), at=datetime.fromisoformat(at))
        except (ValueError, InvalidId) as error:
            raise FileUnusable(f"{path} is no list of erasures: see line {number}.") from error
