"""The mails of a booking: what became of them, and one sent again."""

from typing import Any

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from domain.booking import bookings
from domain.booking.mails import mails_of, resend
from domain.rules.notices import Recipient
from web.http.visits import Visit, key_in_address
from web.mail.status import to_attendee


@get("/bookings/{reference:str}/mails", name="mails")
async def booking_mails(visit: NamedDependency[Visit], reference: FromPath[str]) -> Template:
    """Show what became of a booking's mails, as the part of its page."""
    booking = await bookings.find(visit.database, reference, await visit.viewer())
    mails = await mails_of(visit.database, booking, Recipient.ATTENDEE)
    return visit.show(
        "mail/_booking_mails",
        mails=to_attendee(mails, booking, visit.now),
        zone=visit.zone(booking.attendee.zone),
    )


@post("/bookings/{reference:str}/mails/{mail_id:str}/resend", name="resend_mail")
async def resend_mail(
    visit: NamedDependency[Visit], reference: FromPath[str], mail_id: FromPath[str]
) -> Response[Any]:
    """Send a mail to the attendee once more."""
    booking = await bookings.find(visit.database, reference, await visit.viewer())
    key = key_in_address(mail_id)
    await resend(visit.database, booking, Recipient.ATTENDEE, key, now=visit.now)
    visit.services.mailer.wake()
    return visit.go_to(f"/bookings/{booking.reference}#mails")


router = Router("/", route_handlers=[booking_mails, resend_mail])
