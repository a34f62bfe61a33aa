"""When an expert can be had and when not, for other programs: nothing but free and busy."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from domain.rules.slots import LONGEST_SESSION, Status, status
from domain.store.core.database import Database, Key
from domain.store.documents import Slot
from domain.store.slots import claiming as slots

DAYS_AHEAD = 60
"""How many days of UTC it covers, today included."""

_BUSY = {Status.HELD, Status.BOOKED}

Span = tuple[datetime, datetime]
"""`[start, end)`, in UTC."""


@dataclass(frozen=True)
class FreeBusy:
    """An expert's free and busy spans within `[start, end)`, in order."""

    start: datetime
    end: datetime
    free: Sequence[Span]
    busy: Sequence[Span]
    changed_at: datetime
    """When a slot in it last changed; the start if there is none."""
    true_until: datetime
    """When the clock alone makes it untrue: a time opens or closes, a hold lapses, a day ends."""


async def free_busy(database: Database, expert_id: Key, *, now: datetime) -> FreeBusy:
    """Read an expert's next 60 days. A held time is busy; what can't be had is left out.

    A session that crosses the start or the end is cut off there.
    """
    start = datetime.combine(now.date(), time.min, tzinfo=UTC)
    end = start + timedelta(days=DAYS_AHEAD)
    begun = await slots.between(database, expert_id, start - LONGEST_SESSION, end)
    found = [slot for slot in begun if slot.ends_at > start]

    def within(slot: Slot) -> Span:
        return max(slot.starts_at, start), min(slot.ends_at, end)

    return FreeBusy(
        start=start,
        end=end,
        free=[within(slot) for slot in found if status(slot, now) is Status.FREE],
        busy=[within(slot) for slot in found if status(slot, now) in _BUSY],
        changed_at=max((slot.changed_at for slot in found), default=start),
        true_until=min(_turns(found, start + timedelta(days=1), now)),
    )


def _turns(found: Sequence[Slot], midnight: datetime, now: datetime) -> list[datetime]:
    """Return the instants after `now` at which something turns by itself."""
    turns = [t for slot in found for t in (slot.opens_at, slot.closes_at, slot.held_until)]
    return [midnight, *(turn for turn in turns if turn > now)]
