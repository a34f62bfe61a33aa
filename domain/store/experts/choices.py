"""What experts choose at their desk beside profile and hours. Each raises the refusal BUSY."""

from domain.rules.log import NewEntry
from domain.store.core.database import Database, Key
from domain.store.documents import Expert
from domain.store.log import acting


async def sign_out(database: Database, expert_id: Key, act: NewEntry) -> None:
    """End every sign-in to an expert's desk from before the act."""
    out = {"$set": {"signed_out_at": act.at}}
    await acting.update(database, Expert, {"_id": expert_id}, out, act)


async def set_calendar_key(database: Database, expert_id: Key, key: str, act: NewEntry) -> None:
    """Let an expert's calendar be read by a key, and by no earlier one."""
    await acting.update(database, Expert, {"_id": expert_id}, {"$set": {"calendar_key": key}}, act)


async def set_stands_in(
    database: Database, expert_id: Key, act: NewEntry, *, stands_in: bool
) -> None:
    """Keep whether an expert agrees to stand in for others."""
    agreed = {"stands_in": stands_in}
    await acting.set_fields(database, Expert, {"_id": expert_id}, agreed, act)
