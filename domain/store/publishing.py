"""Publishing times: those that somebody waits for go to the line, the others to everybody."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from odmantic import Model
from pymongo.errors import BulkWriteError

from domain.store import offers, waitlist
from domain.store.database import Database, Document
from domain.store.documents import Slot
from domain.store.waits import Wait

_DUPLICATE_KEY = 11000


async def publish(database: Database, documents: Sequence[Document], *, now: datetime) -> int:
    """Publish open slots, given as documents; one whose expert and start are there stays as it is.

    Returns:
        How many were added.

    Raises:
        Refusal: BUSY.
    """
    lines = await waitlist.waiting(database, {slot["expert_id"] for slot in documents})
    wanted = [slot for slot in documents if _is_waited_for(slot, lines)]
    keys = {slot["_id"] for slot in wanted}
    added = await insert_new(database, Slot, (s for s in documents if s["_id"] not in keys))
    for slot in wanted:
        added += await offers.publish(database, slot, now=now)
    return added


def _is_waited_for(slot: Document, lines: Iterable[Wait]) -> bool:
    return any(
        wait.expert_id == slot["expert_id"] and wait.starts_at <= slot["starts_at"] < wait.ends_at
        for wait in lines
    )


async def insert_new(database: Database, model: type[Model], documents: Iterable[Document]) -> int:
    """Insert what is not there yet; return how many documents were added."""
    batch = list(documents)
    if not batch:
        return 0
    try:
        await database.collection(model).insert_many(batch, ordered=False)
    except BulkWriteError as error:
        details = error.details
        if any(refused["code"] != _DUPLICATE_KEY for refused in details["writeErrors"]):
            raise
        return int(details["nInserted"])
    return len(batch)
