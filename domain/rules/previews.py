"""Previews: the times that visitors would find once a plan was carried out."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from domain.rules.limits import TAKEN, Limits, Week
from domain.rules.plan import CLAIMED, Plan, PlannedFacts, Target, as_it_is
from domain.rules.slots import SlotState

S = TypeVar("S", bound=PlannedFacts)


@dataclass(frozen=True)
class ForeseenTime:
    """A time as visitors would find it. Instants are aware and in UTC."""

    starts_at: datetime
    ends_at: datetime
    is_free: bool
    is_new: bool = False
    """Whether visitors don't find it now."""


class _Weeks:
    """The weeks of some slots, with what is taken of each."""

    def __init__(self, limits: Limits, slots: Sequence[PlannedFacts]) -> None:
        self._limits = limits
        taken: dict[datetime, list[datetime]] = defaultdict(list)
        for slot in slots:
            if slot.state in TAKEN and limits.are_set:
                taken[limits.week_of(slot.starts_at)[0]].append(slot.starts_at)
        self._weeks = {start: Week.of(limits, starts) for start, starts in taken.items()}

    def are_full(self, starts_at: datetime) -> bool:
        """Say whether nothing more may be booked on an instant's day."""
        if not self._weeks:
            return False
        week = self._weeks.get(self._limits.week_of(starts_at)[0])
        return week is not None and week.is_full(starts_at)


def foresee(plan: Plan[S], slots: Sequence[S], limits: Limits, now: datetime) -> list[ForeseenTime]:
    """Return the times that visitors would find at `now` with a plan carried out, by their start.

    Args:
        plan: What would become of the slots.
        slots: Those that the plan was made for, and the earlier ones of the present week.
        limits: How many sessions there would be at most: the times of a full day are not free.
        now: The present instant.
    """
    weeks = _Weeks(limits, slots)
    new = [*plan.add, *(move.target for move in plan.reopen)]
    found = [
        *(_foreseen(target, weeks, is_new=True) for target in new if _is_open(target, now)),
        *(_foreseen(target, weeks) for target in _kept(plan, slots) if _is_open(target, now)),
        *(
            ForeseenTime(slot.starts_at, slot.ends_at, is_free=False)
            for slot in slots
            if slot.state in CLAIMED and slot.starts_at > now
        ),
    ]
    return sorted(found, key=lambda time: time.starts_at)


def _kept(plan: Plan[S], slots: Sequence[S]) -> Iterator[Target]:
    """Yield what open slots would be that stay open. Of one expert, no two start together."""
    withdrawn = {slot.starts_at for slot in plan.withdraw}
    changed = {move.slot.starts_at: move.target for move in plan.change}
    for slot in slots:
        if slot.state is SlotState.OPEN and slot.starts_at not in withdrawn:
            yield changed.get(slot.starts_at, as_it_is(slot))


def _is_open(target: Target, now: datetime) -> bool:
    return target.opens_at <= now < target.closes_at


def _foreseen(target: Target, weeks: _Weeks, *, is_new: bool = False) -> ForeseenTime:
    is_free = not weeks.are_full(target.starts_at)
    return ForeseenTime(target.starts_at, target.ends_at, is_free=is_free, is_new=is_new)
