"""What operators do with the data on the command line: back it up, restore it, list erasures."""

import asyncio
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from domain.admin.erasures import erase_again
from domain.rules.instants import EPOCH
from domain.store import erasures as store
from domain.store.audit import audit
from domain.store.backup.archive import open_archive
from domain.store.backup.copying import back_up
from domain.store.backup.erasures import append_erasures, read_erasures
from domain.store.backup.files import FileUnusable
from domain.store.backup.manifest import Manifest
from domain.store.backup.restoring import restored
from domain.store.core.database import connect
from domain.store.core.usable import said_plainly
from domain.store.documents.erasures import ErasedDocument
from web.console import Trouble, say
from web.http import clock


def write_backup(uri: str, path: Path) -> str:
    """Back a database up into a new file; return what to say of it.

    Raises:
        Trouble: The file can't be written, or is there already.
        DatabaseUnusable: The database can't be read.
    """
    with _files_said_plainly():
        made = back_up(uri, path, clock=clock.now)
    size = path.stat().st_size / 1e6
    return f"{path}: {made.documents:,} documents, {size:,.1f} MB. SHA-256 {made.digest}."


def restore_backup(uri: str, path: Path, erasures: Path | None) -> Sequence[str]:
    """Restore a backup into an empty database.

    Args:
        uri: The database.
        path: The backup.
        erasures: The list of what was erased, if there is one.

    Returns:
        What the audit found in it.

    Raises:
        Trouble: A file can't be read, or is not what it should be.
        DatabaseUnusable: The database isn't empty, or can't be used.
    """
    with _files_said_plainly(), open_archive(path) as archive:
        erased = read_erasures(erasures) if erasures else []
        with restored(uri, archive, clock=clock.now, announce=say):
            findings = _finish(uri, erased)
    say(_ending(archive.manifest, erased, erasures))
    return findings


def _finish(uri: str, erased: Collection[ErasedDocument]) -> Sequence[str]:
    """Erase who was erased since, then look for contradictions."""

    async def finish() -> Sequence[str]:
        database = connect(uri)
        try:
            await erase_again(database, erased, now=clock.now())
            return [str(finding) for finding in await audit(database)]
        finally:
            await database.close()

    with said_plainly():
        return asyncio.run(finish())


def _ending(manifest: Manifest, erased: Sequence[ErasedDocument], path: Path | None) -> str:
    done = f"Everything is as it was at {manifest.made_at:%Y-%m-%d %H:%M} UTC"
    if path is None:
        return (
            f"{done}. Without a list of erasures, whoever had their data erased after that is "
            "named again: erase them once more."
        )
    last = max((one.at for one in erased), default=EPOCH)
    until = f", the last of {last:%Y-%m-%d %H:%M} UTC" if erased else ""
    return f"{done}, but for {len(erased)} erasures in {path}{until}."


def list_erasures(uri: str, path: Path) -> str:
    """Add to a list what was erased since it was last written; return what to say of it.

    Raises:
        Trouble: The file can't be written, or is no such list.
        DatabaseUnusable: The database can't be read.
    """

    async def found() -> list[ErasedDocument]:
        database = connect(uri)
        try:
            return await store.since(database, EPOCH)
        finally:
            await database.close()

    with said_plainly(), _files_said_plainly():
        count = append_erasures(path, asyncio.run(found()))
    return f"{path}: {count} more erasures."


@contextmanager
def _files_said_plainly() -> Iterator[None]:
    try:
        yield
    except FileUnusable as error:
        raise Trouble(str(error)) from error
