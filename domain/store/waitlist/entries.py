"""The waitlist: entries, asked for and given up. `offers` makes the offers."""

from collections.abc import Collection, Sequence
from datetime import datetime

from motor.motor_asyncio import AsyncIOMotorClientSession

from domain.rules.notices import Kind
from domain.store.core.database import Database, Key
from domain.store.core.transactions import GuardLost, all_or_nothing
from domain.store.documents.waitlist import UNIQUE_FIELDS, EntryState, WaitlistEntry
from domain.store.mail import outbox
from domain.store.waitlist.line import overlapping


async def join(database: Database, entry: WaitlistEntry, *, is_told: bool, now: datetime) -> bool:
    """Keep an entry, and the mail that confirms it.

    Args:
        database: Where entries are kept.
        entry: The entry.
        is_told: Whether there is such a mail.
        now: The instant of the request.

    Returns:
        False if the browser already has an entry for that address that overlaps.

    Raises:
        Refusal: BUSY.
    """
    same = {**overlapping(entry), "address": entry.address, "visitor_id": entry.visitor_id}

    async def work(session: AsyncIOMotorClientSession) -> None:
        entries = database.collection(WaitlistEntry)
        if await entries.find_one(same, session=session) is not None:
            raise GuardLost
        await entries.insert_one(entry.model_dump_doc(), session=session)
        if is_told:
            await outbox.tell_of_entry(
                database, entry, Kind.WAITLIST_ENTRY, now=now, session=session
            )

    return await all_or_nothing(database, work, now=now, once_by={UNIQUE_FIELDS})


async def find(database: Database, key: str) -> WaitlistEntry | None:
    """Return an entry by the key that its mails carry."""
    return await database.engine.find_one(WaitlistEntry, {"key": key})


async def find_by_id(database: Database, entry_id: Key) -> WaitlistEntry | None:
    """Return an entry by the key of its document."""
    return await database.engine.find_one(WaitlistEntry, {"_id": entry_id})


async def of_visitor(database: Database, visitor_id: str, expert_id: Key) -> list[WaitlistEntry]:
    """Return a visitor's entries in an expert's lines."""
    query = {"visitor_id": visitor_id, "expert_id": expert_id}
    return await database.engine.find(WaitlistEntry, query)


async def of_addresses(database: Database, addresses: Collection[str]) -> list[WaitlistEntry]:
    """Return the entries that were asked for some addresses."""
    return await database.engine.find(WaitlistEntry, {"address": {"$in": list(addresses)}})


async def address_is_known(database: Database, address: str) -> bool:
    """Say whether any entry was asked for this address, and is kept."""
    return await database.engine.find_one(WaitlistEntry, {"address": address}) is not None


async def waiting(database: Database, expert_ids: Collection[Key]) -> list[WaitlistEntry]:
    """Return the entries that wait for a time of some experts."""
    query = {"expert_id": {"$in": list(expert_ids)}, "state": EntryState.WAITING.value}
    return await database.engine.find(WaitlistEntry, query)


async def offered(database: Database, slot_id: Key) -> WaitlistEntry | None:
    """Return the entry that a slot is offered to."""
    query = {"state": EntryState.OFFERED.value, "slot_id": slot_id}
    return await database.engine.find_one(WaitlistEntry, query)


async def lapsed(database: Database, now: datetime, *, limit: int) -> Sequence[WaitlistEntry]:
    """Return the entries whose offer has lapsed at `now`, those that lapsed first."""
    query = {"state": EntryState.OFFERED.value, "offered_until": {"$lte": now}}
    return await database.engine.find(
        WaitlistEntry, query, sort=WaitlistEntry.offered_until, limit=limit
    )


async def prove(database: Database, entry: WaitlistEntry) -> None:
    """Note that an entry's address is proven; one that is gone meanwhile stays so."""
    await database.writing(WaitlistEntry).update_one({"_id": entry.id}, {"$set": {"proven": True}})


async def prove_all(database: Database, address: str, visitor_id: str) -> None:
    """Note that a browser has proven the address under which it waits."""
    theirs = {"address": address, "visitor_id": visitor_id}
    await database.writing(WaitlistEntry).update_many(theirs, {"$set": {"proven": True}})


async def leave(database: Database, entry: WaitlistEntry) -> bool:
    """Give up an entry that still waits; False when it has an offer meanwhile, or is gone."""
    waiting = {"_id": entry.id, "state": EntryState.WAITING.value}
    result = await database.writing(WaitlistEntry).delete_one(waiting)
    return result.deleted_count == 1
