"""Where pages about slots lead: to book one, or to reschedule a booking to it."""

from dataclasses import dataclass

from domain.store.documents import Booking, Expert


@dataclass(frozen=True)
class ClaimPaths:
    """Where the forms and lists of a page about slots lead."""

    page: str
    """The page with all times."""
    times: str
    """Its list of times."""
    slots: str
    """Followed by a slot's key: what there is about that slot."""
    holds: str
    """Where a slot is held, and its hold changed."""
    forms: str
    """Where a slot is claimed, with {} in place of its key."""

    def form(self, slot_id: object) -> str:
        """Return where a slot is claimed."""
        return self.forms.format(slot_id)


def paths_to_book(expert: Expert) -> ClaimPaths:
    """Return where a page leads on which a visitor books."""
    page = f"/experts/{expert.slug}"
    return ClaimPaths(
        page=page,
        times=f"{page}/slots",
        slots="/slots",
        holds="/holds",
        forms="/slots/{}/book",
    )


def paths_to_reschedule(booking: Booking) -> ClaimPaths:
    """Return where a page leads on which an attendee reschedules a booking."""
    own = f"/bookings/{booking.reference}"
    return ClaimPaths(
        page=f"{own}/reschedule",
        times=f"{own}/slots",
        slots=f"{own}/slots",
        holds=f"{own}/holds",
        forms=f"{own}/reschedule?slot_id={{}}",
    )
