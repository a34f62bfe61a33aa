"""Announcing changes of bookings to their consumers, in the transaction that makes each change."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeAlias

from motor.motor_asyncio import AsyncIOMotorClientSession

from domain.rules.booking_events import BookingChange, BookingEvent
from domain.store.core.database import Database
from domain.store.documents import Booking, Slot
from domain.store.mail import outbox

Consumer: TypeAlias = Callable[
    [Database, BookingChange, AsyncIOMotorClientSession], Awaitable[None]
]

CONSUMERS: tuple[Consumer, ...] = (outbox.tell,)


async def announce(
    database: Database, change: BookingChange, session: AsyncIOMotorClientSession
) -> None:
    """Hand a change to every consumer: all of it is written, or nothing.

    Args:
        database: Where the booking is kept.
        change: What becomes of it.
        session: The transaction.
    """
    for consume in CONSUMERS:
        await consume(database, change, session)


def change_of(
    booking: Booking, event: BookingEvent, *, slot: Slot | None = None, now: datetime
) -> BookingChange:
    """Return a change of a booking as it was read; `slot`: where it goes, unless it stays."""
    at = slot or booking
    return BookingChange(event, str(booking.id), booking.rev + 1, at.starts_at, at.ends_at, now)
