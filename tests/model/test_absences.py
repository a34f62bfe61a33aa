"""Absences in any sequence, against what is foreseen of them; and at once."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from domain.store import audit as audit_module
from domain.store.absences import replacements
from domain.store.core.database import connect
from tests.domain.practices import HOUR
from tests.domain.support import DAY
from tests.model.absences import NOTHING, STEPS, Deed, Office, foreseen
from tests.soak import LONG, drawn, sampled

pytestmark = sampled

SERIAL = settings(
    max_examples=drawn(4, 400), database=None, suppress_health_check=list(HealthCheck)
)

Steps = list[Deed | timedelta]


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    """A loop of this test's own: Hypothesis calls, and does not wait."""
    with asyncio.Runner() as own:
        yield own


@asynccontextmanager
async def office_of(uri: str, now: datetime) -> AsyncIterator[Office]:
    """An office in an empty database."""
    database = connect(uri)
    try:
        yield await Office.opened(database, now)
    finally:
        await database.close()


async def follow(office: Office, steps: Steps, now: datetime) -> datetime:
    """Do one after the other, and compare after each; return when it ends."""
    for step in steps:
        if isinstance(step, timedelta):
            now += step
            continue
        wanted = foreseen(await office.situation(), step, now)
        outcome = await office.run(step, now)
        sessions = (await office.situation()).sessions
        assert (step, outcome, {who: s.facts() for who, s in sessions.items()}) == (step, *wanted)
        assert await office.wrong() == []
    return now


def test_what_is_done_because_of_absences_comes_to_what_is_foreseen(runner, database_uri, now):
    async def play(steps: Steps) -> None:
        async with office_of(database_uri, now) as office:
            await follow(office, steps, now)

    @SERIAL
    @given(STEPS)
    def check(steps: Steps) -> None:
        runner.run(play(steps))

    check()


AWAY = Deed("declare", "rosa", 2, 2)
NOWHERE_ELSE = Deed("declare", "rosa", 0, 7)
RACES: list[tuple[Steps, list[Deed]]] = [
    ([AWAY], [Deed("take", "ann", 0), Deed("declare", "rosa", 1, 1)]),
    ([AWAY], [Deed("take", "ann", 0), Deed("revoke", "rosa", 2, 2)]),
    ([AWAY], [Deed("take", "ann", 0), Deed("take", "ann", 1), Deed("cancel", "ann")]),
    ([AWAY], [Deed("declare", "rosa", 2, 3), Deed("revoke", "rosa", 2, 2)]),
    ([NOWHERE_ELSE], [Deed("take", "ann", 0), Deed("declare", "ben", 2, 2)]),
    ([NOWHERE_ELSE], [Deed("take", "ann", 1), Deed("take", "bob", 1), Deed("take", "eve", 1)]),
    ([NOWHERE_ELSE], [Deed("revoke", "rosa", 0, 7), Deed("take", "ann", 0), Deed("tick")]),
    ([AWAY, 30 * HOUR], [Deed("tick"), Deed("take", "ann", 0), Deed("choose", "bob", 5)]),
    ([AWAY, 2 * DAY + HOUR], [Deed("tick"), Deed("tick"), Deed("take", "ann", 0)]),
    ([], [AWAY, Deed("cancel", "ann"), Deed("choose", "bob", 4)]),
]


async def at_once(uri: str, now: datetime, steps: Steps, deeds: list[Deed]) -> list[str]:
    """Do some things at once, each in a process of its own; return what is wrong afterwards."""
    async with office_of(uri, now) as office:
        then = await follow(office, steps, now)
        servers = [connect(uri) for _ in deeds]
        try:
            await asyncio.gather(
                *(
                    office.at(server).run(deed, then)
                    for server, deed in zip(servers, deeds, strict=True)
                )
            )
        finally:
            for server in servers:
                await server.close()
        for _ in range(3):
            await office.run(Deed("tick"), then)
        return await office.wrong()


@pytest.mark.parametrize(
    ("steps", "deeds"),
    RACES if LONG else RACES[::2],
    ids=lambda some: " and ".join(str(one) for one in some),
)
def test_nothing_contradicts_itself_after_a_race(runner, database_uri, now, steps, deeds):
    for _ in range(drawn(1, 40)):
        assert runner.run(at_once(database_uri, now, steps, deeds)) == []


def test_the_model_sees_what_happens_when_an_answer_frees_nothing(
    runner, database_uri, now, monkeypatch: pytest.MonkeyPatch
):
    """The negative control."""

    async def keep_all(*_: object) -> None:
        pass

    monkeypatch.setattr(audit_module, "SECOND_LOOK_AFTER_S", 0)
    monkeypatch.setattr(replacements, "_free", keep_all)

    assert runner.run(at_once(database_uri, now, [AWAY], [Deed("cancel", "ann")])) != []


def test_an_answer_that_comes_too_late_is_foreseen_to_do_nothing(runner, database_uri, now):
    steps: Steps = [AWAY, 31 * HOUR, Deed("tick")]

    async def play() -> None:
        async with office_of(database_uri, now) as office:
            later = await follow(office, steps, now)
            assert await office.run(Deed("take", "ann", 0), later) == NOTHING

    runner.run(play())
