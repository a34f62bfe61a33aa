"""My bookings: the lists, one booking, and cancelling it."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from domain import booking_changes, bookings, catalogue, terms
from domain.bookings import Show
from domain.store import experts
from domain.store.documents import Booking
from web.answers import REFUSALS
from web.calendars import calendar_of
from web.languages import marked as _
from web.visits import Visit

TABS = {
    Show.UPCOMING: _("Upcoming"),
    Show.PAST: _("Past"),
    Show.CANCELLED: _("Cancelled"),
}


def _read_show(text: str) -> Show:
    return Show(text) if text in set(Show) else Show.UPCOMING


@get("/bookings", name="bookings")
async def my_bookings(visit: NamedDependency[Visit]) -> Template:
    """List the bookings that this browser may see, and offer a link for the others."""
    show = _read_show(visit.query("show"))
    found = await bookings.listing(visit.database, visit.viewer, show, now=visit.now)
    return visit.show(
        "pages/bookings",
        show=show,
        shows=TABS,
        bookings=found,
        experts=await experts.find_many(visit.database, [b.expert_id for b in found]),
        zone=visit.zone(found[0].attendee.zone if found else "UTC"),
        values={},
        errors={},
    )


async def _show_booking(visit: Visit, booking: Booking) -> Template:
    expert = await catalogue.expert_of(visit.database, booking.expert_id)
    return visit.show(
        "pages/booking",
        booking=booking,
        expert=expert,
        zone=visit.zone(booking.attendee.zone),
        is_new=bool(visit.query("new")),
        is_moved=bool(visit.query("moved")),
        no_cancel=booking_changes.why_not_cancel(booking, expert, visit.now),
        no_reschedule=booking_changes.why_not_reschedule(booking, expert, visit.now),
        cancel_until=terms.cancel_until(expert.terms, booking.starts_at),
        reschedule_until=terms.reschedule_until(expert.terms, booking.starts_at),
        answers=REFUSALS,
    )


@get("/bookings/{reference:str}", name="booking")
async def booking_page(visit: NamedDependency[Visit], reference: FromPath[str]) -> Template:
    """Show one booking."""
    booking = await bookings.find(visit.database, reference, visit.viewer)
    return await _show_booking(visit, booking)


@post("/bookings/{reference:str}/cancel", name="cancel")
async def cancel(visit: NamedDependency[Visit], reference: FromPath[str]) -> Response[Any]:
    """Cancel a booking."""
    booking = await booking_changes.cancel(visit.database, reference, visit.viewer, now=visit.now)
    return visit.go_to(f"/bookings/{booking.reference}")


@get("/bookings/{reference:str}/calendar.ics", name="calendar")
async def calendar(visit: NamedDependency[Visit], reference: FromPath[str]) -> Response[bytes]:
    """Send a booking as a calendar file."""
    booking = await bookings.find(visit.database, reference, visit.viewer)
    expert = await catalogue.expert_of(visit.database, booking.expert_id)
    return Response(
        calendar_of(booking, expert),
        media_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{booking.reference}.ics"'},
    )
