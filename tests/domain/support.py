"""What the tests of bookings share."""

import asyncio
from datetime import timedelta

import pytest

from domain.booking import claims, holds
from domain.booking.bookings import Viewer
from domain.rules.confirmations import LinkNeeded
from domain.rules.errors import Code, Refusal
from domain.rules.slots import SlotState
from domain.store.bookings import claims as store
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


async def without_guards(monkeypatch: pytest.MonkeyPatch, database: Database, slot: Slot) -> None:
    """Have bookings of a slot look and then write, once two have looked: a negative control."""
    looked: list[str] = []
    two_have_looked = asyncio.Event()
    await database.collection(Booking).drop_index("one_confirmed_booking_of_a_time")

    async def look_then_write(database, booking, **_):
        found = await slots.find(database, booking.slot_id)
        if found is None or found.state is SlotState.BOOKED:
            return False
        looked.append(booking.visitor_id)
        if len(looked) >= 2:
            two_have_looked.set()
        await two_have_looked.wait()
        taken = {"$set": {"state": "booked", "booking_id": booking.id}}
        await database.collection(Slot).update_one({"_id": slot.id}, taken)
        await database.collection(Booking).insert_one(booking.model_dump_doc())
        return True

    async def take_without_guard(_database, slot, *_args, **_options):
        await asyncio.sleep(0)
        return slot

    monkeypatch.setattr(store, "book_held", look_then_write)
    monkeypatch.setattr(holds, "take", take_without_guard)


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
