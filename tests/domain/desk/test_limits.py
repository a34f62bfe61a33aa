"""Most sessions a day and a week: enforced by the transaction that books."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain import waitlist
from domain.booking import cancelling, holds, reschedule_targets, rescheduling
from domain.booking.bookings import Viewer
from domain.desk import publishing
from domain.rules.errors import Code, Refusal
from domain.rules.limits import Limits, Week
from domain.rules.request_limits import Asker
from domain.rules.slots import SlotState, Status, status
from domain.store.audit import audit
from domain.store.bookings import claims
from domain.store.core.database import Database, Key
from domain.store.documents import Booking, BookingStatus, Slot
from domain.store.documents.hours import SessionLimits, WorkingHours
from domain.store.experts import reading as experts
from domain.store.slots import fullness
from domain.store.waitlist import entries
from domain.waitlist import EntryRequest, Line
from tests.domain.diaries import change_hours, every_day, published, slots_of
from tests.domain.support import DAY, HOLD, book, refused

HOUR = timedelta(hours=1)
BERLIN = ZoneInfo("Europe/Berlin")


def limited(*stretches: str, a_day: int | None = None, a_week: int | None = None) -> WorkingHours:
    limits = SessionLimits(most_a_day=a_day, most_a_week=a_week)
    return every_day(*(stretches or ("10:00-14:00",)), limits=limits)


async def of_day(database: Database, expert_id: Key, day: datetime) -> list[Slot]:
    found = await slots_of(database, expert_id)
    return [slot for slot in found if slot.starts_at.date() == day.date()]


async def statuses(database: Database, expert_id: Key, day: datetime) -> list[Status]:
    return [status(slot, day - DAY) for slot in await of_day(database, expert_id, day)]


def test_a_week_begins_on_monday_in_the_experts_zone():
    limits = Limits(BERLIN, most_a_week=5)
    sunday = datetime(2031, 7, 13, 21, 59, tzinfo=UTC)

    assert limits.week_of(sunday)[1] == datetime(2031, 7, 13, 22, tzinfo=UTC)
    assert limits.week_of(sunday + timedelta(minutes=1))[0] == datetime(2031, 7, 13, 22, tzinfo=UTC)


def test_a_day_is_full_by_itself_or_by_its_week():
    monday = datetime(2031, 7, 7, 9, tzinfo=UTC)
    taken = [monday, monday + HOUR, monday + DAY]

    by_day = Week.of(Limits(BERLIN, most_a_day=2), taken)
    by_week = Week.of(Limits(BERLIN, most_a_week=3), taken)

    assert (by_day.is_full(monday), by_day.is_full(monday + DAY)) == (True, False)
    assert by_week.is_full(monday + 3 * DAY)
    assert not by_week.is_over(monday)


async def test_the_last_session_of_a_day_closes_the_day(database: Database, now):
    tomorrow = now + DAY
    expert_id = await published(database, limited(a_day=2), now)
    first, second, third, _ = await of_day(database, expert_id, tomorrow)

    await book(database, first, now=now)
    before = await statuses(database, expert_id, tomorrow)
    await book(database, third, "ben", now=now)

    assert before == [Status.BOOKED, Status.FREE, Status.FREE, Status.FREE]
    assert await statuses(database, expert_id, tomorrow) == [
        Status.BOOKED,
        Status.FULL,
        Status.BOOKED,
        Status.FULL,
    ]
    assert await refused(book(database, second, "eve", now=now)) is Code.SLOT_TAKEN
    assert set(await statuses(database, expert_id, tomorrow + DAY)) == {Status.FREE}
    assert await audit(database) == []


async def test_the_last_session_of_a_week_closes_the_week(database: Database, now):
    tuesday = now  # 8 July 2031
    expert_id = await published(database, limited(a_week=2), now)
    await book(database, (await of_day(database, expert_id, tuesday))[0], now=now)
    await book(database, (await of_day(database, expert_id, tuesday + DAY))[0], "ben", now=now)

    friday, monday = tuesday + 3 * DAY, tuesday + 6 * DAY
    assert set(await statuses(database, expert_id, friday)) == {Status.FULL}
    assert set(await statuses(database, expert_id, monday)) == {Status.FREE}


async def test_a_cancelled_session_opens_its_day_again(database: Database, now):
    tomorrow = now + DAY
    expert_id = await published(database, limited(a_day=1), now)
    booking = await book(database, (await of_day(database, expert_id, tomorrow))[1], now=now)

    await cancelling.cancel(database, booking.reference, Viewer("ann"), now=now)

    assert set(await statuses(database, expert_id, tomorrow)) == {Status.FREE}
    assert await audit(database) == []


async def test_holds_of_others_end_when_their_day_is_full(database: Database, now):
    expert_id = await published(database, limited(a_day=1), now)
    first, second, *_ = await of_day(database, expert_id, now + DAY)
    await holds.hold(database, second.id, "ben", now=now, hold_for=HOLD)

    await book(database, first, now=now)

    _, after, *_ = await of_day(database, expert_id, now + DAY)
    assert (after.state, after.held_by, after.full) == (SlotState.OPEN, None, True)


async def book_at_last(database: Database, slot: Slot, visitor_id: str, now: datetime) -> Booking:
    """Book, and try again while the database is busy, however slow the machine is."""
    while True:
        try:
            return await book(database, slot, visitor_id, now=now)
        except Refusal as refusal:
            if refusal.code is not Code.BUSY:
                raise


async def test_fifty_at_once_on_a_day_with_three_left_are_exactly_three(database: Database, now):
    expert_id = await published(database, limited("00:00-00:00", a_day=3), now, session_minutes=20)
    free = (await of_day(database, expert_id, now + DAY))[:50]
    for number, slot in enumerate(free):
        await holds.hold(database, slot.id, f"v{number}", now=now, hold_for=HOLD)

    done = await asyncio.gather(
        *(book_at_last(database, slot, f"v{number}", now) for number, slot in enumerate(free)),
        return_exceptions=True,
    )

    made = [one for one in done if isinstance(one, Booking)]
    codes = {one.code for one in done if isinstance(one, Refusal)}
    assert (len(free), len(made), codes) == (50, 3, {Code.SLOT_TAKEN})
    assert await audit(database) == []


async def test_without_the_count_there_would_be_more_than_three(
    database: Database, now, monkeypatch: pytest.MonkeyPatch
):
    """The negative control of the test before."""

    async def no_count(*_: object, **__: object) -> None:
        pass

    expert_id = await published(database, limited("00:00-00:00", a_day=3), now, session_minutes=20)
    free = (await of_day(database, expert_id, now + DAY))[:10]
    monkeypatch.setattr(fullness, "recount", no_count)

    for number, slot in enumerate(free):
        await book(database, slot, f"v{number}", now=now)

    assert await audit(database) != []


async def test_a_booking_moves_within_a_full_day(database: Database, now):
    expert_id = await published(database, limited(a_day=1), now)
    first, second, *_ = await of_day(database, expert_id, now + DAY)
    booking = await book(database, first, now=now)

    moved = await rescheduling.reschedule(
        database, booking.reference, Viewer("ann"), second.id, "ann", now=now, hold_for=HOLD
    )

    assert moved.slot_id == second.id
    assert await statuses(database, expert_id, now + DAY) == [
        Status.FULL,
        Status.BOOKED,
        Status.FULL,
        Status.FULL,
    ]


async def full_day(database: Database, now: datetime) -> tuple[Booking, Slot, Slot]:
    """A booking, another slot of its day, which is full, and one of the next day, full as well."""
    expert_id = await published(database, limited(a_day=1), now)
    (first, second, *_), (taken, other, *_) = [
        await of_day(database, expert_id, now + number * DAY) for number in (1, 2)
    ]
    booking = await book(database, first, now=now)
    await book(database, taken, "ben", now=now)
    return booking, second, other


async def test_another_slot_of_a_bookings_own_full_day_can_be_held(database: Database, now):
    booking, second, _ = await full_day(database, now)

    held = await rescheduling.hold(database, booking, second.id, "ann", now=now, hold_for=HOLD)

    assert (held.state, held.held_by, held.full) == (SlotState.HELD, "ann", True)
    assert reschedule_targets.can_take(booking, held, "ann", now)
    assert await audit(database) == []


async def test_a_slot_of_another_full_day_cannot_be_held(database: Database, now):
    booking, _, other = await full_day(database, now)

    hold = rescheduling.hold(database, booking, other.id, "ann", now=now, hold_for=HOLD)

    assert await refused(hold) is Code.SLOT_TAKEN


async def test_what_is_held_within_a_full_day_makes_no_second_booking(database: Database, now):
    booking, second, _ = await full_day(database, now)
    await rescheduling.hold(database, booking, second.id, "ann", now=now, hold_for=HOLD)

    again = holds.hold(database, second.id, "ann", now=now, hold_for=HOLD)

    assert await refused(again) is Code.SLOT_TAKEN
    assert await refused(book(database, second, now=now)) is Code.SLOT_TAKEN


async def test_a_hold_within_a_full_day_lasts_when_a_session_of_it_is_cancelled(
    database: Database, now
):
    expert_id = await published(database, limited(a_day=2), now)
    first, second, third, *_ = await of_day(database, expert_id, now + DAY)
    booking = await book(database, first, now=now)
    others = await book(database, second, "ben", now=now)
    await rescheduling.hold(database, booking, third.id, "ann", now=now, hold_for=HOLD)

    await cancelling.cancel(database, others.reference, Viewer("ben"), now=now)

    _, _, held, *_ = await of_day(database, expert_id, now + DAY)
    assert (held.state, held.held_by, held.full) == (SlotState.HELD, "ann", False)
    assert await audit(database) == []


async def test_a_booking_that_moves_to_another_day_counts_on_both(database: Database, now):
    expert_id = await published(database, limited(a_day=1), now)
    (first, *_), (other, *_) = [
        await of_day(database, expert_id, now + number * DAY) for number in (1, 2)
    ]
    booking = await book(database, first, now=now)

    await rescheduling.reschedule(
        database, booking.reference, Viewer("ann"), other.id, "ann", now=now, hold_for=HOLD
    )

    assert set(await statuses(database, expert_id, now + DAY)) == {Status.FREE}
    assert await statuses(database, expert_id, now + 2 * DAY) == [Status.BOOKED, *[Status.FULL] * 3]


async def test_a_booking_does_not_move_to_another_full_day(database: Database, now):
    expert_id = await published(database, limited(a_day=1), now)
    (first, *_), (taken, other, *_) = [
        await of_day(database, expert_id, now + number * DAY) for number in (1, 2)
    ]
    booking = await book(database, first, now=now)
    await book(database, taken, "ben", now=now)

    move = rescheduling.reschedule(
        database, booking.reference, Viewer("ann"), other.id, "ann", now=now, hold_for=HOLD
    )

    assert await refused(move) is Code.SLOT_TAKEN


async def wait_for(database: Database, expert_id: Key, day: datetime, now: datetime) -> None:
    expert = await experts.find(database, expert_id)
    assert expert is not None
    begins = day.replace(hour=0, minute=0)
    person = EntryRequest("eve@example.org", "eve", Asker("eve"), zone="UTC", language="en")
    await waitlist.join(database, Line(expert, begins, begins + DAY), person, now=now)


async def test_a_freed_place_of_a_full_day_goes_to_the_line_and_the_day_stays_full(
    database: Database, now
):
    tomorrow = now + DAY
    expert_id = await published(database, limited(a_day=1), now)
    booking = await book(database, (await of_day(database, expert_id, tomorrow))[0], now=now)
    await wait_for(database, expert_id, tomorrow, now)

    await cancelling.cancel(database, booking.reference, Viewer("ann"), now=now)

    offered, *others = await of_day(database, expert_id, tomorrow)
    assert (offered.state, offered.held_by) == (SlotState.OFFERED, "eve")
    assert all(slot.full for slot in others)
    assert await audit(database) == []


async def test_an_offer_can_be_booked_though_the_limit_has_become_lower(database: Database, now):
    tomorrow = now + DAY
    expert_id = await published(database, limited(a_day=2), now)
    first, second, *_ = await of_day(database, expert_id, tomorrow)
    await book(database, first, now=now)
    booking = await book(database, second, "ben", now=now)
    await wait_for(database, expert_id, tomorrow, now)
    await cancelling.cancel(database, booking.reference, Viewer("ben"), now=now)
    await change_hours(database, expert_id, limited(a_day=1), now)

    await book(database, second, "eve", now=now, email="eve@example.org")

    _, offered, *_ = await of_day(database, expert_id, tomorrow)
    assert offered.state is SlotState.BOOKED
    assert await audit(database) == []


async def test_a_limit_that_is_set_while_somebody_books_counts_that_booking(
    database: Database, now, monkeypatch: pytest.MonkeyPatch
):
    expert_id = await published(database, every_day("10:00-14:00"), now)
    first, *_ = await of_day(database, expert_id, now + DAY)
    book_held = claims.book_held

    async def late(*given: Any, **options: Any) -> bool:
        await change_hours(database, expert_id, limited(a_day=1), now)
        return await book_held(*given, **options)

    monkeypatch.setattr(claims, "book_held", late)
    await book(database, first, now=now)

    assert await statuses(database, expert_id, now + DAY) == [Status.BOOKED, *[Status.FULL] * 3]


async def test_a_move_within_a_full_day_offers_nothing_to_the_line(database: Database, now):
    tomorrow = now + DAY
    expert_id = await published(database, limited(a_day=1), now)
    first, second, *_ = await of_day(database, expert_id, tomorrow)
    booking = await book(database, first, now=now)
    await wait_for(database, expert_id, tomorrow, now)

    await rescheduling.reschedule(
        database, booking.reference, Viewer("ann"), second.id, "ann", now=now, hold_for=HOLD
    )

    assert SlotState.OFFERED not in {s.state for s in await of_day(database, expert_id, tomorrow)}
    assert len(await entries.waiting(database, {expert_id})) == 1


async def test_a_new_limit_closes_days_and_touches_no_booking(database: Database, now):
    tomorrow = now + DAY
    expert_id = await published(database, every_day("10:00-14:00"), now)
    first, second, *_ = await of_day(database, expert_id, tomorrow)
    made = [await book(database, slot, f"v{n}", now=now) for n, slot in enumerate((first, second))]

    await change_hours(database, expert_id, limited(a_day=1), now)
    closed = await statuses(database, expert_id, tomorrow)
    await change_hours(database, expert_id, every_day("10:00-14:00"), now)

    assert closed == [Status.BOOKED, Status.BOOKED, Status.FULL, Status.FULL]
    assert await statuses(database, expert_id, tomorrow) == [
        Status.BOOKED,
        Status.BOOKED,
        Status.FREE,
        Status.FREE,
    ]
    found = await database.engine.find(Booking, {"status": BookingStatus.CONFIRMED.value})
    assert {booking.id for booking in found} == {booking.id for booking in made}


async def test_times_published_on_a_full_day_are_full_from_the_start(database: Database, now):
    tomorrow = now + DAY
    expert_id = await published(database, limited("10:00-12:00", a_day=1), now)
    await book(database, (await of_day(database, expert_id, tomorrow))[0], now=now)

    await change_hours(database, expert_id, limited("10:00-14:00", a_day=1), now)

    assert await statuses(database, expert_id, tomorrow) == [Status.BOOKED, *[Status.FULL] * 3]
    assert await fullness.miscounted(database, await of(database, expert_id), now) == []


async def of(database: Database, expert_id: Key):
    found = await experts.find(database, expert_id)
    assert found is not None
    return found


async def test_an_expert_without_limits_is_not_counted(database: Database, now):
    expert_id = await published(database, every_day("10:00-14:00"), now)

    await book(database, (await of_day(database, expert_id, now + DAY))[0], now=now)

    assert (await of(database, expert_id)).tally == 0
    assert await publishing.publish(database, expert_id, now=now) == publishing.Published()
