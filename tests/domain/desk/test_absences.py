"""Absences: what is booked on an expert's days off is offered other times."""

from datetime import datetime

import pytest

from domain import waitlist
from domain.account import personal_data
from domain.booking import booking_terms, cancelling, holds, replacements
from domain.booking.bookings import Viewer
from domain.desk.absences import declaring
from domain.rules.errors import Code
from domain.rules.hours import ExceptionKind
from domain.rules.notices import Kind, Recipient
from domain.rules.request_limits import Asker
from domain.rules.slots import SlotState
from domain.store.audit import audit
from domain.store.core.database import Database
from domain.store.documents import BookingStatus, Party, Step
from domain.store.documents.absences import Absence, AbsenceState, Replacement, ReplacementState
from domain.store.documents.agreements import Terms
from domain.store.documents.hours import SessionLimits
from domain.store.documents.mails import MailState
from domain.waitlist import EntryRequest, Line
from tests.domain.diaries import HORIZON, every_day, slots_of, starts
from tests.domain.practices import HOUR, Practice, practice_with
from tests.domain.support import ANN, DAY, HOLD, book, refused


@pytest.fixture
async def practice(database: Database, now: datetime) -> Practice:
    return await practice_with(database, now)


async def test_open_times_of_an_absence_are_withdrawn(practice: Practice):
    await practice.away(2, 3)

    left = {on[:2] for on in await starts(practice.database, practice.expert_id)}
    absent = {f"{practice.now + n * DAY:%d}" for n in (2, 3)}
    assert not left & absent
    assert len(left) == HORIZON + 2 - 2
    assert await audit(practice.database) == []


async def test_the_hours_keep_an_absence_as_closed_days(practice: Practice):
    absence = await practice.away(2, 3)

    (kept,) = (await practice.expert()).hours.exceptions
    assert (kept.key, kept.kind) == (absence.exception_key, ExceptionKind.CLOSED)
    assert (kept.first_on, kept.last_on) == (absence.first_on, absence.last_on)


async def test_a_booked_session_is_offered_the_three_nearest_free_times(practice: Practice):
    booking = await practice.booked(2)

    absence = await practice.away(2)

    assert await practice.offered(booking) == ["1 10:00", "1 11:00", "3 09:00"]
    question = await practice.question(booking)
    assert (question.state, question.absence_id) == (ReplacementState.ASKED, absence.id)
    assert await audit(practice.database) == []


async def test_offers_are_kept_for_the_booking_until_their_end_and_not_beyond_the_times_own(
    practice: Practice,
):
    booking = await practice.booked(2)

    await practice.away(2, offer_hours=72)

    first, *_, last = await practice.offers(booking)
    assert {slot.state for slot in (first, last)} == {SlotState.OFFERED}
    assert {slot.held_by for slot in (first, last)} == {f"booking:{booking.id}"}
    assert first.held_until == first.closes_at
    assert last.held_until == min(last.closes_at, practice.now + 72 * HOUR)


async def test_a_displaced_booking_is_still_booked_until_it_is_answered(practice: Practice):
    booking = await practice.booked(2)

    await practice.away(2)

    current = await practice.current(booking)
    slot = await practice.slot(2)
    assert (current.status, current.is_displaced, current.rev) == (BookingStatus.CONFIRMED, True, 2)
    assert (slot.state, slot.retiring) == (SlotState.BOOKED, True)


async def test_one_mail_asks_and_the_reminders_of_the_old_time_are_overtaken(practice: Practice):
    booking = await practice.booked(2)

    await practice.away(2)

    (mail,) = await practice.mails(booking)
    assert (mail.kind, mail.audience) == (Kind.ABSENCE, Recipient.ATTENDEE)
    overtaken = {mail.kind for mail in await practice.mails(booking, MailState.OVERTAKEN)}
    assert {Kind.REMINDER_DAY, Kind.REMINDER_HOUR} <= overtaken


async def test_one_press_moves_the_booking_and_frees_the_other_offers(practice: Practice):
    booking = await practice.booked(2)
    await practice.away(2)
    first, second, third = await practice.offers(booking)

    moved = await practice.move(booking, second)

    assert (moved.slot_id, moved.is_displaced) == (second.id, False)
    states = {slot.id: slot.state for slot in await slots_of(practice.database, practice.expert_id)}
    assert [states[slot.id] for slot in (first, second, third)] == [
        SlotState.OPEN,
        SlotState.BOOKED,
        SlotState.OPEN,
    ]
    assert states[booking.slot_id] is SlotState.WITHDRAWN
    question = await practice.question(booking)
    assert (question.state, question.offers) == (ReplacementState.MOVED, [])
    assert await audit(practice.database) == []


async def test_the_expert_hears_of_the_answer(practice: Practice):
    booking = await practice.booked(2)
    await practice.away(2)

    await practice.move(booking, (await practice.offers(booking))[0])

    told = [(mail.kind, mail.audience) for mail in await practice.mails(booking)]
    assert (Kind.RESCHEDULE, Recipient.EXPERT) in told
    assert Kind.ABSENCE not in {kind for kind, _ in told}


async def test_deadlines_dont_hold_for_a_displaced_booking(database: Database, now):
    strict = Terms(
        horizon_days=HORIZON,
        cancel_before_minutes=60 * 24 * 5,
        reschedule_before_minutes=60 * 24 * 5,
        max_reschedules=0,
    )
    practice = await practice_with(database, now, terms=strict)
    booking = await practice.booked(2)
    before = booking_terms.why_not_cancel(booking, now)
    await practice.away(2)

    displaced = await practice.current(booking)
    assert before is Code.TOO_LATE_TO_CANCEL
    assert booking_terms.why_not_cancel(displaced, now) is None
    assert booking_terms.why_not_reschedule(displaced, now) is None


async def test_a_move_because_of_an_absence_counts_for_nothing(database: Database, now):
    once = Terms(horizon_days=HORIZON, max_reschedules=1)
    practice = await practice_with(database, now, terms=once)
    booking = await practice.booked(2)
    await practice.away(2)

    moved = await practice.move(booking, (await practice.offers(booking))[0])

    assert booking_terms.reschedules_left(moved) == 1
    assert moved.agreed == booking.agreed


async def test_a_late_move_because_of_an_absence_binds_nobody(database: Database, now):
    strict = Terms(horizon_days=HORIZON, cancel_before_minutes=10 * 24 * 60)
    practice = await practice_with(database, now, terms=strict)
    booking = await practice.booked(2)
    await practice.away(2)

    moved = await practice.move(booking, (await practice.offers(booking))[0])

    assert not booking_terms.is_bound(moved)


async def test_any_other_free_time_may_be_chosen_instead(practice: Practice):
    booking = await practice.booked(2)
    await practice.away(2)

    moved = await practice.move(booking, await practice.slot(5))

    question = await practice.question(moved)
    assert (question.state, question.offers) == (ReplacementState.MOVED, [])
    assert await audit(practice.database) == []


async def test_cancelling_frees_the_offers(practice: Practice):
    booking = await practice.booked(2)
    await practice.away(2)

    await cancelling.cancel(practice.database, booking.reference, ANN, now=practice.now)

    question = await practice.question(booking)
    assert (question.state, question.offers) == (ReplacementState.CANCELLED, [])
    assert (await practice.current(booking)).cancelled_by is Party.ATTENDEE
    assert await audit(practice.database) == []


async def test_nobody_else_can_take_an_offered_time(practice: Practice):
    booking = await practice.booked(2)
    await practice.away(2)
    (offer, *_) = await practice.offers(booking)
    other = await practice.booked(5, visitor="eve")
    eve = Viewer("eve")

    assert await refused(book(practice.database, offer, "eve", now=practice.now)) is Code.SLOT_TAKEN
    keeper = str(offer.held_by)
    assert await refused(practice.move(other, offer, eve)) is Code.SLOT_TAKEN
    assert await refused(practice.move(booking, offer, eve)) is Code.BOOKING_UNKNOWN
    assert (await practice.slot(1, f"{offer.starts_at:%H:%M}")).held_by == keeper


async def test_offers_on_full_days_are_not_made(database: Database, now):
    limits = SessionLimits(most_a_day=1)
    practice = await practice_with(database, now, every_day("09:00-12:00", limits=limits))
    booking = await practice.booked(3)

    await practice.away(3)

    assert len({slot.starts_at.date() for slot in await practice.offers(booking)}) == 3
    assert await audit(database) == []


async def test_an_offer_counts_for_its_day_and_moving_there_is_never_refused_as_full(
    database: Database, now
):
    limits = SessionLimits(most_a_day=1)
    practice = await practice_with(database, now, every_day("09:00-12:00", limits=limits))
    booking = await practice.booked(3)
    await practice.away(3)
    (offer, *_) = await practice.offers(booking)

    assert all(
        slot.full
        for slot in await slots_of(database, practice.expert_id)
        if slot.starts_at.date() == offer.starts_at.date() and slot.id != offer.id
    )
    assert (await practice.move(booking, offer)).slot_id == offer.id
    assert await audit(database) == []


async def test_offers_end_at_their_time_and_come_free(practice: Practice):
    booking = await practice.booked(5)
    await practice.away(5, offer_hours=2)
    offers = await practice.offers(booking)

    await practice.tick(practice.now + 2 * HOUR)

    assert len(offers) == 3
    assert (await practice.question(booking)).offers == []
    assert await practice.offers(booking, now=practice.now + 2 * HOUR) == []
    assert (await practice.current(booking)).is_displaced
    assert await audit(practice.database) == []


async def test_an_offer_whose_end_was_not_noticed_yet_can_still_be_taken(practice: Practice):
    booking = await practice.booked(5)
    await practice.away(5, offer_hours=2)
    (offer, *_) = await practice.offers(booking)

    moved = await practice.move(booking, offer, now=practice.now + 2 * HOUR)

    assert moved.slot_id == offer.id


async def test_what_is_unanswered_when_it_would_begin_is_cancelled_by_the_expert(
    practice: Practice,
):
    booking = await practice.booked(2)
    await practice.away(2, message="I am so sorry.", offer_hours=72)

    await practice.tick(booking.starts_at)

    current = await practice.current(booking)
    assert (current.status, current.cancelled_by) == (BookingStatus.CANCELLED, Party.EXPERT)
    assert current.cancel_message == "I am so sorry."
    told = {(mail.kind, mail.audience) for mail in await practice.mails(booking)}
    assert told == {(Kind.CANCELLATION, audience) for audience in Recipient}
    assert (await practice.question(booking)).state is ReplacementState.UNANSWERED
    assert await audit(practice.database) == []


async def test_offers_outlast_that_cancellation_and_confirm_the_booking_again(practice: Practice):
    booking = await practice.booked(2)
    await practice.away(2, offer_hours=72)
    await practice.tick(booking.starts_at)
    later = booking.starts_at + HOUR
    (offer, *_) = await practice.offers(booking, now=later)

    moved = await practice.move(booking, offer, now=later)

    assert (moved.status, moved.slot_id) == (BookingStatus.CONFIRMED, offer.id)
    assert (moved.cancelled_by, booking_terms.reschedules_made(moved)) == (None, 0)
    assert (await practice.question(booking)).state is ReplacementState.MOVED
    assert await audit(practice.database) == []


async def test_a_session_that_has_begun_is_left_alone(practice: Practice):
    booking = await practice.booked(0)

    await practice.away(0, now=booking.starts_at)

    assert not (await practice.current(booking)).is_displaced


async def test_a_hold_that_becomes_a_booking_in_an_absence_is_asked_about(practice: Practice):
    slot = await practice.slot(2)
    await holds.hold(practice.database, slot.id, "ann", now=practice.now, hold_for=HOLD)
    absence = await practice.away(2)
    booking = await book(practice.database, slot, now=practice.now)

    await practice.tick(practice.now)
    await practice.tick(practice.now)

    assert absence.state is AbsenceState.DECLARING
    assert (await practice.current(booking)).is_displaced
    (standing,) = await declaring.of_expert(practice.database, await practice.expert())
    assert standing.state is AbsenceState.STANDING


async def test_declaring_the_same_days_twice_is_declaring_them_once(practice: Practice):
    booking = await practice.booked(2)

    first, second = await practice.away(2), await practice.away(2)

    assert first.id == second.id
    assert (await practice.current(booking)).rev == 2
    assert len((await practice.expert()).hours.exceptions) == 1


async def test_a_second_absence_asks_nobody_twice(practice: Practice):
    booking = await practice.booked(2)
    await practice.away(2)

    await practice.away(2, 2 + HORIZON)

    await practice.question(booking)
    assert (await practice.current(booking)).is_displaced


async def test_a_second_absence_replaces_the_offers_that_it_covers(practice: Practice):
    booking = await practice.booked(2)
    await practice.away(2)
    before = await practice.offered(booking)

    await practice.away(3)

    assert before == ["1 10:00", "1 11:00", "3 09:00"]
    assert await practice.offered(booking) == ["1 09:00", "1 10:00", "1 11:00"]
    (mail,) = await practice.mails(booking)
    assert (mail.kind, mail.booking_rev) == (Kind.ABSENCE, 3)
    assert await audit(practice.database) == []


async def test_a_second_absence_leaves_offers_that_it_doesnt_cover(practice: Practice):
    booking = await practice.booked(2)
    await practice.away(2)
    before = await practice.offers(booking)

    await practice.away(5)

    assert await practice.offers(booking) == before
    assert (await practice.current(booking)).rev == 2


async def test_a_session_that_was_moved_into_a_second_absence_is_asked_about_again(
    practice: Practice,
):
    booking = await practice.booked(2)
    await practice.away(2)
    await practice.move(booking, (await practice.offers(booking))[0])

    await practice.away(1)

    current = await practice.current(booking)
    assert [change.step for change in current.history] == [
        Step.BOOKED,
        Step.DISPLACED,
        Step.RESCHEDULED,
        Step.DISPLACED,
    ]
    assert await audit(practice.database) == []


async def test_revoking_gives_back_what_was_not_moved_and_opens_the_hours(practice: Practice):
    moved, asked = await practice.booked(2), await practice.booked(2, "11:00", "ben")
    absence = await practice.away(2)
    await practice.move(moved, (await practice.offers(moved))[0])

    await practice.revoke(absence)

    current = await practice.current(asked)
    assert (current.status, current.is_displaced) == (BookingStatus.CONFIRMED, False)
    assert current.history[-1].step is Step.RESTORED
    assert (await practice.question(asked)).state is ReplacementState.REVOKED
    assert (await practice.question(moved)).state is ReplacementState.MOVED
    assert (await practice.expert()).hours.exceptions == []
    assert (await practice.slot(2, "09:00")).state is SlotState.OPEN
    assert not (await practice.slot(2, "11:00")).retiring
    (revoked,) = await declaring.of_expert(practice.database, await practice.expert())
    assert revoked.state is AbsenceState.REVOKED
    assert await audit(practice.database) == []


async def test_revoking_tells_those_who_were_asked_and_reminds_them_again(practice: Practice):
    booking = await practice.booked(3)
    absence = await practice.away(3)

    await practice.revoke(absence)

    kinds = [
        mail.kind for mail in await practice.mails(booking) if mail.audience is Recipient.ATTENDEE
    ]
    assert set(kinds) == {Kind.RESTORATION, Kind.REMINDER_DAY, Kind.REMINDER_HOUR}


async def test_revoking_twice_is_revoking_once(practice: Practice):
    booking = await practice.booked(2)
    absence = await practice.away(2)

    await practice.revoke(absence)
    await practice.revoke(absence)

    assert (await practice.current(booking)).rev == 3


async def test_what_another_absence_covers_is_not_given_back(practice: Practice):
    booking = await practice.booked(2)
    first = await practice.away(2)
    second = await practice.away(1, 3)

    await practice.revoke(first)

    assert (await practice.current(booking)).is_displaced
    assert (await practice.question(booking)).absence_id == second.id
    assert await audit(practice.database) == []


async def test_the_same_days_can_be_declared_again_once_revoked(practice: Practice):
    booking = await practice.booked(2)
    await practice.revoke(await practice.away(2))

    await practice.away(2)

    assert (await practice.current(booking)).is_displaced


async def test_an_expert_without_hours_has_none_to_close(database: Database, now):
    practice = await practice_with(database, now, has_hours=False)

    assert await refused(practice.away(2)) is Code.HOURS_UNSET


@pytest.mark.parametrize(("first", "last"), [(3, 2), (-2, -1), (0, 366)])
async def test_days_that_cannot_be_are_refused(practice: Practice, first: int, last: int):
    assert await refused(practice.away(first, last)) is Code.FORM_INVALID


async def test_another_experts_absence_is_unknown(practice: Practice, database: Database, now):
    absence = await practice.away(2)
    other = await practice_with(database, now)

    assert await refused(other.revoke(absence)) is Code.ABSENCE_UNKNOWN


async def test_a_preview_lists_what_would_be_asked_about_and_changes_nothing(practice: Practice):
    second, first = await practice.booked(3), await practice.booked(2)
    await practice.booked(5)

    found = await declaring.displaced_by(
        practice.database, await practice.expert(), practice.days(2, 3), now=practice.now
    )

    assert [booking.id for booking in found] == [first.id, second.id]
    assert await declaring.of_expert(practice.database, await practice.expert()) == []


async def test_a_time_that_an_offer_gives_up_goes_to_the_line_first(practice: Practice):
    booking = await practice.booked(4)
    for at in ("09:00", "10:00", "11:00"):
        if at != "09:00":
            await practice.booked(3, at, f"guest {at}")
    await practice.away(4, offer_hours=2)
    (offer, *_) = await practice.offers(booking)
    start = offer.starts_at.replace(hour=0)
    line = Line(await practice.expert(), start, start + DAY)
    person = EntryRequest("wim@example.org", "wim", Asker("wim"), "UTC", "en")
    await waitlist.join(practice.database, line, person, now=practice.now)

    await practice.tick(practice.now + 2 * HOUR)

    assert (await practice.slot(3, "09:00")).held_by == "wim"
    assert await audit(practice.database) == []


async def test_absences_are_forgotten_a_while_after_they_are_over(practice: Practice):
    booking = await practice.booked(2)
    absence = await practice.away(2)
    await practice.tick(booking.starts_at)
    await practice.tick(booking.starts_at + 4 * DAY)

    await replacements.forget_passed(practice.database, now=absence.kept_until)

    assert await practice.database.engine.count(Absence) == 0
    assert await practice.database.engine.count(Replacement) == 0


async def test_erasing_somebody_ends_the_offers_of_what_was_cancelled(practice: Practice):
    booking = await practice.booked(2)
    await practice.away(2, offer_hours=72)
    await practice.tick(booking.starts_at)
    later = booking.starts_at + HOUR

    await personal_data.erase(practice.database, {booking.address}, now=later)

    assert (await practice.question(booking)).offers == []
    assert await audit(practice.database) == []


async def test_a_displaced_session_is_in_the_way_of_no_other(practice: Practice, database, now):
    booking = await practice.booked(2)
    await practice.away(2)
    other = await practice_with(database, now)
    same_time = await other.slot(2)

    booked = await book(database, same_time, now=now, email=booking.address, overlap=False)

    assert booked.starts_at == booking.starts_at
