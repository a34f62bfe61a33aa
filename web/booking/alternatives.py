"""What else there is when a time is gone; a crowd that is refused at once shares one look."""

from domain.alternatives import Alternatives, alternatives_to
from domain.store.documents import Expert, Slot
from web.http.visits import Visit
from web.live.shared import Shared

SharedAlternatives = Shared[Alternatives]


async def alternatives_for(visit: Visit, slot: Slot, expert: Expert) -> Alternatives:
    """Return what is free in place of a time, as of when it was asked for or later."""
    shared: SharedAlternatives = visit.request.app.state.alternatives
    return await shared.ask(
        slot.id,
        lambda: alternatives_to(visit.database, visit.directory, slot, expert, now=visit.now),
    )
