"""Moving a booking for somebody: see both times, write a message, and confirm."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from domain.admin import on_behalf
from domain.booking import reschedule_agreements, reschedule_targets
from domain.booking.rescheduling import OnBehalf
from domain.desk.remarks import MESSAGE_LIMIT, read_message
from domain.discovery import catalogue
from domain.rules.errors import Code, Refusal
from domain.rules.quotes import Quote, read_quote
from domain.rules.slots import is_held_by, length_of
from domain.store.core.database import Key
from domain.store.documents import Booking, Expert, Slot
from domain.store.documents.agreements import Agreed
from web.admin.access import Administration
from web.admin.claim_paths import paths_to_move
from web.admin.times_to_move import open_booking, picker_to_move
from web.booking.tally import ClaimKind, tallied
from web.booking.views import Refusable
from web.experts.paths import ClaimPaths
from web.http.forms import Form, read_form, slot_key_in
from web.http.frames import Reply
from web.http.outcomes import outcome_of
from web.http.visits import key_in_address

_RAISED = frozenset(
    {Code.BOOKING_UNKNOWN, Code.BOOKING_CANCELLED, Code.BOOKING_PAST, Code.SLOT_UNKNOWN}
)
"""Refusals that leave nothing to confirm."""


@dataclass(frozen=True)
class MovePage(Refusable):
    """Both times of a booking, to be confirmed, and a message to the attendee."""

    booking: Booking
    slot: Slot
    expert: Expert
    zone: str
    paths: ClaimPaths
    agreed: Agreed
    """What will be agreed at the new time."""
    held_until: datetime | None
    """Until when the new time is on hold for this browser, if it is."""
    available: bool
    refusal: Refusal | None
    values: Form
    limits: ClassVar = {"message": MESSAGE_LIMIT}

    @property
    def before(self) -> Quote:
        """Price, length and terms as they are."""
        return self.booking.agreed.quote(length_of(self.booking))

    @property
    def quote(self) -> Quote:
        """Price, length and terms as they will be."""
        return self.agreed.quote(length_of(self.slot))


async def _both_times(
    admin: Administration,
    booking: Booking,
    slot: Slot,
    *,
    values: Form | None = None,
    refusal: Refusal | None = None,
) -> Template:
    """Show both times to be confirmed; where that was refused, with the reason."""
    visit, holder = admin.visit, admin.visit.session.visitor_id
    available = reschedule_targets.can_take(booking, slot, holder, visit.now)
    if not available:
        refusal = Refusal(Code.SLOT_TAKEN)
    page = MovePage(
        booking=booking,
        slot=slot,
        expert=await catalogue.expert_to_show(visit.directory, slot.expert_id),
        zone=visit.zone(booking.agreed.zone),
        paths=paths_to_move(booking),
        agreed=await reschedule_agreements.agreed_at(visit.database, booking, slot),
        held_until=slot.held_until if is_held_by(slot, holder, visit.now) else None,
        available=available,
        refusal=refusal,
        values={"message": "", **(values or {})},
    )
    return admin.show("confirm_move", view=page, refusal=refusal)


@get("/admin/bookings/{reference:str}/move", name="admin_move_page")
async def move_page(admin: NamedDependency[Administration], reference: FromPath[str]) -> Template:
    """Show the expert's times to choose from, or the chosen one to confirm."""
    visit, booking = admin.visit, await open_booking(admin.visit, reference)
    if chosen := visit.query("slot_id"):
        key = key_in_address(chosen)
        slot = await reschedule_targets.slot_for(visit.database, key, booking)
        return await _both_times(admin, booking, slot)
    return admin.show("move", view=await picker_to_move(visit, booking))


async def _move(admin: Administration, reference: str, slot_id: Key, form: Form) -> Booking:
    visit = admin.visit
    return await on_behalf.move(
        visit.database,
        reference,
        slot_id,
        visit.session.visitor_id,
        OnBehalf(admin.by, read_message(form)),
        now=visit.now,
        hold_for=visit.settings.hold_for,
        overlap="overlap" in form,
        quote=read_quote(form.get("quote", "")),
    )


@post("/admin/bookings/{reference:str}/move", name="admin_move")
async def move_booking(admin: NamedDependency[Administration], reference: FromPath[str]) -> Reply:
    """Move the booking, or say why not; the old time is kept then."""
    visit, form = admin.visit, await read_form(admin.visit.request)
    slot_id = slot_key_in(form)
    outcome = await outcome_of(
        visit, tallied(ClaimKind.RESCHEDULE, _move(admin, reference, slot_id, form))
    )
    if isinstance(outcome, Refusal):
        if outcome.code in _RAISED:
            raise outcome
        booking = await on_behalf.find(visit.database, reference)
        slot = await reschedule_targets.slot_for(visit.database, slot_id, booking)
        return await _both_times(admin, booking, slot, values=form, refusal=outcome)
    return visit.go_to(f"/admin/bookings/{outcome.reference}?saved=moved")
