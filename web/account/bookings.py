"""My bookings: the lists, one booking, and cancelling it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from domain.booking import bookings, cancelling
from domain.booking.bookings import Show
from domain.booking.mails import mails_of
from domain.booking.replacements import proposal_of
from domain.discovery import catalogue
from domain.rules.errors import Sentence
from domain.rules.notices import Recipient
from domain.store.documents import Booking
from domain.store.experts import reading as experts
from web.account.views import BookingList, BookingPage
from web.booking.facts import Reader, attendee_of
from web.calendars.files import Method, calendar_of
from web.calendars.links import calendar_links
from web.http.face import named_sender
from web.http.forms import Form
from web.http.visits import Visit
from web.i18n.clock_changes import clock_notes
from web.mail.status import to_attendee


def _read_show(text: str) -> Show:
    return Show(text) if text in set(Show) else Show.UPCOMING


@get("/bookings", name="bookings")
async def my_bookings(visit: NamedDependency[Visit]) -> Template:
    """List the bookings that this browser may see, and offer a link for the others."""
    return await list_page(visit, _read_show(visit.query("show")))


async def list_page(
    visit: Visit,
    show: Show = Show.UPCOMING,
    *,
    values: Form | None = None,
    errors: Mapping[str, Sentence] | None = None,
    status: int = 200,
) -> Template:
    """Show a list of bookings; if its form was refused, with what was typed."""
    viewer = await visit.viewer()
    found = await bookings.listing(visit.database, viewer, show, now=visit.now)
    view = BookingList(
        viewer=viewer,
        show=show,
        bookings=found,
        experts=await experts.find_many(visit.database, [b.expert_id for b in found]),
        zone=visit.zone(found[0].attendee.zone if found else "UTC"),
        values=values or {},
        errors=errors or {},
    )
    return visit.show("account/bookings", view=view, status=status)


def _address_of(visit: Visit, booking: Booking) -> str:
    return f"{visit.settings.public_url}/bookings/{booking.reference}"


def _reader(visit: Visit, booking: Booking) -> Reader:
    """Return the attendee as a reader, in the zone and language of this visit."""
    zone = visit.zone(booking.attendee.zone)
    return replace(attendee_of(booking), zone=zone, language=visit.language)


async def _show_booking(visit: Visit, booking: Booking) -> Template:
    expert = await catalogue.expert_to_show(visit.directory, booking.expert_id)
    zones = [visit.zone(booking.attendee.zone), booking.agreed.zone]
    links = calendar_links(booking, _reader(visit, booking), _address_of(visit, booking))
    mails = await mails_of(visit.database, booking, Recipient.ATTENDEE)
    view = BookingPage(
        booking=booking,
        expert=expert,
        zone=zones[0],
        now=visit.now,
        clock_notes=clock_notes(visit.language, zones, visit.now, booking.starts_at),
        calendar_links=links,
        mails=to_attendee(mails, booking, visit.now),
        proposal=await proposal_of(visit.database, booking, now=visit.now),
        is_new=bool(visit.query("new")),
        is_moved=bool(visit.query("moved")),
        is_gone=bool(visit.query("gone")),
    )
    return visit.show("account/booking", view=view)


@get("/bookings/{reference:str}", name="booking")
async def booking_page(visit: NamedDependency[Visit], reference: FromPath[str]) -> Template:
    """Show one booking."""
    booking = await bookings.find(visit.database, reference, await visit.viewer())
    return await _show_booking(visit, booking)


@post("/bookings/{reference:str}/cancel", name="cancel")
async def cancel(visit: NamedDependency[Visit], reference: FromPath[str]) -> Response[Any]:
    """Cancel a booking."""
    booking = await cancelling.cancel(
        visit.database, reference, await visit.viewer(), now=visit.now, asker=await visit.asker()
    )
    return visit.go_to(f"/bookings/{booking.reference}")


@get("/bookings/{reference:str}/calendar.ics", name="calendar")
async def calendar(visit: NamedDependency[Visit], reference: FromPath[str]) -> Response[bytes]:
    """Send a booking as a calendar file."""
    booking = await bookings.find(visit.database, reference, await visit.viewer())
    content = calendar_of(
        booking,
        _reader(visit, booking),
        method=Method.PUBLISH,
        sender=named_sender(visit.settings.mail_from, visit.site),
        page=_address_of(visit, booking),
        now=visit.now,
    )
    return Response(
        content,
        media_type="text/calendar",
        headers={"Content-Disposition": f'attachment; filename="{booking.reference}.ics"'},
    )
