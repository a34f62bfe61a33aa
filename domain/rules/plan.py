"""Plans: what has to become of an expert's slots so that they are those that the diary wants."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Generic, NamedTuple, Protocol, TypeVar

from domain.rules import terms as term_rules
from domain.rules.availability import Interval
from domain.rules.instants import NEVER
from domain.rules.slots import LONGEST_SESSION, SlotState
from domain.rules.terms import TermsFacts

CLAIMED = (SlotState.HELD, SlotState.OFFERED, SlotState.BOOKED)
"""States in which a slot is somebody's: no plan touches it."""


class Target(NamedTuple):
    """What a slot is to be: when it is, and from when until when it can be held."""

    starts_at: datetime
    ends_at: datetime
    opens_at: datetime
    closes_at: datetime

    @property
    def interval(self) -> Interval:
        """Return when it is."""
        return Interval(self.starts_at, self.ends_at)


class PlannedFacts(Protocol):
    """The part of a slot that a plan looks at. Instants are aware and in UTC."""

    @property
    def starts_at(self) -> datetime: ...  # noqa: D102 - as they are kept
    @property
    def ends_at(self) -> datetime: ...  # noqa: D102
    @property
    def opens_at(self) -> datetime: ...  # noqa: D102
    @property
    def closes_at(self) -> datetime: ...  # noqa: D102
    @property
    def state(self) -> SlotState: ...  # noqa: D102
    @property
    def retiring(self) -> bool: ...  # noqa: D102


S = TypeVar("S", bound=PlannedFacts)


class Move(NamedTuple, Generic[S]):
    """A slot, and what it becomes."""

    slot: S
    target: Target


@dataclass(frozen=True)
class Plan(Generic[S]):
    """What brings an expert's slots to what the diary wants. Each list is in order of start."""

    add: list[Target] = field(default_factory=list)
    withdraw: list[S] = field(default_factory=list)
    reopen: list[Move[S]] = field(default_factory=list)
    """Withdrawn slots that are wanted again."""
    change: list[Move[S]] = field(default_factory=list)
    """Open slots that stay, with another end or other terms."""
    retire: list[S] = field(default_factory=list)
    """Claimed slots that no longer fit: once nobody has them, they are withdrawn."""
    restore: list[Move[S]] = field(default_factory=list)
    """Claimed slots that fit again, or have other terms by now: these count when they come free."""
    settle: list[S] = field(default_factory=list)
    """Slots that were withdrawn when they came free: nothing more is to be done about them."""


def as_it_is(slot: PlannedFacts) -> Target:
    """Return what a slot already is."""
    return Target(slot.starts_at, slot.ends_at, slot.opens_at, slot.closes_at)


def targets(intervals: Iterable[Interval], terms: TermsFacts, *, now: datetime) -> list[Target]:
    """Return what the slots of intervals that are still to come have to be by an expert's terms."""
    return [
        Target(
            interval.starts_at,
            interval.ends_at,
            term_rules.opens_at(terms, interval.starts_at),
            term_rules.closes_at(terms, interval.starts_at),
        )
        for interval in intervals
        if interval.starts_at > now
    ]


def plan(
    wanted: Sequence[Target], slots: Sequence[S], *, pause: timedelta, now: datetime
) -> Plan[S]:
    """Compare what is wanted with what is there.

    Claimed slots are never touched. Nothing is added or reopened that can no longer be held, nor
    nearer than `pause` to a claimed slot. An open slot that has begun stays, unless it overlaps the
    next one.

    Args:
        wanted: What the slots have to be, in order of start, at least `pause` apart.
        slots: All of the expert's slots that have not begun at `now`, and those claimed ones that
            last beyond it, in order of start; no two that aren't withdrawn overlap.
        pause: What has to lie between two sessions.
        now: The present instant.
    """
    claimed = [slot for slot in slots if slot.state in CLAIMED]
    free = list(_clear_of(claimed, wanted, pause))
    unclaimed = {slot.starts_at: slot for slot in slots if slot.state not in CLAIMED}
    found = Plan[S]()
    for target in free:
        _meet(found, target, unclaimed.pop(target.starts_at, None), now)
    next_at = free[0].starts_at if free else NEVER
    for slot in unclaimed.values():
        if slot.state is SlotState.OPEN and (slot.starts_at > now or slot.ends_at > next_at):
            found.withdraw.append(slot)
        elif slot.retiring:
            found.settle.append(slot)
    _mark(found, claimed, wanted, now)
    return found


def _meet(found: Plan[S], target: Target, slot: S | None, now: datetime) -> None:
    """Note what makes a target of the slot at its start, if it can still be held."""
    if slot is not None and slot.state is SlotState.OPEN:
        if as_it_is(slot) != target:
            found.change.append(Move(slot, target))
    elif target.closes_at <= now:
        if slot is not None and slot.retiring:
            found.settle.append(slot)
    elif slot is None:
        found.add.append(target)
    else:
        found.reopen.append(Move(slot, target))


def _mark(found: Plan[S], claimed: Iterable[S], wanted: Iterable[Target], now: datetime) -> None:
    by_span = {target.interval: target for target in wanted}
    for slot in claimed:
        if slot.starts_at <= now:
            continue
        target = by_span.get(Interval(slot.starts_at, slot.ends_at))
        if target is None and not slot.retiring:
            found.retire.append(slot)
        elif target is not None and (slot.retiring or as_it_is(slot) != target):
            found.restore.append(Move(slot, target))


def _clear_of(
    claimed: Sequence[PlannedFacts], wanted: Sequence[Target], pause: timedelta
) -> Iterable[Target]:
    """Yield the targets that are nobody's, and at least a pause away from what is somebody's."""
    starts = [slot.starts_at for slot in claimed]
    for target in wanted:
        first = bisect_left(starts, target.starts_at - LONGEST_SESSION - pause)
        last = bisect_right(starts, target.ends_at + pause)
        near = (Interval(slot.starts_at, slot.ends_at) for slot in claimed[first:last])
        if not any(target.interval.meets(other, pause) for other in near):
            yield target


def parts(whole: Plan[S], *, most: int) -> Iterator[Plan[S]]:
    """Cut a plan into parts to be carried out one after the other, each in one transaction.

    What is withdrawn and what is published in its place are never apart.

    Args:
        whole: The plan.
        most: Of how many steps a part is made, unless more of them overlap.
    """
    part, count, reach = Plan[S](), 0, datetime.min.replace(tzinfo=UTC)
    for starts_at, ends_at, kind, step in sorted(_steps(whole), key=lambda step: step[0]):
        if count >= most and starts_at >= reach:
            yield part
            part, count = Plan[S](), 0
        getattr(part, kind).append(step)
        count, reach = count + 1, max(reach, ends_at)
    if count:
        yield part


def _steps(whole: Plan[S]) -> Iterator[tuple[datetime, datetime, str, object]]:
    """Yield each step with the span that it is about, and the list that it is from."""
    for kind, steps in vars(whole).items():
        for step in steps:
            if isinstance(step, Move):
                last = max(step.slot.ends_at, step.target.ends_at)
                yield step.target.starts_at, last, kind, step
            else:
                yield step.starts_at, step.ends_at, kind, step
