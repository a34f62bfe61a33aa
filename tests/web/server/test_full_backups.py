"""A disk that fills up during a backup or a restore: a line says so, and nothing half is left."""

import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from domain.store.backup.erasures import append_erasures, read_erasures
from domain.store.backup.files import FileUnusable
from domain.store.core.database import Key, database_name
from domain.store.documents.erasures import ErasedDocument, ErasedFrom
from tests.backups import backed_up, contents
from tests.disks import disk_at, enlarge, fill
from tests.servers import SECRET_KEY, Setting, launched, mongod
from web.server.embedded import embedded_database

WITHIN_S = 120
FULL = (
    r"The embedded database ended by itself: only \d+ MB are left where DATA_DIR is\. "
    r"Make room and start again; see .+/database\.log\.\n"
)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with disk_at(tmp_path / "disk", megabytes=1) as disk:
        yield disk


def ended(*arguments: Setting, **settings: Setting) -> tuple[int, str]:
    """Run a command; return its exit code, and what it said."""
    with launched(*map(str, arguments), SECRET_KEY=SECRET_KEY, **settings) as running:
        code = running.process.wait(WITHIN_S)
        return code, running.output


def put(uri: str, *, megabytes: float) -> None:
    """Add documents to a database that no program makes smaller."""
    size = 100_000
    with MongoClient[dict[str, Any]](uri) as client:
        notes = client[database_name(uri)]["notes"]
        notes.insert_many({"text": os.urandom(size)} for _ in range(round(megabytes * 1e6 / size)))


@pytest.mark.parametrize("room", [0, 100_000])
def test_a_backup_that_does_not_fit_leaves_the_older_ones_and_nothing_of_itself(
    empty_uri: str, disk: Path, room: int
):
    older, newer = disk / "monday.zip", disk / "tuesday.zip"
    put(empty_uri, megabytes=0.3)
    backed_up(empty_uri, older)
    before, filler = older.read_bytes(), fill(disk, but=room)

    assert ended("backup", newer, MONGODB_URI=empty_uri) == (
        1,
        f"{newer} can't be used (No space left on device).\n",
    )
    assert {*disk.iterdir()} == {older, filler}
    code, said = ended("backup", older, MONGODB_URI=empty_uri)
    assert (code, said) == (1, f"{older} is there already. Name a new file.\n")
    assert older.read_bytes() == before

    filler.unlink()
    assert ended("backup", newer, MONGODB_URI=empty_uri)[0] == 0


def test_a_list_of_erasures_that_does_not_fit_keeps_what_it_has(disk: Path, now: datetime):
    path = disk / "erasures"
    erased = [ErasedDocument(id=Key(), of=ErasedFrom.EXPERT, at=now) for _ in range(2_000)]
    append_erasures(path, erased[:10])
    filler = fill(disk)

    with pytest.raises(FileUnusable, match="No space left on device"):
        append_erasures(path, erased)
    kept = read_erasures(path)
    filler.unlink()

    assert kept[:10] == erased[:10]
    append_erasures(path, erased)
    assert read_erasures(path) == erased


@pytest.mark.soak  # it fills a larger disk
@pytest.mark.skipif(mongod() is None, reason="no mongod runs here")
def test_a_restore_that_does_not_fit_is_refused_until_it_is_repeated_with_room(
    empty_uri: str, tmp_path: Path
):
    file = tmp_path / "backup.zip"
    put(empty_uri, megabytes=150)
    backed_up(empty_uri, file)
    with disk_at(tmp_path / "disk", megabytes=400) as disk:
        folder = disk / "data"

        code, said = ended("restore", file, DATA_DIR=folder)
        assert code == 1
        assert re.fullmatch(f"Checking the backup.\n{FULL}", said)

        enlarge(disk, megabytes=2_000)
        code, said = ended("audit", DATA_DIR=folder)
        assert code == 1
        assert "a restore into it was interrupted" in said
        code, said = ended("restore", file, DATA_DIR=folder)
        assert code == 0, said
        assert "An earlier restore was interrupted: starting again." in said
        with embedded_database(folder) as restored:
            assert contents(restored.uri)["notes"] == contents(empty_uri)["notes"]
