"""Listing: approving experts once their pages are complete, and pausing them."""

from collections.abc import Sequence
from datetime import datetime

from domain.acts import on_expert
from domain.desk.publishing import publish
from domain.desk.readiness import Lack, lacks_of
from domain.rules.errors import Code, Refusal
from domain.rules.instants import NEVER
from domain.rules.log import Action, Actor
from domain.store.bookings import reading as bookings
from domain.store.core.database import Database
from domain.store.documents import Booking, Expert
from domain.store.documents.profiles import GONE, UNPROVEN
from domain.store.experts import applying as store
from domain.store.experts import reading as experts


class PageIncomplete(Refusal):
    """PAGE_INCOMPLETE, with what the page lacks."""

    def __init__(self, lacks: Sequence[Lack]) -> None:
        super().__init__(Code.PAGE_INCOMPLETE)
        self.lacks = lacks


async def approve(
    database: Database, slug: str, *, by: Actor, now: datetime, anyway: bool = False
) -> bool:
    """List an expert, for the first time or again, publish their times, and tell them by mail.

    Args:
        database: Where experts are kept.
        slug: The expert's, in their address.
        by: Who approves them.
        now: The present instant.
        anyway: List them whatever their page lacks.

    Returns:
        False when they were listed already.

    Raises:
        PageIncomplete: Their page lacks something.
        Refusal: EXPERT_UNKNOWN, also for one whose address is not proven; BUSY.
    """
    expert = await _proven(database, slug)
    lacks = lacks_of(expert, now=now)
    if lacks and not anyway:
        raise PageIncomplete(lacks)
    act = on_expert(by, Action.EXPERT_APPROVED, expert.id, now)
    is_new = await store.list_expert(database, expert, act)
    await publish(database, expert.id, now=now)
    return is_new


async def pause(database: Database, slug: str, *, by: Actor, now: datetime) -> list[Booking]:
    """List an expert no longer. Return the sessions to come, which still take place.

    Raises:
        Refusal: EXPERT_UNKNOWN; BUSY.
    """
    expert = await _proven(database, slug)
    await store.pause(database, expert.id, on_expert(by, Action.EXPERT_PAUSED, expert.id, now))
    return await bookings.confirmed_within(database, expert.id, now, NEVER)


async def _proven(database: Database, slug: str) -> Expert:
    expert = await experts.find_by_slug(database, slug)
    if expert is None or expert.status in UNPROVEN | GONE:
        raise Refusal(Code.EXPERT_UNKNOWN)
    return expert


async def not_listed(database: Database) -> list[Expert]:
    """Return who waits for approval, and behind them who is paused."""
    return await store.not_listed(database)
