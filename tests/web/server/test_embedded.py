"""The embedded database: which engine serves a data folder, and what it says of it."""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from tests.servers import mongod
from web.server import embedded
from web.server.data_folder import FolderTrouble, running_database
from web.server.database_process import DatabaseFailed
from web.server.embedded import embedded_database
from web.server.engines import Engine, EngineKind, note_writer, writer_of
from web.server.mongod import FROM_PYPI, installed_mongods, running_mongod
from web.server.secantus import running_secantus

Install = Callable[[str], None]

USE_ANOTHER = "(set MONGODB_URI to use another)."
OR_ANOTHER_FOLDER = "or set DATA_DIR to another folder."


MONGODB = Engine(EngineKind.MONGOD, found.version if (found := mongod()) else "")
SECANTUS = Engine(EngineKind.SECANTUS, version("secantusdb"))

pytestmark = pytest.mark.skipif(mongod() is None, reason="no mongod runs here")


@pytest.fixture
def no_mongod(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without one."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr("web.server.mongod.FROM_PYPI", tmp_path / "none")


@pytest.fixture
def on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Put a program on the PATH that calls itself mongod of a version, and serves nothing."""

    def install(version: str) -> None:
        program = tmp_path / "bin" / "mongod"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo "db version v{version}"\n')
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)

    return install


@contextmanager
def notes(uri: str) -> Iterator[Any]:
    with MongoClient[dict[str, Any]](uri) as client:
        yield client.expertconnect.notes


def served(folder: Path, *, only: str | None = None) -> tuple[str, int]:
    """Serve a folder and leave a note there; return what was said and how many notes were there."""
    said: list[str] = []
    with (
        embedded_database(folder, only=only, announce=said.append) as server,
        notes(server.uri) as collection,
    ):
        before = collection.count_documents({})
        collection.insert_one({})
    (line,) = said
    return line, before


def test_mongodb_serves_a_new_folder_with_a_login_that_only_the_folder_knows(tmp_path: Path):
    said: list[str] = []
    with embedded_database(tmp_path, announce=said.append) as server:
        told = running_database(tmp_path)

    key = (tmp_path / "mongodb.key").read_text()
    assert said == [f"Database: {MONGODB}, embedded, in {tmp_path} {USE_ANOTHER}"]
    assert writer_of(tmp_path) == MONGODB
    assert told == server.uri
    assert f":{key}@" in server.uri
    assert key not in repr(server)
    assert key not in (tmp_path / "database.log").read_text()
    assert [p.name for p in tmp_path.iterdir() if stat.S_IMODE(p.stat().st_mode) & 0o077] == []


def test_a_mongod_older_than_6_is_passed_over(on_path: Install):
    on_path("5.0.31")

    assert [found.program for found in installed_mongods()] == [FROM_PYPI]


def test_what_decides_is_whether_a_mongod_becomes_primary(tmp_path: Path, on_path: Install):
    on_path("99.0.0")

    line, _ = served(tmp_path / "data")

    assert line.startswith(f"Database: {MONGODB}, embedded, in ")


@pytest.mark.usefixtures("no_mongod")
def test_secantusdb_serves_where_no_mongod_does_and_goes_on_with_what_it_wrote(
    tmp_path: Path, on_path: Install, monkeypatch: pytest.MonkeyPatch
):
    on_path("99.0.0")  # which doesn't start

    line, _ = served(tmp_path / "data")

    assert line == (
        f"Database: {SECANTUS}, embedded, in {tmp_path / 'data'}, "
        f"since no MongoDB 6 or later starts here {USE_ANOTHER}"
    )
    assert writer_of(tmp_path / "data") == SECANTUS

    monkeypatch.undo()  # now there is one that does
    (tmp_path / "data" / "engine").unlink()  # as folders were before there was a choice
    line, before = served(tmp_path / "data")

    assert before == 1
    assert line == (
        f"Database: {SECANTUS}, embedded, in {tmp_path / 'data'}, which it wrote {USE_ANOTHER}"
    )
    assert writer_of(tmp_path / "data") == SECANTUS


@pytest.mark.parametrize(("asked_for", "other"), [tuple(EngineKind), tuple(EngineKind)[::-1]])
def test_a_folder_of_another_engine_than_asked_for_is_left_alone(
    tmp_path: Path, asked_for: EngineKind, other: EngineKind
):
    note_writer(tmp_path, Engine(other, "1.2.3"))

    with pytest.raises(FolderTrouble) as refusal:
        served(tmp_path, only=asked_for)

    assert str(refusal.value) == (
        f"DATA_DIR: {tmp_path} was written by {Engine(other, '1.2.3')}, and EMBEDDED is "
        f"{asked_for}. Unset EMBEDDED, {OR_ANOTHER_FOLDER}"
    )
    assert sorted(p.name for p in tmp_path.iterdir()) == ["engine", "lock"]


def test_an_older_server_never_opens_a_folder(tmp_path: Path):
    note_writer(tmp_path, Engine(EngineKind.MONGOD, "99.0.0"))

    with pytest.raises(FolderTrouble) as refusal:
        served(tmp_path)

    assert str(refusal.value) == (
        f"DATA_DIR: {tmp_path} was written by MongoDB 99.0.0, and here is {MONGODB}, "
        f"which is older. Install that version or a later one, {OR_ANOTHER_FOLDER}"
    )
    assert sorted(p.name for p in tmp_path.iterdir()) == ["engine", "lock"]


@pytest.mark.usefixtures("no_mongod")
def test_a_folder_with_data_never_falls_back_to_another_engine(tmp_path: Path, on_path: Install):
    folder = tmp_path / "data"
    data = EngineKind.MONGOD.storage(folder) / "WiredTiger"
    data.parent.mkdir(parents=True)
    data.touch()
    note_writer(folder, Engine(EngineKind.MONGOD, "6.0.5"))

    with pytest.raises(FolderTrouble) as refusal:
        served(folder)
    assert str(refusal.value) == (
        f"DATA_DIR: {folder} was written by MongoDB 6.0.5, and no mongod runs here. "
        f"Install that version or a later one, {OR_ANOTHER_FOLDER}"
    )

    on_path("99.0.0")  # it doesn't start either
    with pytest.raises(DatabaseFailed, match="The embedded database did not start"):
        served(folder)
    assert writer_of(folder) == Engine(EngineKind.MONGOD, "6.0.5")
    assert data.exists()
    assert not EngineKind.SECANTUS.storage(folder).exists()


@pytest.mark.usefixtures("no_mongod")
def test_mongodb_alone_is_asked_for_where_there_is_none(tmp_path: Path):
    with pytest.raises(FolderTrouble) as refusal:
        served(tmp_path / "data", only="mongod")

    assert str(refusal.value) == (
        "EMBEDDED is mongod, but no mongod 6 or later runs here: install one, or unset it."
    )


@pytest.mark.usefixtures("no_mongod")
def test_where_no_engine_is_installed_a_database_has_to_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(embedded, "find_spec", lambda _: None)

    with pytest.raises(FolderTrouble, match="MONGODB_URI must name a database"):
        served(tmp_path / "data")


@pytest.mark.parametrize("kind", EngineKind)
def test_data_in_use_by_another_server_is_left_to_it(tmp_path: Path, kind: EngineKind):
    storage = str(kind.storage(tmp_path))
    running = (
        running_mongod(tmp_path)
        if kind is EngineKind.MONGOD
        else running_secantus(tmp_path, storage=storage)
    )

    with running, pytest.raises(FolderTrouble) as refusal:
        served(tmp_path)

    assert str(refusal.value) == (
        f"DATA_DIR: another database server runs on {tmp_path}. Stop that one, {OR_ANOTHER_FOLDER}"
    )
