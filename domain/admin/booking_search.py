"""Searching all bookings, for administrators: what they typed, and the page of it."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.booking.bookings import normal_address
from domain.rules import schedule
from domain.rules.words import terms
from domain.store import attention
from domain.store.bookings import searching, words
from domain.store.bookings.searching import BookingState, Place, Wanted
from domain.store.core.database import Database, Key
from domain.store.documents import Booking, Expert
from domain.store.experts import reading as experts

PAGE_SIZE = 50
MAX_WORDS = 6
"""Words of a search that count."""
_LOOK_BACK = timedelta(days=1)
"""How long after an erasure by an older process what it left behind is looked for."""
_AT_ONCE = 500
"""How many bookings of an export are read at once: few enough to be read in time."""


@dataclass(frozen=True)
class BookingSearch:
    """What an administrator asked for. Any text is fine: it is folded and matched as it stands."""

    zone: ZoneInfo
    """Where its days are."""
    q: str = ""
    """Beginnings of words of the attendee's name or address, or of the reference."""
    expert: str = ""
    """A name in the address of an expert's page, or beginnings of an expert's names."""
    category: str = ""
    first: date | None = None
    """It starts on this day or later, and on `last` or earlier."""
    last: date | None = None
    state: BookingState | None = None
    latest_first: bool = True
    behind: Place | None = None
    """Where the page begins; None: with the first booking."""


@dataclass(frozen=True)
class FoundBookings:
    """A page of bookings, with their experts."""

    bookings: Sequence[Booking]
    experts: Mapping[Key, Expert]
    """Theirs, by key; one who was removed is not there."""
    further: Place | None
    """Where the next page begins; None on the last one."""


async def page_of(database: Database, search: BookingSearch, *, now: datetime) -> FoundBookings:
    """Return the bookings of a page, in order of their start."""
    wanted = await _wanted(database, search, now)
    return await _page(database, search, wanted, PAGE_SIZE, now)


async def all_of(
    database: Database, search: BookingSearch, *, now: datetime
) -> AsyncIterator[FoundBookings]:
    """Yield all bookings of a search part by part; no more than one part is in memory."""
    wanted = await _wanted(database, search, now)
    place, is_first = search.behind, True
    while is_first or place is not None:
        part = await _page(database, replace(search, behind=place), wanted, _AT_ONCE, now)
        yield part
        place, is_first = part.further, False


async def _page(
    database: Database, search: BookingSearch, wanted: Wanted, size: int, now: datetime
) -> FoundBookings:
    found = await searching.found(
        database,
        wanted,
        behind=search.behind,
        latest_first=search.latest_first,
        limit=size + 1,
        now=now,
    )
    shown = found[:size]
    theirs = await experts.find_many(database, [*{booking.expert_id for booking in shown}])
    further = Place(shown[-1].starts_at, shown[-1].id) if len(found) > size else None
    return FoundBookings(shown, theirs, further)


async def _wanted(database: Database, search: BookingSearch, now: datetime) -> Wanted:
    is_outside = search.state is BookingState.OUTSIDE_HOURS
    typed = search.q.split()
    addresses = [normal_address(text) for text in typed if "@" in text]
    folded = terms(*(text for text in typed if "@" not in text))
    return Wanted(
        words=folded[:MAX_WORDS],
        addresses=addresses[:MAX_WORDS],
        expert_ids=await _expert_ids(database, search),
        start=schedule.start_of(search.first, search.zone) if search.first else None,
        end=_end_of(search.last, search.zone) if search.last else None,
        state=search.state,
        keys=await attention.bookings_outside_hours(database, now) if is_outside else None,
    )


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return schedule.start_of(day + timedelta(days=1), zone)


async def _expert_ids(database: Database, search: BookingSearch) -> Collection[Key] | None:
    """Return whose bookings are asked for; None for everybody's."""
    if not (search.expert or search.category):
        return None
    return await keys_of_experts(database, search.expert, category=search.category)


async def keys_of_experts(database: Database, text: str, *, category: str = "") -> list[Key]:
    """Return the keys of the experts whom a text means, listed or not.

    Who has, or had, it in the address of their page is meant alone; else it is everyone whose names
    begin with its words. An empty text means all of a category.
    """
    named = await experts.find_by_slug(database, text) if text else None
    if named is None:
        return await experts.keys_called(database, terms(text), category=category)
    return [named.id] if category in {"", named.category} else []


async def keep_up(database: Database, *, now: datetime) -> None:
    """Have bookings found by their words that older processes made or erased beside us."""
    while await words.add_missing(database):
        pass
    await words.remove_of_erased(database, since=now - _LOOK_BACK)
