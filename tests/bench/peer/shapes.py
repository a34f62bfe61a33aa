"""What another program's JSON may look like.

A page of experts is a list of objects with `_id` or `id`. It stands bare or under `data`, `experts`
or `items`.

One expert is an object, bare or under `data` or `expert`. Inside or beside it is a list under
`slots`, `timeSlots`, `availableSlots` or `availability`. Its items are days or times:

- a day has a `date`, and under `slots` or `times` its times, which may be plain: "10:00";
- a time has a `date`, unless its day has it, and a `time`, `timeSlot`, `slot` or `startTime`.

A time is free unless `isBooked` or `booked` is true, or `isAvailable` or `available` is false.
Dates begin with YYYY-MM-DD. A time may have an `_id` or `id` of its own.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NoReturn

from web.console import Trouble

IDS = ("_id", "id")
LISTS = ("experts", "items", "data")
SLOTS = ("slots", "timeSlots", "availableSlots", "availability")
ENVELOPES = ("expert", "data")
TIMES = ("time", "timeSlot", "slot", "startTime")
_SHOWN = 120


@dataclass(frozen=True)
class PeerTime:
    """A free time of another program's."""

    expert: str
    date: str
    time: str
    slot: str = ""
    """Its own id, where it has one."""


def experts_in(answer: Any) -> Sequence[str]:
    """Return the ids of the experts on a page."""
    found = _list_in(answer, LISTS) or _refuse("GET /api/experts", "experts", answer)
    ids = [_first(expert, IDS) for expert in found]
    return [str(known or _refuse("GET /api/experts", "ids of experts", answer)) for known in ids]


def free_times_in(answer: Any, expert: str) -> Sequence[PeerTime]:
    """Return the free times of one expert, which may be none."""
    found = _list_in(answer, (*SLOTS, *ENVELOPES))
    if found is None:
        _refuse("GET /api/experts/:id", "a list of times", answer)
    return [time for item in found for time in _free_times(item, expert, "")]


def _free_times(item: Any, expert: str, day: str) -> Iterator[PeerTime]:
    item = {"time": item} if isinstance(item, str) else item
    within = _first(item, ("slots", "times"))
    day = str(_first(item, ("date",)) or day)[:10]
    if isinstance(within, list):
        for one in within:
            yield from _free_times(one, expert, day)
    elif not _is_taken(item):
        time = _first(item, TIMES)
        if not time or not _is_date(day):
            _refuse("GET /api/experts/:id", "a date and a time", item)
        yield PeerTime(expert, day, str(time), str(_first(item, IDS) or ""))


def _is_taken(item: Any) -> bool:
    available = _first(item, ("isAvailable", "available"))
    return bool(_first(item, ("isBooked", "booked"))) or available is False


def _is_date(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _first(item: Any, names: Sequence[str]) -> Any:
    """Return what an object has under the first of some names, or None."""
    return next((item[n] for n in names if n in item), None) if isinstance(item, dict) else None


def _list_in(answer: Any, names: Sequence[str]) -> Sequence[Any] | None:
    """Return the list that an answer is, or has under one of these names, however deep."""
    if isinstance(answer, list):
        return answer
    within = [answer[name] for name in names if name in answer] if isinstance(answer, dict) else []
    return next((found for one in within if (found := _list_in(one, names)) is not None), None)


def _refuse(asked: str, wanted: str, answer: Any) -> NoReturn:
    shown = json.dumps(answer, ensure_ascii=False)[:_SHOWN]
    raise Trouble(f"The peer's {asked} has no {wanted} that can be read, in {shown}")
