"""The waitlist: a place in line for a full day, and the offers that come of it.

Offers are made where slots come free, in `domain.store.waitlist.offers`; here people join, take
and leave.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain import asking
from domain.bookings import normal_address
from domain.holds import slot_to_claim
from domain.rules.errors import Code, Refusal
from domain.rules.rates import Asker
from domain.rules.schedule import FAR
from domain.store.core.database import Database, Key
from domain.store.documents import Expert, Slot
from domain.store.documents.waits import Wait, WaitState
from domain.store.slots import claiming as slots
from domain.store.waitlist import entries as waitlist
from domain.store.waitlist import offers

_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Line:
    """Whoever waits for an expert's times that start in `[starts_at, ends_at)`, in UTC."""

    expert: Expert
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Person:
    """Whoever asks for a place: where to reach them, and in which browser they look."""

    email: str
    visitor_id: str
    asker: Asker
    zone: str
    language: str


@dataclass(frozen=True)
class Standing:
    """How a browser stands in an expert's lines."""

    places: Sequence[Wait] = ()
    offer: Slot | None = None
    """The time that is kept for it for the moment."""

    def waits_for(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Say whether it waits for times that start in a span of instants."""
        return any(
            place.state is WaitState.WAITING
            and place.starts_at < ends_at
            and starts_at < place.ends_at
            for place in self.places
        )


async def standing(
    database: Database, expert: Expert, visitor_id: str, *, now: datetime
) -> Standing:
    """Return how a browser stands in an expert's lines."""
    places = await waitlist.of_visitor(database, visitor_id, expert.id)
    for place in places:
        if slot := await offered_slot(database, place, now=now):
            return Standing(places, slot)
    return Standing(places)


async def join(database: Database, line: Line, person: Person, *, now: datetime) -> None:
    """Join the waitlist behind all others. Joining twice is joining once, and is not told apart.

    A time that comes free at the very moment, before the place is kept, is everybody's: it shows on
    the page to which the person returns.

    Raises:
        Refusal: DAY_OVER; DAY_TOO_FAR; DAY_NOT_FULL, while a time is free; TOO_MANY_WAITS; BUSY.
    """
    if line.ends_at <= now:
        raise Refusal(Code.DAY_OVER)
    if line.starts_at > now + FAR + _A_DAY:  # days are not all as long
        raise Refusal(Code.DAY_TOO_FAR)
    if await slots.free_starts(database, line.expert.id, line.starts_at, line.ends_at, now):
        raise Refusal(Code.DAY_NOT_FULL)
    await asking.count_place(database, person.asker, now=now)
    wait = _new_place(line, person, now)
    # A refusal would tell a stranger who waits.
    is_told = await asking.count_letter(database, person.asker, wait.address, now=now)
    await waitlist.join(database, wait, is_told=is_told, now=now)


def _new_place(line: Line, person: Person, now: datetime) -> Wait:
    return Wait(
        id=Key(),
        key=secrets.token_urlsafe(24),
        expert_id=line.expert.id,
        starts_at=line.starts_at,
        ends_at=line.ends_at,
        address=normal_address(person.email),
        visitor_id=person.visitor_id,
        zone=person.zone,
        language=person.language,
        joined_at=now,
    )


async def find(database: Database, key: str, *, now: datetime) -> Wait:
    """Return a place in line by the key that its mails carry.

    Raises:
        Refusal: WAIT_GONE, when it was left, taken, or passed on, or its day is over.
    """
    wait = await waitlist.find(database, key)
    if wait is None or wait.ends_at <= now:
        raise Refusal(Code.WAIT_GONE)
    return wait


def is_offered(wait: Wait, now: datetime) -> bool:
    """Say whether a time is kept for this place in line at `now`."""
    return wait.offered_until is not None and now < wait.offered_until


async def offered_slot(database: Database, wait: Wait, *, now: datetime) -> Slot | None:
    """Return the time that is kept for a place in line at `now`, or None."""
    if wait.slot_id is None or not is_offered(wait, now):
        return None
    return await slots.find(database, wait.slot_id)


async def take(database: Database, key: str, visitor_id: str, *, now: datetime) -> Slot:
    """Hold what was offered in the browser in which the mailed link was used.

    Only whoever reads the address's mail can: its other places in that line end by it.

    Raises:
        Refusal: WAIT_GONE; OFFER_GONE, when nothing is offered any more or yet; BUSY.
    """
    wait = await find(database, key, now=now)
    if wait.slot_id is None or not is_offered(wait, now):
        raise Refusal(Code.OFFER_GONE)
    if not await offers.take_over(database, wait, visitor_id, now=now):
        raise Refusal(Code.OFFER_GONE)
    return await slot_to_claim(database, wait.slot_id)


async def leave_line(database: Database, line: Line, visitor_id: str, *, now: datetime) -> None:
    """Give up the places that a browser has in a line.

    Raises:
        Refusal: BUSY.
    """
    for place in await waitlist.of_visitor(database, visitor_id, line.expert.id):
        if place.starts_at < line.ends_at and line.starts_at < place.ends_at:
            await leave(database, place, now=now)


async def leave(database: Database, wait: Wait, *, now: datetime) -> None:
    """Give up a place in line, and what it was offered. Leaving twice is leaving once.

    Raises:
        Refusal: BUSY.
    """
    if wait.state is WaitState.WAITING and await waitlist.leave(database, wait):
        return
    current = await waitlist.find(database, wait.key)
    if current is not None and current.state is WaitState.OFFERED:
        await offers.end(database, current, now=now)
