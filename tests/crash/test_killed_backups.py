"""A backup or a restore is killed with -9 on its way: nothing half is taken for a whole."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from bson.binary import UUID_SUBTYPE, Binary
from pymongo import MongoClient, monitoring

from domain.store.core.database import Database, database_name
from domain.store.core.migrate import LEASES
from domain.store.core.restores import is_unfinished, was_restored
from domain.store.core.usable import DatabaseUnusable, check_usable
from tests.backups import audited, backed_up, contents, forget_leases, restore
from tests.crash.killer import Killer
from tests.crash.victim import KILLED
from tests.domain.support import DAY, book
from tests.factories import make_slot
from tests.soak import drawn, sampled

pytestmark = sampled


@pytest.fixture
async def booked_uri(database: Database, database_uri: str, now: datetime) -> str:
    """The address of a database with a booking in it."""
    await book(database, await make_slot(database, starts_at=now + DAY), now=now)
    return database_uri


def run(act: Callable[[], object], step: int, last_words: Connection) -> None:
    """Do it in this process, and die at that step; what it leaves is its sessions' names."""
    killer = Killer(step)
    killer.on_strike = lambda: last_words.send(killer.sessions)
    monitoring.register(killer)
    killer.armed = True
    act()


def killed(processes: Any, act: Callable[[], object], step: int, *, uri: str) -> bool:
    """Have a process do it to a database; say whether it was killed before it was done."""
    heard, last_words = processes.Pipe(duplex=False)
    process = processes.Process(target=run, args=(act, step, last_words))
    process.start()
    process.join(60)
    assert process.exitcode in {0, KILLED}, process.exitcode
    if process.exitcode != KILLED:
        return False
    left = [{"id": Binary(name, UUID_SUBTYPE)} for name in heard.recv()]
    if left:  # of none it would end those of everybody
        with MongoClient[dict[str, Any]](uri) as client:
            client.admin.command("killSessions", left)  # by themselves they take a minute
    return True


def test_a_killed_backup_leaves_no_file_and_is_made_anew(
    booked_uri: str, processes, tmp_path: Path
):
    file = tmp_path / "backup.zip"

    for step in count(0, drawn(25, 1)):
        was_killed = killed(processes, partial(backed_up, booked_uri, file), step, uri=booked_uri)
        assert was_killed or file.exists()
        if file.exists():
            break

    assert step > 0
    assert [*tmp_path.iterdir()] == [file]


async def test_a_killed_restore_leaves_a_database_that_nothing_uses_and_starts_again(
    booked_uri: str, empty_uri: str, processes, tmp_path: Path
):
    file = tmp_path / "backup.zip"
    backed_up(booked_uri, file)

    for step in count(0, drawn(250, 7)):
        errand = partial(restore, file, empty_uri)
        if not killed(processes, errand, step, uri=empty_uri) or is_done(empty_uri):
            break
        forget_leases(empty_uri)
        if is_written(empty_uri):
            with pytest.raises(DatabaseUnusable, match="a restore into it was interrupted"):
                check_usable(empty_uri)

    assert step > 0
    assert contents(empty_uri) == contents(booked_uri)
    assert await audited(empty_uri) == []


def is_written(uri: str) -> bool:
    """Say whether there is anything in a database."""
    with MongoClient[dict[str, Any]](uri) as client:
        return {*client[database_name(uri)].list_collection_names()} > {LEASES}


def is_done(uri: str) -> bool:
    """Say whether a restore had done all its work, and was killed while it tidied up."""
    with MongoClient[dict[str, Any]](uri) as client:
        database = client[database_name(uri)]
        return was_restored(database) and not is_unfinished(database)
