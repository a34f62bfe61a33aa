"""Holding the slot that a booking is to change to: choose it, extend the hold, release it."""

from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from domain.booking import bookings, reschedule_targets, rescheduling
from domain.rules.errors import Refusal
from domain.store.core.database import Key
from domain.store.documents import Booking, Slot
from web.booking.holds import extended, released, resumed
from web.booking.reschedule import answer_refused, both_times
from web.booking.tally import ClaimKind, tallied
from web.http.forms import read_form, slot_key_in
from web.http.outcomes import outcome_of
from web.http.visits import Visit


async def _hold(visit: Visit, booking: Booking, key: Key) -> Slot:
    return await rescheduling.hold(
        visit.database,
        booking,
        key,
        visit.session.visitor_id,
        now=visit.now,
        hold_for=visit.settings.hold_for,
        counted_by=visit.network_holds,
    )


@post("/bookings/{reference:str}/holds", name="hold_to_reschedule")
async def hold_to_reschedule(
    visit: NamedDependency[Visit], reference: FromPath[str]
) -> Response[Any] | Template:
    """Hold a slot and go on to the confirmation; if it is lost, offer others."""
    booking = await bookings.find(visit.database, reference, await visit.viewer())
    key = slot_key_in(await read_form(visit.request))
    outcome = await outcome_of(visit, tallied(ClaimKind.HOLD, _hold(visit, booking, key)))
    if isinstance(outcome, Refusal):
        return await answer_refused(visit, booking, key, outcome)
    return visit.go_to(f"/bookings/{booking.reference}/reschedule?slot_id={key}")


@post("/bookings/{reference:str}/holds/extend", name="extend_reschedule_hold")
async def extend_to_reschedule(
    visit: NamedDependency[Visit], reference: FromPath[str]
) -> Response[Any] | Template:
    """Extend the hold, and show both times again."""
    booking = await bookings.find(visit.database, reference, await visit.viewer())
    key = slot_key_in(await read_form(visit.request))
    refusal = await extended(visit, key)
    slot = await reschedule_targets.slot_for(visit.database, key, booking)
    return await both_times(visit, booking, slot, refusal)


@post("/bookings/{reference:str}/holds/resume", name="resume_reschedule_hold")
async def resume_to_reschedule(
    visit: NamedDependency[Visit], reference: FromPath[str]
) -> Response[Any] | Template:
    """Resume the hold of a page that is open again, and say how the slot stands."""
    booking = await bookings.find(visit.database, reference, await visit.viewer())
    key = slot_key_in(await read_form(visit.request))
    await reschedule_targets.slot_for(visit.database, key, booking)
    return await both_times(visit, booking, await resumed(visit, key))


@post("/bookings/{reference:str}/holds/release", name="release_reschedule_hold")
async def release_to_reschedule(
    visit: NamedDependency[Visit], reference: FromPath[str]
) -> Response[Any]:
    """Release the hold, and go back to choosing a time."""
    booking = await bookings.find(visit.database, reference, await visit.viewer())
    await released(visit, slot_key_in(await read_form(visit.request)))
    return visit.go_to(f"/bookings/{booking.reference}/reschedule")
