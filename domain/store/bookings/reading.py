"""Bookings: look-ups. Their time changes only together with their slot, in `rescheduling`."""

from collections.abc import Collection, Sequence
from datetime import datetime

from odmantic.query import asc, desc

from domain.rules.instants import NEVER
from domain.rules.slots import LONGEST_SESSION
from domain.store.core.database import Database, Document, Key
from domain.store.documents import Booking, BookingStatus

_LIST_LIMIT = 200


async def find(database: Database, booking_id: Key) -> Booking | None:
    """Return one booking by key."""
    return await database.engine.find_one(Booking, {"_id": booking_id})


async def find_many(database: Database, booking_ids: Sequence[Key]) -> dict[Key, Booking]:
    """Return bookings by their keys; one that is not there is left out."""
    found = await database.engine.find(Booking, {"_id": {"$in": list(booking_ids)}})
    return {booking.id: booking for booking in found}


async def find_by_reference(database: Database, reference: str) -> Booking | None:
    """Return one booking by its reference."""
    return await database.engine.find_one(Booking, {"reference": reference})


async def confirmed_at(database: Database, expert_id: Key, starts_at: datetime) -> Booking | None:
    """Return an expert's session that begins then, if there is one."""
    confirmed = {"status": BookingStatus.CONFIRMED.value}
    return await database.engine.find_one(
        Booking, {"expert_id": expert_id, "starts_at": starts_at, **confirmed}
    )


async def confirmed_within(
    database: Database, expert_id: Key, start: datetime, end: datetime
) -> list[Booking]:
    """Return an expert's confirmed bookings that share an instant with `[start, end)`, in order."""
    return await _confirmed(database, {"expert_id": expert_id}, start, end)


async def find_by_request_key(database: Database, request_key: str) -> Booking | None:
    """Return the booking that a form with this key became."""
    return await database.engine.find_one(Booking, {"request_key": request_key})


async def has_confirmed(database: Database, visitor_id: str, address: str) -> bool:
    """Say whether a browser has a booking under an address that it had proven, or a link has."""
    proven = {"visitor_id": visitor_id, "address": address, "proven": True}
    return await database.engine.find_one(Booking, proven) is not None


async def overlapping(
    database: Database, address: str, start: datetime, end: datetime
) -> list[Booking]:
    """Return an address's confirmed bookings that share an instant with `[start, end)`."""
    return await _confirmed(database, {"address": address}, start, end)


async def _confirmed(
    database: Database, whose: Document, start: datetime, end: datetime
) -> list[Booking]:
    query = {
        **whose,
        "status": BookingStatus.CONFIRMED.value,
        "starts_at": {"$gt": start - LONGEST_SESSION, "$lt": end},
        "ends_at": {"$gt": start},
    }
    return await database.engine.find(Booking, query, sort=Booking.starts_at)


async def of_expert(
    database: Database, expert_id: Key, start: datetime, end: datetime
) -> list[Booking]:
    """Return an expert's bookings that share an instant with `[start, end)`, by their start.

    Cancelled ones are among them. An `end` of NEVER asks for all to come.
    """
    latest_end = NEVER if end == NEVER else end + LONGEST_SESSION
    query = {
        "expert_id": expert_id,
        "ends_at": {"$gt": start, "$lt": latest_end},
        "starts_at": {"$lt": end},
    }
    found = await database.engine.find(Booking, query, sort=Booking.ends_at)
    return sorted(found, key=lambda booking: (booking.starts_at, booking.created_at))


async def address_is_known(database: Database, address: str) -> bool:
    """Say whether any booking was made with this address."""
    return await database.engine.find_one(Booking, {"address": address}) is not None


async def of_viewer(
    database: Database,
    visitor_id: str | None,
    addresses: Collection[str],
    query: Document,
    *,
    latest_first: bool,
) -> list[Booking]:
    """Return bookings of a browser and of the addresses it has proven, by their start.

    Of each no more than 200, counted from the end at which the list begins.
    """
    mine: list[Document] = [{"address": address} for address in addresses]
    if visitor_id:
        mine.append({"visitor_id": visitor_id})
    order = desc(Booking.starts_at) if latest_first else asc(Booking.starts_at)
    found: dict[Key, Booking] = {}
    for whose in mine:
        listed = await database.engine.find(
            Booking, {**whose, **query}, sort=order, limit=_LIST_LIMIT
        )
        found |= {booking.id: booking for booking in listed}
    return sorted(found.values(), key=lambda booking: booking.starts_at, reverse=latest_first)
