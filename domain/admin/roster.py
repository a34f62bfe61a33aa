"""The roster: everyone who has a page or is on the way to one, as administrators look them up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.desk.readiness import Lack, lacks_of
from domain.discovery.search import MAX_WORDS
from domain.rules.errors import Code, Refusal
from domain.rules.instants import NEVER
from domain.rules.words import terms
from domain.store.bookings import reading as bookings
from domain.store.core.database import Database
from domain.store.documents import Booking, Expert
from domain.store.documents.profiles import ExpertStatus
from domain.store.experts import everyone as store
from domain.store.experts import reading as experts
from domain.store.experts.everyone import Sought

PAGE_SIZE = 25
MOST_WAITING = 50
SHOWN = (
    ExpertStatus.PENDING,
    ExpertStatus.INVITED,
    ExpertStatus.LISTED,
    ExpertStatus.PAUSED,
)


@dataclass(frozen=True)
class RosterPage:
    """A page of experts, with what each one's page lacks."""

    waiting: Sequence[Expert]
    """Those who wait for approval, in front of the first page; those who wait longest first."""
    experts: Sequence[Expert]
    lacks: Mapping[str, Sequence[Lack]]
    """By slug, of all who are not listed."""
    count: int
    """How many are found, those who wait included."""
    page: int
    pages: int


async def look(
    database: Database, q: str, status: ExpertStatus | None, page: int, *, now: datetime
) -> RosterPage:
    """Return a page of the experts who are found by a name, an address or a word of their profile.

    Args:
        database: Where experts are kept.
        q: What was typed, or nothing for everyone.
        status: The only status to show; None for all.
        page: Which page, from 1 on; beyond the last it is the last.
        now: The present instant.
    """
    text = q.strip().lower()
    words = terms(q)[:MAX_WORDS]
    pending = ExpertStatus.PENDING
    others = Sought([one for one in SHOWN if one is not pending], words, text)
    sought = Sought([status], words, text) if status else others
    count = await store.count(database, sought)
    pages = max(1, -(-count // PAGE_SIZE))
    page = min(max(page, 1), pages)
    found = await store.page_of(database, sought, skip=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    waiting = [] if status else await _waiting(database, Sought([pending], words, text))
    lacking = [one for one in (*waiting, *found) if not one.listed]
    lacks = {one.slug: lacks_of(one, now=now) for one in lacking}
    return RosterPage(waiting if page == 1 else [], found, lacks, count + len(waiting), page, pages)


async def _waiting(database: Database, sought: Sought) -> list[Expert]:
    found = await store.page_of(database, sought, skip=0, limit=MOST_WAITING)
    return sorted(found, key=lambda one: (one.applied_at or NEVER, one.slug))


async def find(database: Database, slug: str) -> Expert:
    """Return an expert by a name in their address, whatever their status.

    Raises:
        Refusal: EXPERT_UNKNOWN, also of an application that nobody has proven; EXPERT_REMOVED.
    """
    expert = await experts.find_by_slug(database, slug)
    if expert is not None and expert.is_gone:
        raise Refusal(Code.EXPERT_REMOVED)
    if expert is None or expert.status is ExpertStatus.DRAFT:
        raise Refusal(Code.EXPERT_UNKNOWN)
    return expert


async def sessions_of(database: Database, expert: Expert, *, now: datetime) -> list[Booking]:
    """Return an expert's sessions that take place right now or are still to come, in order."""
    return await bookings.confirmed_within(database, expert.id, now, NEVER)
