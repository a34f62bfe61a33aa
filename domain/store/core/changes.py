"""What changed since an instant: the read behind every catch-up."""

from datetime import datetime

from domain.store.core.database import Database, Key
from domain.store.documents import Slot


async def changed_since(
    database: Database, expert_id: Key, since: datetime, *, limit: int
) -> list[Slot]:
    """Return an expert's slots that changed at or after an instant, the oldest change first."""
    query = {"expert_id": expert_id, "changed_at": {"$gte": since}}
    return await database.engine.find(Slot, query, sort=Slot.changed_at, limit=limit)


def published_since(slot: Slot, since: datetime) -> bool:
    """Say whether the slot was published, for the first time or anew, at or after an instant."""
    return slot.published_at >= since
