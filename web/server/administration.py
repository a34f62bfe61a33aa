"""What administrators do on the command line: approve experts, pause them, see who waits."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain import listing
from domain.listing import PageIncomplete
from domain.readiness import Lack, lacks_of
from domain.rules.errors import Code, Refusal
from domain.store.core.database import Database, connect
from domain.store.core.migrate import said_plainly
from domain.store.documents import Expert
from web.console import Trouble
from web.http import clock

_LACKS: Mapping[Lack, str] = {
    Lack.HEADLINE: "a headline",
    Lack.BIO: "a text about them",
    Lack.SKILLS: "skills",
    Lack.PRICE: "a price",
    Lack.TIMES: "hours with a time to come",
}


@dataclass(frozen=True)
class AdminAct:
    """What an administrator asks for."""

    act: str
    """`list`, `approve` or `pause`."""
    slug: str = ""
    """The expert to approve or pause."""
    anyway: bool = False
    """Whether to approve an expert whose page is not complete."""


def administer(uri: str, asked: AdminAct) -> Sequence[str]:
    """Do what an administrator asks for, and return what to say about it.

    Raises:
        Trouble: There is no such expert, or their page is not complete.
        DatabaseUnusable: It can't be done.
    """

    async def do() -> Sequence[str]:
        database = connect(uri)
        try:
            return await _done(database, asked, clock.now())
        except Refusal as refusal:
            raise _trouble(asked, refusal) from refusal
        finally:
            await database.close()

    with said_plainly():
        return asyncio.run(do())


async def _done(database: Database, asked: AdminAct, now: datetime) -> Sequence[str]:
    slug = asked.slug
    if asked.act == "approve":
        is_new = await listing.approve(database, slug, now=now, anyway=asked.anyway)
        return [
            f"{slug} is listed, and gets an e-mail." if is_new else f"{slug} is listed already."
        ]
    if asked.act == "pause":
        staying = await listing.pause(database, slug, now=now)
        return [f"{slug} is paused: nobody can find or book them. {_staying(len(staying))}"]
    waiting = await listing.not_listed(database)
    lines = [_line(expert, now) for expert in waiting]
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
    *others, last = (_LACKS[lack] for lack in lacks)
    return f"{', '.join(others)} and {last}" if others else last


def _trouble(asked: AdminAct, refusal: Refusal) -> Exception:
    """Return what to tell an administrator of a refusal; itself where nothing can be said."""
    slug = asked.slug
    if isinstance(refusal, PageIncomplete):
        anyway = f"`just admin approve {slug} --anyway`"
        lacks = _listed(refusal.lacks)
        return Trouble(f"{slug} is not complete: it lacks {lacks}. {anyway} lists it all the same.")
    if refusal.code is Code.EXPERT_UNKNOWN:
        return Trouble(f"There is no expert {slug}. `just admin list` shows who waits.")
    return refusal
