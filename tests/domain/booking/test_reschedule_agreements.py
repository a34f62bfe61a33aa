"""Moves to a time of another length: what the session costs, and that the attendee is asked."""

from datetime import datetime, timedelta
from typing import Any

from domain.booking import rescheduling
from domain.rules.errors import Code
from domain.rules.quotes import Quote
from domain.store.core.database import Database
from domain.store.documents import Booking, Expert, Slot
from domain.store.documents.agreements import Terms
from domain.store.experts import reading as experts
from tests.domain.diaries import change_hours
from tests.domain.practices import MORNING, Practice, practice_with
from tests.domain.support import ANN, DAY, HOLD, book, refused
from tests.factories import make_expert, make_slot

HALF_AN_HOUR, AN_HOUR = timedelta(minutes=30), timedelta(hours=1)
TERMS = Terms(cancel_before_minutes=60, max_reschedules=3)


async def booked_for(
    database: Database, now: datetime, length: timedelta, **profile: Any
) -> tuple[Booking, Slot]:
    """Book half an hour for 40 EUR; return it, and a time of a length by the profile since."""
    expert = await make_expert(database, price_minor=4_000, currency="EUR", terms=TERMS)
    old = await make_slot(database, expert, starts_at=now + 3 * DAY)
    booking = await book(database, old, now=now)
    if profile:
        found = database.collection(Expert)
        await found.update_one({"_id": expert.id}, {"$set": profile})
    starts_at = now + 4 * DAY
    new = await make_slot(database, expert, starts_at=starts_at, ends_at=starts_at + length)
    return booking, new


async def move(
    database: Database, booking: Booking, slot: Slot, now: datetime, quote: Quote | None = None
) -> Booking:
    return await rescheduling.reschedule(
        database, booking.reference, ANN, slot.id, "ann", now=now, hold_for=HOLD, quote=quote
    )


def quote_of(booking: Booking, price_minor: int, length: timedelta, currency: str = "EUR") -> Quote:
    agreed = booking.agreed.model_copy(update={"price_minor": price_minor, "currency": currency})
    return agreed.quote(length)


async def test_a_time_of_the_same_length_costs_what_was_agreed(database: Database, now: datetime):
    booking, new = await booked_for(database, now, HALF_AN_HOUR, price_minor=9_900)

    assert (await move(database, booking, new, now)).agreed == booking.agreed


async def test_a_time_of_another_length_is_not_taken_unasked(database: Database, now: datetime):
    booking, new = await booked_for(database, now, AN_HOUR)

    assert await refused(move(database, booking, new, now)) is Code.TERMS_CHANGED


async def test_who_has_seen_price_and_length_moves_at_that_price(database: Database, now: datetime):
    booking, new = await booked_for(database, now, AN_HOUR, price_minor=7_000)
    shown = quote_of(booking, 7_000, AN_HOUR)

    moved = await move(database, booking, new, now, shown)

    assert (moved.agreed.price_minor, moved.ends_at - moved.starts_at) == (7_000, AN_HOUR)
    assert moved.agreed.terms == booking.agreed.terms


async def test_a_price_that_changed_meanwhile_is_asked_about_again(
    database: Database, now: datetime
):
    booking, new = await booked_for(database, now, AN_HOUR, price_minor=7_000)
    stale = quote_of(booking, 6_000, AN_HOUR)

    assert await refused(move(database, booking, new, now, stale)) is Code.TERMS_CHANGED
    kept = await move(database, booking, new, now, quote_of(booking, 7_000, AN_HOUR))
    assert kept.slot_id == new.id


async def test_later_moves_go_by_what_was_agreed_last(database: Database, now: datetime):
    booking, new = await booked_for(database, now, AN_HOUR, price_minor=7_000)
    moved = await move(database, booking, new, now, quote_of(booking, 7_000, AN_HOUR))
    starts_at = now + 5 * DAY
    expert = await experts.find(database, booking.expert_id)
    other = await make_slot(database, expert, starts_at=starts_at, ends_at=starts_at + AN_HOUR)

    assert (await move(database, moved, other, now)).agreed == moved.agreed


async def away_with_other_length(
    database: Database, now: datetime, **profile: Any
) -> tuple[Practice, Booking]:
    """A session of an hour for 90 EUR, whose expert is away and takes another length by now."""
    practice = await practice_with(database, now, price_minor=9_000, currency="EUR")
    booking = await practice.booked(2)
    given = {"session_minutes": 30, **profile}
    await database.collection(Expert).update_one({"_id": practice.expert_id}, {"$set": given})
    await change_hours(database, practice.expert_id, MORNING, now)
    return practice, booking


async def test_an_absence_offers_no_time_of_another_length(database: Database, now: datetime):
    practice, booking = await away_with_other_length(database, now)

    await practice.away(2)

    assert await practice.offers(booking) == []


async def test_a_displaced_session_never_costs_more_than_agreed(database: Database, now: datetime):
    practice, booking = await away_with_other_length(database, now, price_minor=20_000)
    await practice.away(2)
    shown = quote_of(booking, 9_000, HALF_AN_HOUR)

    moved = await move(database, booking, await practice.slot(5), now, shown)

    assert (moved.agreed, moved.ends_at - moved.starts_at) == (booking.agreed, HALF_AN_HOUR)


async def test_a_displaced_session_that_gets_cheaper_costs_less(database: Database, now: datetime):
    practice, booking = await away_with_other_length(database, now, price_minor=5_000)
    await practice.away(2)
    shown = quote_of(booking, 5_000, HALF_AN_HOUR)

    moved = await move(database, booking, await practice.slot(5), now, shown)

    assert moved.agreed.price_minor == 5_000
