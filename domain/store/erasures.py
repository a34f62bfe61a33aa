"""Erasures: remembered by the keys of documents, so that a restored backup forgets people, too."""

from collections.abc import Collection
from datetime import datetime

from pymongo import UpdateOne

from domain.store.core.database import Database, Key
from domain.store.documents.erasures import ErasedDocument, ErasedFrom


async def remember(
    database: Database, of: ErasedFrom, document_ids: Collection[Key], *, now: datetime
) -> None:
    """Remember from which documents somebody is about to be erased. Twice is once."""
    erased = {"of": of.value, "at": now}
    writes = [
        UpdateOne({"_id": key}, {"$setOnInsert": erased}, upsert=True) for key in document_ids
    ]
    if writes:
        await database.writing(ErasedDocument).bulk_write(writes, ordered=False)


async def since(database: Database, start: datetime) -> list[ErasedDocument]:
    """Return what was erased at or after an instant, in order."""
    query = {"at": {"$gte": start}}
    return await database.engine.find(ErasedDocument, query, sort=ErasedDocument.at)
