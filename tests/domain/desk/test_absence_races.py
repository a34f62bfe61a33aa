"""Races of absences: answers, ends and newer absences at once, and killed processes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime
from functools import partial
from typing import TypeVar

import pytest

from domain.booking import replacements
from domain.booking.bookings import Viewer
from domain.desk import publishing
from domain.desk.absences import declaring, following
from domain.rules.errors import Code, Refusal
from domain.rules.slots import SlotState
from domain.store.absences import declared
from domain.store.audit import audit
from domain.store.bookings import displacing, rescheduling
from domain.store.core.database import Database, connect
from domain.store.documents import Booking
from domain.store.documents.absences import AbsenceState, ReplacementState
from tests.domain.practices import HOUR, Practice, practice_with
from tests.domain.support import DAY

SERVERS = 5

T = TypeVar("T")


@pytest.fixture
async def practice(database: Database, now: datetime) -> Practice:
    return await practice_with(database, now)


@pytest.fixture
async def everywhere(practice: Practice, database_uri: str) -> AsyncIterator[list[Practice]]:
    """The practice at several servers, each with a connection of its own."""
    async with AsyncExitStack() as stack:
        connected = [connect(database_uri) for _ in range(SERVERS)]
        for server in connected:
            stack.push_async_callback(server.close)
        yield [practice.at(server) for server in connected]


async def insist(call: Callable[[], Awaitable[T]]) -> T | Code:
    """Try again while the server is too busy; return the result or the refusal."""
    while True:
        try:
            return await call()
        except Refusal as refusal:
            if refusal.code is not Code.BUSY:
                return refusal.code


async def state(practice: Practice) -> AbsenceState:
    """How far the one absence has come."""
    (found,) = await declaring.of_expert(practice.database, await practice.expert())
    return found.state


async def test_the_same_offer_pressed_ten_times_at_once_moves_once(
    practice: Practice, everywhere: list[Practice]
):
    booking = await practice.booked(2)
    await practice.away(2)
    (offer, *_) = await practice.offers(booking)

    moved = await asyncio.gather(
        *(insist(partial(each.move, booking, offer)) for each in 2 * everywhere)
    )

    assert {one.slot_id for one in moved if isinstance(one, Booking)} == {offer.id}
    assert not [one for one in moved if isinstance(one, Code)]
    assert (await practice.current(booking)).rev == 3
    assert await audit(practice.database) == []


async def test_of_two_offers_pressed_at_once_the_booking_has_one_and_the_other_is_free(
    practice: Practice, everywhere: list[Practice]
):
    booking = await practice.booked(2)
    await practice.away(2)
    first, second, _ = await practice.offers(booking)

    await asyncio.gather(
        insist(partial(everywhere[0].move, booking, first)),
        insist(partial(everywhere[1].move, booking, second)),
    )

    current = await practice.current(booking)
    assert current.slot_id in {first.id, second.id}
    assert (await practice.question(booking)).state is ReplacementState.MOVED
    assert await audit(practice.database) == []


async def test_an_answer_and_the_end_of_the_offers_at_once_leave_one_of_both(
    practice: Practice, everywhere: list[Practice]
):
    bookings = [await practice.booked(5, at, at) for at in ("09:00", "10:00", "11:00")]
    await practice.away(5, offer_hours=2)
    later = practice.now + 2 * HOUR

    async def answer(server: Practice, booking: Booking) -> Booking:
        (offer, *_) = await practice.offers(booking)
        return await server.move(booking, offer, Viewer(booking.visitor_id), now=later)

    ends = [partial(replacements.end_lapsed, each.database, now=later) for each in everywhere]
    answers = [partial(answer, *pair) for pair in zip(everywhere, bookings, strict=False)]
    await asyncio.gather(*map(insist, answers), *map(insist, ends))
    await practice.tick(later)

    assert [(await practice.question(booking)).offers for booking in bookings] == [[], [], []]
    assert await audit(practice.database) == []


async def test_a_process_that_is_late_does_not_close_what_was_revoked(practice: Practice):
    absence = await practice.away(2)
    late = absence.model_copy()
    await practice.revoke(absence)

    await following.carry_on(practice.database, late, now=practice.now)

    assert late.state is AbsenceState.DECLARING
    assert (await practice.expert()).hours.exceptions == []
    assert (await practice.slot(2)).state is SlotState.OPEN


async def test_without_the_absences_rev_a_late_process_would_close_them(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
):
    """The negative control of the test before."""

    async def unguarded(*_: object) -> None:
        pass

    absence = await practice.away(2)
    late = absence.model_copy()
    await practice.revoke(absence)
    monkeypatch.setattr(declared, "stay_as", unguarded)

    await following.carry_on(practice.database, late, now=practice.now)

    assert (await practice.expert()).hours.exceptions != []


async def test_without_the_guards_an_ended_offer_would_be_taken_twice(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
):
    """The negative control of those before: booking without the guards breaks the limit."""
    booking = await practice.booked(2)
    await practice.away(2)
    offer, *_ = await practice.offers(booking)
    other = await practice.booked(5, visitor="eve")

    def unguarded(*_: object, **__: object) -> dict[str, object]:
        return {"_id": offer.id}

    monkeypatch.setattr(rescheduling, "held_guard", unguarded)
    stale = offer.model_copy(update={"state": SlotState.HELD})
    await rescheduling.reschedule(
        practice.database,
        other,
        stale,
        "eve",
        agreed=other.agreed,
        within_a_day=False,
        now=practice.now,
    )

    assert await audit(practice.database) != []


async def test_an_answer_and_a_second_absence_at_once_end_in_one_piece(
    practice: Practice, everywhere: list[Practice]
):
    booking = await practice.booked(2)
    await practice.away(2)
    (offer, *_) = await practice.offers(booking)

    await asyncio.gather(
        insist(partial(everywhere[0].move, booking, offer)),
        insist(partial(everywhere[1].away, 1)),
    )
    await practice.tick(practice.now)

    current = await practice.current(booking)
    offered = {slot.starts_at.date() for slot in await practice.offers(booking)}
    assert current.is_displaced
    assert offered
    assert (practice.now + DAY).date() not in offered
    assert await audit(practice.database) == []


async def test_an_absence_declared_by_five_processes_at_once_asks_once(
    practice: Practice, everywhere: list[Practice]
):
    booking = await practice.booked(2)

    await asyncio.gather(*(insist(partial(each.away, 2)) for each in everywhere))
    await practice.tick(practice.now)

    assert (await practice.current(booking)).rev == 2
    assert await state(practice) is AbsenceState.STANDING
    assert await audit(practice.database) == []


async def test_declaring_and_revoking_at_once_leave_nothing_half_done(practice: Practice):
    bookings = [await practice.booked(2, at, at) for at in ("09:00", "10:00", "11:00")]
    absence = await practice.away(2)
    await asyncio.gather(
        practice.revoke(absence),
        following.carry_on(
            practice.database,
            absence.model_copy(update={"state": AbsenceState.DECLARING}),
            now=practice.now,
        ),
        return_exceptions=True,
    )
    for _ in range(3):
        await practice.tick(practice.now)

    assert await state(practice) is AbsenceState.REVOKED
    current = [await practice.current(booking) for booking in bookings]
    assert not any(booking.is_displaced for booking in current)
    assert (await practice.expert()).hours.exceptions == []
    assert await audit(practice.database) == []


class Killed(BaseException):
    """The process is gone."""


def dies_at(monkeypatch: pytest.MonkeyPatch, module: object, step: str, *, after: int) -> None:
    """Let the process die in place of a step, after so many calls of it."""
    done, real = iter(range(after)), getattr(module, step)

    async def killed(*args: object, **named: object) -> object:
        if next(done, None) is None:
            raise Killed
        return await real(*args, **named)

    monkeypatch.setattr(module, step, killed)


DECLARING = [
    (following, "set_closed", 0),
    (publishing, "publish", 0),
    (displacing, "ask", 0),
    (displacing, "ask", 1),
    (declared, "note", 0),
]


@pytest.mark.parametrize(("module", "step", "after"), DECLARING)
async def test_what_a_killed_process_leaves_of_an_absence_is_finished(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, module: object, step: str, after: int
):
    bookings = [await practice.booked(2, at, at) for at in ("09:00", "10:00", "11:00")]
    with monkeypatch.context() as dying:
        dies_at(dying, module, step, after=after)
        with pytest.raises(Killed):
            await practice.away(2)

    await practice.tick(practice.now)

    assert [(await practice.current(booking)).rev for booking in bookings] == [2, 2, 2]
    assert await state(practice) is AbsenceState.STANDING
    assert await audit(practice.database) == []


REVOKING = [
    (following, "set_closed", 0),
    (publishing, "publish", 0),
    (displacing, "restore", 0),
    (displacing, "restore", 1),
    (declared, "note", 0),
]


@pytest.mark.parametrize(("module", "step", "after"), REVOKING)
async def test_what_a_killed_process_leaves_of_a_revoked_absence_is_finished(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, module: object, step: str, after: int
):
    bookings = [await practice.booked(2, at, at) for at in ("09:00", "10:00", "11:00")]
    absence = await practice.away(2)
    with monkeypatch.context() as dying:
        dies_at(dying, module, step, after=after)
        with pytest.raises(Killed):
            await practice.revoke(absence)

    await practice.tick(practice.now)

    assert [(await practice.current(booking)).rev for booking in bookings] == [3, 3, 3]
    assert await state(practice) is AbsenceState.REVOKED
    assert (await practice.slot(2, "10:00")).retiring is False
    assert await audit(practice.database) == []
