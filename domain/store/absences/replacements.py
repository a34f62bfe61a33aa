"""Replacements: what attendees of displaced sessions are asked and offered, and their answers.

A replacement lists exactly the slots that are OFFERED and `held_by` its booking: both change in
one transaction.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from motor.motor_asyncio import AsyncIOMotorClientSession
from odmantic.query import asc, desc

from domain.rules.absences import keeper_of
from domain.rules.slots import SlotState
from domain.store.core.database import Database, Document, Key
from domain.store.core.transactions import GuardLost, all_or_nothing, expect_one
from domain.store.documents.absences import KeptTime, Replacement, ReplacementState
from domain.store.waitlist import offers

_CAN_BE_ANSWERED = [ReplacementState.ASKED.value, ReplacementState.UNANSWERED.value]


async def latest(database: Database, booking_id: Key) -> Replacement | None:
    """Return what a booking's attendee was asked last, answered or not."""
    query = {"booking_id": booking_id}
    return await database.engine.find_one(Replacement, query, sort=desc(Replacement.asked_at))


async def of_absence(database: Database, absence_id: Key) -> list[Replacement]:
    """Return an absence's replacements, in order of their sessions."""
    query = {"absence_id": absence_id}
    return await database.engine.find(Replacement, query, sort=asc(Replacement.starts_at))


async def with_offers(database: Database, slot_ids: Collection[Key]) -> list[Replacement]:
    """Return the replacements that offer any of these slots."""
    query = {"offers.slot_id": {"$in": list(slot_ids)}}
    return await database.engine.find(Replacement, query)


async def lapsed(database: Database, now: datetime, *, limit: int) -> list[Replacement]:
    """Return replacements with an offer that has ended by `now`."""
    return await database.engine.find(Replacement, {"offers.until": {"$lte": now}}, limit=limit)


async def overdue(database: Database, now: datetime, *, limit: int) -> list[Replacement]:
    """Return unanswered replacements whose session should have begun by `now`."""
    query = {"state": ReplacementState.ASKED.value, "starts_at": {"$lte": now}}
    return await database.engine.find(
        Replacement, query, sort=asc(Replacement.starts_at), limit=limit
    )


async def answer(
    database: Database,
    booking_id: Key,
    outcome: ReplacementState,
    *,
    taken: Key | None = None,
    now: datetime,
    session: AsyncIOMotorClientSession,
) -> None:
    """Record the answer if a booking's attendee was asked, and free the slots kept for it.

    If nobody answered, its offers stay.

    Args:
        database: Where replacements are kept.
        booking_id: Which booking.
        outcome: What becomes of it.
        taken: The slot that the booking takes: it is booked already.
        now: The present instant.
        session: The transaction that changes the booking.

    Raises:
        GuardLost: Something else has changed it meanwhile.
    """
    query = {"booking_id": booking_id, "state": {"$in": _CAN_BE_ANSWERED}}
    found = await database.engine.find_one(Replacement, query, session=session)
    if found is None:
        return
    answered: Document = {"state": outcome.value, "answered_at": now}
    if outcome is not ReplacementState.UNANSWERED:
        answered["offers"] = []
    as_read = {"_id": found.id, "state": found.state.value, "offers": _kept(found.offers)}
    replacements = database.collection(Replacement)
    expect_one(await replacements.update_one(as_read, {"$set": answered}, session=session))
    if outcome is not ReplacementState.UNANSWERED:
        free = [time for time in found.offers if time.slot_id != taken]
        await _free(database, found, free, now, session)


def _kept(times: Sequence[KeptTime]) -> list[Document]:
    return [time.model_dump() for time in times]


async def end_offers(
    database: Database, replacement: Replacement, slot_ids: Collection[Key], *, now: datetime
) -> bool:
    """Free some of the slots that are kept for a booking: for the next in line, or everybody.

    Returns:
        False when nothing was changed: one of them was taken meanwhile, or is free already.

    Raises:
        Refusal: BUSY.
    """

    async def work(session: AsyncIOMotorClientSession) -> None:
        await drop(database, replacement, slot_ids, now=now, session=session)

    return await all_or_nothing(database, work, now=now, turn=replacement.expert_id)


async def drop(
    database: Database,
    replacement: Replacement,
    slot_ids: Collection[Key],
    *,
    now: datetime,
    session: AsyncIOMotorClientSession,
) -> None:
    """Free some of the slots that are kept for a booking, within a transaction.

    Raises:
        GuardLost: They are no longer all kept for it.
    """
    ended = [time for time in replacement.offers if time.slot_id in slot_ids]
    if not ended:
        raise GuardLost
    as_read = {"_id": replacement.id, "offers": _kept(replacement.offers)}
    left = [time for time in replacement.offers if time.slot_id not in slot_ids]
    update = {"$set": {"offers": _kept(left)}}
    replacements = database.collection(Replacement)
    expect_one(await replacements.update_one(as_read, update, session=session))
    await _free(database, replacement, ended, now, session)


async def _free(
    database: Database,
    replacement: Replacement,
    times: Sequence[KeptTime],
    now: datetime,
    session: AsyncIOMotorClientSession,
) -> None:
    keeper = keeper_of(replacement.booking_id)
    for time in times:
        kept = {"_id": time.slot_id, "state": SlotState.OFFERED.value, "held_by": keeper}
        await offers.free(database, kept, now=now, session=session)
