"""A person's own data: all of it to take along, and out of what is kept."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain import waitlist as places
from domain.errors import Code, Refusal
from domain.store import personal_data as store
from domain.store import waitlist
from domain.store.database import Database
from domain.store.documents import Booking, BookingStatus, SignInLink
from domain.store.mail import Mail
from domain.store.waits import Wait


@dataclass(frozen=True)
class Kept:
    """Everything that is kept about some addresses."""

    bookings: Sequence[Booking]
    mails: Sequence[Mail]
    links: Sequence[SignInLink]
    waits: Sequence[Wait]


@dataclass(frozen=True)
class Erasure:
    """What an erasure did: bookings that name nobody now, and those that stay as they are."""

    erased: int
    stays: int
    """Bookings still to come, and those of which a mail is on its way."""


async def kept_of(database: Database, addresses: Collection[str]) -> Kept:
    """Return all that is kept about the addresses that a viewer has proven.

    Raises:
        Refusal: ADDRESS_UNPROVEN, when there are none.
    """
    _refuse_unproven(addresses)
    bookings = await store.bookings_of(database, addresses)
    mails = await store.mails_of(database, [booking.id for booking in bookings])
    links = await store.links_of(database, addresses)
    return Kept(bookings, mails, links, await waitlist.of_addresses(database, addresses))


async def erase(database: Database, addresses: Collection[str], *, now: datetime) -> Erasure:
    """Forget whoever has the addresses that a viewer has proven, as far as their bookings are over.

    A booking that is still to come needs its attendee: it stays, and nothing is cancelled unasked.
    Places in line are given up, and what they were offered goes to the next. What was erased cannot
    be had back.

    Raises:
        Refusal: ADDRESS_UNPROVEN, when there are none.
    """
    _refuse_unproven(addresses)
    for wait in await waitlist.of_addresses(database, addresses):
        await places.leave(database, wait, now=now)
    erased = 0
    for address in addresses:
        while some := await store.erase_person(database, address, now=now):
            erased += some
    return Erasure(erased, len(await store.bookings_of(database, addresses)))


async def erase_ended(database: Database, retention: timedelta, *, now: datetime) -> int:
    """Forget the people of bookings that ended so long ago; return how many bookings.

    One batch a call: whoever calls calls again.
    """
    return await store.erase_ended(database, now - retention, now=now)


def is_to_come(booking: Booking, now: datetime) -> bool:
    """Say whether a booking still needs its attendee."""
    return booking.status is BookingStatus.CONFIRMED and now < booking.ends_at


def _refuse_unproven(addresses: Collection[str]) -> None:
    if not addresses:
        raise Refusal(Code.ADDRESS_UNPROVEN)
