"""The program is killed while a booking is made to wait for its link, and while it is confirmed."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest

from domain.booking import booking_requests
from domain.booking.booking_forms import BookingForm, book_or_ask
from domain.booking.bookings import Viewer
from domain.rules.confirmations import ConfirmByMail, Confirming
from domain.rules.notices import Kind
from domain.rules.slots import SlotState
from domain.store.audit import audit
from domain.store.core.database import Database, Key
from domain.store.documents import Booking, BookingRequest, Slot
from domain.store.documents.mails import Mail
from tests.crash.victim import Errand, killed
from tests.domain.support import DAY, HOLD, attendee, state_of
from tests.factories import make_slot
from tests.soak import drawn, sampled

pytestmark = sampled

STRIDE = drawn(9, 1)
"""The long form kills at every step."""
MOST_STEPS = 60
ALWAYS = Confirming(ConfirmByMail.ALWAYS)

Act = Callable[[Database], Awaitable[object]]


async def ask(database: Database, *, slot_id: Key, now: datetime) -> Booking | BookingRequest:
    form = BookingForm(slot_id, Viewer("ann"), attendee(), f"a form for {slot_id}", overlap=True)
    return await book_or_ask(database, form, ALWAYS, now=now, hold_for=HOLD)


async def confirm(database: Database, *, key: str, now: datetime) -> Booking:
    request = await booking_requests.use_link(database, key, "phone")
    return await booking_requests.confirm(database, request, now=now, hold_for=HOLD)


async def asked(database: Database, slot: Slot, now: datetime) -> BookingRequest:
    request = await ask(database, slot_id=slot.id, now=now)
    assert isinstance(request, BookingRequest)
    return request


async def links_mailed(database: Database, request: BookingRequest) -> int:
    return await database.engine.count(
        Mail, {"kind": Kind.BOOKING_LINK.value, "request_id": request.id}
    )


async def sent_again(database: Database, slot: Slot, now: datetime) -> BookingRequest:
    """Send the form once more, and return the request that it is, or has been."""
    await ask(database, slot_id=slot.id, now=now)
    found = await database.engine.find(BookingRequest, {"slot_id": slot.id})
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("first", ["ask", "confirm"])
async def test_a_killed_confirmation_goes_on_where_it_was_left(
    database: Database, database_uri: str, now: datetime, processes: Any, first: str
):
    """Whichever is killed is asked for once more; then the booking is there, and only once."""
    for step in count(0, STRIDE):
        slot = await make_slot(database, starts_at=now + DAY)
        act: Act = partial(ask, slot_id=slot.id, now=now)
        if first == "confirm":
            act = partial(confirm, key=(await asked(database, slot, now)).key, now=now)

        was_killed = await killed(database, processes, Errand(database_uri, act, step))

        request = await sent_again(database, slot, now)
        assert await links_mailed(database, request) == 1
        assert request.held_until == now + timedelta(minutes=15)
        booking = await confirm(database, key=request.key, now=now)
        assert (booking.slot_id, booking.visitor_id) == (slot.id, "ann")
        assert await state_of(database, slot) == (SlotState.BOOKED, 1)
        assert await audit(database) == []
        if not was_killed:
            assert step >= STRIDE
            return
        assert step < MOST_STEPS
