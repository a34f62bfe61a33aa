"""A disk that fills up under the embedded database: one line says so, and nothing is lost."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from tests.disks import disk_at, fill
from tests.servers import READY_S, launched, mongod
from web.server.database_process import DatabaseFailed, EmbeddedDatabase
from web.server.embedded import embedded_database

NO_ROOM = re.compile(r"(only \d+ MB are left|no space is left).*Make room and start again")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk with room for little more than an empty database."""
    with disk_at(tmp_path / "disk", megabytes=400) as disk:
        yield disk


@contextmanager
def notes(server: EmbeddedDatabase) -> Iterator[Any]:
    """A collection of the database."""
    client = MongoClient[dict[str, Any]](server.uri, serverSelectionTimeoutMS=500)
    try:
        yield client.expertconnect.notes
    finally:
        client.close()


@pytest.mark.soak  # it fills a disk, and waits for a checkpoint
@pytest.mark.skipif(mongod() is None, reason="no mongod runs here")
def test_a_full_disk_ends_the_program_in_words_and_loses_nothing(small_disk: Path):
    folder = small_disk / "data"
    with embedded_database(folder) as server, notes(server) as collection:
        collection.insert_one({"kept": 1})
        fill(small_disk)
        assert server.process
        while server.process.poll() is None:
            with suppress(PyMongoError):  # it writes out what it has in memory, as once a minute
                collection.insert_one({"kept": 0})
                collection.database.client.admin.command("fsync")
        with pytest.raises(DatabaseFailed) as failure:
            server.check()
    assert str(failure.value).startswith("The embedded database ended by itself: ")
    assert NO_ROOM.search(str(failure.value))

    filler = fill(small_disk)
    with launched(DATA_DIR=folder) as program:
        assert program.process.wait(READY_S) == 1
        (line,) = program.output.splitlines()
    assert NO_ROOM.search(line)

    filler.unlink()
    with embedded_database(folder) as server, notes(server) as collection:
        assert collection.count_documents({"kept": 1}) == 1
