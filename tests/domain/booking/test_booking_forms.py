"""Forms that wait for a mailed link: what is held, kept and mailed, and what the link books."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.booking import booking_requests, cancelling, claims, holds
from domain.booking.booking_forms import BookingForm, book_or_ask
from domain.booking.bookings import Viewer
from domain.rules.confirmations import ConfirmByMail, Confirming
from domain.rules.errors import Code, Refusal
from domain.rules.notices import Kind
from domain.rules.request_limits import Allowance, Asker
from domain.rules.slots import SlotState
from domain.store.audit import audit
from domain.store.bookings import holds as hold_store
from domain.store.core.database import Database
from domain.store.documents import Booking, BookingRequest, Expert, Slot
from domain.store.documents.mails import Mail
from tests.domain.lines import full_day
from tests.domain.support import DAY, HOLD, attendee, refused, state_of
from tests.factories import make_expert, make_slot

MINUTE = timedelta(minutes=1)
ALWAYS, FIRST, NEVER = (
    Confirming(by_mail, sends_mail=True)
    for by_mail in (ConfirmByMail.ALWAYS, ConfirmByMail.FIRST, ConfirmByMail.NEVER)
)
ADDRESS = "ann@example.org"


async def send(
    database: Database, slot: Slot, *, rule: Confirming = ALWAYS, now: datetime, **given: Any
) -> Booking | BookingRequest:
    """Send Ann's form for a slot."""
    known: dict[str, Any] = {"request_key": f"form for {slot.id}", "overlap": True, **given}
    viewer, who = known.pop("viewer", Viewer("ann")), known.pop("who", attendee())
    form = BookingForm(slot.id, viewer, who, **known)
    return await book_or_ask(database, form, rule, now=now, hold_for=HOLD)


async def asked(database: Database, slot: Slot, *, now: datetime, **given: Any) -> BookingRequest:
    found = await send(database, slot, now=now, **given)
    assert isinstance(found, BookingRequest)
    return found


async def follow(
    database: Database, request: BookingRequest, browser: str = "ann", *, now: datetime
) -> Booking:
    """Press the button of the link's page."""
    used = await booking_requests.use_link(database, request.key, browser)
    return await booking_requests.confirm(database, used, now=now, hold_for=HOLD)


async def current(database: Database, slot: Slot) -> Slot:
    return await holds.slot_to_claim(database, slot.id)


async def mailed(database: Database) -> list[Kind]:
    return [mail.kind for mail in await database.engine.find(Mail)]


@pytest.fixture
async def slot(database: Database, now) -> Slot:
    return await make_slot(database, starts_at=now + DAY)


async def test_a_form_waits_for_its_link_with_the_time_on_hold(database: Database, slot, now):
    await holds.hold(database, slot.id, "ann", now=now, hold_for=HOLD)

    request = await asked(database, slot, now=now + MINUTE)

    held = await current(database, slot)
    assert (held.state, held.held_by) == (SlotState.HELD, "ann")
    assert held.held_until == request.held_until == now + 16 * MINUTE
    assert await mailed(database) == [Kind.BOOKING_LINK]
    assert await database.engine.count(Booking) == 0


async def test_the_same_form_sent_again_waits_as_before_and_is_mailed_once(
    database: Database, slot, now
):
    twice = await asyncio.gather(*(asked(database, slot, now=now) for _ in range(5)))

    later = await asked(database, slot, now=now + MINUTE)

    assert {request.id for request in (*twice, later)} == {later.id}
    assert (await current(database, slot)).held_until == now + 15 * MINUTE
    assert await mailed(database) == [Kind.BOOKING_LINK]


async def test_a_form_that_is_corrected_is_mailed_anew_and_the_former_link_books_nothing(
    database: Database, slot, now
):
    mistyped = await asked(database, slot, who=attendee("anm@example.org"), now=now)

    request = await asked(database, slot, now=now + MINUTE)

    assert (mistyped.address, request.address) == ("anm@example.org", ADDRESS)
    assert await refused(follow(database, mistyped, now=now + MINUTE)) is Code.LINK_SPENT
    assert (await follow(database, request, now=now + MINUTE)).address == ADDRESS
    assert (await mailed(database)).count(Kind.BOOKING_LINK) == 2


async def test_the_link_books_what_was_asked_for_once_in_whichever_browser(
    database: Database, slot, now
):
    """The booking belongs to the browser that sent the form, and the address is proven."""
    request = await asked(database, slot, now=now)

    made = await asyncio.gather(
        *(follow(database, request, "phone", now=now + MINUTE) for _ in range(5))
    )

    assert {booking.id for booking in made} == {made[0].id}
    assert (made[0].visitor_id, made[0].address, made[0].proven) == ("ann", ADDRESS, True)
    assert await state_of(database, slot) == (SlotState.BOOKED, 1)
    assert await send(database, slot, now=now + MINUTE) == made[0]
    assert await audit(database) == []


async def test_of_two_browsers_that_follow_a_link_at_once_one_proves_the_address(
    database: Database, slot, now
):
    request = await asked(database, slot, now=now)

    ends = await asyncio.gather(
        *(follow(database, request, browser, now=now) for browser in ("phone", "tablet")),
        return_exceptions=True,
    )

    (code,) = [end.code for end in ends if isinstance(end, Refusal)]
    assert code is Code.LINK_SPENT
    assert await state_of(database, slot) == (SlotState.BOOKED, 1)


async def test_a_link_that_comes_late_books_what_nobody_has_taken(database: Database, slot, now):
    request = await asked(database, slot, now=now)
    late = request.held_until + MINUTE
    await hold_store.announce(database, slot.id, now=late)

    booking = await follow(database, request, now=late)

    assert booking.slot_id == slot.id


async def test_a_link_that_comes_too_late_takes_nothing_from_who_has_the_time(
    database: Database, slot, now
):
    """Whoever comes first as the hold lapses has it, and the other is refused."""
    request = await asked(database, slot, now=now)
    late = request.held_until

    await asyncio.gather(
        follow(database, request, now=late),
        holds.hold(database, slot.id, "eve", now=late, hold_for=HOLD),
        return_exceptions=True,
    )

    found = await current(database, slot)
    count = await database.engine.count(Booking)
    assert (found.state, found.held_by, count) in {
        (SlotState.BOOKED, None, 1),
        (SlotState.HELD, "eve", 0),
    }
    if found.state is SlotState.HELD:
        assert await refused(follow(database, request, now=late)) is Code.SLOT_TAKEN
    assert await audit(database) == []


async def test_that_race_can_be_lost(
    database: Database, slot, now, monkeypatch: pytest.MonkeyPatch
):
    """The negative control: without its guard, a late link takes the time from who holds it."""
    request = await asked(database, slot, now=now)
    late = request.held_until
    await holds.hold(database, slot.id, "eve", now=late, hold_for=HOLD)
    monkeypatch.setattr("domain.store.bookings.claims.booking_guard", lambda *_, **__: {})
    monkeypatch.setattr("domain.booking.claims.rules.may_book", lambda *_, **__: True)

    await follow(database, request, now=late)

    assert (await current(database, slot)).state is SlotState.BOOKED


async def test_a_browser_that_has_proven_the_address_books_at_once(database: Database, slot, now):
    booking = await send(database, slot, viewer=Viewer("ann", {ADDRESS}), now=now)

    assert isinstance(booking, Booking)
    assert booking.proven


async def test_first_asks_until_this_browser_has_a_confirmed_booking_under_the_address(
    database: Database, now
):
    """What others have booked under it changes nothing: the answer would tell who books."""
    slots = [await make_slot(database, starts_at=now + n * DAY) for n in range(1, 5)]
    await claims.book(
        database, slots[0].id, "ann", attendee(), request_key="a", now=now, hold_for=HOLD
    )
    at_home = Viewer("laptop", {ADDRESS})
    await send(database, slots[1], viewer=at_home, rule=FIRST, now=now)

    first = await asked(database, slots[2], rule=FIRST, now=now)
    await follow(database, first, now=now)
    later = await send(database, slots[3], rule=FIRST, now=now)

    assert isinstance(later, Booking)


async def test_past_half_of_a_limit_unproven_addresses_are_asked_even_at_once(
    database: Database, now
):
    expert = await make_expert(database)
    slots = [await make_slot(database, expert, starts_at=now + n * DAY) for n in range(1, 9)]
    room = Asker("a conference room", allowance=Allowance(per_network=8))

    found = await asyncio.gather(
        *(
            send(database, slot, viewer=Viewer(str(n)), asker=room, rule=NEVER, now=now)
            for n, slot in enumerate(slots)
        )
    )

    kinds = Counter(map(type, found))
    assert kinds[Booking] + kinds[BookingRequest] == 8
    assert kinds[Booking] <= 4  # who comes at the same time counts, too


async def test_past_half_of_a_limit_a_proven_address_books_at_once(database: Database, slot, now):
    asker = Asker("home", allowance=Allowance(per_network=1), proven={ADDRESS})
    viewer = Viewer("ann", {ADDRESS})

    found = await send(database, slot, viewer=viewer, asker=asker, rule=NEVER, now=now)

    assert isinstance(found, Booking)


async def test_a_form_that_is_refused_waits_for_no_link(database: Database, slot, now):
    await send(database, slot, viewer=Viewer("ann", {ADDRESS}), now=now)
    other = await make_slot(database, starts_at=now + DAY)

    overlapping = send(database, other, overlap=False, now=now)

    assert await refused(overlapping) is Code.BOOKING_OVERLAPS
    assert Kind.BOOKING_LINK not in await mailed(database)


async def test_terms_that_change_before_the_link_is_followed_are_asked_about(
    database: Database, now
):
    expert = await make_expert(database, price_minor=1000, has_price=True)
    slot = await make_slot(database, expert, starts_at=now + DAY)
    shown = expert.agreed().quote(slot.ends_at - slot.starts_at)
    request = await asked(database, slot, quote=shown, now=now)
    await database.collection(Expert).update_one({"_id": expert.id}, {"$set": {"price_minor": 99}})

    assert await refused(follow(database, request, now=now)) is Code.TERMS_CHANGED

    newest = replace(shown, price_minor=99)
    booking = await booking_requests.confirm(
        database, request, quote=newest, now=now, hold_for=HOLD
    )
    assert booking.agreed.price_minor == 99


async def test_a_form_that_became_another_request_is_refused(database: Database, slot, now):
    await asked(database, slot, now=now)
    other = await make_slot(database, starts_at=now + 2 * DAY)

    for wrong in (
        send(database, other, request_key=f"form for {slot.id}", now=now),
        send(database, slot, viewer=Viewer("eve"), now=now),
    ):
        assert await refused(wrong) is Code.FORM_INVALID


async def test_an_offer_is_booked_by_a_link_within_its_own_time(database: Database, now):
    day = await full_day(database, now=now)
    await day.join("ann", now=now)
    await day.cancel(now=now)
    offered = await day.current()

    request = await asked(database, offered, now=now)
    booking = await follow(database, request, now=now + MINUTE)

    assert request.held_until == offered.held_until
    assert await state_of(database, offered) == (SlotState.BOOKED, 1)
    assert await day.entries() == []
    await cancelling.cancel(database, booking.reference, Viewer("ann"), now=now + MINUTE)
    assert await audit(database) == []
