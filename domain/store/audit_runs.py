"""Runs of the audit: whose turn it is, and what the last one has found."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.store.core.database import Database, Key
from domain.store.documents.audit_runs import AuditRun

EVERY = timedelta(days=1)
FIRST_AFTER = timedelta(hours=1)
"""How long after the very first start: others have enough to do by then."""
WITHIN = timedelta(hours=6)
"""After which another process takes over from one that was killed."""
MOST_TOLD = 20

_ONE = {"key": "audit"}


async def claim(database: Database, now: datetime) -> bool:
    """Say whether this process is to run the audit now; of several at once one is."""
    runs = database.writing(AuditRun)
    first = AuditRun(id=Key(), due_at=now + FIRST_AFTER).model_dump_doc()
    await runs.update_one(_ONE, {"$setOnInsert": first}, upsert=True)
    due = {**_ONE, "due_at": {"$lte": now}}
    result = await runs.update_one(due, {"$set": {"due_at": now + WITHIN}})
    return result.modified_count == 1


async def note(database: Database, findings: Sequence[str], *, now: datetime) -> None:
    """Keep what a run has found, in place of the one before."""
    told = {"findings": list(findings[:MOST_TOLD]), "count": len(findings), "ran_at": now}
    await database.writing(AuditRun).update_one(_ONE, {"$set": {**told, "due_at": now + EVERY}})


async def last(database: Database) -> AuditRun | None:
    """Return the last run; None before the first start."""
    return await database.engine.find_one(AuditRun, _ONE)
