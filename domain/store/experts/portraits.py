"""Portraits: experts' own pictures, and which of them is shown."""

from domain.rules.log import NewEntry
from domain.store.core.database import Database, Key
from domain.store.documents import Expert
from domain.store.documents.profiles import Portrait
from domain.store.log import acting


async def put(
    database: Database, expert_id: Key, image: bytes, act: NewEntry, *, digest: str
) -> None:
    """Keep a picture in place of the former one, then have it shown.

    Raises:
        Refusal: BUSY.
    """
    picture = {"image": image, "digest": digest, "changed_at": act.at}
    await database.writing(Portrait).update_one(
        {"expert_id": expert_id}, {"$set": picture}, upsert=True
    )
    await _show(database, expert_id, digest, act)


async def remove(database: Database, expert_id: Key, act: NewEntry) -> None:
    """Have the drawn portrait shown again, and delete the picture.

    Raises:
        Refusal: BUSY.
    """
    await _show(database, expert_id, "", act)
    await database.writing(Portrait).delete_one({"expert_id": expert_id})


async def find(database: Database, expert_id: Key) -> Portrait | None:
    """Return an expert's own picture, or None."""
    return await database.engine.find_one(Portrait, {"expert_id": expert_id})


async def _show(database: Database, expert_id: Key, digest: str, act: NewEntry) -> None:
    shown = {"portrait": digest}
    await acting.set_fields(database, Expert, {"_id": expert_id}, shown, act, personal=shown)
