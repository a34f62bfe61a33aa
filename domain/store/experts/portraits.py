"""Portraits: experts' own pictures, and which of them is shown."""

from datetime import datetime

from domain.store.core.database import Database, Key
from domain.store.documents import Expert
from domain.store.documents.profiles import Portrait


async def put(
    database: Database, expert_id: Key, image: bytes, *, digest: str, now: datetime
) -> None:
    """Keep a picture in place of the former one, then have it shown."""
    picture = {"image": image, "digest": digest, "changed_at": now}
    await database.writing(Portrait).update_one(
        {"expert_id": expert_id}, {"$set": picture}, upsert=True
    )
    await _show(database, expert_id, digest)


async def remove(database: Database, expert_id: Key) -> None:
    """Have the drawn portrait shown again, and delete the picture."""
    await _show(database, expert_id, "")
    await database.writing(Portrait).delete_one({"expert_id": expert_id})


async def find(database: Database, expert_id: Key) -> Portrait | None:
    """Return an expert's own picture, or None."""
    return await database.engine.find_one(Portrait, {"expert_id": expert_id})


async def _show(database: Database, expert_id: Key, digest: str) -> None:
    shown = {"$set": {"portrait": digest}}
    await database.writing(Expert).update_one({"_id": expert_id}, shown)
