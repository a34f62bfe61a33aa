"""Figures: what the database adds up is what the same data adds up to in Python."""

import random
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain.admin.figures import REMEMBERED_FOR, RememberedFigures
from domain.rules.figures import Tally, by, mondays, mondays_from, total
from domain.rules.schedule import start_of
from domain.rules.slots import SlotState
from domain.seeds.factories import BookingFactory, SlotFactory
from domain.store.core.database import Database
from domain.store.documents import Attendance, Booking, BookingStatus, Slot
from domain.store.documents.waitlist import WaitlistEntry
from tests.factories import make_expert, make_wait

ZONE = "Europe/Berlin"
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
OCTOBER = date(2031, 10, 6)
"""Clocks are put back on the 26th: that week has an hour more."""


def minutes(spans: Iterable[timedelta]) -> int:
    """Add spans up, in minutes."""
    return sum(span // MINUTE for span in spans)


def reckoned(
    bookings: list[Booking], slots: list[Slot], entries: list[WaitlistEntry], monday: date
) -> Tally:
    """Add up a week as its definition says, one thing after the other."""
    start, end = (start_of(monday + n * 7 * DAY, ZoneInfo(ZONE)) for n in (0, 1))
    begun = [one for one in bookings if start <= one.starts_at < end]
    confirmed = [one for one in begun if one.status is BookingStatus.CONFIRMED]
    free = [
        slot for slot in slots if slot.state is SlotState.OPEN and start <= slot.starts_at < end
    ]
    return Tally(
        sessions=len(confirmed),
        cancelled=len(begun) - len(confirmed),
        missed=sum(one.attendance is Attendance.MISSED for one in confirmed),
        booked_minutes=minutes(one.ends_at - one.starts_at for one in confirmed),
        free_minutes=minutes(slot.ends_at - slot.starts_at for slot in free),
        lead_minutes=minutes(one.starts_at - one.created_at for one in confirmed),
        waiting=sum(start < entry.ends_at <= end for entry in entries),
    )


async def a_busy_autumn(
    database: Database,
) -> tuple[list[Booking], list[Slot], list[WaitlistEntry]]:
    """Two experts' bookings, times and lines over ten weeks, at random, on borders of weeks too."""
    chance = random.Random(7)
    experts = [await make_expert(database, category=field) for field in ("Health", "Legal")]
    start = start_of(OCTOBER - 7 * DAY, ZoneInfo(ZONE))
    bookings, slots, entries = [], [], []
    for n in range(120):
        starts_at = start + n // 2 * timedelta(hours=28)
        expert = experts[n % 2]
        length = chance.choice([30, 45, 60]) * MINUTE
        times: dict[str, Any] = {"starts_at": starts_at, "ends_at": starts_at + length}
        booking = BookingFactory.build(
            expert_id=expert.id,
            status=chance.choice([*BookingStatus]),
            attendance=chance.choice([None, *Attendance]),
            created_at=starts_at - chance.randrange(90_000) * MINUTE,
            **times,
        )
        state = chance.choice([SlotState.OPEN, SlotState.OPEN, SlotState.WITHDRAWN])
        bookings.append(await database.engine.save(booking))
        slot = SlotFactory.build(expert_id=expert.id, state=state, **times)
        slots.append(await database.engine.save(slot))
        if n % 5 == 0:
            day = start_of(OCTOBER + n // 5 * DAY, ZoneInfo(ZONE))
            entries.append(await make_wait(database, expert, starts_at=day, ends_at=day + DAY))
    return bookings, slots, entries


async def test_the_database_adds_up_what_python_does(database: Database, now: datetime):
    everything = await a_busy_autumn(database)

    figures = await RememberedFigures(database).of(OCTOBER, ZONE, now=now)

    weeks = {week.monday: week.total() for week in figures.weeks}
    assert weeks == {monday: reckoned(*everything, monday) for monday in mondays_from(OCTOBER)}
    assert all(week.sessions and week.cancelled and week.free_minutes for week in weeks.values())
    fields = by(figures.weeks, lambda key: figures.experts[key].category)
    assert fields.keys() == {"Health", "Legal"}
    assert total(fields.values()) == total(weeks.values())
    of_health = figures.of(lambda one: one is not None and one.category == "Health")
    assert total(week.total() for week in of_health.weeks) == fields["Health"]


async def test_figures_are_remembered_for_a_minute(database: Database, now: datetime):
    remembered = RememberedFigures(database)
    expert = await make_expert(database)

    async def sessions(at: datetime) -> int:
        figures = await remembered.of(now.date(), "UTC", now=at)
        return figures.weeks[0].total().sessions

    assert await sessions(now) == 0
    booking = BookingFactory.build(expert_id=expert.id, starts_at=now)
    await database.engine.save(booking)
    assert await sessions(now + REMEMBERED_FOR - MINUTE / 60) == 0
    assert await sessions(now + REMEMBERED_FOR) == 1
    assert await sessions(now) == 1, "a clock that was put back"


def test_eight_weeks_are_shown_of_which_three_are_over():
    assert mondays(date(2031, 7, 8))[3] == date(2031, 7, 7)
    assert mondays(date(2031, 7, 7)) == mondays(date(2031, 7, 13))
    assert len(mondays(date(2031, 7, 8))) == 8


def test_of_no_session_it_is_not_said_how_far_ahead_it_was_booked():
    assert Tally().lead_days is None
    assert Tally(sessions=2, lead_minutes=2 * 36 * 60).lead_days == 1.5
