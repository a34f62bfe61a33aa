"""One session: who comes, what was said, and what the expert can do about it."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from domain.booking.mails import mails_of, resend
from domain.desk import agenda
from domain.desk.remarks import (
    MESSAGE_LIMIT,
    NOTE_LIMIT,
    read_attendance,
    read_message,
    read_note,
)
from domain.rules.errors import Refusal, Sentence
from domain.rules.notices import Recipient
from domain.store.documents import Booking
from web.desk.access import Desk
from web.http.forms import Form, read_form
from web.http.frames import Reply
from web.http.outcomes import outcome_of
from web.http.visits import key_in_address
from web.i18n.clock_changes import clock_notes
from web.i18n.zones import valid_zone
from web.mail.status import MailStatuses, to_attendee, to_expert


@dataclass(frozen=True)
class SessionPage:
    """What the page shows."""

    booking: Booking
    zone: str
    clock_notes: Sequence[str]
    mails_to_attendee: MailStatuses
    mails: MailStatuses
    """To the expert."""
    values: Form
    errors: Mapping[str, Sentence]
    saved: bool
    limits: ClassVar = {"message": MESSAGE_LIMIT, "note": NOTE_LIMIT}


async def _find(desk: Desk, reference: str) -> Booking:
    return await agenda.find(desk.visit.database, desk.expert, reference)


async def _show(
    desk: Desk, booking: Booking, *, values: Form | None = None, refusal: Refusal | None = None
) -> Template:
    """Show a session; where a form was refused, with the reason and what was typed."""
    visit, zone = desk.visit, _zone(desk)
    to_them = await mails_of(visit.database, booking, Recipient.ATTENDEE)
    page = SessionPage(
        booking=booking,
        zone=zone,
        clock_notes=clock_notes(
            visit.language, [zone, booking.attendee.zone], visit.now, booking.starts_at
        ),
        mails_to_attendee=to_attendee(to_them, booking, visit.now),
        mails=await _own_mails(desk, booking),
        values={"message": "", "note": booking.note, **(values or {})},
        errors=refusal.fields if refusal else {},
        saved=bool(visit.query("saved")),
    )
    return desk.show("session", view=page, refusal=refusal)


async def _own_mails(desk: Desk, booking: Booking) -> MailStatuses:
    mails = await mails_of(desk.visit.database, booking, Recipient.EXPERT)
    return to_expert(mails, booking, desk.expert, desk.visit.now)


def _zone(desk: Desk) -> str:
    return valid_zone(desk.visit.query("zone")) or desk.expert.zone


async def _answer(desk: Desk, reference: str, form: Form, call: Awaitable[None]) -> Reply:
    """Go back to a session after a change, or show it with what is wrong."""
    outcome = await outcome_of(desk.visit, call)
    booking = await _find(desk, reference)
    if isinstance(outcome, Refusal):
        return await _show(desk, booking, values=form, refusal=outcome)
    return desk.visit.go_to(f"/desk/bookings/{booking.reference}?saved=1")


@get("/desk/bookings/{reference:str}", name="desk_session")
async def session_page(desk: NamedDependency[Desk], reference: FromPath[str]) -> Template:
    """Show one session."""
    return await _show(desk, await _find(desk, reference))


@post("/desk/bookings/{reference:str}/cancel", name="desk_cancel")
async def cancel_session(desk: NamedDependency[Desk], reference: FromPath[str]) -> Reply:
    """Cancel a session; the attendee's mail says the message."""
    form = await read_form(desk.visit.request)

    async def change() -> None:
        message = read_message(form)
        database, now = desk.visit.database, desk.visit.now
        await agenda.cancel(database, desk.expert, reference, message, by=desk.by, now=now)

    return await _answer(desk, reference, form, change())


@post("/desk/bookings/{reference:str}/outcome", name="desk_outcome")
async def note_outcome(desk: NamedDependency[Desk], reference: FromPath[str]) -> Reply:
    """Say whether the attendee came."""
    form = await read_form(desk.visit.request)

    async def change() -> None:
        booking, attendance = await _find(desk, reference), read_attendance(form)
        database, now = desk.visit.database, desk.visit.now
        await agenda.note_attendance(database, booking, attendance, by=desk.by, now=now)

    return await _answer(desk, reference, form, change())


@post("/desk/bookings/{reference:str}/note", name="desk_note")
async def write_note(desk: NamedDependency[Desk], reference: FromPath[str]) -> Reply:
    """Keep the expert's own note of a session."""
    form = await read_form(desk.visit.request)

    async def change() -> None:
        booking, note = await _find(desk, reference), read_note(form)
        database, now = desk.visit.database, desk.visit.now
        await agenda.write_note(database, booking, note, by=desk.by, now=now)

    return await _answer(desk, reference, form, change())


@get("/desk/bookings/{reference:str}/mails", name="desk_mails")
async def own_mails(desk: NamedDependency[Desk], reference: FromPath[str]) -> Template:
    """Show what became of the expert's mails about a session, as the part of its page."""
    mails = await _own_mails(desk, await _find(desk, reference))
    return desk.visit.show("desk/_own_mails", mails=mails, expert=desk.expert, zone=_zone(desk))


@post("/desk/bookings/{reference:str}/mails/{mail_id:str}/resend", name="desk_resend_mail")
async def resend_own_mail(
    desk: NamedDependency[Desk], reference: FromPath[str], mail_id: FromPath[str]
) -> Response[Any]:
    """Send a mail to the expert once more."""
    visit, booking = desk.visit, await _find(desk, reference)
    key = key_in_address(mail_id)
    await resend(visit.database, booking, Recipient.EXPERT, key, by=desk.by, now=visit.now)
    visit.services.mailer.wake()
    return visit.go_to(f"/desk/bookings/{booking.reference}#mails")
