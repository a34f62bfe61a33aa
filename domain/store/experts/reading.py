"""Experts: look-ups, and the search."""

import asyncio
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pymongo import ASCENDING, DESCENDING

from domain.rules.stand_ins import Equivalent
from domain.rules.words import terms
from domain.store.core.database import Database, Document, Key
from domain.store.documents import Expert
from domain.store.documents.profiles import GONE, UNPROVEN


class Sort(StrEnum):
    """The orders in which experts can be listed."""

    NAME = "name"
    RATING = "rating"
    PRICE = "price"
    SOONEST = "soonest"


_ORDER: dict[Sort, tuple[str, int]] = {
    Sort.NAME: ("sort_name", ASCENDING),
    Sort.RATING: ("rating", DESCENDING),
    Sort.PRICE: ("price_rank", ASCENDING),
    Sort.SOONEST: ("next_free_at", ASCENDING),
}

_AT_ONCE = 200
"""How many documents are read at a time: all of them at once would leave a process much larger."""

_AT_THEIR_DESK = {"$nin": [status.value for status in sorted(UNPROVEN | GONE)]}


@dataclass(frozen=True)
class Filters:
    """What a listed expert has to match; an empty field matches all."""

    words: Sequence[str] = ()
    """Folded words, each of which begins one of the expert's search terms."""
    category: str = ""
    language: str = ""


def _query(filters: Filters) -> Document:
    query: Document = {"listed": True}
    if filters.words:
        query["$and"] = [
            {"search_terms": {"$regex": f"^{re.escape(word)}"}} for word in filters.words
        ]
    if filters.category:
        query["category"] = filters.category
    if filters.language:
        query["languages"] = filters.language
    return query


async def find(database: Database, expert_id: Key) -> Expert | None:
    """Return one expert by key, listed or not."""
    return await database.engine.find_one(Expert, {"_id": expert_id})


async def find_many(database: Database, expert_ids: Sequence[Key]) -> dict[Key, Expert]:
    """Return experts by their keys; one that is not there is left out."""
    found = await database.engine.find(Expert, {"_id": {"$in": list(expert_ids)}})
    return {expert.id: expert for expert in found}


async def find_by_slug(database: Database, slug: str) -> Expert | None:
    """Return an expert by a name in their address, a former one too; listed or not, or None."""
    return await database.engine.find_one(Expert, {"slugs": slug})


async def keys_by_slug(database: Database, slugs: Collection[str]) -> dict[str, Key]:
    """Return the keys of the experts who have, or had, these slugs."""
    cursor = database.collection(Expert).find({"slugs": {"$in": list(slugs)}}, ["slugs"])
    return {slug: found["_id"] async for found in cursor for slug in found["slugs"]}


async def keys_called(database: Database, words: Sequence[str], *, category: str = "") -> list[Key]:
    """Return the keys of experts whose names have words that begin like these, listed or not."""
    query = {**_query(Filters(words, category)), "listed": {"$in": [True, False]}}
    cursor = database.collection(Expert).find(query, ["name"])
    return [expert["_id"] async for expert in cursor if _is_called(expert["name"], words)]


def _is_called(name: str, words: Sequence[str]) -> bool:
    """Tell an expert's names from the other words that they are found by."""
    names = terms(name)
    return all(any(part.startswith(word) for part in names) for word in words)


async def of_addresses(database: Database, addresses: Collection[str]) -> list[Expert]:
    """Return the experts who have one of some addresses, listed or not, by the names they have.

    Those who have yet to prove the address are none, and those who were removed are none any more.
    """
    query = {"address": {"$in": list(addresses)}, "status": _AT_THEIR_DESK}
    found = await database.engine.find(Expert, query)
    return sorted(found, key=lambda expert: (expert.sort_name, expert.slug))


async def address_is_known(database: Database, address: str) -> bool:
    """Say whether an expert has this address, and has proven it."""
    query = {"address": address, "status": _AT_THEIR_DESK}
    found = await database.engine.find_one(Expert, query)
    return found is not None


async def find_by_calendar_key(database: Database, key: str) -> Expert | None:
    """Return the expert whose agenda's calendar has this key, listed or not, or None."""
    return await database.engine.find_one(Expert, {"calendar_key": key})


async def stand_ins(database: Database, equivalent: Equivalent, *, limit: int) -> list[Expert]:
    """Return listed experts who stand in for others and offer as much for as little."""
    query = {
        "stands_in": True,
        "listed": True,
        "category": equivalent.category,
        "languages": {"$in": list(equivalent.languages)},
        "session_minutes": equivalent.minutes,
        "price_minor": {"$lte": equivalent.most_minor},
        "currency": equivalent.currency,
    }
    return await database.engine.find(Expert, query, limit=limit)


async def listed(database: Database) -> list[Expert]:
    """Return all listed experts, in no order."""
    found = []
    cursor = database.collection(Expert).find({"listed": True}, batch_size=_AT_ONCE)
    async for document in cursor:
        found.append(Expert.model_validate_doc(document))
        await asyncio.sleep(0)  # thousands of them hold up nobody else
    return found


async def count(database: Database, filters: Filters) -> int:
    """Count the listed experts that match."""
    return await database.collection(Expert).count_documents(_query(filters))


async def count_of_field(database: Database, key: str) -> int:
    """Count the experts who have a field of expertise, listed or not."""
    query = {"listed": {"$in": [True, False]}, "category": key}
    return await database.collection(Expert).count_documents(query)


async def listing(
    database: Database, filters: Filters, sort: Sort, *, skip: int, limit: int | None
) -> list[Expert]:
    """Return a page of the listed experts that match; ties go by name, then by slug.

    Without a limit it is all from there on.
    """
    field, direction = _ORDER[sort]
    order = {field: direction, "sort_name": ASCENDING, "slug": ASCENDING}
    cursor = (
        database.collection(Expert)
        .find(_query(filters))
        .sort(list(order.items()))
        .skip(skip)
        .limit(limit or 0)
    )
    return [Expert.model_validate_doc(document) async for document in cursor]


async def languages(database: Database) -> list[str]:
    """Return the languages that listed experts speak, as ISO 639-1 codes in order."""
    return sorted(await database.collection(Expert).distinct("languages", {"listed": True}))
