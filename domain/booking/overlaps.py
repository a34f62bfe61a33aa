"""Overlaps: other bookings of an attendee at a time that they book or reschedule to."""

from collections.abc import Sequence

from domain.booking.bookings import Viewer
from domain.rules.errors import Code, Refusal
from domain.store.bookings import reading as bookings
from domain.store.core.database import Database, Key
from domain.store.documents import Booking, Slot


class Overlapping(Refusal):
    """BOOKING_OVERLAPS, with the bookings that the viewer has at that time."""

    def __init__(self, others: Sequence[Booking]) -> None:
        super().__init__(Code.BOOKING_OVERLAPS)
        self.others = others


async def refuse_overlap(
    database: Database, viewer: Viewer, slot: Slot, address: str, *, besides: Key | None = None
) -> None:
    """Refuse a slot while its attendee has another booking at that time.

    Only bookings that the viewer may see count: asking about others would reveal them to a
    stranger. Nor do bookings whose expert is absent then.

    Args:
        database: Where bookings are kept.
        viewer: Who asks.
        slot: The slot to be booked.
        address: The attendee's, in lower case.
        besides: The booking that is being rescheduled, which is no obstacle to itself.

    Raises:
        Overlapping: There are some.
    """
    found = await bookings.overlapping(database, address, slot.starts_at, slot.ends_at)
    others = [
        booking
        for booking in found
        if viewer.may_see(booking) and not booking.is_displaced and booking.id != besides
    ]
    if others:
        raise Overlapping(others)
