"""What administrators do on the command line: approve experts, pause them, see who waits."""

import asyncio
from collections.abc import Sequence

from domain import applications
from domain.rules.errors import Code, Refusal
from domain.store.core.database import Database, connect
from domain.store.core.migrate import said_plainly
from domain.store.documents import Expert
from web.console import Trouble
from web.http import clock


def administer(uri: str, act: str, slug: str) -> Sequence[str]:
    """Do what an administrator asks for, and return what to say about it.

    Args:
        uri: The database.
        act: `list`, `approve` or `pause`.
        slug: Whom to approve or pause.

    Raises:
        Trouble: There is no such expert.
        DatabaseUnusable: It can't be done.
    """

    async def do() -> Sequence[str]:
        database = connect(uri)
        try:
            return await _done(database, act, slug)
        except Refusal as refusal:
            if refusal.code is not Code.EXPERT_UNKNOWN:
                raise
            raise Trouble(
                f"There is no expert {slug}. `just admin list` shows who waits."
            ) from refusal
        finally:
            await database.close()

    with said_plainly():
        return asyncio.run(do())


async def _done(database: Database, act: str, slug: str) -> Sequence[str]:
    if act == "approve":
        await applications.approve(database, slug, now=clock.now())
        return [f"{slug} is listed."]
    if act == "pause":
        await applications.pause(database, slug)
        return [f"{slug} is paused: no longer listed, and what is booked still takes place."]
    waiting = await applications.not_listed(database)
    return [*map(_line, waiting)] or ["Nobody waits for approval, and nobody is paused."]


def _line(expert: Expert) -> str:
    words = " ".join(expert.application.split())
    said = f"{expert.status.value:<8}  {expert.slug:<24}  {expert.name}, {expert.category}"
    return f"{said} ({words})" if words else said
