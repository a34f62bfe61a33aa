"""What the tests of the waitlist share: a full day, and people in line for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain import waitlist
from domain.booking import cancelling
from domain.booking.bookings import Viewer, normal_address
from domain.rules.request_limits import Asker
from domain.rules.slots import SlotState
from domain.store.core.database import Database
from domain.store.documents import Booking, Expert, Slot
from domain.store.documents.waitlist import WaitlistEntry
from domain.store.slots import claiming as slots
from domain.waitlist import EntryRequest, Line
from tests.domain.support import book
from tests.factories import make_expert, make_slot

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
SESSION = HOUR / 3


@dataclass
class FullDay:
    """An expert's day of which every time is booked by somebody else: `guest 0` and up."""

    database: Database
    expert: Expert
    line: Line
    slots: list[Slot]
    bookings: list[Booking]

    async def join(
        self, name: str, *, now: datetime, email: str = "", proven: bool = False
    ) -> None:
        """Join the waitlist."""
        await waitlist.join(self.database, self.line, person(name, email, proven=proven), now=now)

    async def cancel(self, number: int = 0, *, now: datetime) -> None:
        """Have a guest cancel."""
        booking = self.bookings[number]
        viewer = Viewer(booking.visitor_id)
        await cancelling.cancel(self.database, booking.reference, viewer, now=now)

    async def later_slot(self, starts_at: datetime) -> Slot:
        """Publish a slot of another day, as long as those of this one."""
        return await make_slot(
            self.database, self.expert, starts_at=starts_at, ends_at=starts_at + SESSION
        )

    async def current(self, number: int = 0) -> Slot:
        """Read a slot as it is now."""
        found = await slots.find(self.database, self.slots[number].id)
        assert found is not None
        return found

    async def holder(self, number: int = 0) -> str | None:
        """Return to whom a slot is offered; None where it is open to everybody."""
        slot = await self.current(number)
        assert slot.state in {SlotState.OFFERED, SlotState.OPEN}
        return slot.held_by

    async def entries(self) -> list[WaitlistEntry]:
        """Return the line, offers included, those who joined first in front."""
        return await self.database.engine.find(WaitlistEntry, sort=WaitlistEntry.joined_at)


async def full_day(database: Database, *, now: datetime, times: int = 1) -> FullDay:
    """Make one."""
    expert = await make_expert(database)
    start = now.replace(hour=0, minute=0) + DAY
    starts = [start + HOUR + n * SESSION for n in range(times)]
    found = [await make_slot(database, expert, starts_at=at, ends_at=at + SESSION) for at in starts]
    booked = [
        await book(database, slot, f"guest {n}", now=now, email=f"guest{n}@example.org")
        for n, slot in enumerate(found)
    ]
    return FullDay(database, expert, Line(expert, start, start + DAY), found, booked)


def person(name: str, email: str = "", *, proven: bool = False) -> EntryRequest:
    """Somebody in a browser of their own, which may have proven the address."""
    address = email or f"{name}@Example.org"
    asker = Asker(f"network of {name}", proven={normal_address(address)} if proven else ())
    return EntryRequest(address, name, asker, "UTC", "en")


async def book_offer(day: FullDay, name: str, *, now: datetime, number: int = 0) -> Booking:
    """Book what was offered."""
    slot = day.slots[number]
    return await book(day.database, slot, name, now=now, email=f"{name}@example.org")
