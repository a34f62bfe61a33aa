"""What else there is when a slot is gone. A crowd that is refused at once shares one look."""

from dataclasses import dataclass, replace

from domain.booking.alternatives import Alternatives, alternatives_to
from domain.store.core.shared import Shared
from domain.store.documents import Expert, Slot
from web.experts.paths import ClaimPaths
from web.http.visits import Visit

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
