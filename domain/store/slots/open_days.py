"""Open days: everybody's claimable times of one day in memory, and who is free in a window."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from domain.rules.instants import NEVER
from domain.rules.slots import CLAIMABLE, SlotState, is_free
from domain.rules.windows import Window
from domain.store.core.database import Document, Key

_A_MOMENT = timedelta(seconds=5)
_AT_ONCE = 100
"""How many experts are looked at in one turn of the loop: some milliseconds."""


class Opening(NamedTuple):
    """A slot that is free, or can become so by the clock alone: as little of it as that takes."""

    slot_id: Key
    expert_id: Key
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime
    closes_at: datetime
    held_until: datetime
    state: SlotState
    retiring: bool
    full: bool
    rev: int


def opening_of(document: Document) -> Opening:
    """Make an opening of a slot's document, or of what a projection leaves of it."""
    return Opening(
        document["_id"],
        document["expert_id"],
        document["starts_at"],
        document["ends_at"],
        document["opens_at"],
        document["closes_at"],
        document["held_until"],
        SlotState(document["state"]),
        document["retiring"],
        document["full"],
        document["rev"],
    )


class OpenDay:
    """The openings of all experts on one day of UTC, by expert.

    It hears of changes before it is read, in their order; an older read does not undo them.
    """

    def __init__(self) -> None:
        self.size = 0
        """How many openings there are."""
        self._openings: dict[Key, dict[Key, Opening]] = defaultdict(dict)
        self._gone: dict[Key, int] | None = {}
        """The `rev` with which slots were taken while the day is read; None once it is."""

    def read(self, found: Iterable[Opening]) -> None:
        """Take over some of what the database says, unless a change has said something newer."""
        for opening in found:
            self.change(opening)

    def has_been_read(self) -> None:
        """Note that all of it was taken over."""
        self._gone = None

    def change(self, slot: Opening) -> None:
        """Take over what has become of a slot, unless something newer is known."""
        openings = self._openings[slot.expert_id]
        known = openings[slot.slot_id].rev if slot.slot_id in openings else 0
        if slot.rev < max(known, self._gone.get(slot.slot_id, 0) if self._gone else 0):
            return
        before = len(openings)
        if slot.state in CLAIMABLE:
            openings[slot.slot_id] = slot
            self.size += len(openings) - before
            return
        openings.pop(slot.slot_id, None)
        self.size += len(openings) - before
        if self._gone is not None:
            self._gone[slot.slot_id] = slot.rev

    def experts(self) -> Iterable[Key]:
        """Return whose times are here."""
        return self._openings.keys()

    def of(self, expert_id: Key) -> Iterable[Opening]:
        """Return an expert's openings, in no order."""
        return self._openings[expert_id].values() if expert_id in self._openings else ()


class Vacancies:
    """Who is free in a window, and when: looked at anew only where something has changed.

    A change says whom to look at again, and so does the clock, at the next instant at which a time
    of theirs opens, closes, or is no longer held.
    """

    def __init__(self, window: Window, days: Sequence[OpenDay]) -> None:
        self.window = window
        self.days = days
        self.edition = object()
        """Gives way to another when who is free may have changed, as of the last answer."""
        self._free: dict[Key, Sequence[Opening]] = {}
        self._turns: dict[Key, datetime] = {}
        self._next_turn = NEVER
        self._changed: set[Key] = set()
        self._as_of = NEVER

    def note(self, expert_id: Key) -> None:
        """Look at an expert again before the next answer."""
        self._changed.add(expert_id)

    def at(self, now: datetime) -> Mapping[Key, Sequence[Opening]]:
        """Return everybody who is free in the window at `now`, with those times in order.

        A question that is up to some seconds older than the last answer gets that answer: requests
        take their instant when they arrive, and come here in any order.
        """
        if self._as_of - _A_MOMENT < now:
            now = max(now, self._as_of)
        if experts := self._to_look_at(now):
            self._free = dict(self._free)  # a caller keeps the former answer
            for expert_id in experts:
                self._look_at(expert_id, now)
            self._have_looked()
        self._changed, self._as_of = set(), now
        return self._free

    async def begin(self, now: datetime) -> None:
        """Look at everybody as of `now`, a few at a time: thousands of them hold up nobody else.

        Changes that come meanwhile are noted as usual.
        """
        experts = self._everybody()
        for first in range(0, len(experts), _AT_ONCE):
            for expert_id in experts[first : first + _AT_ONCE]:
                self._look_at(expert_id, now)
            await asyncio.sleep(0)
        self._have_looked()
        self._as_of = now

    def _have_looked(self) -> None:
        self._next_turn = min(self._turns.values(), default=NEVER)
        self.edition = object()

    def _everybody(self) -> Sequence[Key]:
        return list({expert_id for day in self.days for expert_id in day.experts()})

    def _to_look_at(self, now: datetime) -> Collection[Key]:
        if now < self._as_of:  # a clock that was put back
            return self._everybody()
        if now < self._next_turn:
            return self._changed
        return self._changed | {key for key, turn in self._turns.items() if turn <= now}

    def _look_at(self, expert_id: Key, now: datetime) -> None:
        within = [
            opening
            for day in self.days
            for opening in day.of(expert_id)
            if self.window.holds(opening.starts_at, opening.ends_at)
        ]
        free = [opening for opening in within if is_free(opening, now)]
        turns = [turn for opening in within for turn in _turns(opening) if turn > now]
        self._free.pop(expert_id, None)
        self._turns.pop(expert_id, None)
        if free:
            self._free[expert_id] = sorted(free, key=lambda opening: opening.starts_at)
        if turns:
            self._turns[expert_id] = min(turns)


def _turns(opening: Opening) -> tuple[datetime, ...]:
    """Return the instants at which the clock alone may change whether it is free."""
    return opening.opens_at, opening.closes_at, opening.held_until
