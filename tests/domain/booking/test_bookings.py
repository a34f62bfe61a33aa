import asyncio
from collections import Counter
from collections.abc import Awaitable
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.booking import bookings, cancelling, holds
from domain.booking.bookings import Show, Viewer
from domain.booking.claims import book as book_form
from domain.booking.new_bookings import Known
from domain.rules.confirmations import LinkNeeded
from domain.rules.errors import Code, Refusal
from domain.rules.quotes import Quote, read_quote
from domain.rules.request_limits import Allowance, Asker
from domain.rules.slots import SlotState
from domain.seeds.factories import BookingFactory
from domain.store.core.database import Database
from domain.store.documents import Booking, BookingStatus, Expert, Slot
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
from tests.factories import make_expert, make_slot, make_wait, slot_of


async def test_a_held_time_becomes_a_booking(database: Database, now):
    slot = await make_slot(database, starts_at=now + DAY)
    await holds.hold(database, slot.id, "ann", now=now, hold_for=HOLD)

    booking = await book(database, slot, now=now + MS)

    found = await slots.find(database, slot.id)
    assert found is not None
    assert (found.state, found.booking_id, found.held_by) == (SlotState.BOOKED, booking.id, None)
    assert booking.address == "ann@example.org"


async def test_a_free_time_is_booked_without_a_hold(database: Database, now):
    slot = await make_slot(database, starts_at=now + DAY)

    booking = await book(database, slot, now=now)

    assert booking.status is BookingStatus.CONFIRMED
    assert await state_of(database, slot) == (SlotState.BOOKED, 1)


async def test_a_lapsed_hold_that_nobody_took_still_books_even_within_the_lead(database, now):
    slot = await make_slot(database, starts_at=now + HOLD * 2)
    await holds.hold(database, slot.id, "ann", now=now, hold_for=HOLD)

    await book(database, slot, now=slot.starts_at - MS)

    assert await state_of(database, slot) == (SlotState.BOOKED, 1)


async def test_a_hold_that_lapsed_and_was_taken_refuses_its_first_holder(database: Database, now):
    slot = await make_slot(database, starts_at=now + DAY)
    await holds.hold(database, slot.id, "ann", now=now, hold_for=HOLD)
    await holds.hold(database, slot.id, "ben", now=now + HOLD, hold_for=HOLD)

    assert await refused(book(database, slot, "ann", now=now + HOLD)) is Code.SLOT_TAKEN
    assert await state_of(database, slot) == (SlotState.HELD, 0)


async def test_a_past_time_cannot_be_booked(database: Database, now):
    slot = await make_slot(database, starts_at=now)

    assert await refused(book(database, slot, now=now)) is Code.SLOT_TAKEN
    assert await state_of(database, slot) == (SlotState.OPEN, 0)


async def test_the_same_form_sent_again_is_the_same_booking(database: Database, now):
    slot = await make_slot(database, starts_at=now + DAY)

    first = await book(database, slot, now=now)
    again = await book(database, slot, now=now + DAY * 2)

    assert again.reference == first.reference
    assert await state_of(database, slot) == (SlotState.BOOKED, 1)


async def test_the_same_form_sent_many_times_at_once_is_one_booking_with_one_answer(database, now):
    slot = await make_slot(database, starts_at=now + DAY)
    await holds.hold(database, slot.id, "ann", now=now, hold_for=HOLD)

    answers = await asyncio.gather(*(book(database, slot, now=now) for _ in range(12)))

    assert len({booking.reference for booking in answers}) == 1
    assert await state_of(database, slot) == (SlotState.BOOKED, 1)


async def test_a_form_that_became_another_booking_is_not_used_again(database: Database, now):
    one = await make_slot(database, starts_at=now + DAY)
    two = await make_slot(database, starts_at=now + 2 * DAY)
    await book(database, one, key="k" * 20, now=now)

    assert await refused(book(database, two, key="k" * 20, now=now)) is Code.FORM_INVALID
    assert await refused(book(database, one, "eve", key="k" * 20, now=now)) is Code.FORM_INVALID
    assert await state_of(database, two) == (SlotState.OPEN, 0)


async def test_of_a_crowd_exactly_one_books(database: Database, now):
    slot = await make_slot(database, starts_at=now + DAY)

    outcomes = await asyncio.gather(
        *(book(database, slot, f"visitor {n}", now=now) for n in range(40)),
        return_exceptions=True,
    )

    kinds = Counter(o.code if isinstance(o, Refusal) else type(o) for o in outcomes)
    assert kinds == {Booking: 1, Code.SLOT_TAKEN: 39}
    assert await state_of(database, slot) == (SlotState.BOOKED, 1)


async def test_the_crowd_test_can_fail(database: Database, now, monkeypatch):
    """The negative control: without the guards two who have looked before either writes book."""
    slot = await make_slot(database, starts_at=now + DAY)
    await without_guards(monkeypatch, database, slot)

    await asyncio.gather(
        *(book(database, slot, f"visitor {n}", now=now) for n in range(10)),
        return_exceptions=True,
    )

    _, confirmed = await state_of(database, slot)
    assert confirmed > 1


async def test_the_second_layer_refuses_a_time_that_has_a_booking(database: Database, now):
    """Even if a slot were wrongly open, the database keeps one confirmed booking of a time."""
    slot = await make_slot(database, starts_at=now + DAY)
    await book(database, slot, "ann", now=now)
    await database.collection(Slot).update_one({"_id": slot.id}, {"$set": {"state": "open"}})

    assert await refused(book(database, slot, "ben", now=now)) is Code.SLOT_TAKEN
    assert (await state_of(database, slot))[1] == 1


async def test_cancelling_frees_the_time_many_times_over(database: Database, now):
    slot = await make_slot(database, starts_at=now + DAY)

    for n in range(5):
        booking = await book(database, slot, key=f"attempt number {n:04}", now=now)
        cancelled = await cancelling.cancel(database, booking.reference, ANN, now=now)
        assert cancelled.status is BookingStatus.CANCELLED
        assert await state_of(database, slot) == (SlotState.OPEN, 0)


async def test_two_cancels_at_once_are_one(database: Database, now):
    slot = await make_slot(database, starts_at=now + DAY)
    booking = await book(database, slot, now=now)

    answers = await asyncio.gather(
        *(cancelling.cancel(database, booking.reference, ANN, now=now) for _ in range(8))
    )

    assert {a.status for a in answers} == {BookingStatus.CANCELLED}
    assert {a.rev for a in answers} == {2}
    assert await state_of(database, slot) == (SlotState.OPEN, 0)


async def test_a_cancel_that_comes_late_does_not_free_the_next_booking(database: Database, now):
    slot = await make_slot(database, starts_at=now + DAY)
    first = await book(database, slot, "ann", now=now)
    await cancelling.cancel(database, first.reference, ANN, now=now)
    await book(database, slot, "ben", now=now)

    await cancelling.cancel(database, first.reference, ANN, now=now)

    assert await state_of(database, slot) == (SlotState.BOOKED, 1)


async def test_a_cancel_racing_new_bookings_leaves_one_clear_outcome(database: Database, now):
    for n in range(5):
        slot = await make_slot(database, starts_at=now + DAY * (n + 1))
        booking = await book(database, slot, "ann", now=now)

        outcomes = await asyncio.gather(
            cancelling.cancel(database, booking.reference, ANN, now=now),
            *(book(database, slot, f"visitor {n}-{m}", now=now) for m in range(6)),
            return_exceptions=True,
        )

        booked = [o for o in outcomes[1:] if isinstance(o, Booking)]
        state = SlotState.BOOKED if booked else SlotState.OPEN
        assert len(booked) <= 1
        assert not [o for o in outcomes if isinstance(o, Exception) and not isinstance(o, Refusal)]
        assert (await state_of(database, slot))[1] == len(booked)
        assert (await state_of(database, slot))[0] in {state, SlotState.HELD}


async def test_what_has_begun_cannot_be_cancelled(database: Database, now):
    slot = await make_slot(database, starts_at=now + DAY)
    booking = await book(database, slot, now=now)
    late = cancelling.cancel(database, booking.reference, ANN, now=slot.starts_at)

    assert await refused(late) is Code.BOOKING_PAST
    await cancelling.cancel(database, booking.reference, ANN, now=slot.starts_at - MS)


async def test_a_booking_is_seen_by_its_browser_and_its_address_alone(database: Database, now):
    slot = await make_slot(database, starts_at=now + DAY)
    booking = await book(database, slot, now=now)
    by_address = Viewer("another browser", frozenset({"ann@example.org"}))

    assert (await bookings.find(database, booking.reference.lower(), ANN)).id == booking.id
    assert (await bookings.find(database, booking.reference, by_address)).id == booking.id
    for stranger in (Viewer(None), Viewer("eve"), Viewer("eve", frozenset({"eve@example.org"}))):
        unknown = bookings.find(database, booking.reference, stranger)
        hands_off = cancelling.cancel(database, booking.reference, stranger, now=now)
        assert await refused(unknown) is Code.BOOKING_UNKNOWN
        assert await refused(hands_off) is Code.BOOKING_UNKNOWN
    assert await state_of(database, slot) == (SlotState.BOOKED, 1)


async def test_case_does_not_part_addresses_but_a_tag_does(database: Database, now):
    one = await make_slot(database, starts_at=now + DAY)
    two = await make_slot(database, starts_at=now + 2 * DAY)
    await book(database, one, "v1", now=now, email="A+B@x.org")
    await book(database, two, "v2", now=now, email="ab@x.org")
    viewer = Viewer(None, frozenset({bookings.normal_address("a+b@X.ORG")}))

    found = await bookings.listing(database, viewer, Show.UPCOMING, now=now)

    assert [b.slot_id for b in found] == [one.id]


async def test_lists_part_upcoming_past_and_cancelled(database: Database, now):
    made = {}
    for name, days in (("soon", 1), ("later", 3), ("off", 2), ("gone", 4)):
        slot = await make_slot(database, starts_at=now + DAY * days)
        made[name] = await book(database, slot, now=now)
    await cancelling.cancel(database, made["off"].reference, ANN, now=now)
    then = now + DAY * 2

    async def references(show: Show) -> list[str]:
        return [b.reference for b in await bookings.listing(database, ANN, show, now=then)]

    assert await references(Show.UPCOMING) == [made["later"].reference, made["gone"].reference]
    assert await references(Show.PAST) == [made["soon"].reference]
    assert await references(Show.CANCELLED) == [made["off"].reference]


async def test_a_long_list_begins_with_what_comes_next(database: Database, now):
    expert = await make_expert(database)
    slots = [slot_of(expert.id, now + n * DAY) for n in range(1, 231)]
    await database.collection(Booking).insert_many(
        [
            BookingFactory.build(
                visitor_id="ann",
                slot_id=slot.id,
                expert_id=expert.id,
                starts_at=slot.starts_at,
                ends_at=slot.ends_at,
            ).model_dump_doc()
            for slot in slots
        ]
    )

    listed = await bookings.listing(database, Viewer("ann"), Show.UPCOMING, now=now)

    assert [b.starts_at for b in listed] == [slot.starts_at for slot in slots[:200]]


@pytest.fixture
async def outdated(database: Database, now) -> Known:
    """What memory has of an expert who is dearer by now, and a slot of theirs that Ann holds."""
    expert = await make_expert(database)
    slot = await make_slot(database, expert, starts_at=now + DAY)
    dearer = {"$set": {"price_minor": expert.price_minor + 500}}
    await database.collection(Expert).update_one({"_id": expert.id}, dearer)
    return Known(await holds.hold(database, slot.id, "ann", now=now, hold_for=HOLD), expert)


async def test_memory_that_is_out_of_date_agrees_to_nothing(
    database: Database, outdated: Known, now
):
    slot, expert = outdated.slot, outdated.expert
    shown = expert.agreed().quote(slot.ends_at - slot.starts_at)

    form = book(database, slot, quote=shown, known=outdated, now=now)

    assert await refused(form) is Code.TERMS_CHANGED
    assert await state_of(database, slot) == (SlotState.HELD, 0)


async def test_a_booking_keeps_what_is_so_rather_than_what_memory_has(
    database: Database, outdated: Known, now
):
    booking = await book(database, outdated.slot, known=outdated, now=now)

    assert booking.agreed.price_minor == outdated.expert.price_minor + 500
    kept = await bookings.find(database, booking.reference, ANN)
    assert kept.agreed == booking.agreed


async def test_memory_that_is_out_of_date_has_no_link_mailed(
    database: Database, outdated: Known, now
):
    slot, expert = outdated.slot, outdated.expert
    shown = expert.agreed().quote(slot.ends_at - slot.starts_at)

    form = book(database, slot, quote=shown, known=outdated, link=LinkNeeded.ALWAYS, now=now)

    assert await refused(form) is Code.TERMS_CHANGED


async def test_a_slot_that_is_shortened_while_its_form_is_on_its_way_is_booked_as_it_is(
    database: Database, now
):
    expert = await make_expert(database)
    slot = await make_slot(database, expert, starts_at=now + DAY)
    sooner = slot.ends_at - timedelta(minutes=10)
    shorter = {"$set": {"ends_at": sooner}, "$inc": {"rev": 1}}
    await database.collection(Slot).update_one({"_id": slot.id}, shorter)
    shown = expert.agreed().quote(slot.ends_at - slot.starts_at)

    agreed = book(database, slot, quote=shown, known=Known(slot, expert), now=now)
    assert await refused(agreed) is Code.TERMS_CHANGED
    booking = await book(database, slot, known=Known(slot, expert), now=now)

    assert booking.ends_at == sooner


async def test_a_lapsed_hold_that_nobody_took_is_not_lost_to_a_change_of_its_expert(
    database: Database, outdated: Known, now
):
    """It isn't given back on the way: the first in line would get it."""
    later = now + 2 * HOLD
    await make_wait(database, outdated.expert, starts_at=outdated.slot.starts_at - HOLD)

    booking = await book(database, outdated.slot, known=outdated, now=later)

    assert booking.slot_id == outdated.slot.id


async def test_forms_with_terms_that_nobody_showed_are_counted(database: Database, now):
    """Each would hold a slot, and cost nothing."""
    expert = await make_expert(database)
    asker = Asker("a network", secret="secret", allowance=Allowance(1, 1))
    made_up = Quote(1, "EUR", 1, 1, 1, 1)
    slots = [await make_slot(database, expert, starts_at=now + n * DAY) for n in (1, 2)]

    codes = [
        await refused(
            book(database, slot, quote=made_up, known=Known(slot, expert), asker=asker, now=now)
        )
        for slot in slots
    ]

    assert codes == [Code.TERMS_CHANGED, Code.TOO_MANY_BOOKINGS]
    assert await state_of(database, slots[1]) == (SlotState.OPEN, 0)


async def test_a_form_sent_twice_at_once_becomes_one_booking(
    database: Database, outdated: Known, now
):
    """Each has read the slot while it was held."""
    sent = (book(database, outdated.slot, known=outdated, now=now) for _ in range(2))

    first, second = await asyncio.gather(*sent)

    assert first.reference == second.reference
    assert await state_of(database, outdated.slot) == (SlotState.BOOKED, 1)


async def test_a_form_that_became_a_booking_books_nothing_else(
    database: Database, outdated: Known, now
):
    await book(database, await make_slot(database, starts_at=now + 2 * DAY), key="a key", now=now)

    again = book(database, outdated.slot, key="a key", known=outdated, now=now)

    assert await refused(again) is Code.FORM_INVALID
    assert await state_of(database, outdated.slot) == (SlotState.HELD, 0)


async def test_nobody_agrees_to_another_price_than_the_form_has_shown(database: Database, now):
    expert = await make_expert(database)
    slot = await make_slot(database, expert, starts_at=now + DAY)
    shown = expert.agreed().quote(slot.ends_at - slot.starts_at)
    dearer = {"$set": {"price_minor": expert.price_minor + 500}}
    await database.collection(Expert).update_one({"_id": expert.id}, dearer)

    def form(quote: Quote) -> Awaitable[Booking]:
        return book_form(
            database,
            slot.id,
            "ann",
            attendee(),
            request_key="one form, sent twice",
            now=now,
            hold_for=HOLD,
            quote=quote,
        )

    assert await refused(form(shown)) is Code.TERMS_CHANGED
    assert await state_of(database, slot) == (SlotState.HELD, 0)
    booking = await form(replace(shown, price_minor=shown.price_minor + 500))
    assert booking.agreed.price_minor == expert.price_minor + 500


@pytest.mark.parametrize("most", [None, 0, 3])
def test_a_quote_reads_back_as_it_was_written(most: int | None):
    quote = Quote(12_000, "EUR", 60, 1_440, 720, most)

    assert read_quote(str(quote)) == quote


@pytest.mark.parametrize("text", ["", "1 EUR", "1 EUR 1 1 1", "a EUR 1 1 1 1", "1 EUR 1 1 1 1 1"])
def test_text_that_is_no_quote_is_read_as_none(text: str):
    assert read_quote(text) is None
