"""Stand-ins: other experts' times for a displaced session, and the way to one of them."""

from datetime import datetime
from typing import Any

import pytest

from domain.booking.bookings import Viewer
from domain.booking.mails import mails_of, resend
from domain.desk import agenda
from domain.desk.absences import standing_in
from domain.rules.errors import Code
from domain.rules.log import OPERATOR
from domain.rules.meetings import MeetingKind
from domain.rules.notices import Kind, Recipient
from domain.rules.slots import SlotState
from domain.rules.stand_ins import languages_shared
from domain.store.audit import audit
from domain.store.core.database import Database
from domain.store.documents import Booking, Expert
from domain.store.documents.absences import ReplacementState
from domain.store.documents.agreements import Meeting, Terms
from domain.store.documents.hours import SessionLimits
from tests.domain.diaries import HORIZON, every_day, slots_of
from tests.domain.practices import HOUR, Practice, practice_with
from tests.domain.support import book, refused
from tests.factories import make_slot

ALL_DAYS = (0, HORIZON + 2)
"""An absence that leaves the expert no time of their own to offer."""
ALIKE: dict[str, Any] = {
    "category": "Legal",
    "currency": "EUR",
    "price_minor": 9_000,
    "languages": ["en", "de"],
}


@pytest.fixture
async def practice(database: Database, now: datetime) -> Practice:
    return await practice_with(database, now, name="Rosa Stern", **ALIKE)


async def colleague(practice: Practice, **fields: Any) -> Practice:
    """Another expert with the same times, who stands in unless the test says otherwise."""
    given = {**ALIKE, "name": "Ben Carter", "stands_in": True, **fields}
    return await practice_with(practice.database, practice.now, **given)


async def displaced(practice: Practice, **more: Any) -> Booking:
    """A session the day after tomorrow that its expert can't make, nor anything else."""
    booking = await practice.booked(2)
    await practice.away(*ALL_DAYS, **more)
    return await practice.current(booking)


async def offered_experts(practice: Practice, booking: Booking) -> list[Any]:
    return [slot.expert_id for slot in await practice.offers(booking)]


async def taken_over(practice: Practice, **fields: Any) -> tuple[Booking, Practice]:
    """A session that a colleague has taken over."""
    other = await colleague(practice, **fields)
    booking = await displaced(practice)
    return await practice.move(booking, (await practice.offers(booking))[0]), other


async def told(practice: Practice, booking: Booking) -> set[tuple[Kind, Recipient]]:
    """What is to be mailed at once, and to whom."""
    mails = await practice.mails(booking)
    return {(mail.kind, mail.audience) for mail in mails if mail.due_at <= practice.now}


async def test_times_of_an_expert_who_stands_in_are_offered(practice: Practice):
    other = await colleague(practice)

    booking = await displaced(practice)

    assert await practice.offered(booking) == ["2 09:00", "2 10:00", "2 11:00"]
    assert {*await offered_experts(practice, booking)} == {other.expert_id}
    assert {slot.held_by for slot in await practice.offers(booking)} == {f"booking:{booking.id}"}
    assert await audit(practice.database) == []


async def test_own_times_come_first_and_others_fill_up(practice: Practice):
    other = await colleague(practice)
    booking = await practice.booked(0)
    await practice.booked(0, "11:00", "eve")

    await practice.away(1, HORIZON + 2)
    await practice.away(0)

    assert await offered_experts(practice, booking) == [other.expert_id] * 3
    assert await audit(practice.database) == []


async def test_one_own_time_is_offered_before_two_of_others(practice: Practice):
    other = await colleague(practice)
    booking = await practice.booked(2)
    for at in ("09:00", "10:00"):
        await practice.booked(3, at, f"guest at {at}")
    for day in (0, 1, *range(4, HORIZON + 2)):
        await practice.away(day)

    await practice.away(2)

    own, others = practice.expert_id, other.expert_id
    assert await practice.offered(booking) == ["3 11:00", "2 09:00", "2 10:00"]
    assert await offered_experts(practice, booking) == [own, others, others]


async def test_nobody_stands_in_who_has_not_agreed_to(practice: Practice):
    await colleague(practice, stands_in=False)

    assert await practice.offers(await displaced(practice)) == []


@pytest.mark.parametrize(
    "unlike",
    [
        {"category": "Health"},
        {"currency": "USD"},
        {"price_minor": 9_001},
        {"languages": ["fr"]},
        {"session_minutes": 30},
        {"listed": False},
    ],
    ids=lambda unlike: next(iter(unlike)),
)
async def test_only_those_are_offered_whom_the_attendee_could_have_chosen_as_well(
    practice: Practice, unlike: dict[str, Any]
):
    await colleague(practice, **unlike)

    assert await practice.offers(await displaced(practice)) == []


def test_a_session_is_held_in_the_attendees_language_where_the_expert_speaks_it():
    assert languages_shared(["de", "en"], "en") == {"en"}
    assert languages_shared(["fr", "it"], "en") == {"fr", "it"}


async def test_times_at_which_the_attendee_has_another_session_are_left_out(practice: Practice):
    await colleague(practice)
    elsewhere = await practice_with(practice.database, practice.now, category="Health")
    await book(
        practice.database,
        await elsewhere.slot(2, "09:00"),
        now=practice.now,
        email="ann@example.org",
    )

    booking = await displaced(practice)

    assert "2 09:00" not in await practice.offered(booking)


async def test_what_others_booked_under_that_address_shows_in_no_offer(practice: Practice):
    await colleague(practice)
    elsewhere = await practice_with(practice.database, practice.now, category="Health")
    slot = await elsewhere.slot(2, "09:00")
    await book(practice.database, slot, "somebody", now=practice.now, email="ann@example.org")

    booking = await displaced(practice)

    assert "2 09:00" in await practice.offered(booking)


async def test_full_days_of_a_stand_in_are_not_offered(practice: Practice):
    hours = every_day("09:00-12:00", limits=SessionLimits(most_a_day=1))
    other = await colleague(practice, hours=hours)
    await other.booked(2, visitor="eve")

    booking = await displaced(practice)

    days = [slot.starts_at.date() for slot in await practice.offers(booking)]
    assert (practice.now.date(), len({*days})) != (days[0], 1)
    assert booking.starts_at.date() not in days
    assert await audit(practice.database) == []


async def test_taking_a_stand_ins_time_moves_the_session_to_the_stand_in(practice: Practice):
    moved, other = await taken_over(practice)

    slots = await slots_of(practice.database, other.expert_id)
    assert (moved.expert_id, moved.agreed.name) == (other.expert_id, "Ben Carter")
    assert [slot.id for slot in slots if slot.state is SlotState.BOOKED] == [moved.slot_id]
    assert not [slot for slot in slots if slot.state is SlotState.OFFERED]
    assert (await practice.question(moved)).state is ReplacementState.MOVED
    assert await audit(practice.database) == []


async def test_it_leaves_one_agenda_and_stands_in_the_other(practice: Practice):
    moved, other = await taken_over(practice)
    week = (practice.now, practice.now + 10 * 24 * HOUR)

    async def agenda_of(expert: Expert) -> list[str]:
        return [one.reference for one in await agenda.sessions(practice.database, expert, *week)]

    former, present = await practice.expert(), await other.expert()
    assert await agenda_of(former) == []
    assert await agenda_of(present) == [moved.reference]
    opened = agenda.find(practice.database, former, moved.reference)
    assert await refused(opened) is Code.BOOKING_UNKNOWN


async def test_the_attendee_pays_what_was_offered_and_keeps_the_terms(
    database: Database, now: datetime
):
    terms = Terms(horizon_days=HORIZON, cancel_before_minutes=60, max_reschedules=2)
    practice = await practice_with(database, now, terms=terms, **ALIKE)
    strict = Terms(horizon_days=HORIZON, cancel_before_minutes=9_000)
    other = await colleague(practice, terms=strict, price_minor=7_000)
    booking = await displaced(practice)
    dearer = {"$set": {"price_minor": 20_000}}
    await database.collection(Expert).update_one({"_id": other.expert_id}, dearer)

    moved = await practice.move(booking, (await practice.offers(booking))[0])

    assert (moved.agreed.price_minor, moved.agreed.currency) == (7_000, "EUR")
    assert moved.agreed.terms == terms


async def test_they_meet_as_the_stand_in_does(practice: Practice):
    meeting = Meeting(kind=MeetingKind.ADDRESS, text="Harbour Street 4")

    moved, _ = await taken_over(practice, meeting=meeting)

    assert moved.agreed.meeting == meeting


async def test_everybody_hears_of_it(practice: Practice):
    moved, _ = await taken_over(practice)

    assert await told(practice, moved) == {
        (Kind.RESCHEDULE, Recipient.ATTENDEE),
        (Kind.TAKEOVER, Recipient.EXPERT),
        (Kind.HANDOVER, Recipient.EXPERT),
    }


async def test_the_stand_in_is_shown_their_own_mails_alone(practice: Practice):
    moved, _ = await taken_over(practice)

    shown = await mails_of(practice.database, moved, Recipient.EXPERT)

    assert [mail.kind for mail in shown] == [
        Kind.TAKEOVER,
        Kind.REMINDER_DAY,
        Kind.REMINDER_HOUR,
    ]
    mails = await practice.mails(moved)
    (handover,) = [mail for mail in mails if mail.kind is Kind.HANDOVER]
    again = resend(practice.database, moved, Recipient.EXPERT, handover.id, now=practice.now)
    assert await refused(again) is Code.MAIL_UNKNOWN


async def test_the_former_expert_still_hears_of_it_when_the_session_is_cancelled_at_once(
    practice: Practice,
):
    moved, _ = await taken_over(practice)

    await practice.cancel(moved)

    waiting = await told(practice, moved)
    assert (Kind.HANDOVER, Recipient.EXPERT) in waiting
    assert (Kind.TAKEOVER, Recipient.EXPERT) not in waiting


async def test_what_the_former_expert_noted_is_not_handed_over(practice: Practice):
    await colleague(practice)
    booking = await practice.booked(2)
    await agenda.write_note(
        practice.database, booking, "Talks a lot.", by=OPERATOR, now=practice.now
    )
    await practice.away(*ALL_DAYS)
    read_before = await practice.current(booking)

    moved = await practice.move(booking, (await practice.offers(booking))[0])

    late = agenda.write_note(
        practice.database, read_before, "Talks a lot.", by=OPERATOR, now=practice.now
    )
    assert await refused(late) is Code.ATTENDEE_ERASED
    assert (moved.note, (await practice.current(moved)).note) == ("", "")


async def test_from_then_on_it_moves_among_the_stand_ins_times(practice: Practice):
    moved, other = await taken_over(practice)

    again = await practice.move(moved, await other.slot(5))

    assert (again.expert_id, again.agreed) == (other.expert_id, moved.agreed)
    back = practice.move(again, await make_slot(practice.database, starts_at=practice.now + HOUR))
    assert await refused(back) is Code.OFFER_GONE
    assert await audit(practice.database) == []


async def test_a_stand_ins_time_is_for_that_booking_alone(practice: Practice):
    await colleague(practice)
    other = await practice.booked(3, visitor="eve")
    booking = await displaced(practice)
    mine, theirs = await practice.offers(booking), await practice.offers(other)

    taken = practice.move(other, mine[0], Viewer("eve"))

    assert not {slot.id for slot in mine} & {slot.id for slot in theirs}
    assert await refused(taken) is Code.OFFER_GONE
    assert (await practice.move(booking, mine[0])).slot_id == mine[0].id


async def test_a_stand_ins_time_whose_offer_has_ended_is_gone(practice: Practice):
    await colleague(practice)
    booking = await displaced(practice, offer_hours=1)
    offer, *_ = await practice.offers(booking)
    later = practice.now + HOUR

    await practice.tick(later)

    assert await refused(practice.move(booking, offer, now=later)) is Code.OFFER_GONE
    assert (await practice.current(booking)).is_displaced
    assert await audit(practice.database) == []


async def test_a_stand_in_who_is_no_longer_listed_takes_nobody_over(practice: Practice):
    other = await colleague(practice)
    booking = await displaced(practice)
    offer, *_ = await practice.offers(booking)
    paused = {"$set": {"listed": False}}
    await practice.database.collection(Expert).update_one({"_id": other.expert_id}, paused)

    assert await practice.offers(booking) == []
    assert await refused(practice.move(booking, offer)) is Code.OFFER_GONE


async def test_a_stand_in_who_is_absent_in_turn_takes_the_offers_along(practice: Practice):
    other = await colleague(practice)
    booking = await displaced(practice, offer_hours=5)

    await other.away(2, offer_hours=72)

    offers = await practice.offers(booking)
    assert {slot.starts_at.date() for slot in offers} != {booking.starts_at.date()}
    assert len(offers) == 3
    assert {slot.held_until for slot in offers} == {practice.now + 5 * HOUR}
    assert await audit(practice.database) == []


async def test_a_session_that_was_taken_over_can_be_displaced_again(practice: Practice):
    moved, other = await taken_over(practice)

    await other.away(*ALL_DAYS)

    assert (await practice.current(moved)).is_displaced
    assert await audit(practice.database) == []


async def test_revoking_frees_what_stand_ins_kept(practice: Practice):
    other = await colleague(practice)
    booking = await practice.booked(2)
    absence = await practice.away(*ALL_DAYS)

    await practice.revoke(absence)

    slots = await slots_of(practice.database, other.expert_id)
    assert {slot.state for slot in slots} == {SlotState.OPEN}
    assert not (await practice.current(booking)).is_displaced
    assert await audit(practice.database) == []


async def test_an_answer_for_a_stand_in_pressed_twice_is_pressed_once(practice: Practice):
    await colleague(practice)
    booking = await displaced(practice)
    offer, *_ = await practice.offers(booking)

    moved = [await practice.move(booking, offer) for _ in range(2)]

    assert [one.rev for one in moved] == [3, 3]
    assert await audit(practice.database) == []


async def test_the_history_names_both_experts(practice: Practice):
    moved, _ = await taken_over(practice)

    *_, step = moved.history
    assert (step.former_id, step.former_name) == (practice.expert_id, "Rosa Stern")
    assert step.stand_in_name == "Ben Carter"


async def test_after_a_cancellation_for_want_of_an_answer_a_stand_in_can_still_be_chosen(
    practice: Practice,
):
    other = await colleague(practice, hours=every_day("13:00-16:00"))
    booking = await practice.booked(1)
    await practice.away(*ALL_DAYS, offer_hours=72)
    await practice.tick(booking.starts_at)
    later = booking.starts_at + HOUR

    (*_, offer) = await practice.offers(booking, now=later)
    moved = await practice.move(booking, offer, now=later)

    assert (moved.status.value, moved.expert_id) == ("confirmed", other.expert_id)
    assert await audit(practice.database) == []


async def test_an_expert_agrees_to_stand_in_and_takes_it_back(practice: Practice):
    kept = []
    for stands_in in (True, False):
        await standing_in.agree(
            practice.database,
            await practice.expert(),
            stands_in=stands_in,
            by=OPERATOR,
            now=practice.now,
        )
        kept.append((await practice.expert()).stands_in)

    assert kept == [True, False]
