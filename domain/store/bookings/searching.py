"""Searching all bookings: by words, experts, days and state, in order of their start.

Each page goes on behind a place, not after a number: a booking that is made meanwhile moves none to
another page. A booking keeps the beginnings of its words, so that an index has those of one
beginning in the order of the list.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pymongo import ASCENDING, DESCENDING

from domain.rules.finding import MOST_LETTERS, kept_of, wanted_of
from domain.rules.slots import LONGEST_SESSION
from domain.store.core.database import Database, Document, Key
from domain.store.documents import Attendance, Attendee, Booking, BookingStatus


class BookingState(StrEnum):
    """What has become of a booking, as lists tell them apart."""

    UPCOMING = "upcoming"
    PAST = "past"
    CANCELLED = "cancelled"
    ATTENDED = "attended"
    MISSED = "missed"
    OUTSIDE_HOURS = "outside-hours"
    """Upcoming, but no longer within its expert's hours: which these are, the slots know."""


@dataclass(frozen=True)
class Place:
    """A place in a list of bookings: right behind the one that starts then and has this key."""

    starts_at: datetime
    key: Key


@dataclass(frozen=True)
class Wanted:
    """What a booking has to match; an empty field matches all."""

    words: Sequence[str] = ()
    """Folded; each of them begins a word of the attendee's name or address, or the reference."""
    addresses: Sequence[str] = ()
    """Beginnings of the attendee's e-mail in lower case."""
    expert_ids: Collection[Key] | None = None
    start: datetime | None = None
    """It starts in `[start, end)`."""
    end: datetime | None = None
    state: BookingState | None = None
    keys: Collection[Key] | None = None
    """It is one of these."""


def words_of(attendee: Attendee, reference: str) -> list[str]:
    """Return what a booking is found by."""
    return kept_of(attendee.name, attendee.email, reference)


async def found(
    database: Database,
    matching: Wanted,
    *,
    behind: Place | None = None,
    latest_first: bool = True,
    limit: int,
    now: datetime,
) -> list[Booking]:
    """Return the bookings that match, in order of their start.

    Args:
        database: Where bookings are kept.
        matching: What they have to match.
        behind: After which place; None for the first ones.
        latest_first: Whether the latest start comes first, else the earliest.
        limit: How many at most.
        now: The instant by which they are upcoming or past.
    """
    parts = [*_conditions(matching, now), *_behind(behind, latest_first=latest_first)]
    order = DESCENDING if latest_first else ASCENDING
    cursor = (
        database.collection(Booking)
        .find({"$and": parts} if parts else {})
        .sort([("starts_at", order), ("_id", order)])
        .limit(limit)
    )
    return [Booking.model_validate_doc(document) async for document in cursor]


def _conditions(matching: Wanted, now: datetime) -> Iterator[Document]:
    for part in wanted_of(matching.words):
        yield {"found_by": part}
    for word in matching.words:
        if len(word) > MOST_LETTERS:
            yield {"found_by": {"$regex": f"^{re.escape(word)}"}}
    for address in matching.addresses:
        yield {"address": {"$regex": f"^{re.escape(address)}"}}
    if matching.expert_ids is not None:
        yield {"expert_id": {"$in": list(matching.expert_ids)}}
    if matching.start is not None:
        yield {"starts_at": {"$gte": matching.start}}
    if matching.end is not None:
        yield {"starts_at": {"$lt": matching.end}}
    if matching.keys is not None:
        yield {"_id": {"$in": list(matching.keys)}}
    if matching.state is not None:
        yield _in_state(matching.state, now)


def _in_state(state: BookingState, now: datetime) -> Document:
    """Match a state; what a booking's end says of its start leads the way in an index."""
    confirmed = {"status": BookingStatus.CONFIRMED.value}
    match state:
        case BookingState.UPCOMING | BookingState.OUTSIDE_HOURS:
            is_ahead = {"ends_at": {"$gt": now}, "starts_at": {"$gt": now - LONGEST_SESSION}}
            return {**confirmed, **is_ahead}
        case BookingState.PAST:
            return {**confirmed, "ends_at": {"$lte": now}, "starts_at": {"$lt": now}}
        case BookingState.CANCELLED:
            return {"status": BookingStatus.CANCELLED.value}
        case BookingState.ATTENDED:
            return {"attendance": Attendance.ATTENDED.value}
        case BookingState.MISSED:
            return {"attendance": Attendance.MISSED.value}


def _behind(place: Place | None, *, latest_first: bool) -> Iterator[Document]:
    """Match what comes behind a place: none that comes earlier, nor one of the same start up to it.

    An `$or` would say the same, but the planner would look for an index for each side of it.
    """
    if place is None:
        return
    further, up_to = ("$lte", "$gte") if latest_first else ("$gte", "$lte")
    yield {"starts_at": {further: place.starts_at}}
    yield {"$nor": [{"starts_at": place.starts_at, "_id": {up_to: place.key}}]}
