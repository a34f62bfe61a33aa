"""Approving experts, pausing them and seeing who waits, on the command line."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from domain.admin import listing
from domain.admin.listing import PageIncomplete
from domain.desk.readiness import Lack, lacks_of
from domain.rules.errors import Code, Refusal
from domain.rules.log import OPERATOR
from domain.store.core.database import Database
from domain.store.documents import Expert
from domain.store.experts import reading as experts
from web.console import Trouble
from web.server.admin_acts import AdminAct

_LACKS: Mapping[Lack, str] = {
    Lack.HEADLINE: "a headline",
    Lack.BIO: "a text about them",
    Lack.SKILLS: "skills",
    Lack.PRICE: "a price",
    Lack.TIMES: "hours with a time to come",
}

_MEANWHILE: Mapping[Lack, str] = {
    Lack.PRICE: "read that a session is free of charge",
    Lack.TIMES: "find no time to book",
}
"""What visitors do on a page that lacks something else than a text."""


async def approve(database: Database, asked: AdminAct, now: datetime) -> Sequence[str]:
    """List an expert.

    Raises:
        Trouble: There is no such expert, or their page is not complete.
        Refusal: BUSY.
    """
    slug = asked.slug
    with _explained(slug):
        is_new = await listing.approve(database, slug, by=OPERATOR, now=now, anyway=asked.anyway)
    said = f"{slug} is listed, and gets an e-mail." if is_new else f"{slug} is listed already."
    return [said, *await _left_open(database, slug, now)]


async def _left_open(database: Database, slug: str, now: datetime) -> Sequence[str]:
    """Return what a page lacks and what visitors make of it; nothing of one that is complete."""
    expert = await experts.find_by_slug(database, slug)
    lacks = lacks_of(expert, now=now) if expert else []
    if not lacks:
        return []
    meanwhile = [_MEANWHILE[lack] for lack in lacks if lack in _MEANWHILE]
    lacking = f"The page lacks {_listed(lacks)}"
    return [f"{lacking}; visitors {_joined(meanwhile)}." if meanwhile else f"{lacking}."]


async def pause(database: Database, asked: AdminAct, now: datetime) -> Sequence[str]:
    """List an expert no longer.

    Raises:
        Trouble: There is no such expert.
    """
    slug = asked.slug
    with _explained(slug):
        staying = await listing.pause(database, slug, by=OPERATOR, now=now)
    return [f"{slug} is paused: nobody can find or book them. {_staying(len(staying))}"]


async def not_listed(database: Database, now: datetime) -> Sequence[str]:
    """Return a line for each expert who waits or is paused, or one that says that nobody is."""
    lines = [_line(expert, now) for expert in await listing.not_listed(database)]
    return lines or ["Nobody waits for approval, and nobody is paused."]


def _staying(count: int) -> str:
    if not count:
        return "Nothing is booked with them."
    return f"{count} booked {'session stays' if count == 1 else 'sessions stay'} as agreed."


def _line(expert: Expert, now: datetime) -> str:
    words = " ".join(expert.application.split())
    said = f"{expert.status.value:<8}  {expert.slug:<24}  {expert.name}, {expert.category}"
    lacks = lacks_of(expert, now=now)
    missing = f"; lacks {_listed(lacks)}" if lacks else ""
    return f"{said}{missing} ({words})" if words else f"{said}{missing}"


def _listed(lacks: Sequence[Lack]) -> str:
    return _joined([_LACKS[lack] for lack in lacks])


def _joined(words: Sequence[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last


@contextmanager
def _explained(slug: str) -> Iterator[None]:
    """Turn a refusal into a sentence that says what to do, where there is one."""
    try:
        yield
    except PageIncomplete as refusal:
        anyway = f"`just admin approve {slug} --anyway`"
        lacks = _listed(refusal.lacks)
        raise Trouble(
            f"{slug} is not complete: it lacks {lacks}. {anyway} lists it all the same."
        ) from refusal
    except Refusal as refusal:
        if refusal.code is not Code.EXPERT_UNKNOWN:
            raise
        raise Trouble(f"There is no expert {slug}. `just admin list` shows who waits.") from refusal
