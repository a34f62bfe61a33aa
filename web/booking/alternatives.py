"""What else there is when a slot is gone. A crowd that is refused at once shares one look."""

from dataclasses import dataclass, replace

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from domain.booking import bookings, holds, reschedule_targets
from domain.booking.alternatives import Alternatives, alternatives_to
from domain.discovery import catalogue
from domain.rules import slots
from domain.store.core.shared import Shared
from domain.store.documents import Expert, Slot
from web.experts.paths import ClaimPaths, paths_to_book, paths_to_reschedule
from web.http.visits import Visit, key_in_address

SharedAlternatives = Shared[Alternatives]


async def alternatives_for(visit: Visit, slot: Slot, expert: Expert) -> Alternatives:
    """Return what is free in place of a slot, as of when it was asked for or later."""
    return await visit.services.alternatives.ask(
        slot.id,
        lambda: alternatives_to(visit.database, visit.directory, slot, expert, now=visit.now),
    )


async def alternatives_of_expert(visit: Visit, slot: Slot, expert: Expert) -> Alternatives:
    """Return what is free in place of a slot for a booking, which stays with its expert."""
    return replace(await alternatives_for(visit, slot, expert), similar=())


@dataclass(frozen=True)
class GoneSlot:
    """What to take instead of a slot that went while its visitor looked at it."""

    expert: Expert
    zone: str
    paths: ClaimPaths
    slot: Slot | None = None
    """None if it is free after all."""
    alternatives: Alternatives | None = None


@get("/slots/{slot_id:str}/alternatives", name="alternatives")
async def alternatives_to_book(visit: NamedDependency[Visit], slot_id: FromPath[str]) -> Template:
    """Show what to book instead of a slot; nothing if it is free after all."""
    slot = await holds.slot_to_claim(visit.database, key_in_address(slot_id))
    expert = await catalogue.expert_to_show(visit.directory, slot.expert_id)
    gone = GoneSlot(expert, visit.zone(expert.zone), paths_to_book(expert))
    if not slots.is_free(slot, visit.now):
        others = await alternatives_for(visit, slot, expert)
        gone = replace(gone, slot=slot, alternatives=others)
    return visit.show("booking/_gone", view=gone)


@get("/bookings/{reference:str}/slots/{slot_id:str}/alternatives", name="reschedule_alternatives")
async def alternatives_to_reschedule(
    visit: NamedDependency[Visit], reference: FromPath[str], slot_id: FromPath[str]
) -> Template:
    """Show where else a booking can change to; nothing if the slot is free after all."""
    booking = await bookings.find(visit.database, reference, await visit.viewer())
    slot = await reschedule_targets.slot_for(visit.database, key_in_address(slot_id), booking)
    expert = await catalogue.expert_to_show(visit.directory, booking.expert_id)
    gone = GoneSlot(expert, visit.zone(expert.zone), paths_to_reschedule(booking))
    if not reschedule_targets.is_free(booking, slot, visit.now):
        others = await alternatives_of_expert(visit, slot, expert)
        gone = replace(gone, slot=slot, alternatives=others)
    return visit.show("booking/_gone", view=gone)
