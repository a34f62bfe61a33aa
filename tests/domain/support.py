"""What the tests of bookings share."""

from datetime import timedelta

import pytest

from domain.booking import claims
from domain.booking.bookings import Viewer
from domain.rules.confirmations import LinkNeeded
from domain.rules.errors import Code, Refusal
from domain.rules.slots import SlotState
from domain.store.core.database import Database
from domain.store.documents import Attendee, Booking, Slot
from domain.store.slots import claiming as slots

HOLD = timedelta(minutes=5)
DAY = timedelta(days=1)
MS = timedelta(milliseconds=1)
ANN = Viewer("ann")


def attendee(email: str = "Ann@Example.org") -> Attendee:
    return Attendee(name="Ann", email=email, phone="", notes="", zone="UTC", language="en")


async def book(
    database,
    slot,
    visitor="ann",
    *,
    key="",
    now,
    email="Ann@Example.org",
    overlap=True,
    quote=None,
    known=None,
    asker=None,
    link=LinkNeeded.NEVER,
) -> Booking:
    return await claims.book(
        database,
        slot.id,
        visitor,
        attendee(email),
        request_key=key or f"key of {visitor} for {slot.id}",
        now=now,
        hold_for=HOLD,
        overlap=overlap,
        quote=quote,
        known=known,
        asker=asker,
        link=link,
    )


async def refused(call) -> Code:
    with pytest.raises(Refusal) as caught:
        await call
    return caught.value.code


async def state_of(database: Database, slot: Slot) -> tuple[SlotState, int]:
    """A slot's state, and how many confirmed bookings its time has: the two must agree."""
    found = await slots.find(database, slot.id)
    assert found is not None
    confirmed = await database.engine.count(
        Booking,
        {"expert_id": slot.expert_id, "starts_at": slot.starts_at, "status": "confirmed"},
    )
    return found.state, confirmed
