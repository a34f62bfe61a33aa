"""The question before a second booking at the same time: which others there are."""

from collections.abc import Sequence

from domain.bookings import Overlapping
from domain.rules.errors import Refusal
from domain.store.documents import Booking


def overlapping(refusal: Refusal | None) -> Sequence[Booking]:
    """Return the bookings that a refusal asks about; none where it is another refusal."""
    return refusal.others if isinstance(refusal, Overlapping) else ()
