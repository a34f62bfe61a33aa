"""The times that a booking can be moved to, for administrators: shown, held and released."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from domain.admin import on_behalf
from domain.booking import holds, reschedule_targets
from domain.booking.rescheduling import refuse_unless_open
from domain.discovery import catalogue
from domain.rules.errors import Code, Refusal
from domain.store.documents import Booking, Party
from web.admin.access import Administration
from web.admin.claim_paths import paths_to_move
from web.booking.alternatives import GoneSlot, alternatives_of_expert
from web.experts.picker import picker_of
from web.experts.views import Picker
from web.http.forms import read_form, slot_key_in
from web.http.outcomes import outcome_of
from web.http.visits import Visit, key_in_address


async def open_booking(visit: Visit, reference: str) -> Booking:
    """Return a booking that an administrator can move.

    Raises:
        Refusal: BOOKING_UNKNOWN; BOOKING_CANCELLED; BOOKING_PAST.
    """
    booking = await on_behalf.find(visit.database, reference)
    refuse_unless_open(booking, now=visit.now, by=Party.ADMINISTRATOR)
    return booking


async def picker_to_move(visit: Visit, booking: Booking) -> Picker:
    """Gather the times of a booking's expert."""
    expert = await catalogue.expert_to_show(visit.directory, booking.expert_id)
    return await picker_of(visit, expert, booking, paths=paths_to_move(booking))


@get("/admin/bookings/{reference:str}/slots", name="admin_slots_to_move")
async def slots_to_move(
    admin: NamedDependency[Administration], reference: FromPath[str]
) -> Template:
    """Show the times alone."""
    visit, booking = admin.visit, await open_booking(admin.visit, reference)
    return visit.show("experts/_times_and_hold", view=await picker_to_move(visit, booking))


@get(
    "/admin/bookings/{reference:str}/slots/{slot_id:str}/alternatives",
    name="admin_alternatives_to_move",
)
async def alternatives_to_move(
    admin: NamedDependency[Administration], reference: FromPath[str], slot_id: FromPath[str]
) -> Template:
    """Show where else a booking can move to; nothing if the slot is free after all."""
    visit, booking = admin.visit, await open_booking(admin.visit, reference)
    slot = await reschedule_targets.slot_for(visit.database, key_in_address(slot_id), booking)
    expert = await catalogue.expert_to_show(visit.directory, booking.expert_id)
    is_free = reschedule_targets.is_free(booking, slot, visit.now)
    gone = GoneSlot(
        expert=expert,
        zone=visit.zone(expert.zone),
        paths=paths_to_move(booking),
        slot=None if is_free else slot,
        alternatives=None if is_free else await alternatives_of_expert(visit, slot, expert),
    )
    return visit.show("booking/_gone", view=gone)


@post("/admin/bookings/{reference:str}/holds", name="admin_hold_to_move")
async def hold_to_move(
    admin: NamedDependency[Administration], reference: FromPath[str]
) -> Response[Any]:
    """Hold a time and go on to the confirmation, which says so if it is gone."""
    visit = admin.visit
    booking = await on_behalf.find(visit.database, reference)
    key = slot_key_in(await read_form(visit.request))
    holder, hold_for = visit.session.visitor_id, visit.settings.hold_for
    call = on_behalf.hold_to_move(
        visit.database, booking, key, holder, now=visit.now, hold_for=hold_for
    )
    outcome = await outcome_of(visit, call)
    if isinstance(outcome, Refusal) and outcome.code is not Code.SLOT_TAKEN:
        raise outcome
    return visit.go_to(paths_to_move(booking).form(key))


@post("/admin/bookings/{reference:str}/holds/release", name="admin_release_to_move")
async def release_to_move(
    admin: NamedDependency[Administration], reference: FromPath[str]
) -> Response[Any]:
    """Release a hold, and go back to choosing a time."""
    visit = admin.visit
    booking = await on_behalf.find(visit.database, reference)
    key = slot_key_in(await read_form(visit.request))
    await holds.release(visit.database, key, visit.session.visitor_id, now=visit.now)
    return visit.go_to(paths_to_move(booking).page)


TIMES_TO_MOVE = (slots_to_move, alternatives_to_move, hold_to_move, release_to_move)
