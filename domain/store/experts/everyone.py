"""Everyone: experts of every status, a page of them or all one after the other."""

import re
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass

from pymongo import ASCENDING

from domain.store.core.database import Database, Document
from domain.store.documents import Expert
from domain.store.documents.profiles import ExpertStatus

WITH_PAGES = (ExpertStatus.LISTED, ExpertStatus.PAUSED, ExpertStatus.PENDING)

_BY_STATUS = [(field, ASCENDING) for field in ("status", "sort_name", "slug")]
_LISTED_OR_NOT = {"$in": [True, False]}
"""The index by which words are found has it first."""


@dataclass(frozen=True)
class Sought:
    """Whom to look for."""

    statuses: Collection[ExpertStatus]
    words: Sequence[str] = ()
    """Folded words, each of which begins one of the expert's search terms."""
    text: str = ""
    """Or else how the e-mail address or the page's begins, in lower case; nothing for everyone."""


def _query(sought: Sought) -> Document:
    query: Document = {"status": {"$in": [status.value for status in sought.statuses]}}
    if not sought.text:
        return query
    begins = {"$regex": f"^{re.escape(sought.text)}"}
    either: list[Document] = [{"address": begins}, {"slugs": begins}]
    if sought.words:
        words = [{"search_terms": {"$regex": f"^{re.escape(word)}"}} for word in sought.words]
        either.append({"listed": _LISTED_OR_NOT, "$and": words})
    return {**query, "$or": either}


async def count(database: Database, sought: Sought) -> int:
    """Count whoever is sought."""
    return await database.collection(Expert).count_documents(_query(sought))


async def page_of(database: Database, sought: Sought, *, skip: int, limit: int) -> list[Expert]:
    """Return a page of whoever is sought, by status and name."""
    cursor = (
        database.collection(Expert).find(_query(sought)).sort(_BY_STATUS).skip(skip).limit(limit)
    )
    return [Expert.model_validate_doc(document) async for document in cursor]


async def with_pages(database: Database) -> AsyncIterator[Expert]:
    """Yield whoever is listed, paused or waits for approval, by status and name."""
    cursor = database.collection(Expert).find(_query(Sought(WITH_PAGES))).sort(_BY_STATUS)
    async for document in cursor:
        yield Expert.model_validate_doc(document)
