"""Where administrators' pages about slots lead: to move a booking to one, or to book it."""

from domain.store.documents import Booking, Expert
from web.experts.paths import ClaimPaths


def paths_to_move(booking: Booking) -> ClaimPaths:
    """Return where a page leads on which a booking is moved."""
    own = f"/admin/bookings/{booking.reference}"
    return ClaimPaths(
        page=f"{own}/move",
        times=f"{own}/slots",
        slots=f"{own}/slots",
        holds=f"{own}/holds",
        forms=f"{own}/move?slot_id={{}}",
    )


def paths_to_book_for(expert: Expert) -> ClaimPaths:
    """Return where a page leads on which an administrator books with an expert for somebody."""
    own = f"/admin/bookings/new/{expert.slug}"
    return ClaimPaths(
        page=own,
        times=f"{own}/slots",
        slots=f"{own}/slots",
        holds=f"{own}/holds",
        forms=f"{own}?slot_id={{}}",
    )
