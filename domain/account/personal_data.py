"""A person's own data: all of it to take along, and out of what is kept."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain import waitlist
from domain.rules.errors import Code, Refusal
from domain.store import personal_data as store
from domain.store import sign_outs
from domain.store.absences import replacements
from domain.store.core.database import Database
from domain.store.documents import Booking, BookingRequest, BookingStatus, SignInLink, Slot
from domain.store.documents.absences import Replacement
from domain.store.documents.mails import Mail
from domain.store.documents.sign_outs import SignOut
from domain.store.documents.waitlist import WaitlistEntry
from domain.store.mail.outbox import key_of_request
from domain.store.waitlist.entries import of_addresses as entries_of


@dataclass(frozen=True)
class Kept:
    """Everything that is kept about some addresses."""

    bookings: Sequence[Booking]
    mails: Sequence[Mail]
    links: Sequence[SignInLink]
    entries: Sequence[WaitlistEntry]
    holds: Sequence[Slot]
    """What is held in browsers that have booked or wait."""
    replacements: Sequence[Replacement]
    requests: Sequence[BookingRequest]
    sign_outs: Sequence[SignOut]


@dataclass(frozen=True)
class Erasure:
    """What an erasure did: bookings that name nobody now, and those that stay as they are."""

    erased: int
    stays: int
    """Bookings still to come, and those of which a mail is on its way."""
    gone: Collection[str]
    """The addresses of which no booking stays."""


async def kept_of(database: Database, addresses: Collection[str]) -> Kept:
    """Return all that is kept about the addresses that a viewer has proven.

    Raises:
        Refusal: ADDRESS_UNPROVEN, when there are none.
    """
    _refuse_unproven(addresses)
    bookings = await store.bookings_of(database, addresses)
    entries = await entries_of(database, addresses)
    requests = await store.requests_of(database, addresses)
    booking_ids = [booking.id for booking in bookings]
    mails = await store.mails_of(
        database,
        addresses,
        booking_ids=booking_ids,
        entry_ids=[entry.id for entry in entries],
        keys=[key_of_request(request) for request in requests],
    )
    browsers = {booking.visitor_id for booking in bookings} | {
        entry.visitor_id for entry in entries
    }
    links = await store.links_of(database, addresses)
    holds = await store.holds_of(database, browsers)
    asked = await store.replacements_of(database, booking_ids)
    outs = await sign_outs.of_addresses(database, addresses)
    return Kept(bookings, mails, links, entries, holds, asked, requests, outs)


async def erase(database: Database, addresses: Collection[str], *, now: datetime) -> Erasure:
    """Erase a person from bookings that are over, by the addresses that a viewer has proven.

    A booking that is still to come needs its attendee: it stays, and nothing is cancelled unasked.
    Waitlist entries are given up, and what they were offered goes to the next, as does what is kept
    for a booking that was cancelled; holds end by themselves. What was erased cannot be had back.

    Raises:
        Refusal: ADDRESS_UNPROVEN, when there are none; BUSY, with some of it erased: erasing again
            goes on with the rest.
    """
    _refuse_unproven(addresses)
    entries = await entries_of(database, addresses)
    entry_ids = [entry.id for entry in entries]
    await store.remember_erasure(database, addresses, entry_ids=entry_ids, now=now)
    for entry in entries:
        await waitlist.leave(database, entry, now=now)
    await end_kept_offers(database, await store.bookings_of(database, addresses), now)
    requests = await store.requests_of(database, addresses)
    keys = [key_of_request(request) for request in requests]
    await store.erase_mails(database, addresses, entry_ids=entry_ids, keys=keys)
    await store.erase_requests(database, addresses)
    erased = await store.erase_bookings(database, addresses, now=now)
    left = await store.bookings_of(database, addresses)
    gone = frozenset(addresses) - {booking.address for booking in left}
    await sign_outs.forget(database, gone)
    return Erasure(erased, len(left), gone)


async def end_kept_offers(database: Database, bookings: Sequence[Booking], now: datetime) -> None:
    """Free the times that are kept for bookings that were cancelled.

    Raises:
        Refusal: BUSY.
    """
    cancelled = [one.id for one in bookings if one.status is BookingStatus.CANCELLED]
    for asked in await store.replacements_of(database, cancelled):
        kept = [time.slot_id for time in asked.offers]
        await replacements.end_offers(database, asked, kept, now=now)


async def erase_ended(database: Database, retention: timedelta, *, now: datetime) -> int:
    """Forget the people of bookings that ended so long ago; return how many bookings."""
    return await store.erase_ended(database, now - retention, now=now)


def _refuse_unproven(addresses: Collection[str]) -> None:
    if not addresses:
        raise Refusal(Code.ADDRESS_UNPROVEN)
