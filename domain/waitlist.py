"""The waitlist: an entry for a full day, and the offers that come of it.

Offers are made where slots come free, in `domain.store.waitlist.offers`; here people join, take
and leave.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain import asking
from domain.booking.bookings import normal_address
from domain.booking.holds import slot_to_claim
from domain.rules.errors import Code, Refusal
from domain.rules.request_limits import Asker
from domain.rules.schedule import FAR
from domain.store.core.database import Database, Key
from domain.store.documents import Expert, Slot
from domain.store.documents.waitlist import EntryState, WaitlistEntry
from domain.store.slots import claiming as slots
from domain.store.waitlist import entries as waitlist
from domain.store.waitlist import offers

_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Line:
    """The waitlist for an expert's times that start in `[starts_at, ends_at)`, in UTC."""

    expert: Expert
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class EntryRequest:
    """A visitor who asks for an entry, and where to reach them."""

    email: str
    visitor_id: str
    asker: Asker
    zone: str
    language: str


@dataclass(frozen=True)
class Standing:
    """A visitor's entries in an expert's lines, and their offer."""

    entries: Sequence[WaitlistEntry] = ()
    offer: Slot | None = None
    """The slot that is offered to them at the moment."""

    def place(self, starts_at: datetime, ends_at: datetime) -> WaitlistEntry | None:
        """Return the entry that waits for times which start in a span of instants, if any.

        Of several it is one whose address is proven, if there is such a one.
        """
        waiting = [
            entry
            for entry in self.entries
            if entry.state is EntryState.WAITING
            and entry.starts_at < ends_at
            and starts_at < entry.ends_at
        ]
        return max(waiting, key=lambda entry: entry.proven, default=None)


async def standing(
    database: Database, expert: Expert, visitor_id: str, *, now: datetime
) -> Standing:
    """Return a visitor's entries in an expert's lines, and their offer."""
    entries = await waitlist.of_visitor(database, visitor_id, expert.id)
    for entry in entries:
        if slot := await offered_slot(database, entry, now=now):
            return Standing(entries, slot)
    return Standing(entries)


async def join(database: Database, line: Line, person: EntryRequest, *, now: datetime) -> None:
    """Join the waitlist. Joining twice is joining once, and is not told apart.

    The entry stands behind all others, but ahead of unproven ones if the browser has proven the
    address.

    A time that comes free at the very moment, before the entry is kept, is everybody's: it shows on
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
    await asking.count_entry(database, person.asker, now=now)
    entry = _new_entry(line, person, now)
    # A refusal would tell a stranger who waits.
    is_told = await asking.count_letter(database, person.asker, entry.address, now=now)
    await waitlist.join(database, entry, is_told=is_told, now=now)


def _new_entry(line: Line, person: EntryRequest, now: datetime) -> WaitlistEntry:
    address = normal_address(person.email)
    return WaitlistEntry(
        id=Key(),
        key=secrets.token_urlsafe(24),
        expert_id=line.expert.id,
        starts_at=line.starts_at,
        ends_at=line.ends_at,
        address=address,
        visitor_id=person.visitor_id,
        zone=person.zone,
        language=person.language,
        joined_at=now,
        proven=address in person.asker.proven,
    )


async def find(database: Database, key: str, *, now: datetime) -> WaitlistEntry:
    """Return an entry by the key that its mails carry.

    Raises:
        Refusal: WAIT_GONE, when it was left, taken, or passed on, or its day is over.
    """
    entry = await waitlist.find(database, key)
    if entry is None or entry.ends_at <= now:
        raise Refusal(Code.WAIT_GONE)
    return entry


async def prove(database: Database, entry: WaitlistEntry) -> None:
    """Move an entry ahead of unproven ones: the reader of its mail has confirmed the address."""
    await waitlist.prove(database, entry)


async def prove_address(database: Database, address: str, visitor_id: str) -> None:
    """Move a browser's entries ahead of unproven ones: it has proven the address they are under."""
    await waitlist.prove_all(database, address, visitor_id)


def is_offered(entry: WaitlistEntry, now: datetime) -> bool:
    """Say whether a time is kept for this entry at `now`."""
    return entry.offered_until is not None and now < entry.offered_until


async def offered_slot(database: Database, entry: WaitlistEntry, *, now: datetime) -> Slot | None:
    """Return the time that is kept for an entry at `now`, or None."""
    if entry.slot_id is None or not is_offered(entry, now):
        return None
    return await slots.find(database, entry.slot_id)


async def take(database: Database, key: str, visitor_id: str, *, now: datetime) -> Slot:
    """Hold what was offered in the browser in which the mailed link was used.

    Only the reader of the address's mail can, so its other entries for that day end.

    Raises:
        Refusal: WAIT_GONE; OFFER_GONE, when nothing is offered any more or yet; BUSY.
    """
    entry = await find(database, key, now=now)
    if entry.slot_id is None or not is_offered(entry, now):
        raise Refusal(Code.OFFER_GONE)
    if not await offers.take_over(database, entry, visitor_id, now=now):
        raise Refusal(Code.OFFER_GONE)
    return await slot_to_claim(database, entry.slot_id)


async def leave_line(database: Database, line: Line, visitor_id: str, *, now: datetime) -> None:
    """Give up the entries that a browser has in a line.

    Raises:
        Refusal: BUSY.
    """
    for entry in await waitlist.of_visitor(database, visitor_id, line.expert.id):
        if entry.starts_at < line.ends_at and line.starts_at < entry.ends_at:
            await leave(database, entry, now=now)


async def leave(database: Database, entry: WaitlistEntry, *, now: datetime) -> None:
    """Give up an entry, and what it was offered. Leaving twice is leaving once.

    Raises:
        Refusal: BUSY.
    """
    if entry.state is EntryState.WAITING and await waitlist.leave(database, entry):
        return
    current = await waitlist.find(database, entry.key)
    if current is not None and current.state is EntryState.OFFERED:
        await offers.end(database, current, now=now)
