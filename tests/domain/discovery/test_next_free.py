"""Next free times that are kept wrong are found, once for all processes, and cheaply."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.discovery import catalogue
from domain.rules.instants import NEVER
from domain.rules.slots import SlotState
from domain.store.core.commands import Command
from domain.store.core.database import Database, Key, connect
from domain.store.documents import Expert
from domain.store.experts import next_free
from tests.domain.support import DAY, MS
from tests.factories import make_expert, make_slot

LATER = catalogue.LOOK_EVERY
MANY = 40


async def look(database: Database, now: datetime, started_at: datetime | None = None) -> list[Key]:
    """Return whom a process that started then finds."""
    wrong = catalogue.wrong_next_free(database, started_at=started_at or now, now=now)
    return [key async for part in wrong for key in part]


async def kept_right(database: Database, now: datetime, **slot: Any) -> Expert:
    """An expert with one time, who is kept as they are."""
    expert = await make_expert(database)
    await make_slot(database, expert, starts_at=now + DAY, **slot)
    await next_free.refresh(database, expert.id, now)
    return expert


async def test_whoever_is_kept_right_is_not_looked_at(database: Database, now: datetime):
    await kept_right(database, now)
    await kept_right(database, now, state=SlotState.BOOKED)
    await kept_right(database, now, opens_at=now + DAY / 2)
    await next_free.refresh(database, (await make_expert(database)).id, now)

    assert await look(database, now) == []


@pytest.mark.parametrize("opens_in", [0 * DAY, DAY / 2])
@pytest.mark.parametrize("state", [SlotState.OPEN, SlotState.BOOKED])
async def test_whoever_is_kept_wrong_is_found_and_put_right(
    database: Database, now, state: SlotState, opens_in: timedelta
):
    expert = await kept_right(database, now, state=state, opens_at=now + opens_in)
    right = await database.engine.find_one(Expert, {"_id": expert.id})
    lost = {"$set": {"next_free_at": now + 5 * DAY, "next_free_until": now + 6 * DAY}}
    await database.collection(Expert).update_one({"_id": expert.id}, lost)

    assert await look(database, now) == [expert.id]

    await catalogue.refresh_next_free(database, expert.id, now)
    assert await database.engine.find_one(Expert, {"_id": expert.id}) == right


async def test_a_time_that_was_freed_unheard_is_found(database: Database, now: datetime):
    expert = await kept_right(database, now)
    await make_slot(database, expert, starts_at=now + DAY / 2)

    assert await look(database, now) == [expert.id]


async def test_nobody_looks_for_experts_who_are_not_listed(database: Database, now: datetime):
    expert = await make_expert(database, listed=False, next_free_at=NEVER)
    await make_slot(database, expert, starts_at=now + DAY)

    assert await look(database, now) == []


@pytest.fixture
async def wrong(database: Database, now: datetime) -> Key:
    """An expert of whose only time nobody has heard."""
    expert = await make_expert(database, next_free_at=NEVER)
    await make_slot(database, expert, starts_at=now + DAY)
    return expert.id


async def test_of_several_processes_one_looks(database: Database, now: datetime, wrong: Key):
    found = await asyncio.gather(*(look(database, now) for _ in range(4)))

    assert sorted(found) == [[], [], [], [wrong]]


async def test_the_others_wait_until_it_is_due_again(database: Database, now, wrong: Key):
    begun = now - MS
    looks = [now, now + LATER - MS, now + LATER, now + LATER + MS]

    found = [await look(database, at, begun) for at in looks]

    assert found == [[wrong], [], [wrong], []]


async def test_a_process_that_starts_looks_at_once(database: Database, now, wrong: Key):
    await look(database, now)

    assert await look(database, now + 2 * MS, now + MS) == [wrong]


async def test_a_look_that_fails_is_left_to_the_next(
    database: Database, now, wrong: Key, monkeypatch: pytest.MonkeyPatch
):
    async def fail(*_: object) -> list[Key]:
        raise TimeoutError

    with monkeypatch.context() as broken:
        broken.setattr(next_free, "wrong_among", fail)
        with pytest.raises(TimeoutError):
            await look(database, now)

    assert await look(database, now + MS, now) == [wrong]


@pytest.fixture
async def asked(database_uri: str) -> AsyncIterator[tuple[Database, list[Command]]]:
    """A connection, and the commands that went over it."""
    commands: list[Command] = []
    connection = connect(database_uri, hearers=[commands.append])
    yield connection, commands
    await connection.close()


async def test_a_look_takes_as_many_commands_for_many_as_for_one(database: Database, now, asked):
    connection, commands = asked
    counts: list[int] = []

    for experts in (1, MANY):
        for _ in range(experts):
            await kept_right(database, now)
        commands.clear()
        await look(connection, now + len(counts) * LATER)
        counts.append(len(commands))

    assert counts[0] == counts[1]
