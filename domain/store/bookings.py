"""Bookings: look-ups. They change only together with their slot, in `domain.store.claims`."""

from collections.abc import Collection
from datetime import datetime

from odmantic.query import asc, desc

from domain.slots import LONGEST_SESSION
from domain.store.database import Database, Document, Key
from domain.store.documents import Booking, BookingStatus

_LIST_LIMIT = 200


async def find(database: Database, booking_id: Key) -> Booking | None:
    """Return one booking by key."""
    return await database.engine.find_one(Booking, {"_id": booking_id})


async def find_by_reference(database: Database, reference: str) -> Booking | None:
    """Return one booking by its reference."""
    return await database.engine.find_one(Booking, {"reference": reference})


async def find_by_request_key(database: Database, request_key: str) -> Booking | None:
    """Return the booking that a form with this key became."""
    return await database.engine.find_one(Booking, {"request_key": request_key})


async def overlapping(
    database: Database, address: str, start: datetime, end: datetime
) -> list[Booking]:
    """Return an address's confirmed bookings that share an instant with `[start, end)`."""
    query = {
        "address": address,
        "status": BookingStatus.CONFIRMED.value,
        "starts_at": {"$gt": start - LONGEST_SESSION, "$lt": end},
        "ends_at": {"$gt": start},
    }
    return await database.engine.find(Booking, query, sort=Booking.starts_at)


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
