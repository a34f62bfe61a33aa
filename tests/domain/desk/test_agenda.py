"""What an expert does with their sessions: see, cancel, and say what became of them."""

import asyncio
from datetime import datetime, timedelta

import pytest

from domain.account import personal_data
from domain.booking import cancelling
from domain.desk import agenda
from domain.rules.errors import Code
from domain.rules.log import OPERATOR
from domain.rules.notices import Kind, Recipient
from domain.rules.slots import SlotState
from domain.rules.terms import cancel_until
from domain.store.audit import audit
from domain.store.core.database import Database
from domain.store.documents import (
    Attendance,
    Booking,
    BookingStatus,
    Expert,
    Party,
    Slot,
    Step,
)
from domain.store.documents.agreements import Terms
from domain.store.documents.mails import Mail, MailState
from domain.store.slots import claiming as slots
from tests.domain.support import ANN, DAY, MS, book, refused, state_of
from tests.factories import make_booking, make_expert, make_slot

HOUR = timedelta(hours=1)


@pytest.fixture
async def expert(database: Database) -> Expert:
    return await make_expert(database, terms=Terms(cancel_before_minutes=2 * 1_440))


@pytest.fixture
async def slot(database: Database, expert: Expert, now: datetime) -> Slot:
    return await make_slot(database, expert, starts_at=now + DAY)


@pytest.fixture
async def booking(database: Database, slot: Slot, now: datetime) -> Booking:
    return await book(database, slot, now=now)


async def test_the_agenda_has_what_shares_an_instant_with_its_span(database, expert, now):
    starts = [now - HOUR, now - HOUR / 4, now, now + HOUR, now + DAY]
    made = [
        await make_booking(database, await make_slot(database, expert, starts_at=at))
        for at in starts
    ]

    found = await agenda.sessions(database, expert, now, now + DAY)

    assert [session.id for session in found] == [session.id for session in made[1:4]]


async def test_the_agenda_has_cancelled_sessions_and_nobody_elses(database, expert, now, slot):
    other = await make_booking(database, await make_slot(database, starts_at=now + DAY))
    cancelled = await make_booking(database, slot, status=BookingStatus.CANCELLED)

    found = await agenda.sessions(database, expert, now, now + 2 * DAY)

    assert [session.id for session in found] == [cancelled.id]
    assert await refused(agenda.find(database, expert, other.reference)) is Code.BOOKING_UNKNOWN


async def test_an_expert_cancels_until_it_begins_whatever_the_terms_say(
    database, expert, slot, booking, now
):
    late = booking.starts_at - MS
    assert cancel_until(expert.terms, booking.starts_at) < now

    found = await agenda.cancel(
        database, expert, booking.reference, "I am ill.", by=OPERATOR, now=late
    )

    assert (found.status, found.cancelled_by) == (BookingStatus.CANCELLED, Party.EXPERT)
    assert found.cancel_message == "I am ill."
    assert found.history[-1].step is Step.CANCELLED
    assert await state_of(database, slot) == (SlotState.OPEN, 0)
    assert await audit(database) == []


async def test_both_are_mailed_that_it_was_cancelled(database, expert, booking, now):
    await agenda.cancel(database, expert, booking.reference, "", by=OPERATOR, now=now)

    mails = await database.engine.find(Mail, {"kind": Kind.CANCELLATION.value})
    assert {mail.audience for mail in mails} == {*Recipient}


async def test_a_session_that_has_begun_is_not_cancelled(database, expert, booking):
    late = agenda.cancel(
        database, expert, booking.reference, "", by=OPERATOR, now=booking.starts_at
    )

    assert await refused(late) is Code.BOOKING_PAST


async def test_cancelling_twice_is_cancelling_once(database, expert, booking, now):
    first = await agenda.cancel(database, expert, booking.reference, "first", by=OPERATOR, now=now)
    second = await agenda.cancel(
        database, expert, booking.reference, "second", by=OPERATOR, now=now
    )

    assert second == first


async def test_another_expert_cancels_nothing(database, booking, now):
    other = await make_expert(database)

    call = agenda.cancel(database, other, booking.reference, "", by=OPERATOR, now=now)

    assert await refused(call) is Code.BOOKING_UNKNOWN
    found = await database.engine.find_one(Booking, {"_id": booking.id})
    assert found == booking


async def test_a_session_that_the_attendee_cancelled_says_so(database, booking, now):
    easy = {"agreed.terms.cancel_before_minutes": 0}
    await database.collection(Booking).update_one({"_id": booking.id}, {"$set": easy})

    found = await cancelling.cancel(database, booking.reference, ANN, now=now)

    assert (found.cancelled_by, found.cancel_message) == (Party.ATTENDEE, "")


async def test_of_expert_and_attendee_who_cancel_at_once_one_does(database, slot, booking, now):
    easy = {"agreed.terms.cancel_before_minutes": 0}
    await database.collection(Booking).update_one({"_id": booking.id}, {"$set": easy})
    expert = await database.engine.find_one(Expert, {"_id": booking.expert_id})

    await asyncio.gather(
        agenda.cancel(database, expert, booking.reference, "mine", by=OPERATOR, now=now),
        cancelling.cancel(database, booking.reference, ANN, now=now),
    )

    found = await database.engine.find_one(Booking, {"_id": booking.id})
    assert [change.step for change in found.history] == [Step.BOOKED, Step.CANCELLED]
    assert (found.cancelled_by is Party.EXPERT) == (found.cancel_message == "mine")
    assert await state_of(database, slot) == (SlotState.OPEN, 0)


async def test_the_freed_time_is_free_for_others(database, expert, slot, booking, now):
    await agenda.cancel(database, expert, booking.reference, "", by=OPERATOR, now=now)

    again = await slots.find(database, slot.id)
    assert again is not None
    await book(database, again, visitor="eve", email="eve@example.org", now=now)
    assert await state_of(database, slot) == (SlotState.BOOKED, 1)


async def test_whether_somebody_came_is_said_once_it_has_begun_and_may_change(
    database, booking, now
):
    early = agenda.note_attendance(database, booking, Attendance.MISSED, by=OPERATOR, now=now)
    assert await refused(early) is Code.NOT_BEGUN

    for attendance in (Attendance.MISSED, Attendance.ATTENDED):
        await agenda.note_attendance(
            database, booking, attendance, by=OPERATOR, now=booking.starts_at
        )
        found = await database.engine.find_one(Booking, {"_id": booking.id})
        assert (found.attendance, found.rev) == (attendance, booking.rev)


async def test_nobody_came_to_what_was_cancelled(database, expert, booking, now):
    cancelled = await agenda.cancel(database, expert, booking.reference, "", by=OPERATOR, now=now)

    call = agenda.note_attendance(
        database, cancelled, Attendance.ATTENDED, by=OPERATOR, now=booking.starts_at + DAY
    )

    assert await refused(call) is Code.BOOKING_CANCELLED


async def test_the_note_and_the_message_go_with_the_person(database, expert, booking, now):
    await agenda.write_note(database, booking, "Ann prefers mornings.", by=OPERATOR, now=now)
    await agenda.cancel(database, expert, booking.reference, "Dear Ann,", by=OPERATOR, now=now)
    sent = {"$set": {"state": MailState.SENT.value}}
    await database.collection(Mail).update_many({}, sent)

    await personal_data.erase(database, {booking.address}, now=now)

    found = await database.engine.find_one(Booking, {"_id": booking.id})
    assert (found.note, found.cancel_message) == ("", "")
    late = agenda.write_note(database, booking, "It was Ann.", by=OPERATOR, now=now)
    assert await refused(late) is Code.ATTENDEE_ERASED


async def test_a_calendar_opens_by_its_newest_key_alone(database, expert, booking, now):
    await agenda.renew_calendar(database, expert, by=OPERATOR, now=now)
    old = await key_of(database, expert)
    assert (await agenda.calendar(database, old, now=now))[1] == [booking]

    await agenda.renew_calendar(database, expert, by=OPERATOR, now=now)

    assert await refused(agenda.calendar(database, old, now=now)) is Code.EXPERT_UNKNOWN
    found, sessions = await agenda.calendar(database, await key_of(database, expert), now=now)
    assert (found.id, sessions) == (expert.id, [booking])


async def test_a_calendar_has_what_ended_within_thirty_days(database, expert, booking, now):
    await agenda.renew_calendar(database, expert, by=OPERATOR, now=now)
    key = await key_of(database, expert)
    gone = booking.ends_at + agenda.CALENDAR_PAST

    assert (await agenda.calendar(database, key, now=gone - MS))[1] == [booking]
    assert (await agenda.calendar(database, key, now=gone))[1] == []


async def key_of(database: Database, expert: Expert) -> str:
    found = await database.engine.find_one(Expert, {"_id": expert.id})
    assert found is not None
    assert found.calendar_key is not None
    return found.calendar_key
