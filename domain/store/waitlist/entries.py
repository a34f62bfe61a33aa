"""The waitlist: places in line, asked for and given up. `offers` makes the offers."""

from collections.abc import Collection, Sequence
from datetime import datetime

from motor.motor_asyncio import AsyncIOMotorClientSession

from domain.rules.notices import Kind
from domain.store.core.database import Database, Key
from domain.store.core.transactions import GuardLost, all_or_nothing
from domain.store.documents.waits import A_PLACE, Wait, WaitState
from domain.store.mail import outbox
from domain.store.waitlist.line import overlapping


async def join(database: Database, wait: Wait, *, is_told: bool, now: datetime) -> bool:
    """Keep a place in line, and the mail that confirms it.

    Args:
        database: Where places are kept.
        wait: The place.
        is_told: Whether there is such a mail.
        now: The instant of the request.

    Returns:
        False where the browser has one for that address already, in a line that overlaps.

    Raises:
        Refusal: BUSY.
    """
    same = {**overlapping(wait), "address": wait.address, "visitor_id": wait.visitor_id}

    async def work(session: AsyncIOMotorClientSession) -> None:
        waits = database.collection(Wait)
        if await waits.find_one(same, session=session) is not None:
            raise GuardLost
        await waits.insert_one(wait.model_dump_doc(), session=session)
        if is_told:
            await outbox.tell_of_wait(database, wait, Kind.PLACE_IN_LINE, now=now, session=session)

    return await all_or_nothing(database, work, now=now, once_by={A_PLACE})


async def find(database: Database, key: str) -> Wait | None:
    """Return a place in line by the key that its mails carry."""
    return await database.engine.find_one(Wait, {"key": key})


async def find_by_id(database: Database, wait_id: Key) -> Wait | None:
    """Return a place in line by the key of its document."""
    return await database.engine.find_one(Wait, {"_id": wait_id})


async def of_visitor(database: Database, visitor_id: str, expert_id: Key) -> list[Wait]:
    """Return a browser's places in an expert's lines."""
    query = {"visitor_id": visitor_id, "expert_id": expert_id}
    return await database.engine.find(Wait, query)


async def of_addresses(database: Database, addresses: Collection[str]) -> list[Wait]:
    """Return the places that were asked for some addresses."""
    return await database.engine.find(Wait, {"address": {"$in": list(addresses)}})


async def address_is_known(database: Database, address: str) -> bool:
    """Say whether any place in line was asked for this address, and is kept."""
    return await database.engine.find_one(Wait, {"address": address}) is not None


async def waiting(database: Database, expert_ids: Collection[Key]) -> list[Wait]:
    """Return the places that wait for a time of some experts."""
    query = {"expert_id": {"$in": list(expert_ids)}, "state": WaitState.WAITING.value}
    return await database.engine.find(Wait, query)


async def offered(database: Database, slot_id: Key) -> Wait | None:
    """Return the place in line that a slot is offered to."""
    query = {"state": WaitState.OFFERED.value, "slot_id": slot_id}
    return await database.engine.find_one(Wait, query)


async def lapsed(database: Database, now: datetime, *, limit: int) -> Sequence[Wait]:
    """Return the places whose offer has lapsed at `now`, those that lapsed first."""
    query = {"state": WaitState.OFFERED.value, "offered_until": {"$lte": now}}
    return await database.engine.find(Wait, query, sort=Wait.offered_until, limit=limit)


async def leave(database: Database, wait: Wait) -> bool:
    """Give up a place that still waits; False when it has an offer meanwhile, or is gone."""
    waiting = {"_id": wait.id, "state": WaitState.WAITING.value}
    result = await database.writing(Wait).delete_one(waiting)
    return result.deleted_count == 1
