"""The catalogue of experts: looking one up, and what is known of their next free times."""

from collections.abc import AsyncIterator, Collection
from datetime import datetime, timedelta

from domain.rules.errors import Code, ExpertMoved, Refusal
from domain.store.core import rounds
from domain.store.core.database import Database, Key
from domain.store.documents import Expert
from domain.store.experts import next_free
from domain.store.experts import reading as experts
from domain.store.memory.directory import Directory

LOOK_EVERY = timedelta(minutes=10)
"""How often next free times are compared with the times there are."""

_REFRESH_AT_ONCE = 500
_COMPARED_AT_ONCE = 200
_LOOK = "next free times"


async def expert_by_slug(directory: Directory, slug: str, *, unlisted: bool = False) -> Expert:
    """Return the expert that an address names.

    Args:
        directory: Where to look.
        slug: What the address names.
        unlisted: Whether it may be one who is no longer listed, for what shows their bookings.

    Raises:
        Refusal: EXPERT_UNKNOWN; EXPERT_REMOVED.
        ExpertMoved: It names one who has another address by now.
    """
    expert = await directory.find_by_slug(slug)
    if expert is not None and expert.is_gone:
        raise Refusal(Code.EXPERT_REMOVED)
    if expert is None or not (expert.listed or unlisted):
        raise Refusal(Code.EXPERT_UNKNOWN)
    if expert.slug != slug:
        raise ExpertMoved(slug, expert.slug)
    return expert


async def expert_of(database: Database, expert_id: Key) -> Expert:
    """Return the expert that a slot or a booking names, listed or not.

    Raises:
        Refusal: EXPERT_UNKNOWN.
    """
    expert = await experts.find(database, expert_id)
    if expert is None:
        raise Refusal(Code.EXPERT_UNKNOWN)
    return expert


async def expert_to_book(database: Database, expert_id: Key) -> Expert:
    """Return the expert that a slot names, with whom a booking is to be made.

    Raises:
        Refusal: EXPERT_UNKNOWN, when there is none, or they are not listed.
    """
    expert = await expert_of(database, expert_id)
    if not expert.listed:
        raise Refusal(Code.EXPERT_UNKNOWN)
    return expert


async def expert_to_show(directory: Directory, expert_id: Key) -> Expert:
    """Return the expert that a page names, listed or not; to decide by, read `expert_of`.

    Raises:
        Refusal: EXPERT_UNKNOWN.
    """
    expert = await directory.find(expert_id)
    if expert is None:
        raise Refusal(Code.EXPERT_UNKNOWN)
    return expert


async def is_listed(directory: Directory, expert_id: Key) -> bool:
    """Say whether an expert is listed, as far as memory knows; to decide by, read `expert_of`."""
    expert = await directory.find(expert_id)
    return expert is not None and expert.listed


async def refresh_passed(database: Database, now: datetime) -> int:
    """Look up the next free time of experts whose last known one has passed; return how many."""
    passed = await next_free.passed(database, now, limit=_REFRESH_AT_ONCE)
    for expert_id in passed:
        await next_free.refresh(database, expert_id, now)
    return len(passed)


async def refresh_next_free(database: Database, expert_id: Key, now: datetime) -> None:
    """Note when an expert's first free slot starts, if that has changed."""
    await next_free.refresh(database, expert_id, now)


async def wrong_next_free(
    database: Database, *, started_at: datetime, now: datetime
) -> AsyncIterator[Collection[Key]]:
    """Yield listed experts whose next free time is kept wrong, a part of all at a time.

    One process looks for all, every `LOOK_EVERY`; one that has started since then looks at once.
    """
    if not await rounds.claim(database, _LOOK, every=LOOK_EVERY, started_at=started_at, now=now):
        return
    try:
        listed = await next_free.listed_ids(database)
        for n in range(0, len(listed), _COMPARED_AT_ONCE):
            part = listed[n : n + _COMPARED_AT_ONCE]
            yield await next_free.wrong_among(database, part, now)
    except BaseException:
        await rounds.give_back(database, _LOOK)
        raise
