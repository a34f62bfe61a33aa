"""The pulse: who asks whether the database answers is told within seconds, both ways."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest

from domain.booking import holds
from domain.rules.errors import Code, Refusal
from domain.store.core.background import end
from domain.store.core.database import Database, connect
from domain.store.core.deadlines import CLAIM_WITHIN
from domain.store.documents import Slot
from domain.store.slots import claiming as slots
from tests import fake_clock
from tests.domain.support import HOLD
from tests.factories import make_slot
from tests.unruly import Unruly, unruly_database
from tests.waiting import until
from web.http import clock

ONE = timedelta(seconds=1)
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def unruly() -> Iterator[Unruly]:
    with unruly_database() as running:
        yield running


@asynccontextmanager
async def beating(uri: str, *, ahead: timedelta = timedelta(0)) -> AsyncIterator[Database]:
    """Connect from a host whose clock is so much ahead, and follow the pulse.

    The database's own clock is the real one, whenever the tests run.
    """
    fake = timedelta(seconds=fake_clock.AHEAD_S)
    database = connect(uri, clock=lambda: clock.now() - fake + ahead)
    asking = asyncio.create_task(database.pulse.run())
    try:
        await until(lambda: database.clock.compares)
        yield database
    finally:
        await end(asking)
        await database.close()


async def test_silence_is_noticed_and_so_is_its_end(unruly: Unruly):
    heard = []
    async with beating(unruly.uri("pulse")) as database:
        with database.pulse.heard_by(lambda: heard.append(database.pulse.is_up)):
            with unruly.silent():
                await until(lambda: not database.pulse.is_up)
                assert not await database.pulse.beats()
            await until(lambda: database.pulse.is_up)

    assert heard == [False, True]


async def test_a_server_that_answers_and_takes_no_writes_is_as_good_as_silent(unruly: Unruly):
    async with beating(unruly.uri("pulse")) as database:
        stepping_down = {"replSetStepDown": 3, "force": True, "secondaryCatchUpPeriodSecs": 0}
        await database.watching.admin.command(stepping_down)
        await until(lambda: not database.pulse.is_up)
        await until(lambda: database.pulse.is_up)


async def test_a_question_that_fails_once_is_no_silence(unruly: Unruly):
    async with beating(unruly.uri("pulse")) as database:
        with unruly.failing("hello", times=1, errorCode=91):
            await until(lambda: not database.pulse.is_up or is_heard_again(database))
        assert database.pulse.is_up


def is_heard_again(database: Database) -> bool:
    return len(database.clock._readings) > 2


@pytest.mark.parametrize("ahead", [-90, 0, 90])
async def test_a_request_that_is_too_old_by_the_databases_clock_changes_nothing(
    unruly: Unruly, ahead: int
):
    """Whatever the clock of our own host says; it may be far off."""
    async with beating(unruly.uri("late"), ahead=timedelta(seconds=ahead)) as database:
        now = database.clock.now()
        slot = await make_slot(database, starts_at=now + HOUR)
        late = now - CLAIM_WITHIN - ONE

        with pytest.raises(Refusal) as refused:
            await holds.hold(database, slot.id, "ann", now=late, hold_for=HOLD)
        assert refused.value.code is Code.BUSY
        assert await current(database, slot) == slot

        held = await holds.hold(database, slot.id, "ann", now=now, hold_for=HOLD)
        assert held.held_by == "ann"


async def current(database: Database, slot: Slot) -> Slot | None:
    return await slots.find(database, slot.id)


@pytest.mark.parametrize("ahead", [-90, 90])
async def test_clocks_that_are_apart_are_told_once(
    unruly: Unruly, ahead: int, caplog: pytest.LogCaptureFixture
):
    async with beating(unruly.uri("apart"), ahead=timedelta(seconds=ahead)) as database:
        await until(lambda: is_heard_again(database))

        assert abs(database.clock.ahead + timedelta(seconds=ahead)) < ONE
    told = [record for record in caplog.records if "clock is" in record.getMessage()]
    assert [("-" in record.getMessage()) for record in told] == [ahead > 0]


def test_of_several_readings_the_quickest_counts(now: datetime):
    database_clock = connect("mongodb://127.0.0.1:1").clock
    for took, ahead in ((4, 3), (0, 0.2), (2, 1)):
        told_at = now + timedelta(seconds=took)
        theirs = now + timedelta(seconds=took / 2 + ahead)
        database_clock.note(theirs, asked_at=now, told_at=told_at)

    assert database_clock.ahead == timedelta(seconds=0.2)


def test_clocks_are_not_apart_by_what_a_slow_answer_may_explain(now: datetime):
    database_clock = connect("mongodb://127.0.0.1:1").clock
    told_at = now + timedelta(seconds=4)

    database_clock.note(now + timedelta(seconds=4.5), asked_at=now, told_at=told_at)
    assert not database_clock.is_apart

    database_clock.note(now + timedelta(seconds=2.5), asked_at=now, told_at=now + ONE)
    assert database_clock.is_apart


async def test_before_it_was_asked_all_is_taken_for_well():
    database = connect("mongodb://127.0.0.1:1")

    assert database.pulse.is_up
    assert database.clock.in_time(clock.now()) == {}
    await database.close()
