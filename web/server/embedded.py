"""The embedded database: MongoDB where it runs, else SecantusDB, on what the data folder keeps."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from web.server.data_folder import (
    PATIENCE_S,
    FolderInUse,
    FolderTrouble,
    Lock,
    locked,
    running_database,
)
from web.server.database_process import DatabaseFailed, EmbeddedDatabase
from web.server.engines import Engine, EngineKind, note_writer, writer_of
from web.server.keys import kept_database_key
from web.server.mongod import Mongod, installed_mongods, running_mongod
from web.server.secantus import running_secantus

Run = Callable[[Path, Lock], AbstractContextManager[EmbeddedDatabase]]


@contextmanager
def embedded_database(
    data_dir: Path,
    *,
    share: bool = False,
    only: str | None = None,
    announce: Callable[[str], None] = lambda _: None,
) -> Iterator[EmbeddedDatabase]:
    """Run a server on what the folder keeps, and end it afterwards.

    Args:
        data_dir: The folder; nobody else may hold it.
        share: Where somebody holds it, use the server that they run.
        only: The one kind of engine to use; by default a folder's own, and for a new one the best.
        announce: Told which engine serves.

    Raises:
        FolderTrouble: The folder can't be used, is in use, or belongs to an engine that isn't here.
        DatabaseFailed: No server started.
    """
    try:
        with (
            locked(data_dir, patience=0 if share else PATIENCE_S) as lock,
            ExitStack() as running,
        ):
            server = _start(running, data_dir, lock, EngineKind(only) if only else None, announce)
            lock.tell(server.uri)
            yield server
    except FolderInUse:
        uri = running_database(data_dir) if share else None
        if uri is None:
            raise
        yield EmbeddedDatabase(uri, None, data_dir / "database.log")


def _start(
    running: ExitStack,
    data_dir: Path,
    lock: Lock,
    only: EngineKind | None,
    announce: Callable[[str], None],
) -> EmbeddedDatabase:
    """Start the first engine that may serve the folder and does; note there which it was."""
    writer = writer_of(data_dir)
    too_old: list[Engine] = []
    failed: DatabaseFailed | None = None
    for engine, run in _installed(only):
        if writer and not engine.can_open(writer):
            if engine.kind is writer.kind:
                too_old.append(engine)
            continue
        try:
            server = running.enter_context(run(data_dir, lock))
        except DatabaseFailed as failure:
            failed = failure
            if writer is None:  # what is there is nothing but the beginnings of this one
                shutil.rmtree(engine.kind.storage(data_dir), ignore_errors=True)
            continue
        if engine != writer:
            note_writer(data_dir, engine)
        announce(_serving(data_dir, engine, writer, only))
        return server
    raise failed or FolderTrouble(_none_may_serve(data_dir, writer, only, too_old))


def _installed(only: EngineKind | None) -> Iterator[tuple[Engine, Run]]:
    """Return the engines of this machine, the best first, with what runs each."""
    if only is not EngineKind.SECANTUS:
        for mongod in installed_mongods():
            yield Engine(EngineKind.MONGOD, mongod.version), partial(_run_mongod, mongod)
    if only is not EngineKind.MONGOD and find_spec("secantus"):  # an image does without
        yield Engine(EngineKind.SECANTUS, version("secantusdb")), _run_secantus


def _run_mongod(
    mongod: Mongod, data_dir: Path, lock: Lock
) -> AbstractContextManager[EmbeddedDatabase]:
    return running_mongod(data_dir, mongod, key=kept_database_key(data_dir), lock=lock)


def _run_secantus(data_dir: Path, lock: Lock) -> AbstractContextManager[EmbeddedDatabase]:
    storage = EngineKind.SECANTUS.storage(data_dir.resolve())  # the server runs elsewhere
    return running_secantus(data_dir, storage=str(storage), lock=lock)


def _serving(data_dir: Path, engine: Engine, writer: Engine | None, only: EngineKind | None) -> str:
    why = ""
    if engine.kind is EngineKind.SECANTUS and only is None:
        why = ", which it wrote" if writer else ", since no MongoDB 6 or later starts here"
    return f"Database: {engine}, embedded, in {data_dir}{why} (set MONGODB_URI to use another)."


def _none_may_serve(
    data_dir: Path, writer: Engine | None, only: EngineKind | None, too_old: list[Engine]
) -> str:
    if writer is None and only is not EngineKind.MONGOD:
        return "MONGODB_URI must name a database: none is installed here that could be embedded."
    if writer is None:
        return "EMBEDDED is mongod, but no mongod 6 or later runs here: install one, or unset it."
    if only and only is not writer.kind:
        return (
            f"DATA_DIR: {data_dir} was written by {writer}, and EMBEDDED is {only}. "
            "Unset EMBEDDED, or set DATA_DIR to another folder."
        )
    here = f"here is {too_old[0]}, which is older" if too_old else f"no {writer.kind} runs here"
    return (
        f"DATA_DIR: {data_dir} was written by {writer}, and {here}. "
        "Install that version or a later one, or set DATA_DIR to another folder."
    )
