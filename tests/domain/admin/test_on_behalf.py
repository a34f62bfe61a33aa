"""What administrators do with bookings of others, and what the log says of it."""

import asyncio
from collections import Counter
from datetime import datetime
from typing import Any

import pytest

from domain.account import personal_data
from domain.admin import on_behalf
from domain.booking import bookings, cancelling, holds, mails, rescheduling
from domain.booking.bookings import Viewer
from domain.booking.overlaps import Overlapping
from domain.booking.rescheduling import OnBehalf
from domain.rules.errors import Code, Refusal
from domain.rules.legal import LegalPage, TextVersion
from domain.rules.log import Action, Actor, ActorKind
from domain.rules.notices import Kind, Recipient
from domain.rules.slots import SlotState
from domain.site.consents import Agreement
from domain.store.audit import audit
from domain.store.core.database import Database
from domain.store.documents import Booking, BookingStatus, Expert, Party, Slot
from domain.store.documents.agreements import Terms
from domain.store.documents.log import LogEntry
from domain.store.documents.mails import Mail, MailState
from domain.store.slots import claiming as slots
from tests.domain.support import (
    ANN,
    DAY,
    HOLD,
    MS,
    attendee,
    book,
    refused,
    state_of,
    without_guards,
)
from tests.factories import make_expert, make_slot

BOSS = Actor(ActorKind.ADMINISTRATOR, "the boss")
STRICT = Terms(cancel_before_minutes=100_000, reschedule_before_minutes=100_000, max_reschedules=1)


@pytest.fixture
async def expert(database: Database) -> Expert:
    return await make_expert(database, terms=STRICT)


@pytest.fixture
async def slot(database: Database, expert: Expert, now: datetime) -> Slot:
    return await make_slot(database, expert, starts_at=now + DAY)


@pytest.fixture
async def other(database: Database, expert: Expert, now: datetime) -> Slot:
    return await make_slot(database, expert, starts_at=now + 2 * DAY)


@pytest.fixture
async def booking(database: Database, slot: Slot, now: datetime) -> Booking:
    return await book(database, slot, now=now)


async def logged(database: Database) -> list[LogEntry]:
    return await database.engine.find(LogEntry, sort=LogEntry.seq)


def cancel(database: Database, booking: Booking, message: str = "", *, now: datetime) -> Any:
    return on_behalf.cancel(database, booking.reference, message, by=BOSS, now=now)


def move(
    database: Database, booking: Booking, slot: Slot, message: str = "", *, now, **more
) -> Any:
    by = OnBehalf(BOSS, message)
    return on_behalf.move(
        database, booking.reference, slot.id, "boss", by, now=now, hold_for=HOLD, **more
    )


def book_for(
    database: Database, slot: Slot, *, now: datetime, key: str = "a form of the boss", **more: Any
) -> Any:
    return on_behalf.book(
        database,
        slot.id,
        "boss",
        attendee(),
        request_key=key,
        by=BOSS,
        now=now,
        hold_for=HOLD,
        **more,
    )


async def test_an_administrator_cancels_until_it_begins_whatever_the_terms_say(
    database, slot, booking
):
    late = booking.starts_at - MS

    found = await cancel(database, booking, "The building is closed.", now=late)

    assert (found.status, found.cancelled_by) == (BookingStatus.CANCELLED, Party.ADMINISTRATOR)
    assert found.cancel_message == "The building is closed."
    assert await state_of(database, slot) == (SlotState.OPEN, 0)
    assert await audit(database) == []


async def test_cancelling_twice_is_cancelling_once_and_logged_once(database, booking, now):
    answers = await asyncio.gather(*(cancel(database, booking, m, now=now) for m in "ab"))

    (entry,) = await logged(database)
    assert answers[0] == answers[1]
    assert (entry.action, entry.actor_key) == (Action.SESSION_CANCELLED, BOSS.key)
    assert entry.subject_key == str(booking.id)


async def test_what_was_written_to_the_attendee_stays_out_of_the_log(database, booking, other, now):
    await move(database, booking, other, "Ann, the tram is late.", now=now)
    await cancel(database, booking, "Ann, there is no tram.", now=now)

    entries = await logged(database)
    told = [(one.field, one.before, one.after) for entry in entries for one in entry.changes]
    assert told == [
        ("starts_at", booking.starts_at.isoformat(), other.starts_at.isoformat()),
        ("ends_at", booking.ends_at.isoformat(), other.ends_at.isoformat()),
        ("message", None, "changed"),
        ("message", None, "changed"),
    ]
    assert "tram" not in str(entries)


async def test_what_has_begun_is_neither_cancelled_nor_moved(database, booking, other):
    begun = booking.starts_at

    assert await refused(cancel(database, booking, now=begun)) is Code.BOOKING_PAST
    assert await refused(move(database, booking, other, now=begun)) is Code.BOOKING_PAST
    assert await logged(database) == []


async def test_an_administrator_moves_past_deadlines_and_uses_no_move_up(
    database, booking, slot, other, now
):
    assert (
        await refused(
            rescheduling.reschedule(
                database, booking.reference, ANN, other.id, "ann", now=now, hold_for=HOLD
            )
        )
        is Code.TOO_LATE_TO_RESCHEDULE
    )

    moved = await move(database, booking, other, now=now)
    back = await move(database, booking, slot, now=now)

    assert (moved.starts_at, back.starts_at) == (other.starts_at, slot.starts_at)
    assert [step.by for step in back.history] == [None, Party.ADMINISTRATOR, Party.ADMINISTRATOR]
    assert back.visitor_id == "ann", "it stays the attendee's own"
    assert await audit(database) == []


async def test_a_late_move_by_an_administrator_takes_no_right_to_cancel(database, now):
    expert = await make_expert(database, terms=Terms(cancel_before_minutes=2 * 1_440))
    soon, far = [await make_slot(database, expert, starts_at=now + n * DAY) for n in (1, 9)]
    booking = await book(database, soon, now=now)
    assert (
        await refused(cancelling.cancel(database, booking.reference, ANN, now=now))
        is Code.TOO_LATE_TO_CANCEL
    )

    await move(database, booking, far, now=now)

    cancelled = await cancelling.cancel(database, booking.reference, ANN, now=now)
    assert cancelled.status is BookingStatus.CANCELLED


async def test_the_message_of_a_move_is_of_that_move_alone(database, now):
    expert = await make_expert(database)
    one, two, three = [
        await make_slot(database, expert, starts_at=now + n * DAY) for n in (1, 2, 3)
    ]
    booking = await book(database, one, now=now)

    moved = await move(database, booking, two, "Sorry!", now=now)
    again = await rescheduling.reschedule(
        database, booking.reference, ANN, three.id, "ann", now=now, hold_for=HOLD
    )

    assert (moved.move_message, moved.is_moved_for_both) == ("Sorry!", True)
    assert (again.move_message, again.is_moved_for_both) == ("", False)


async def test_a_move_needs_a_free_time_of_the_same_expert(database, booking, other, now):
    elsewhere = await make_slot(database, starts_at=now + DAY)
    await holds.hold(database, other.id, "eve", now=now, hold_for=HOLD)

    assert await refused(move(database, booking, elsewhere, now=now)) is Code.SLOT_UNKNOWN
    assert await refused(move(database, booking, other, now=now)) is Code.SLOT_TAKEN
    assert await bookings.find(database, booking.reference, ANN) == booking


async def test_a_booking_for_somebody_belongs_to_their_address_and_to_no_browser(
    database, slot, now
):
    await holds.hold(database, slot.id, "boss", now=now, hold_for=HOLD)

    booking = await book_for(database, slot, now=now)

    assert await state_of(database, slot) == (SlotState.BOOKED, 1)
    assert not Viewer("boss").may_see(booking)
    assert Viewer(None, {"ann@example.org"}).may_see(booking)
    assert booking.history[0].by is Party.ADMINISTRATOR
    (entry,) = await logged(database)
    assert (entry.action, entry.subject_key) == (Action.SESSION_BOOKED, str(booking.id))
    assert {mail.audience for mail in await database.engine.find(Mail)} == {*Recipient}


async def test_a_booking_for_somebody_keeps_and_logs_what_they_agreed_to(database, slot, now):
    terms = [TextVersion(LegalPage.TERMS, 2)]
    agreement = Agreement(terms, terms, "de")

    booking = await book_for(database, slot, now=now, agreement=agreement)

    kept = [(one.page, one.version, one.language, one.at) for one in booking.consents]
    assert kept == [(LegalPage.TERMS, 2, "de", now)]
    (entry,) = await logged(database)
    said = {change.field: change.after for change in entry.changes}
    assert said["consents"] == [{"page": "terms", "version": 2}]
    assert await audit(database) == []


async def test_nobody_is_booked_for_who_has_not_agreed(database, slot, now):
    terms = [TextVersion(LegalPage.TERMS, 2)]

    assert await refused(book_for(database, slot, now=now, agreement=Agreement(terms))) is (
        Code.TEXTS_CHANGED
    )
    assert await logged(database) == []


async def test_the_same_form_sent_again_is_the_same_booking_and_the_same_act(database, slot, now):
    answers = await asyncio.gather(*(book_for(database, slot, now=now) for _ in range(6)))

    assert len({booking.reference for booking in answers}) == 1
    assert len(await logged(database)) == 1


async def test_an_administrator_hears_of_other_sessions_of_the_attendee(database, slot, now):
    theirs = await make_slot(database, starts_at=now + DAY)
    await book(database, theirs, "ann's laptop", now=now)

    with pytest.raises(Overlapping) as caught:
        await book_for(database, slot, now=now)
    booking = await book_for(database, slot, now=now, overlap=True)

    assert [one.slot_id for one in caught.value.others] == [theirs.id]
    assert booking.status is BookingStatus.CONFIRMED


@pytest.mark.parametrize(
    ("listed", "code"), [(True, Code.SLOT_TAKEN), (False, Code.EXPERT_UNKNOWN)]
)
async def test_terms_and_pauses_of_experts_hold_for_administrators_too(
    database, now, listed: bool, code: Code
):
    expert = await make_expert(database, listed=listed)
    closes_at = now if listed else now + DAY
    slot = await make_slot(database, expert, starts_at=now + DAY, closes_at=closes_at)

    assert await refused(book_for(database, slot, now=now)) is code
    assert await state_of(database, slot) == (SlotState.OPEN, 0)


async def test_an_administrator_and_a_visitor_book_the_same_time_at_once_and_one_wins(
    database, expert, now
):
    for n in range(1, 6):
        slot = await make_slot(database, expert, starts_at=now + n * DAY)

        outcomes = await asyncio.gather(
            book(database, slot, "eve", now=now, email="eve@example.org"),
            book_for(database, slot, now=now, key=f"a form of the boss {n}"),
            return_exceptions=True,
        )

        kinds = Counter(o.code if isinstance(o, Refusal) else type(o) for o in outcomes)
        assert kinds == {Booking: 1, Code.SLOT_TAKEN: 1}
        assert await state_of(database, slot) == (SlotState.BOOKED, 1)


async def test_that_race_can_be_lost(database, slot, now, monkeypatch):
    """The negative control: without guards both who have looked before either writes book."""
    await without_guards(monkeypatch, database, slot)

    await asyncio.gather(book(database, slot, "eve", now=now), book_for(database, slot, now=now))

    _, confirmed = await state_of(database, slot)
    assert confirmed == 2


async def test_an_administrator_has_a_mail_sent_again_and_is_logged_for_it(database, booking, now):
    await database.collection(Mail).update_many({}, {"$set": {"state": MailState.SENT.value}})
    (mail, *_) = [
        one
        for one in await mails.mails_of(database, booking, Recipient.ATTENDEE)
        if one.kind is Kind.CONFIRMATION
    ]

    for _ in range(2):  # asking twice at once is asking once
        await mails.resend(database, booking, Recipient.ATTENDEE, mail.id, by=BOSS, now=now)

    (entry,) = await logged(database)
    assert [(one.field, one.after) for one in entry.changes] == [("mail", "confirmation")]


async def test_erasing_takes_what_was_written_with_a_move_and_what_finds_it(
    database, booking, other, now
):
    await move(database, booking, other, "Dear Ann", now=now)
    await database.collection(Mail).update_many({}, {"$set": {"state": MailState.SENT.value}})

    await personal_data.erase(database, {booking.address}, now=now + 9 * DAY)

    found = await database.engine.find_one(Booking, {"_id": booking.id})
    assert found is not None
    assert (found.move_message, found.found_by) == ("", [])


async def test_a_hold_to_move_ignores_deadlines_and_is_the_one_that_counts(
    database, booking, other, now
):
    held = await on_behalf.hold_to_move(database, booking, other.id, "boss", now=now, hold_for=HOLD)

    found = await slots.find(database, other.id)
    assert found == held
    assert held.held_by == "boss"
    await move(database, booking, other, now=now)
    assert await state_of(database, other) == (SlotState.BOOKED, 1)
