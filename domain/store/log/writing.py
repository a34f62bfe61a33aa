"""Writing the log: each act adds its entry in its own transaction."""

from motor.motor_asyncio import AsyncIOMotorClientSession
from pymongo import DESCENDING

from domain.rules.log import GENESIS, NewEntry
from domain.store.core.database import Database, Key
from domain.store.documents.log import LogEntry, LoggedChange


async def note(database: Database, session: AsyncIOMotorClientSession, act: NewEntry) -> None:
    """Add the entry of an act to the log, chained to the last one there.

    Two acts at once want the same number: one of their transactions runs again, so that the chain
    never forks. The work of a transaction calls this last, when nothing else can be in vain.
    """
    log = database.collection(LogEntry)
    found = await log.find_one({}, sort=[("seq", DESCENDING)], session=session)
    entry = LogEntry(
        id=Key(),
        seq=found["seq"] + 1 if found else 1,
        at=act.at,
        actor_kind=act.by.kind,
        actor_key=act.by.key,
        action=act.action,
        subject_kind=act.on.kind,
        subject_key=act.on.key,
        changes=[LoggedChange(**vars(change)) for change in act.changes],
        previous=found["hash"] if found else GENESIS,
    )
    chained = entry.model_copy(update={"hash": entry.digest()})
    await log.insert_one(chained.model_dump_doc(), session=session)
