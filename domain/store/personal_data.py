"""What is kept about people: finding all of it by address, and taking it out of what stays."""

from collections.abc import Collection, Sequence
from datetime import datetime

from domain.store.database import Database, Document, Key
from domain.store.documents import Attendee, Booking, BookingStatus, SignInLink
from domain.store.mail import Mail, MailState

NOBODY = "erased"
"""Stands where somebody was named: the database asks for a word there."""

_BATCH = 500
_UNDER_WAY = {"$in": [MailState.WAITING.value, MailState.SENDING.value]}


async def bookings_of(database: Database, addresses: Collection[str]) -> list[Booking]:
    """Return all bookings of some addresses, in order of their start."""
    query = {"address": {"$in": list(addresses)}}
    return await database.engine.find(Booking, query, sort=Booking.starts_at)


async def mails_of(database: Database, booking_ids: Sequence[Key]) -> list[Mail]:
    """Return all mails that tell of some bookings."""
    return await database.engine.find(Mail, {"booking_id": {"$in": list(booking_ids)}})


async def links_of(database: Database, addresses: Collection[str]) -> list[SignInLink]:
    """Return the sign-in links that were asked for some addresses."""
    return await database.engine.find(SignInLink, {"address": {"$in": list(addresses)}})


async def erase_person(database: Database, address: str, *, now: datetime) -> int:
    """Take a person out of all their bookings that are over, and out of all that goes with them.

    Returns:
        How many bookings name nobody any more.
    """
    await database.collection(SignInLink).delete_many({"address": address})
    kept_letters = {"state": MailState.KEPT.value, "to": address}
    await database.collection(Mail).delete_many(kept_letters)
    return await _erase(database, {"address": address, "erased_at": None, **_is_over(now)}, now)


async def erase_ended(database: Database, before: datetime, *, now: datetime) -> int:
    """Take people out of bookings that ended before an instant; a batch of them at a time.

    Returns:
        How many bookings name nobody any more.
    """
    return await _erase(database, {"erased_at": None, "ends_at": {"$lt": before}}, now)


def _is_over(now: datetime) -> Document:
    cancelled = {"status": BookingStatus.CANCELLED.value}
    return {"$or": [{"ends_at": {"$lte": now}}, cancelled]}


async def _erase(database: Database, query: Document, now: datetime) -> int:
    bookings, mails = database.collection(Booking), database.collection(Mail)
    found = [document["_id"] async for document in bookings.find(query, {"_id": 1}).limit(_BATCH)]
    if not found:
        return 0
    of_these = {"booking_id": {"$in": found}}
    under_way = set(await mails.distinct("booking_id", {**of_these, "state": _UNDER_WAY}))
    settled = [key for key in found if key not in under_way]
    await mails.delete_many({"booking_id": {"$in": settled}})
    result = await bookings.update_many({**query, "_id": {"$in": settled}}, {"$set": _nobody(now)})
    return result.modified_count


def _nobody(now: datetime) -> Document:
    attendee = Attendee(name=NOBODY, email=NOBODY, phone="", notes="", zone="UTC", language="en")
    return {
        "attendee": attendee.model_dump(),
        "address": NOBODY,
        "visitor_id": NOBODY,
        "erased_at": now,
    }
