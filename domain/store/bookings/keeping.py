"""Keeping free times for a displaced booking: nobody else can take them then.

Its own expert's times come first. Those of stand-ins fill up.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from motor.motor_asyncio import AsyncIOMotorClientSession
from odmantic import ObjectId

from domain.rules.absences import keeper_of, kept_until
from domain.rules.slots import SlotState, length_of
from domain.rules.stand_ins import Equivalent, languages_shared
from domain.store.bookings import reading as bookings
from domain.store.core.database import Database, Document, Key
from domain.store.documents import Booking, Expert, Slot
from domain.store.documents.absences import Absence, KeptTime
from domain.store.experts import reading as experts
from domain.store.slots import fullness
from domain.store.slots.claiming import nearest_free
from domain.store.slots.guards import free_guard, transition

_CANDIDATES = 12
"""How many of the nearest free slots are tried: some are on full days, or just being taken."""
_STAND_INS = 100
_A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Candidate:
    """A free slot that may be kept for a booking."""

    slot: Slot
    price_minor: int | None = None
    """What it costs where it is a stand-in's; None: it is the booking's own expert's."""


@dataclass(frozen=True)
class Choice:
    """The slots that may be kept for a booking, the best first."""

    booking: Booking
    candidates: Sequence[Candidate]
    offers_for: timedelta
    now: datetime


async def choice_for(
    database: Database, absence: Absence, booking: Booking, now: datetime
) -> Choice:
    """Return what a booking's attendee may be offered: free times as long as the session.

    Times at which the attendee's browser has booked another session are left out.
    """
    own = [Candidate(slot) for slot in await _nearest(database, booking, [booking.expert_id], now)]
    candidates = [*own, *await _of_stand_ins(database, booking, now)]
    free = await _without_overlaps(database, booking, candidates)
    return Choice(booking, free, timedelta(hours=absence.offer_hours), now)


async def _of_stand_ins(database: Database, booking: Booking, now: datetime) -> list[Candidate]:
    expert = await experts.find(database, booking.expert_id)
    if expert is None:
        return []
    found = await experts.stand_ins(database, _equivalent(booking, expert), limit=_STAND_INS)
    prices = {one.id: one.price_minor for one in found if one.id != expert.id}
    slots = await _nearest(database, booking, [*prices], now) if prices else []
    return [Candidate(slot, prices[slot.expert_id]) for slot in slots]


def _equivalent(booking: Booking, expert: Expert) -> Equivalent:
    return Equivalent(
        category=expert.category,
        languages=languages_shared(expert.languages, booking.attendee.language),
        minutes=length_of(booking) // _A_MINUTE,
        most_minor=booking.agreed.price_minor,
        currency=booking.agreed.currency,
    )


async def _nearest(
    database: Database, booking: Booking, expert_ids: Sequence[Key], now: datetime
) -> list[Slot]:
    """Return free slots as long as the session, those nearest to it first.

    A lapsed hold is not among them: the line comes before.
    """
    at, length = booking.starts_at, length_of(booking)
    near = await nearest_free(database, expert_ids, at, now, limit=_CANDIDATES)
    alike = [one for one in near if one.state is SlotState.OPEN and length_of(one) == length]
    return sorted(alike, key=lambda slot: abs(slot.starts_at - at))


async def _without_overlaps(
    database: Database, booking: Booking, candidates: Sequence[Candidate]
) -> list[Candidate]:
    """Leave out what overlaps another session of the attendee's.

    Only the browser that booked counts, as when someone is asked about an overlap: what others
    booked under the same address is nothing that an offer may give away.
    """
    if not candidates:
        return []
    start = min(one.slot.starts_at for one in candidates)
    end = max(one.slot.ends_at for one in candidates)
    booked = await bookings.overlapping(database, booking.address, start, end)
    its_own = (booking.visitor_id, False)
    others = [
        other
        for other in booked
        if (other.visitor_id, other.is_displaced) == its_own and other.id != booking.id
    ]
    return [
        one
        for one in candidates
        if not any(
            other.starts_at < one.slot.ends_at and one.slot.starts_at < other.ends_at
            for other in others
        )
    ]


async def keep(
    database: Database, choice: Choice, most: int, session: AsyncIOMotorClientSession
) -> list[KeptTime]:
    """Keep the best slots that are still free, on days that have a session left."""
    kept: list[KeptTime] = []
    starts: dict[Key, list[datetime]] = defaultdict(list)
    for candidate in choice.candidates:
        if len(kept) == most:
            break
        if time := await _keep(database, choice, candidate, session):
            kept.append(time)
            starts[candidate.slot.expert_id].append(candidate.slot.starts_at)
    for expert_id, taken in starts.items():
        await fullness.recount(database, expert_id, taken, now=choice.now, session=session)
    return kept


async def _keep(
    database: Database, choice: Choice, candidate: Candidate, session: AsyncIOMotorClientSession
) -> KeptTime | None:
    """Keep a slot, unless it was taken or its day has filled up meanwhile."""
    slot, now = candidate.slot, choice.now
    limits = await fullness.limits_within(database, slot.expert_id, session)
    if not await fullness.has_room_for(database, slot, limits, session):
        return None
    until = kept_until(slot.closes_at, choice.offers_for, now)
    guard: Document = {**free_guard(now), **database.clock.in_time(now)}
    kept = transition(
        now,
        state=SlotState.OFFERED.value,
        held_by=keeper_of(choice.booking.id),
        held_since=now,
        held_until=until,
        full=False,
    )
    still_free = {**guard, "_id": slot.id, "state": SlotState.OPEN.value}
    done = await database.collection(Slot).update_one(still_free, kept, session=session)
    if not done.modified_count:
        return None
    return _kept_time(candidate, until)


def _kept_time(candidate: Candidate, until: datetime) -> KeptTime:
    slot, price = candidate.slot, candidate.price_minor
    return KeptTime(
        slot_id=ObjectId(slot.id),
        until=until,
        stand_in_id=None if price is None else ObjectId(slot.expert_id),
        price_minor=price,
    )
