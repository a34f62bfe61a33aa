"""The file of a backup: a ZIP of BSON, a part for each collection, sealed by checksums.

Each part is what `mongodump` writes, documents one after the other, so that other tools read it,
too. `manifest.json` has the number of documents and the SHA-256 of each part, and the ZIP's comment
has the SHA-256 of the manifest: whoever knows that one knows that nothing has changed.
"""

import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile
from zlib import error as ZlibError  # noqa: N812 - a class, whatever it is called

from bson import decode_file_iter
from bson.codec_options import CodecOptions
from bson.errors import InvalidBSON
from bson.raw_bson import RawBSONDocument

from domain.store.backup.files import FileUnusable, said_of
from domain.store.backup.manifest import ArchivePart, Manifest

CHANGED_KEYS, CHANGED = ".changed-keys", ".changed"
"""What the names of a collection's further parts end in: the keys of what changed while the first
part was written, and what there is of these documents at the instant of the backup."""

_MANIFEST = "manifest.json"
_SEAL = "sha256:"
_LEVEL = 5
_CHUNK = 1 << 20
_RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)
_NOT_WHOLE = (BadZipFile, ZlibError, EOFError, InvalidBSON, NotImplementedError)


class ArchiveWriter:
    """Writes parts one after the other, and seals them at the end; made by `new_archive`."""

    def __init__(self, opened: ZipFile) -> None:
        self._zip = opened
        self._parts: dict[str, ArchivePart] = {}

    @property
    def documents(self) -> int:
        """Return how many documents were copied so far; changed ones count once."""
        return sum(part.documents for name, part in self._parts.items() if "." not in name)

    def write(self, name: str, batches: Iterable[bytes]) -> None:
        """Write a part from batches of BSON; no more than one of them is in memory."""
        digest, count = sha256(), 0
        with self._zip.open(f"{name}.bson", "w", force_zip64=True) as member:
            for batch in batches:
                member.write(batch)
                digest.update(batch)
                count += _documents_in(batch)
        self._parts[name] = ArchivePart(count, digest.hexdigest())

    def seal(self, made_at: datetime, migrations: Iterable[str]) -> str:
        """Write what the backup says of itself; return its SHA-256, which seals all of it."""
        text = Manifest(made_at, tuple(migrations), self._parts).to_json()
        seal = sha256(text).hexdigest()
        self._zip.writestr(_MANIFEST, text)
        self._zip.comment = f"{_SEAL}{seal}".encode()
        self._zip.close()
        return seal


@contextmanager
def new_archive(file: BinaryIO) -> Iterator[ArchiveWriter]:
    """Write a backup into an open file; a ZIP that was given up is closed before its file is."""
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as opened:
        yield ArchiveWriter(opened)


def _documents_in(batch: bytes) -> int:
    """Count documents by the length that each begins with (bsonspec.org)."""
    at = count = 0
    while at < len(batch):
        at += struct.unpack_from("<i", batch, at)[0]
        count += 1
    return count


class ArchiveReader:
    """Reads a backup; made by `open_archive`."""

    def __init__(self, path: Path, opened: ZipFile) -> None:
        self._path = path
        self._zip = opened
        self.manifest = self._read_manifest()

    def check(self) -> None:
        """Read all of it, and compare it with its checksums.

        Raises:
            FileUnusable: It is not as it was written.
        """
        with _whole(self._path):
            for name, part in self.manifest.parts.items():
                digest = sha256()
                with self._zip.open(f"{name}.bson") as member:
                    while chunk := member.read(_CHUNK):
                        digest.update(chunk)
                if digest.hexdigest() != part.sha256:
                    raise BadZipFile(f"the checksum of {name} is another")

    def documents(self, name: str) -> Iterator[RawBSONDocument]:
        """Yield the documents of a part, none if there is no such part."""
        if name in self.manifest.parts:
            with _whole(self._path), self._zip.open(f"{name}.bson") as member:
                yield from decode_file_iter(member, _RAW)

    def _read_manifest(self) -> Manifest:
        text = self._zip.read(_MANIFEST)
        if self._zip.comment.decode() != f"{_SEAL}{sha256(text).hexdigest()}":
            raise BadZipFile("its seal is broken")
        return Manifest.of_json(text, self._path)


@contextmanager
def open_archive(path: Path) -> Iterator[ArchiveReader]:
    """Open a backup.

    Raises:
        FileUnusable: It can't be read, or is no whole backup.
    """
    with said_of(path), _whole(path):
        opened = ZipFile(path)
    with opened:
        with _whole(path):
            archive = ArchiveReader(path, opened)
        yield archive


@contextmanager
def _whole(path: Path) -> Iterator[None]:
    try:
        yield
    except (*_NOT_WHOLE, KeyError, ValueError) as error:
        raise FileUnusable(f"{path} is no whole backup: {error}.") from error
