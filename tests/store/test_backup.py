"""Backups: one instant of a database that goes on, as a file that is whole or refused."""

import asyncio
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from pymongo import MongoClient
from pymongo.database import Database as PyMongoDatabase

from domain.booking import cancelling
from domain.seeds.factories import ExpertFactory
from domain.store.backup import restoring
from domain.store.backup.archive import ArchiveReader, ArchiveWriter, open_archive
from domain.store.backup.copying import OWN
from domain.store.backup.files import FileUnusable
from domain.store.core.database import Database, database_name
from domain.store.core.migrate import applied_migrations, migrate, migrate_to, migrations_here
from domain.store.core.usable import DatabaseUnusable, check_usable
from domain.store.documents import Booking, Expert, SignInLink
from tests.addresses import database_at
from tests.backups import audited, backed_up, contents, restore
from tests.domain.support import ANN, DAY, book
from tests.factories import make_expert, make_slot
from web.server.secantus import running_secantus

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Way:
    """From one database by a file to another."""

    source: str
    file: Path
    target: str


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backup.zip"


@pytest.fixture
def way(database_uri: str, file: Path, empty_uri: str) -> Way:
    return Way(database_uri, file, empty_uri)


@pytest.fixture
def crowd(database: Database, now: datetime) -> "Crowd":
    return Crowd(database, now)


async def bookings_of(database: Database, now: datetime, number: int = 3) -> None:
    expert = await make_expert(database)
    for n in range(number):
        slot = await make_slot(database, expert, starts_at=now + DAY + n * HOUR)
        await book(database, slot, now=now)


async def test_a_restored_database_has_the_same_documents(
    database: Database, way: Way, now: datetime
):
    await bookings_of(database, now)
    link: dict[str, Any] = dict.fromkeys(("created_at", "expires_at"), now)
    await database.engine.save(SignInLink(key="opens a desk", address="ann", **link))

    made = backed_up(way.source, way.file)
    restore(way.file, way.target)

    assert contents(way.target) == contents(way.source)
    assert made.documents == sum(len(found) for found in contents(way.target).values())
    assert await audited(way.target) == []
    check_usable(way.target)
    with MongoClient[dict[str, Any]](way.target) as client:
        restored = client[database_name(way.target)]
        assert indexes_of(restored) == indexes_of(client[database_name(way.source)])
        assert applied_migrations(restored) == migrations_here()
        assert restored["sign_in_links"].find_one() is None


def indexes_of(database: PyMongoDatabase[dict[str, Any]]) -> dict[str, Any]:
    """Return the indexes of each collection, with all that they ask for."""
    names = {*database.list_collection_names()} - OWN
    return {name: database[name].index_information() for name in names}


class Crowd:
    """People who book and cancel, in a database that is being copied."""

    def __init__(self, database: Database, now: datetime) -> None:
        self._database = database
        self._now = now
        self._starts = (now + DAY + n * HOUR for n in count())
        self._expert: Expert | None = None

    async def come(self) -> None:
        """Have three book at once, and one cancel."""
        expert = self._expert = self._expert or await make_expert(self._database)
        booked = await asyncio.gather(*(self._book(expert) for _ in range(3)))
        await cancelling.cancel(self._database, booked[0].reference, ANN, now=self._now)

    async def _book(self, expert: Expert) -> Booking:
        slot = await make_slot(self._database, expert, starts_at=next(self._starts))
        return await book(self._database, slot, now=self._now)

    async def keep_coming(self) -> None:
        """Go on until cancelled."""
        while True:
            await self.come()


def after_bookings(monkeypatch: pytest.MonkeyPatch, crowd: Crowd) -> None:
    """Have a crowd come once a backup has the bookings, and before it has their slots."""
    write, loop = ArchiveWriter.write, asyncio.get_running_loop()

    def write_and_wait(archive: ArchiveWriter, name: str, batches: Iterator[bytes]) -> None:
        write(archive, name, batches)
        if name == "bookings":
            asyncio.run_coroutine_threadsafe(crowd.come(), loop).result()

    monkeypatch.setattr(ArchiveWriter, "write", write_and_wait)


@pytest.mark.parametrize("naive", [False, True])
async def test_a_backup_is_of_one_instant_while_times_are_booked_and_freed(
    crowd: Crowd, way: Way, monkeypatch: pytest.MonkeyPatch, naive: bool
):
    """A copy that takes one collection after the other sees half of each claim between them."""
    await crowd.come()
    after_bookings(monkeypatch, crowd)
    if naive:
        monkeypatch.setattr(restoring, "_documents", ArchiveReader.documents)
    coming = asyncio.create_task(crowd.keep_coming())
    try:
        await asyncio.to_thread(backed_up, way.source, way.file)
    finally:
        coming.cancel()
    await asyncio.to_thread(restore, way.file, way.target)

    assert bool(await audited(way.target)) is naive


@pytest.mark.usefixtures("needs_mongod")
async def test_a_backup_goes_from_one_engine_to_another_and_back(
    database: Database, way: Way, now: datetime, tmp_path: Path
):
    await bookings_of(database, now)
    with running_secantus(tmp_path) as secantus:
        there, back = f"{secantus.uri}expertconnect", tmp_path / "back.zip"

        backed_up(way.source, way.file)
        restore(way.file, there)
        backed_up(there, back)
        restore(back, way.target)

        assert contents(way.target) == contents(there) == contents(way.source)


def test_an_older_backup_is_migrated(mongodb_uri: str, empty_uri: str, file: Path):
    before = database_at(mongodb_uri, f"{database_name(empty_uri)}_before")
    with MongoClient[dict[str, Any]](before) as client:
        migrate_to(before, migrations_here()[:21])
        document = ExpertFactory.build(price_minor=4_000).model_dump_doc()
        document.pop("has_price")
        client[database_name(before)]["experts"].insert_one(document)
        backed_up(before, file)

        announced = restore(file, empty_uri)

        after = client[database_name(empty_uri)]
        assert [expert["has_price"] for expert in after["experts"].find()] == [True]
        client.drop_database(database_name(before))
    assert "Migration: 0022_tell_free_from_no_price." in announced
    assert migrate(empty_uri) == []


def test_a_newer_backup_is_refused_and_nothing_is_written(
    database_uri: str, empty_uri: str, file: Path
):
    with MongoClient[dict[str, Any]](database_uri) as client:
        history = client[database_name(database_uri)]["pymongo_migrate"]
        newer = {"name": "9999_of_tomorrow", "applied": datetime.now()}  # noqa: DTZ005 - BSON's own
        history.insert_one({**newer})
        try:
            backed_up(database_uri, file)
        finally:
            history.delete_one({"name": newer["name"]})

        with pytest.raises(FileUnusable, match="does not know its migration 9999_of_tomorrow"):
            restore(file, empty_uri)

        assert client[database_name(empty_uri)].list_collection_names() == []


async def test_a_database_that_is_not_empty_is_left_alone(
    database: Database, database_uri: str, now: datetime, file: Path
):
    await bookings_of(database, now)
    before = contents(database_uri)
    backed_up(database_uri, file)

    with pytest.raises(DatabaseUnusable, match="is not empty"):
        restore(file, database_uri)

    assert contents(database_uri) == before
    check_usable(database_uri)


async def test_a_file_that_has_changed_or_ends_early_is_refused(
    database: Database, way: Way, now: datetime
):
    await bookings_of(database, now)
    backed_up(way.source, way.file)

    whole = way.file.read_bytes()
    with ZipFile(way.file) as archive:
        parts = [part for part in archive.infolist() if part.compress_size > 100]
    changed = [part.header_offset + 100 for part in parts] + [len(whole) - 10]
    for place in changed:
        assert not is_whole(
            way.file, whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        )
    for end in (0, 10, len(whole) // 2, len(whole) - 1):
        assert not is_whole(way.file, whole[:end])
    assert is_whole(way.file, whole)


def is_whole(file: Path, content: bytes) -> bool:
    """Say whether a file with this content counts as a backup."""
    file.write_bytes(content)
    try:
        with open_archive(file) as archive:
            archive.check()
    except FileUnusable:
        return False
    return True


def test_a_backup_is_for_its_owner_alone_and_replaces_nothing(database_uri: str, file: Path):
    backed_up(database_uri, file)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [*file.parent.iterdir()] == [file]
    with pytest.raises(FileUnusable, match="is there already"):
        backed_up(database_uri, file)


def test_a_folder_that_is_not_there_is_named(database_uri: str, file: Path):
    with pytest.raises(FileUnusable, match="No such file or directory"):
        backed_up(database_uri, file.parent / "nowhere" / "backup.zip")
