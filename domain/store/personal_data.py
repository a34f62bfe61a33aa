"""What is kept about people: finding all of it by address, and taking it out of what stays."""

from collections.abc import Collection, Sequence
from datetime import datetime

from domain.rules.notices import Kind
from domain.rules.slots import SlotState
from domain.store import erasures
from domain.store.core.database import Database, Document, Key
from domain.store.documents import (
    Attendee,
    Booking,
    BookingRequest,
    BookingStatus,
    SignInLink,
    Slot,
)
from domain.store.documents.absences import Replacement
from domain.store.documents.agreements import Meeting
from domain.store.documents.erasures import ErasedFrom
from domain.store.documents.mails import Mail, MailState

NOBODY = "erased"
"""Stands where somebody was named: the database asks for a word there."""

_BATCH = 100
"""Few enough for one operation to be done with them in time."""
_KEPT_AGENDAS = {"kind": Kind.AGENDA.value, "state": MailState.KEPT.value}
_UNDER_WAY = {"$in": [MailState.WAITING.value, MailState.SENDING.value]}


async def bookings_of(database: Database, addresses: Collection[str]) -> list[Booking]:
    """Return all bookings of some addresses, in order of their start."""
    query = {"address": {"$in": list(addresses)}}
    return await database.engine.find(Booking, query, sort=Booking.starts_at)


async def mails_of(
    database: Database,
    addresses: Collection[str],
    *,
    booking_ids: Sequence[Key] = (),
    entry_ids: Sequence[Key] = (),
    keys: Sequence[str] = (),
) -> list[Mail]:
    """Return all mails to some addresses, of bookings and waitlist entries, or by their keys."""
    queries: list[Document] = [
        {"to": {"$in": list(addresses)}},
        {"booking_id": {"$in": list(booking_ids)}},
        {"wait_id": {"$in": list(entry_ids)}},
        {"key": {"$in": list(keys)}},
    ]
    found = [await database.engine.find(Mail, query) for query in queries]
    return list({mail.id: mail for mails in found for mail in mails}.values())


async def links_of(database: Database, addresses: Collection[str]) -> list[SignInLink]:
    """Return the sign-in links that were asked for some addresses."""
    return await database.engine.find(SignInLink, {"address": {"$in": list(addresses)}})


async def holds_of(database: Database, visitor_ids: Collection[str]) -> list[Slot]:
    """Return the slots that some browsers hold, lapsed or not."""
    query = {"state": SlotState.HELD.value, "held_by": {"$in": list(visitor_ids)}}
    return await database.engine.find(Slot, query)


async def replacements_of(database: Database, booking_ids: Sequence[Key]) -> list[Replacement]:
    """Return what was asked and offered because experts of some bookings are absent."""
    query = {"booking_id": {"$in": list(booking_ids)}}
    return await database.engine.find(Replacement, query)


async def requests_of(database: Database, addresses: Collection[str]) -> list[BookingRequest]:
    """Return the booking forms under some addresses that wait to be confirmed."""
    return await database.engine.find(BookingRequest, {"address": {"$in": list(addresses)}})


async def erase_requests(database: Database, addresses: Collection[str]) -> None:
    """Delete that links were asked for some addresses, and what waits to be confirmed by one."""
    asked = {"address": {"$in": list(addresses)}}
    await database.writing(SignInLink).delete_many(asked)
    await database.writing(BookingRequest).delete_many(asked)


async def remember_erasure(
    database: Database, addresses: Collection[str], *, entry_ids: Collection[Key], now: datetime
) -> None:
    """Remember, before anything is erased, from which documents it will be."""
    bookings = database.collection(Booking).distinct("_id", _erasable(addresses, now))
    mails = database.collection(Mail).distinct("_id", _to_none_of_a_booking(addresses))
    for of, keys in (
        (ErasedFrom.BOOKING, await bookings),
        (ErasedFrom.MAIL, await mails),
        (ErasedFrom.WAITLIST_ENTRY, entry_ids),
    ):
        await erasures.remember(database, of, keys, now=now)


async def erase_mails(
    database: Database,
    addresses: Collection[str],
    *,
    entry_ids: Sequence[Key],
    keys: Sequence[str] = (),
) -> None:
    """Delete mails to some addresses, of waitlist entries, or by their keys, in whatever state.

    Those of bookings go with their bookings.
    """
    mails = database.writing(Mail)
    await mails.delete_many(_to_none_of_a_booking(addresses))
    await mails.delete_many({"wait_id": {"$in": list(entry_ids)}})
    await mails.delete_many({"key": {"$in": list(keys)}})


def _to_none_of_a_booking(addresses: Collection[str]) -> Document:
    return {"to": {"$in": list(addresses)}, "booking_id": None}


async def erase_bookings(database: Database, addresses: Collection[str], *, now: datetime) -> int:
    """Take people out of all their bookings that are over, and delete the mails of these.

    Returns:
        How many bookings name nobody any more.
    """
    return await _erase(database, _erasable(addresses, now), now)


async def erase_again(
    database: Database,
    booking_ids: Collection[Key],
    *,
    mail_ids: Collection[Key],
    entry_ids: Collection[Key],
    now: datetime,
) -> None:
    """Take people out of what a restored backup names them in again.

    Mails go in whatever state they are: none of them is under way.
    """
    mails = database.writing(Mail)
    for field, keys in (("_id", mail_ids), ("booking_id", booking_ids), ("wait_id", entry_ids)):
        await mails.delete_many({field: {"$in": [*keys]}})
    await _erase(database, {"_id": {"$in": [*booking_ids]}, "erased_at": None}, now)


async def erase_ended(database: Database, before: datetime, *, now: datetime) -> int:
    """Take people out of bookings that ended before an instant.

    Returns:
        How many bookings name nobody any more.
    """
    return await _erase(database, {"erased_at": None, "ends_at": {"$lt": before}}, now)


def _erasable(addresses: Collection[str], now: datetime) -> Document:
    """Match bookings of some addresses that are over, and still name them."""
    cancelled = {"status": BookingStatus.CANCELLED.value}
    is_over = {"$or": [{"ends_at": {"$lte": now}}, cancelled]}
    return {"address": {"$in": list(addresses)}, "erased_at": None, **is_over}


async def _erase(database: Database, query: Document, now: datetime) -> int:
    """Erase batch by batch; bookings of which a mail is under way are passed over.

    The letters that name an expert's sessions of a day go as well, where any are kept.
    """
    bookings, mails = database.writing(Booking), database.writing(Mail)
    cursor, erased = bookings.find(query, ["expert_id"]), 0
    while batch := await cursor.to_list(_BATCH):
        of_their_experts = {"expert_id": {"$in": [found["expert_id"] for found in batch]}}
        await mails.delete_many({**of_their_experts, **_KEPT_AGENDAS})
        found = {document["_id"] for document in batch}
        under_way = {"booking_id": {"$in": [*found]}, "state": _UNDER_WAY}
        settled = [*found - {*await mails.distinct("booking_id", under_way)}]
        await mails.delete_many({"booking_id": {"$in": settled}})
        nobody = {"$set": _nobody(now)}
        result = await bookings.update_many({**query, "_id": {"$in": settled}}, nobody)
        erased += result.modified_count
    return erased


def _nobody(now: datetime) -> Document:
    attendee = Attendee(name=NOBODY, email=NOBODY, phone="", notes="", zone="UTC", language="en")
    return {
        "attendee": attendee.model_dump(),
        "address": NOBODY,
        "visitor_id": NOBODY,
        "agreed.meeting": Meeting().model_dump(),
        "found_by": [],
        "cancel_message": "",
        "move_message": "",
        "note": "",
        "erased_at": now,
    }
