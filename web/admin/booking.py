"""One booking: what was agreed, all that happened to it, its mails, and cancelling it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from domain.admin import on_behalf
from domain.booking import booking_terms
from domain.booking.mails import mails_of, resend
from domain.desk.remarks import MESSAGE_LIMIT, read_message
from domain.discovery import catalogue
from domain.rules.errors import Code, Refusal, Sentence
from domain.rules.notices import Recipient
from domain.store.documents import Booking, Expert, Party
from domain.store.documents.agreements import Agreed
from web.admin.access import Administration
from web.booking.meetings import Venue, venue_of
from web.http.forms import Form, read_form
from web.http.frames import Reply
from web.http.outcomes import outcome_of
from web.http.visits import Visit, key_in_address
from web.i18n.clock_changes import clock_notes
from web.mail.status import MailStatuses, to_attendee, to_expert


@dataclass(frozen=True)
class AnyBookingPage:
    """What the page shows."""

    booking: Booking
    expert: Expert
    zone: str
    clock_notes: Sequence[str]
    mails_to: Mapping[Recipient, MailStatuses]
    no_move: Code | None
    """Why it can't be moved, nor cancelled."""
    values: Form
    errors: Mapping[str, Sentence]
    saved: str
    """What was done just now: cancelled, moved, made, or nothing."""
    limits: ClassVar = {"message": MESSAGE_LIMIT}

    @property
    def agreed(self) -> Agreed:
        """What was agreed."""
        return self.booking.agreed

    @property
    def moves_made(self) -> int:
        """How often the attendee has moved it."""
        return booking_terms.reschedules_made(self.booking)

    @property
    def venue(self) -> Venue | None:
        """Where the session takes place."""
        return venue_of(self.booking)


async def _show(
    admin: Administration,
    booking: Booking,
    *,
    values: Form | None = None,
    refusal: Refusal | None = None,
) -> Template:
    """Show a booking; where a form was refused, with the reason and what was typed."""
    visit, now = admin.visit, admin.visit.now
    expert = await catalogue.expert_to_show(visit.directory, booking.expert_id)
    zone = visit.zone(booking.agreed.zone)
    zones = [zone, booking.agreed.zone]
    page = AnyBookingPage(
        booking=booking,
        expert=expert,
        zone=zone,
        clock_notes=clock_notes(visit.language, zones, now, booking.starts_at),
        mails_to={to: await _mails(visit, booking, expert, to) for to in Recipient},
        no_move=booking_terms.why_not_reschedule(booking, now, Party.ADMINISTRATOR),
        values={"message": "", **(values or {})},
        errors=refusal.fields if refusal else {},
        saved=visit.query("saved"),
    )
    return admin.show("booking", view=page, refusal=refusal)


async def _mails(visit: Visit, booking: Booking, expert: Expert, to: Recipient) -> MailStatuses:
    found = await mails_of(visit.database, booking, to)
    if to is Recipient.ATTENDEE:
        statuses = to_attendee(found, booking, visit.now)
    else:
        statuses = to_expert(found, booking, expert, visit.now)
    return replace(statuses, path=f"/admin/bookings/{booking.reference}/mails/{to}")


def _recipient(text: str) -> Recipient:
    """Read whose mails an address means.

    Raises:
        Refusal: MAIL_UNKNOWN, when it means nobody's.
    """
    if text not in set(Recipient):
        raise Refusal(Code.MAIL_UNKNOWN)
    return Recipient(text)


@get("/admin/bookings/{reference:str}", name="admin_booking")
async def booking_page(
    admin: NamedDependency[Administration], reference: FromPath[str]
) -> Template:
    """Show one booking."""
    return await _show(admin, await on_behalf.find(admin.visit.database, reference))


@post("/admin/bookings/{reference:str}/cancel", name="admin_cancel")
async def cancel_booking(admin: NamedDependency[Administration], reference: FromPath[str]) -> Reply:
    """Cancel a booking; the attendee's mail says the message."""
    visit, form = admin.visit, await read_form(admin.visit.request)

    async def change() -> Booking:
        message = read_message(form)
        database, now = visit.database, visit.now
        return await on_behalf.cancel(database, reference, message, by=admin.by, now=now)

    outcome = await outcome_of(visit, change())
    if isinstance(outcome, Refusal):
        booking = await on_behalf.find(visit.database, reference)
        return await _show(admin, booking, values=form, refusal=outcome)
    return visit.go_to(f"/admin/bookings/{outcome.reference}?saved=cancelled")


@get("/admin/bookings/{reference:str}/mails/{to:str}", name="admin_booking_mails")
async def booking_mails(
    admin: NamedDependency[Administration], reference: FromPath[str], to: FromPath[str]
) -> Template:
    """Show what became of the mails to one of the two, as the part of the booking's page."""
    visit, audience = admin.visit, _recipient(to)
    booking = await on_behalf.find(visit.database, reference)
    expert = await catalogue.expert_to_show(visit.directory, booking.expert_id)
    return visit.show(
        "mail/_booking_mails",
        mails=await _mails(visit, booking, expert, audience),
        part=f"mails-to-{audience}",
        zone=visit.zone(booking.agreed.zone),
    )


@post(
    "/admin/bookings/{reference:str}/mails/{to:str}/{mail_id:str}/resend",
    name="admin_resend_mail",
)
async def resend_booking_mail(
    admin: NamedDependency[Administration],
    reference: FromPath[str],
    to: FromPath[str],
    mail_id: FromPath[str],
) -> Response[Any]:
    """Send a mail to one of the two once more."""
    visit, audience, key = admin.visit, _recipient(to), key_in_address(mail_id)
    booking = await on_behalf.find(visit.database, reference)
    await resend(visit.database, booking, audience, key, by=admin.by, now=visit.now)
    visit.services.mailer.wake()
    return visit.go_to(f"/admin/bookings/{booking.reference}#mails-to-{audience}")
