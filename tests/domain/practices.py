"""A practice: an expert with some times each day, who is away on some of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from domain.booking import cancelling, replacements, rescheduling
from domain.booking.bookings import Viewer
from domain.desk.absences import declaring, following
from domain.desk.absences.declaring import AbsentDays
from domain.rules.log import OPERATOR
from domain.store.bookings import reading
from domain.store.core.database import Database, Key
from domain.store.documents import Booking, Expert, Slot
from domain.store.documents.absences import Absence, Replacement
from domain.store.documents.hours import WorkingHours
from domain.store.documents.mails import Mail, MailState
from domain.store.experts import reading as experts
from tests.domain.diaries import every_day, published, slot_at
from tests.domain.support import ANN, DAY, HOLD, book

HOUR = timedelta(hours=1)
MORNING = every_day("09:00-12:00")


@dataclass
class Practice:
    """An expert in UTC with times at 9, 10 and 11 each day, and what becomes of their bookings."""

    database: Database
    expert_id: Key
    now: datetime

    def at(self, server: Database) -> "Practice":
        """The same practice at another connection: within one, writes wait for their turn."""
        return Practice(server, self.expert_id, self.now)

    async def expert(self) -> Expert:
        found = await experts.find(self.database, self.expert_id)
        assert found is not None
        return found

    async def slot(self, ahead: int, at: str = "10:00") -> Slot:
        return await slot_at(self.database, self.expert_id, self.now + ahead * DAY, at)

    async def booked(self, ahead: int, at: str = "10:00", visitor: str = "ann") -> Booking:
        slot = await self.slot(ahead, at)
        email = f"{visitor}@example.org"
        return await book(self.database, slot, visitor, now=self.now, email=email)

    def days(self, first: int, last: int | None = None, **more: Any) -> AbsentDays:
        first_on, last_on = (
            (self.now + n * DAY).date() for n in (first, first if last is None else last)
        )
        return AbsentDays(first_on, last_on, **more)

    async def away(self, first: int, last: int | None = None, **more: Any) -> Absence:
        now = more.pop("now", self.now)
        asked = self.days(first, last, **more)
        return await declaring.declare(
            self.database, await self.expert(), asked, by=OPERATOR, now=now
        )

    async def revoke(self, absence: Absence, *, now: datetime | None = None) -> None:
        expert = await self.expert()
        await declaring.revoke(self.database, expert, absence.id, by=OPERATOR, now=now or self.now)

    async def current(self, booking: Booking) -> Booking:
        found = await reading.find(self.database, booking.id)
        assert found is not None
        return found

    async def question(self, booking: Booking) -> Replacement:
        (found,) = await self.database.engine.find(Replacement, {"booking_id": booking.id})
        return found

    async def offers(self, booking: Booking, *, now: datetime | None = None) -> list[Slot]:
        current = await self.current(booking)
        proposal = await replacements.proposal_of(self.database, current, now=now or self.now)
        return [time.slot for time in proposal.times] if proposal else []

    async def offered(self, booking: Booking) -> list[str]:
        return [
            f"{(slot.starts_at.date() - self.now.date()).days} {slot.starts_at:%H:%M}"
            for slot in await self.offers(booking)
        ]

    async def mails(self, booking: Booking, state: MailState = MailState.WAITING) -> list[Mail]:
        query = {"booking_id": booking.id, "state": state.value}
        return await self.database.engine.find(Mail, query, sort=Mail.created_at)

    async def move(
        self, booking: Booking, slot: Slot, viewer: Viewer = ANN, *, now: datetime | None = None
    ) -> Booking:
        return await rescheduling.reschedule(
            self.database,
            booking.reference,
            viewer,
            slot.id,
            viewer.visitor_id or "",
            now=now or self.now,
            hold_for=HOLD,
        )

    async def cancel(self, booking: Booking) -> None:
        viewer = Viewer(booking.visitor_id)
        await cancelling.cancel(self.database, booking.reference, viewer, now=self.now)

    async def tick(self, now: datetime) -> None:
        """Run the background job once."""
        await following.carry_on_all(self.database, now=now)
        await replacements.end_lapsed(self.database, now=now)
        await replacements.cancel_unanswered(self.database, now=now)


async def practice_with(
    database: Database, now: datetime, hours: WorkingHours = MORNING, **fields: Any
) -> Practice:
    """Open one."""
    return Practice(database, await published(database, hours, now, **fields), now)
