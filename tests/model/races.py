"""Races: what comes where another has read what it goes by, and is about to write."""

from collections.abc import Awaitable, Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from types import ModuleType
from typing import Any, NamedTuple

import pytest

from domain.store.bookings import claims, rescheduling
from domain.store.experts import publishing
from domain.store.slots import claiming, fullness
from domain.store.waitlist import offers
from tests.model.deeds import FULL, HALF_AN_HOUR_LATER, LIMITED, ONE_TIME, Steps
from tests.model.diary import DONE, KEPT, Deed, Diary, Outcome

SEAMS: list[tuple[ModuleType, str]] = [
    (publishing, "save_hours"),
    (publishing, "carry_out"),
    (fullness, "miscounted"),
    (publishing, "note_planned"),
    (claiming, "hold"),
    (claims, "book_held"),
    (claims, "cancel"),
    (rescheduling, "reschedule"),
    (offers, "change"),
    (offers, "all_or_nothing"),
]
"""What deeds call where they have read, and are about to write."""

Act = Callable[[], Awaitable[Any]]


async def within(first: Act, second: Act, *, at: int) -> tuple[str, Any, Any]:
    """Do one thing, and when it has come to one of its seams another; after it, if it has fewer.

    Returns:
        The seam, or nothing if it has fewer; and what came of both.
    """
    seams: list[str] = []
    came: list[Any] = []

    def parted(name: str, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def waiting(*given: Any, **options: Any) -> Any:
            seams.append(name)
            if len(seams) == at + 1:
                came.append(await second())
            return await call(*given, **options)

        return waiting

    with pytest.MonkeyPatch.context() as patch:
        for module, name in SEAMS:
            patch.setattr(module, name, parted(name, getattr(module, name)))
        done = await first()
    if not came:
        return "", done, await second()
    return seams[at], done, came[0]


class Race(NamedTuple):
    """Two deeds, after some steps; the second comes within the first."""

    steps: Steps
    first: Deed
    second: Deed

    def __str__(self) -> str:
        return f"{self.second} within {self.first}"

    @property
    def turned(self) -> "Race":
        return Race(self.steps, self.second, self.first)


LATER = Deed("change", wants=(("week", HALF_AN_HOUR_LATER),))
ONE = Deed("change", wants=(("week", ONE_TIME),))
NONE = Deed("change", wants=(("week", ()),))
LIMIT = Deed("change", wants=(("most_a_day", 1),))
NOTICE = Deed("change", wants=(("notice", 1_560),))
PUBLISH = Deed("publish")
HOLD, BOOK = Deed("hold", "kim", 3), Deed("book", "kim", 3)
BOOK_OFFER, DECLINE = Deed("book", "ben", KEPT), Deed("release", "ben", KEPT)
LEAVE = Deed("leave", "ben", 1)
RELEASE, ANNOUNCE = Deed("release", "ann", KEPT), Deed("announce", at=1)
CANCEL, MOVE = Deed("cancel"), Deed("move")

CHANGING = ["save_hours", "carry_out", "miscounted", "note_planned"]
SEAMS_OF = {
    **dict.fromkeys([LATER, ONE, NONE, NOTICE], CHANGING),
    LIMIT: ["save_hours", "miscounted", "note_planned"],
    PUBLISH: CHANGING[1:],
    HOLD: ["hold"],
    BOOK: ["hold", "book_held"],
    BOOK_OFFER: ["book_held"],
    RELEASE: ["change"],
    DECLINE: ["all_or_nothing"],
    ANNOUNCE: ["all_or_nothing"],
    CANCEL: ["cancel"],
    MOVE: ["hold", "reschedule"],
}
"""Where each of them is interrupted: a seam that is called no more, or has moved, is missed."""

UNPUBLISHED = [Deed("save", wants=LATER.wants)]
OFFERED: Steps = [*FULL, CANCEL]
LAPSED: Steps = [*OFFERED, timedelta(minutes=10)]
_OF_THE_EXPERT = [
    Race([], LATER, HOLD),
    Race([], LATER, BOOK),
    Race([], LIMIT, BOOK),
    Race([Deed("hold", "ann", 3)], LATER, RELEASE),
    Race(FULL, LATER, CANCEL),
    Race(LIMITED, LATER, CANCEL),
    Race(FULL, NONE, MOVE),
    Race(OFFERED, LATER, BOOK_OFFER),
    Race(OFFERED, NONE, DECLINE),
    Race(LAPSED, LATER, ANNOUNCE),
    Race([NONE], ONE, LATER),
    Race(UNPUBLISHED, PUBLISH, NOTICE),
    Race(UNPUBLISHED, PUBLISH, BOOK),
]
RACES = [
    *_OF_THE_EXPERT,
    *(race.turned for race in _OF_THE_EXPERT),
    Race([*FULL, NONE], ONE, LEAVE),
    Race(UNPUBLISHED, PUBLISH, PUBLISH),
]


def all_ways(diary: Diary, deeds: list[Deed]) -> Iterator[tuple[Diary, list[Outcome]]]:
    """Yield every end that deeds begun at once can come to, whichever goes first."""
    for sequence in _sequences([_stages(deed) for deed in deeds]):
        end = deepcopy(diary)
        outcomes: dict[int, Outcome] = {}
        for n, stage in sequence:
            if outcomes.get(n, DONE) == DONE:
                outcomes[n] = end.run(stage)
        yield end, [outcomes[n] for n in range(len(deeds))]


def _stages(deed: Deed) -> list[Deed]:
    """Return the stages of a deed, between which others may come."""
    match deed.verb:
        case "change":
            return [replace(deed, verb="save"), Deed("plan")]
        case "book" | "move":
            return [replace(deed, verb=f"take_to_{deed.verb}"), deed]
        case _:
            return [deed]


def _sequences(left: list[list[Deed]]) -> Iterator[list[tuple[int, Deed]]]:
    if not any(left):
        yield []
    for n, stages in enumerate(left):
        if stages:
            first, *others = stages
            for sequence in _sequences([*left[:n], others, *left[n + 1 :]]):
                yield [(n, first), *sequence]
