"""Where to go when a time is gone: the nearest free times, and similar experts free then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.store.core.database import Database, Key
from domain.store.documents import Expert, Slot
from domain.store.experts.reading import Filters, Sort
from domain.store.memory.directory import Directory
from domain.store.slots import claiming as slots

NEAREST = 3
SIMILAR = 3
_CONSIDERED = 24
"""Among how many experts of the category, the best rated, those are looked for who are free."""
_ABOUT = timedelta(minutes=45)
"""How far the start of a similar expert's time may lie from the one that is gone."""


@dataclass(frozen=True)
class Alternatives:
    """Times to take in place of one that is gone, each free when it was read."""

    nearest: Sequence[Slot]
    """Of the same expert, in order of their start."""
    similar: Sequence[tuple[Expert, Slot]]
    """Of other experts at about the same time, who shares most skills first."""


async def alternatives_to(
    database: Database, directory: Directory, slot: Slot, expert: Expert, *, now: datetime
) -> Alternatives:
    """Return what else there is when an expert's slot cannot be had."""
    nearest = await slots.nearest_free(database, [expert.id], slot.starts_at, now, limit=NEAREST)
    return Alternatives(nearest, await _similar(database, directory, slot, expert, now))


async def _similar(
    database: Database, directory: Directory, slot: Slot, expert: Expert, now: datetime
) -> list[tuple[Expert, Slot]]:
    category = Filters(category=expert.category)
    best = await directory.listing(category, Sort.RATING, skip=0, limit=_CONSIDERED)
    others = [other for other in best if other.id != expert.id]
    alike = sorted(others, key=lambda other: -_shared_skills(other, expert))
    span = (slot.starts_at - _ABOUT, slot.starts_at + _ABOUT)
    free = await slots.free_between(database, [other.id for other in alike], *span, now)
    closest = _closest(free, slot.starts_at)
    return [(other, closest[other.id]) for other in alike if other.id in closest][:SIMILAR]


def _shared_skills(one: Expert, other: Expert) -> int:
    return len({*one.skills} & {*other.skills})


def _closest(free: Sequence[Slot], around: datetime) -> dict[Key, Slot]:
    """Return for each expert the slot that starts closest to an instant."""
    farthest_first = sorted(free, key=lambda slot: abs(slot.starts_at - around), reverse=True)
    return {slot.expert_id: slot for slot in farthest_first}
