"""The question before a second booking at the same time: which others there are."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.bookings import Overlapping
from domain.errors import Refusal
from domain.store import experts
from domain.store.documents import Booking, Expert
from web.visits import Visit


@dataclass(frozen=True)
class Overlap:
    """A booking of the viewer's own at that time, and with whom."""

    booking: Booking
    expert: Expert


async def overlapping(visit: Visit, refusal: Refusal | None) -> Sequence[Overlap]:
    """Return the bookings that a refusal asks about; none where it is another refusal."""
    if not isinstance(refusal, Overlapping):
        return ()
    found = await experts.find_many(visit.database, [b.expert_id for b in refusal.others])
    return [Overlap(booking, found[booking.expert_id]) for booking in refusal.others]
