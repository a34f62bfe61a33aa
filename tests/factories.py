"""What tests put into a database: on the factories that the seeds are made by."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from odmantic import ObjectId

from domain.seeds.factories import BookingFactory, ExpertFactory, SlotFactory
from domain.store.core.database import Database
from domain.store.documents import Attendee, Booking, BookingRequest, Expert, Slot
from domain.store.documents.waitlist import WaitlistEntry
from domain.store.experts import reading as experts

SESSION = timedelta(minutes=30)


def slot_of(expert_id: ObjectId, starts_at: datetime, **fields: Any) -> Slot:
    """A slot of half an hour."""
    times = {"starts_at": starts_at, "ends_at": starts_at + SESSION, "changed_at": starts_at}
    return SlotFactory.build(expert_id=expert_id, **{**times, **fields})


async def make_expert(database: Database, **fields: Any) -> Expert:
    """Add an expert, who is written to in English unless the test says otherwise."""
    return await database.engine.save(ExpertFactory.build(**{"languages": ["en"], **fields}))


async def make_slot(
    database: Database, expert: Expert | None = None, *, starts_at: datetime, **fields: Any
) -> Slot:
    """Publish a slot, of an expert of its own where none is given."""
    owner = expert or await make_expert(database)
    return await database.engine.save(slot_of(owner.id, starts_at, **fields))


async def make_wait(
    database: Database, expert: Expert, *, starts_at: datetime, **fields: Any
) -> WaitlistEntry:
    """Put somebody in line for the day that begins then."""
    visitor = fields.pop("visitor_id", secrets.token_urlsafe(8))
    given: dict[str, Any] = {
        "key": secrets.token_urlsafe(8),
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(days=1),
        "address": f"{visitor}@example.org",
        "zone": "UTC",
        "language": "en",
        "joined_at": starts_at,
        **fields,
    }
    return await database.engine.save(
        WaitlistEntry(expert_id=expert.id, visitor_id=visitor, **given)
    )


def request_of(slot: Slot, address: str, now: datetime, **fields: Any) -> BookingRequest:
    """A booking form for a slot that waits for the link which was mailed to its address."""
    attendee = Attendee(name="Ann", email=address, phone="", notes="", zone="UTC", language="en")
    names = {name: secrets.token_urlsafe(18) for name in ("key", "request_key", "visitor_id")}
    times = {"held_until": now, "created_at": now, "kept_until": now + timedelta(hours=1)}
    whose: dict[str, Any] = {"slot_id": slot.id, "expert_id": slot.expert_id, "address": address}
    given: dict[str, Any] = {**names, **times, **whose, "quote": "", "overlap": False, **fields}
    return BookingRequest(attendee=attendee, **given)


async def make_booking(database: Database, slot: Slot, **fields: Any) -> Booking:
    """Add a confirmed booking of a slot, by its expert's profile; the slot itself stays."""
    expert = await experts.find(database, slot.expert_id)
    same: dict[str, Any] = {"slot_id": slot.id, "expert_id": slot.expert_id}
    if expert is not None:
        same["agreed"] = expert.agreed()
    times = {"starts_at": slot.starts_at, "ends_at": slot.ends_at}
    return await database.engine.save(BookingFactory.build(**{**same, **times, **fields}))
