"""A booking keeps what was agreed, whatever becomes of its expert's profile."""

from datetime import timedelta

import pytest

from domain.account import personal_data
from domain.booking import booking_terms, cancelling, claims, rescheduling
from domain.rules.errors import Code
from domain.store.bookings import reading
from domain.store.core.database import Database
from domain.store.documents import Booking, Expert
from domain.store.documents.agreements import Meeting
from domain.store.documents.mails import Mail, MailState
from tests.domain.support import ANN, DAY, HOLD, MS, book, refused
from tests.factories import make_expert, make_slot
from tests.profiles import AFTER, BEFORE, change_profile


async def booked(database: Database, now) -> tuple[Expert, Booking]:
    """A booking for in three days of an expert with the profile of before."""
    expert = await make_expert(database, **BEFORE)
    slot = await make_slot(database, expert, starts_at=now + 3 * DAY)
    return expert, await book(database, slot, now=now)


async def stored(database: Database, booking: Booking) -> Booking:
    found = await reading.find(database, booking.id)
    assert found is not None
    return found


async def test_a_booking_keeps_the_profile_as_it_was(database: Database, now):
    expert, booking = await booked(database, now)

    await change_profile(database, expert, **AFTER)

    kept = (await stored(database, booking)).agreed.model_dump()
    assert kept == expert.agreed().model_dump()
    for field in kept.keys() & BEFORE.keys():
        assert getattr(booking.agreed, field) == BEFORE[field], field


async def test_a_new_booking_agrees_to_the_profile_as_it_is(database: Database, now):
    expert, _ = await booked(database, now)
    await change_profile(database, expert, **AFTER)

    new = await book(database, await make_slot(database, expert, starts_at=now + 4 * DAY), now=now)

    for field in type(new.agreed).model_fields:
        assert getattr((await stored(database, new)).agreed, field) == AFTER[field], field


@pytest.mark.parametrize("field", AFTER)
async def test_no_change_of_the_profile_moves_a_deadline(database: Database, now, field: str):
    expert, booking = await booked(database, now)
    await change_profile(database, expert, **{field: AFTER[field]})
    late = booking.starts_at - timedelta(minutes=120)

    kept = await stored(database, booking)

    assert booking_terms.why_not_cancel(kept, late - MS) is None
    assert booking_terms.why_not_cancel(kept, late) is Code.TOO_LATE_TO_CANCEL
    late = booking.starts_at - timedelta(minutes=60)
    assert booking_terms.why_not_reschedule(kept, late - MS) is None
    assert booking_terms.why_not_reschedule(kept, late) is Code.TOO_LATE_TO_RESCHEDULE
    assert booking_terms.reschedules_left(kept) == 3


async def test_the_deadlines_of_a_new_booking_are_the_new_ones(database: Database, now):
    """The control: the profile of after refuses what that of before allows."""
    expert, _ = await booked(database, now)
    await change_profile(database, expert, **AFTER)

    new = await book(database, await make_slot(database, expert, starts_at=now + 4 * DAY), now=now)

    assert booking_terms.why_not_cancel(new, now) is Code.TOO_LATE_TO_CANCEL
    assert booking_terms.why_not_reschedule(new, now) is Code.TOO_LATE_TO_RESCHEDULE


async def test_a_reschedule_keeps_what_was_agreed_and_changes_the_time(database: Database, now):
    expert, booking = await booked(database, now)
    changed = await change_profile(database, expert, **AFTER)
    other = await make_slot(database, changed, starts_at=now + 5 * DAY)

    moved = await rescheduling.reschedule(
        database, booking.reference, ANN, other.id, "ann", now=now, hold_for=HOLD
    )

    assert (moved.starts_at, moved.agreed) == (other.starts_at, booking.agreed)


async def test_a_cancellation_goes_by_what_was_agreed(database: Database, now):
    expert, booking = await booked(database, now)
    await change_profile(database, expert, **AFTER)

    cancelled = await cancelling.cancel(database, booking.reference, ANN, now=now)

    assert (cancelled.status, cancelled.agreed) == ("cancelled", booking.agreed)


async def test_the_same_form_sent_again_finds_what_it_agreed_to(database: Database, now):
    expert, booking = await booked(database, now)
    await change_profile(database, expert, **AFTER)

    again = await claims.book(
        database,
        booking.slot_id,
        booking.visitor_id,
        booking.attendee,
        request_key=booking.request_key,
        now=now,
        hold_for=HOLD,
    )

    assert again.agreed == booking.agreed


async def test_a_time_of_no_expert_cannot_be_booked(database: Database, now):
    slot = await make_slot(database, starts_at=now + DAY)
    await database.collection(Expert).delete_many({})

    assert await refused(book(database, slot, now=now)) is Code.EXPERT_UNKNOWN
    assert await database.engine.count(Booking) == 0


async def test_erasing_the_attendee_forgets_how_they_met(database: Database, now):
    _, booking = await booked(database, now)
    sent = {"$set": {"state": MailState.SENT.value}}
    await database.collection(Mail).update_many({}, sent)

    await personal_data.erase(database, {booking.address}, now=booking.ends_at)

    left = await stored(database, booking)
    assert left.agreed == booking.agreed.model_copy(update={"meeting": Meeting()})
