"""Fullness: the unbooked slots of a day or week on which an expert has no session left say so.

Whatever takes or frees a session counts in its own transaction. Nothing is added up: what is taken
is counted anew each time, and two that count at once meet in the expert's document.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from motor.motor_asyncio import AsyncIOMotorClientSession
from pymongo import UpdateOne

from domain.rules.limits import TAKEN, Limits, Week
from domain.rules.slots import SlotState
from domain.store.core.database import Database, Document, Key
from domain.store.core.transactions import GuardLost, all_or_nothing
from domain.store.documents import Expert, Slot
from domain.store.slots.guards import freed, transition

_TAKEN = frozenset(state.value for state in TAKEN)
_FREE = frozenset({SlotState.OPEN.value, SlotState.HELD.value})
LOOKED_UP = ["zone", "hours.limits"]
"""What tells an expert's limits."""
_FIELDS = ["starts_at", "state", "retiring", "full", "rev"]


async def recount(
    database: Database,
    expert_id: Key,
    starts: Iterable[datetime],
    *,
    now: datetime,
    session: AsyncIOMotorClientSession,
    taking: datetime | None = None,
    limits: Limits | None = None,
) -> None:
    """Have the slots of some weeks say whether their day is full; holds on a full day end.

    Args:
        database: Where the slots are.
        expert_id: Whose slots; of an expert without limits nothing is counted.
        starts: Instants in the weeks to count.
        now: The present instant.
        session: The transaction that takes or frees a session.
        taking: When the session begins that the transaction takes, if it takes one.
        limits: The expert's, if the transaction has read them.

    Raises:
        GuardLost: It takes one more than there may be.
    """
    if limits is None:
        limits = await limits_within(database, expert_id, session)
    if limits.are_set:
        await _recount(database, expert_id, limits, starts, now=now, session=session, taking=taking)


async def _recount(
    database: Database,
    expert_id: Key,
    limits: Limits,
    starts: Iterable[datetime],
    *,
    now: datetime,
    session: AsyncIOMotorClientSession,
    taking: datetime | None = None,
) -> None:
    counting = {"$inc": {"tally": 1}}
    await database.collection(Expert).update_one({"_id": expert_id}, counting, session=session)
    for start, end in {limits.week_of(at) for at in starts}:
        found = await _slots_of(database, expert_id, start, end, session)
        week = _week_of(limits, found)
        if taking is not None and start <= taking < end and week.is_over(taking):
            raise GuardLost
        if writes := [_marked(slot, now) for slot in _wrong(week, found)]:
            await database.collection(Slot).bulk_write(writes, session=session)


async def has_room_for(
    database: Database, slot: Slot, limits: Limits, session: AsyncIOMotorClientSession
) -> bool:
    """Say whether a slot that comes free may be taken again, by what else is taken by then."""
    if not limits.are_set:
        return True
    start, end = limits.week_of(slot.starts_at)
    found = await _slots_of(database, slot.expert_id, start, end, session)
    others = (other for other in found if other["_id"] != slot.id)
    return not _week_of(limits, others).is_full(slot.starts_at)


async def miscounted(database: Database, expert: Expert, since: datetime) -> list[datetime]:
    """Return when slots begin that don't say what they should of their day, after an instant."""
    limits = limits_of(expert)
    query: Document = {"expert_id": expert.id, "starts_at": {"$gte": limits.week_of(since)[0]}}
    if not is_limited(expert):
        query["full"] = True  # of an expert without limits nothing is
    cursor = database.collection(Slot).find(query, _FIELDS)
    weeks: dict[datetime, list[Document]] = defaultdict(list)
    async for slot in cursor:
        weeks[limits.week_of(slot["starts_at"])[0]].append(slot)
    return [
        slot["starts_at"]
        for found in weeks.values()
        for slot in _wrong(_week_of(limits, found), found)
    ]


async def correct(
    database: Database, expert_id: Key, starts: Collection[datetime], *, now: datetime
) -> bool:
    """Count some weeks anew, after limits or the zone have changed; say whether it was done.

    Raises:
        Refusal: BUSY.
    """

    async def work(session: AsyncIOMotorClientSession) -> None:
        limits = await limits_within(database, expert_id, session)
        await _recount(database, expert_id, limits, starts, now=now, session=session)

    return await all_or_nothing(database, work, now=now, turn=expert_id)


def is_limited(expert: Expert) -> bool:
    """Say whether an expert has a most of sessions. Unlike their limits, it needs no zone."""
    limits = expert.hours.limits
    return limits.most_a_day is not None or limits.most_a_week is not None


def limits_of(expert: Expert) -> Limits:
    """Return how many sessions an expert has at most."""
    limits = expert.hours.limits
    return Limits(ZoneInfo(expert.zone), limits.most_a_day, limits.most_a_week)


async def limits_within(
    database: Database, expert_id: Key, session: AsyncIOMotorClientSession
) -> Limits:
    """Return how many sessions an expert has at most, as a transaction sees it."""
    experts = database.collection(Expert)
    found = await experts.find_one({"_id": expert_id}, LOOKED_UP, session=session)
    return limits_in(found) if found else Limits(ZoneInfo("UTC"))


def limits_in(expert: Document) -> Limits:
    """Return an expert's limits from a document that has the fields `LOOKED_UP`."""
    kept = expert["hours"]["limits"]
    return Limits(ZoneInfo(expert["zone"]), kept["most_a_day"], kept["most_a_week"])


async def _slots_of(
    database: Database,
    expert_id: Key,
    start: datetime,
    end: datetime,
    session: AsyncIOMotorClientSession,
) -> list[Document]:
    query = {"expert_id": expert_id, "starts_at": {"$gte": start, "$lt": end}}
    cursor = database.collection(Slot).find(query, _FIELDS, session=session)
    return [document async for document in cursor]


def _week_of(limits: Limits, slots: Iterable[Document]) -> Week:
    """Count what is taken of the slots of one week."""
    return Week.of(limits, (slot["starts_at"] for slot in slots if slot["state"] in _TAKEN))


def _wrong(week: Week, slots: Iterable[Document]) -> Sequence[Document]:
    """Return the slots that nobody has booked and that don't say whether their day is full."""
    return [
        slot
        for slot in slots
        if slot["state"] in _FREE and slot["full"] is not week.is_full(slot["starts_at"])
    ]


def _marked(slot: Document, now: datetime) -> UpdateOne:
    as_read = {"_id": slot["_id"], "rev": slot["rev"]}
    fields: dict[str, Any] = {"full": not slot["full"]}
    # A hold on a full day is for rescheduling within it, and outlasts its fullness.
    if slot["state"] == SlotState.OPEN.value or slot["full"]:
        return UpdateOne(as_read, transition(now, **fields))
    update = freed(now, retiring=slot["retiring"])
    if not slot["retiring"]:
        update["$set"] |= fields
    return UpdateOne(as_read, update)
