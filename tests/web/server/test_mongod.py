"""MongoDB's own server, as the program and the tests run it: a replica set of one in a folder."""

import socketserver
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from domain.store.core.replica_set import uri_of
from tests.servers import mongod
from web.server.data_folder import FolderTrouble
from web.server.database_process import LOG_BYTES, DatabaseFailed, EmbeddedDatabase
from web.server.mongod import running_mongod

pytestmark = pytest.mark.skipif(mongod() is None, reason="no mongod runs here")


def make_key(folder: Path) -> Path:
    path = folder / "mongodb.key"
    path.touch(mode=0o600)
    path.write_text("k" * 48)
    return path


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return make_key(tmp_path)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedDatabase]:
    """One with a key."""
    folder = tmp_path_factory.mktemp("server")
    with running_mongod(folder, key=make_key(folder)) as running:
        yield running


@contextmanager
def notes(server: EmbeddedDatabase) -> Iterator[Any]:
    with MongoClient[dict[str, Any]](server.uri) as client:
        yield client.expertconnect.notes


@contextmanager
def another_program(port: int) -> Iterator[None]:
    """Listen at a port, and hang up on everybody."""
    with socketserver.TCPServer(
        ("127.0.0.1", port), socketserver.BaseRequestHandler, bind_and_activate=False
    ) as listening:
        listening.allow_reuse_address = True
        listening.server_bind()
        listening.server_activate()
        Thread(target=listening.serve_forever).start()
        yield
        listening.shutdown()


def port_of(server: EmbeddedDatabase) -> int:
    return int(server.uri.partition("127.0.0.1:")[2].partition("/")[0])


def test_another_run_keeps_the_port_and_whatever_was_written(tmp_path: Path, key: Path):
    with running_mongod(tmp_path, key=key) as server, notes(server) as collection:
        collection.insert_one({"kept": 1})
        before = port_of(server)

    with running_mongod(tmp_path, key=key) as server, notes(server) as collection:
        assert collection.count_documents({"kept": 1}) == 1
        assert port_of(server) == before


def test_a_killed_server_goes_on_at_another_port_where_its_own_is_taken(tmp_path: Path, key: Path):
    with running_mongod(tmp_path, key=key) as server:
        with notes(server) as collection:
            collection.insert_one({"kept": 1})
        port = port_of(server)
        assert server.process
        server.process.kill()
        server.process.wait()
        with pytest.raises(DatabaseFailed, match="ended by itself"):
            server.check()

    with (
        another_program(port),
        running_mongod(tmp_path, key=key) as server,
        notes(server) as collection,
    ):
        assert port_of(server) != port
        assert collection.count_documents({"kept": 1}) == 1


def test_another_key_opens_nothing_at_the_last_port_or_another(tmp_path: Path, key: Path):
    with running_mongod(tmp_path, key=key):
        pass
    key.write_text("j" * 48)

    for _ in ("the last", "another"):
        with pytest.raises(FolderTrouble) as refusal, running_mongod(tmp_path, key=key):
            pass

        assert str(refusal.value) == (
            f"DATA_DIR: {key} is not the key that the database there was begun with. "
            "Put that one back, or set DATA_DIR to another folder."
        )
        (tmp_path / "mongodb.port").unlink()


def test_nobody_reads_without_the_key(server: EmbeddedDatabase):
    with (
        MongoClient[dict[str, Any]](uri_of(port_of(server))) as stranger,
        pytest.raises(OperationFailure, match="requires authentication"),
    ):
        stranger.expertconnect.notes.count_documents({})


def test_the_log_tells_of_no_document_however_slow_what_asks_for_it_is(server: EmbeddedDatabase):
    slow = {"name": "Ann Arbor", "$where": "sleep(200) || true"}
    with notes(server) as collection:
        collection.insert_one({"name": "Ann Arbor"})

        assert collection.find_one(slow)

    assert "Ann Arbor" not in server.log.read_text()


def test_a_log_that_grew_long_is_put_aside_while_the_server_goes_on_writing(
    server: EmbeddedDatabase,
):
    with server.log.open("ab") as log:
        log.truncate(LOG_BYTES + 1)

    server.check()

    assert server.log.with_name("database.log.1").stat().st_size > LOG_BYTES
    with notes(server) as collection:
        collection.create_index("kept")
    while b"Index build: done" not in server.log.read_bytes():
        time.sleep(0.01)
    assert server.log.read_bytes().startswith(b'{"t":')
