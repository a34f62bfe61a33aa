"""Absences as attendees meet them: by plain forms, and closed to everybody else."""

import re
from collections.abc import Sequence
from html import unescape
from typing import Any

import pytest

from domain.rules.slots import SlotState
from domain.store.absences.replacements import end_offers
from domain.store.bookings import reading
from domain.store.documents import Booking, BookingStatus, Slot
from domain.store.documents.agreements import Terms
from tests.domain.diaries import HORIZON, every_day
from tests.domain.practices import Practice, practice_with
from tests.web.conftest import Site
from tests.web.visitors import Visitor

SHARES_SITE = True


@pytest.fixture
async def practice(site: Site) -> Practice:
    return await practice_with(site.database, site.now, name="Dr. Rosa Stern")


async def booked(practice: Practice, browser: Visitor, ahead: int = 2, **fields: str) -> Booking:
    """Have a browser book a time."""
    reference = await browser.booked((await practice.slot(ahead)).id, **fields)
    found = await reading.find_by_reference(practice.database, reference)
    assert found is not None
    return found


def buttons_in(text: str) -> Sequence[str]:
    """Return the slots that a page offers to take with one press."""
    return re.findall(r'name="slot_id\.(\w+)"', text)


def words(text: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


async def press(browser: Visitor, booking: Booking, slot: Slot | str) -> str:
    """Press an offer; return where that leads, or the status of the error."""
    key = slot if isinstance(slot, str) else str(slot.id)
    answer = await browser.post(f"/bookings/{booking.reference}/reschedule", {"slot_id": key})
    return str(answer.headers.get("location", answer.status_code))


async def test_the_page_of_a_displaced_booking_offers_times_and_says_why(
    practice: Practice, ann: Visitor
):
    booking = await booked(practice, ann)
    await practice.away(2, message="I am <ill>.")

    page = await ann.get(f"/bookings/{booking.reference}")

    told = words(page.text)
    assert "Dr. Rosa Stern can't make this session" in told
    assert "I am <ill>." in told
    assert "Needs your answer" in told
    assert buttons_in(page.text) == [str(slot.id) for slot in await practice.offers(booking)]
    assert "You can cancel it until" not in told


async def test_the_page_is_written_in_german_too(practice: Practice, ann: Visitor):
    booking = await booked(practice, ann)
    await practice.away(2)

    page = await ann.get(f"/bookings/{booking.reference}", headers={"Accept-Language": "de"})

    assert "muss diesen Termin absagen" in words(page.text)
    assert "Wartet auf Ihre Antwort" in words(page.text)


async def test_one_press_moves_the_booking(practice: Practice, ann: Visitor):
    booking = await booked(practice, ann)
    await practice.away(2)
    _, offer, _ = await practice.offers(booking)

    led_to = await press(ann, booking, offer)

    assert led_to == f"/bookings/{booking.reference}?moved=1"
    assert (await practice.current(booking)).slot_id == offer.id
    assert 'id="replacement"' not in (await ann.get(led_to)).text


async def test_pressing_twice_is_pressing_once(practice: Practice, ann: Visitor):
    booking = await booked(practice, ann)
    await practice.away(2)
    offer, *_ = await practice.offers(booking)

    led_to = [await press(ann, booking, offer) for _ in range(2)]

    assert led_to == [f"/bookings/{booking.reference}?moved=1"] * 2
    assert (await practice.current(booking)).rev == 3


async def test_an_offer_that_has_ended_is_refused_with_other_times(
    practice: Practice, ann: Visitor
):
    booking = await booked(practice, ann)
    await practice.away(2)
    offer, *_ = await practice.offers(booking)
    await practice.tick(offer.held_until)
    await practice.booked(
        (offer.starts_at.date() - practice.now.date()).days, f"{offer.starts_at:%H:%M}", "ben"
    )

    answer = await ann.post(f"/bookings/{booking.reference}/reschedule", {"slot_id": str(offer.id)})

    assert answer.status_code == 409
    assert "That time is gone" in answer.text
    assert (await practice.current(booking)).is_displaced


async def test_an_offered_time_that_is_withdrawn_leads_to_what_is_offered_instead(
    practice: Practice, ann: Visitor
):
    booking = await booked(practice, ann)
    await practice.away(2)
    offer, *_ = await practice.offers(booking)
    await practice.away(0, 5)

    page = await ann.get(await press(ann, booking, offer))

    assert "That time is gone" in words(page.text)
    assert buttons_in(page.text) == [str(slot.id) for slot in await practice.offers(booking)]
    assert str(offer.id) not in buttons_in(page.text)


async def test_nobody_else_opens_an_offered_time_whatever_they_post(
    practice: Practice, ann: Visitor, eve: Visitor
):
    booking = await booked(practice, ann)
    others = await booked(practice, eve, 5)
    await practice.away(2)
    offer, *_ = await practice.offers(booking)
    form = {"slot_id": str(offer.id)}

    statuses = [
        (await eve.post("/holds", form)).status_code,
        (await eve.post(f"/bookings/{booking.reference}/holds", form)).status_code,
        (await eve.post(f"/bookings/{others.reference}/holds", form)).status_code,
        (await eve.post("/holds/release", form)).status_code,
        (await eve.book(offer.id)).status_code,
        (await eve.post(f"/bookings/{booking.reference}/reschedule", form)).status_code,
        (await eve.post(f"/bookings/{others.reference}/reschedule", form)).status_code,
    ]

    assert statuses[:3] == [409, 404, 409]
    assert statuses[4:] == [409, 404, 409]
    assert await practice.offers(booking) == [offer, *(await practice.offers(booking))[1:]]
    assert (await practice.current(booking)).is_displaced


async def test_another_time_may_be_chosen_though_every_deadline_is_over(site: Site, ann: Visitor):
    late = 60 * 24 * 6
    terms = Terms(
        horizon_days=HORIZON,
        cancel_before_minutes=late,
        reschedule_before_minutes=late,
        max_reschedules=0,
    )
    practice = await practice_with(site.database, site.now, terms=terms)
    booking = await booked(practice, ann)
    page = f"/bookings/{booking.reference}/reschedule"
    before = await ann.get(page)
    await practice.away(2)
    chosen = await practice.slot(5)

    picker = await ann.get(page)
    held = await ann.post(f"/bookings/{booking.reference}/holds", {"slot_id": str(chosen.id)})
    confirmation = await ann.get(held.headers["location"])
    moved = await press(ann, booking, chosen)

    assert (before.status_code, picker.status_code, confirmation.status_code) == (409, 200, 200)
    assert "It stays yours" not in picker.text
    assert "You keep your old time" not in confirmation.text
    assert moved == f"/bookings/{booking.reference}?moved=1"


async def test_a_displaced_booking_can_be_cancelled_though_the_deadline_is_over(
    site: Site, ann: Visitor
):
    terms = Terms(horizon_days=HORIZON, cancel_before_minutes=60 * 24 * 6)
    practice = await practice_with(site.database, site.now, terms=terms)
    booking = await booked(practice, ann)
    await practice.away(2)
    offers = await practice.offers(booking)

    answer = await ann.post(f"/bookings/{booking.reference}/cancel")

    assert answer.status_code == 303
    assert (await practice.current(booking)).status is BookingStatus.CANCELLED
    assert {(await site.current(slot)).state for slot in offers} == {SlotState.OPEN}


async def test_an_offer_at_the_time_of_another_booking_asks_first(
    site: Site, practice: Practice, ann: Visitor
):
    booking = await booked(practice, ann)
    await practice.away(2)
    offer, *_ = await practice.offers(booking)
    other = await site.slot(starts_at=offer.starts_at, ends_at=offer.ends_at)
    await ann.booked(other.id)
    path = f"/bookings/{booking.reference}/reschedule"

    asked = await ann.post(path, {"slot_id": str(offer.id)})
    both = await ann.post(path, {"slot_id": str(offer.id), "overlap": "1"})

    assert asked.status_code == 409
    assert "You are booked at that time" in asked.text
    assert both.headers["location"] == f"/bookings/{booking.reference}?moved=1"


async def test_the_list_says_that_an_answer_is_needed(practice: Practice, ann: Visitor):
    await booked(practice, ann)
    await practice.away(2)

    assert "Needs your answer" in words((await ann.get("/bookings")).text)


LEGAL: dict[str, Any] = {
    "category": "Legal",
    "currency": "EUR",
    "price_minor": 9_000,
    "languages": ["en", "de"],
}
ALL_DAYS = (0, HORIZON + 2)


@pytest.fixture
async def rosa(site: Site) -> Practice:
    """An expert with a colleague who stands in for her, and charges less."""
    await practice_with(
        site.database,
        site.now,
        every_day("13:00-16:00"),
        name="Ben Carter",
        stands_in=True,
        **{**LEGAL, "price_minor": 7_500},
    )
    return await practice_with(site.database, site.now, name="Dr. Rosa Stern", **LEGAL)


async def test_the_page_names_the_stand_in_and_what_changes(rosa: Practice, ann: Visitor):
    booking = await booked(rosa, ann)
    await rosa.away(*ALL_DAYS)

    page = await ann.get(f"/bookings/{booking.reference}")

    told = words(page.text)
    assert told.count("with Ben Carter, €75") == 3
    assert "you meet them instead of Dr. Rosa Stern" in told
    assert "About Ben Carter" in told
    assert "Speaks English, German" in told
    assert "Price and terms stay as agreed" not in told


async def test_one_press_moves_the_booking_to_the_stand_in(rosa: Practice, ann: Visitor):
    booking = await booked(rosa, ann)
    await rosa.away(*ALL_DAYS)
    offer, *_ = await rosa.offers(booking)

    page = await ann.get(await press(ann, booking, offer))
    calendar = await ann.get(f"/bookings/{booking.reference}/calendar.ics")

    told = words(page.text)
    assert "with Ben Carter instead of Dr. Rosa Stern" in told
    assert "€75" in told
    assert "Ben Carter" in calendar.text
    assert "Rosa Stern" not in calendar.text


async def test_a_stand_ins_time_that_is_gone_leads_to_those_that_are_left(
    rosa: Practice, ann: Visitor
):
    booking = await booked(rosa, ann)
    await rosa.away(*ALL_DAYS)
    gone, *left = await rosa.offers(booking)
    await end_offers(rosa.database, await rosa.question(booking), [gone.id], now=rosa.now)

    led_to = await press(ann, booking, gone)

    page = await ann.get(led_to)
    assert led_to == f"/bookings/{booking.reference}?gone=1"
    assert "That time is gone" in words(page.text)
    assert buttons_in(page.text) == [str(slot.id) for slot in left]
    assert (await rosa.current(booking)).is_displaced


async def test_when_all_that_was_offered_is_gone_any_free_time_can_be_chosen(
    rosa: Practice, ann: Visitor
):
    booking = await booked(rosa, ann)
    await rosa.away(*ALL_DAYS)
    offer, *_ = await rosa.offers(booking)
    await rosa.tick(offer.held_until)

    page = await ann.get(await press(ann, booking, offer))

    assert "That time is gone" in words(page.text)
    assert f'href="/bookings/{booking.reference}/reschedule"' in page.text
    assert buttons_in(page.text) == []


async def test_a_stand_ins_time_beside_another_booking_asks_first_and_says_whose_it_is(
    site: Site, rosa: Practice, ann: Visitor
):
    booking = await booked(rosa, ann)
    await rosa.away(*ALL_DAYS)
    offer, *_ = await rosa.offers(booking)
    other = await site.slot(starts_at=offer.starts_at, ends_at=offer.ends_at)
    await ann.booked(other.id)
    path = f"/bookings/{booking.reference}/reschedule"

    asked = await ann.post(path, {"slot_id": str(offer.id)})
    both = await ann.post(path, {"slot_id": str(offer.id), "overlap": "1"})

    assert asked.status_code == 409
    assert "with Ben Carter" in words(asked.text)
    assert "Price: €75 instead of €90." in words(asked.text)
    assert both.headers["location"] == f"/bookings/{booking.reference}?moved=1"


async def unanswered(practice: Practice, browser: Visitor) -> tuple[Booking, Slot]:
    """A booking that was cancelled as nobody answered, and a time that is still kept for it."""
    booking = await booked(practice, browser)
    await practice.away(2, offer_hours=72)
    *_, offer = await practice.offers(booking)
    await practice.tick(booking.starts_at)
    return await practice.current(booking), offer


async def test_the_page_of_what_was_cancelled_unanswered_still_offers_times(
    practice: Practice, ann: Visitor
):
    booking, offer = await unanswered(practice, ann)

    page = await ann.get(f"/bookings/{booking.reference}")

    told = words(page.text)
    assert booking.status is BookingStatus.CANCELLED
    assert "This booking was cancelled." in told
    assert "You can still have another time" in told
    assert "One press confirms your booking again" in told
    assert str(offer.id) in buttons_in(page.text)


async def test_taking_one_of_them_confirms_the_booking_again(practice: Practice, ann: Visitor):
    booking, offer = await unanswered(practice, ann)
    confirmation = f"/bookings/{booking.reference}/reschedule?slot_id={offer.id}"

    shown = await ann.get(confirmation)
    led_to = await press(ann, booking, offer)

    page = words((await ann.get(led_to)).text)
    assert shown.status_code == 200
    assert "You keep your old time" not in shown.text
    assert "It's moved. See you then!" in page
    assert "Confirmed" in page
    assert (await practice.current(booking)).status is BookingStatus.CONFIRMED


async def test_what_was_cancelled_unanswered_moves_nowhere_else(practice: Practice, ann: Visitor):
    booking, _ = await unanswered(practice, ann)

    assert await press(ann, booking, await practice.slot(5)) == "409"
    assert (await ann.get(f"/bookings/{booking.reference}/reschedule")).status_code == 409
