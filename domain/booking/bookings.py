"""A viewer's bookings: whose they are, one of them, and the lists."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.rules.errors import Code, Refusal
from domain.store.bookings import reading as bookings
from domain.store.core.database import Database, Document, Key
from domain.store.documents import Booking, BookingStatus


class Show(StrEnum):
    """The lists of bookings."""

    UPCOMING = "upcoming"
    PAST = "past"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Viewer:
    """A browser, and the addresses it has proven."""

    visitor_id: str | None = None
    addresses: Collection[str] = ()
    sees_all: bool = False
    """Whether an administrator looks, as such."""

    def may_see(self, booking: Booking) -> bool:
        """Say whether a booking is this viewer's own, or any booking is."""
        is_own = booking.visitor_id == self.visitor_id or booking.address in self.addresses
        return self.sees_all or is_own


ADMINISTRATION = Viewer(sees_all=True)
"""Whoever administers, in the pages that only they see."""


def normal_address(email: str) -> str:
    """Return the form of an e-mail address by which bookings are found: case does not count."""
    return email.strip().lower()


async def find(database: Database, reference: str, viewer: Viewer) -> Booking:
    """Return a booking by its reference.

    Raises:
        Refusal: BOOKING_UNKNOWN, when there is none or it is not this viewer's: the two are one.
    """
    booking = await bookings.find_by_reference(database, reference.upper())
    if booking is None or not viewer.may_see(booking):
        raise Refusal(Code.BOOKING_UNKNOWN)
    return booking


async def listing(
    database: Database, viewer: Viewer, show: Show, *, now: datetime
) -> list[Booking]:
    """Return a viewer's bookings of one kind: upcoming the soonest first, others the latest."""
    queries: dict[Show, Document] = {
        Show.UPCOMING: {"status": BookingStatus.CONFIRMED.value, "ends_at": {"$gt": now}},
        Show.PAST: {"status": BookingStatus.CONFIRMED.value, "ends_at": {"$lte": now}},
        Show.CANCELLED: {"status": BookingStatus.CANCELLED.value},
    }
    return await bookings.of_viewer(
        database,
        viewer.visitor_id,
        viewer.addresses,
        queries[show],
        latest_first=show is not Show.UPCOMING,
    )


async def own(database: Database, booking_id: Key, viewer: Viewer) -> Booking | None:
    """Return a booking by its key, if it is this viewer's."""
    booking = await bookings.find(database, booking_id)
    return booking if booking is not None and viewer.may_see(booking) else None
