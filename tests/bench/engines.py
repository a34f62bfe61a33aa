"""The database servers that the bench runs on: each keeps its data on disk, on the load's core."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from pymongo import MongoClient

from tests.bench.processes import LOAD, on_core
from web.server.mongod import running_mongod
from web.server.secantus import running_secantus

OURS = f"bench_{os.getpid()}_"
"""What the names of this run's databases begin with."""


@contextmanager
def _secantusdb(folder: Path) -> Iterator[str]:
    with running_secantus(folder, storage=str(folder / "data")) as server:
        yield server.uri


@contextmanager
def _mongod(folder: Path) -> Iterator[str]:
    with running_mongod(folder) as server:
        yield server.uri


ENGINES: dict[str, Callable[[Path], AbstractContextManager[str]]] = {
    "mongod": _mongod,
    "secantusdb": _secantusdb,
}


@contextmanager
def running(engine: str) -> Iterator[str]:
    """Run a new server; yields its address."""
    with (
        tempfile.TemporaryDirectory() as folder,
        on_core(LOAD),
        ENGINES[engine](Path(folder)) as uri,
    ):
        yield uri


@contextmanager
def given(server: str) -> Iterator[str]:
    """Use somebody else's server, and leave nothing behind there."""
    try:
        yield server
    finally:
        with MongoClient[dict[str, object]](server) as client:
            for name in client.list_database_names():
                if name.startswith(OURS):
                    client.drop_database(name)


def version_of(server: str) -> str:
    """Return which database answers at an address, and in which version."""
    with MongoClient[dict[str, object]](server) as client:
        told = client.server_info()
    other = told.get("secantusVersion")
    return f"secantusdb {other}" if other else f"MongoDB {told['version']}"
