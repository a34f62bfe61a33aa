"""A fault, played: while people book and look and pages listen, until all works again."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from tests.faults.breaks import Fault
from tests.faults.scene import LONG, SHORT, Scene, Size, scene
from tests.faults.site import Site, beside
from tests.faults.verdict import (
    LEASE_S,
    Verdict,
    check_answers,
    check_claims,
    check_mails,
    check_pages,
)

MAIL_S = 20.0
"""A mail that a failed lease keeps back is due later, and waited for where faults are measured."""
LONG_MAIL_S = LEASE_S + 40
NOT_LIVE = "data-old"
"""What a list carries that may be out of date."""

Meanwhile = Callable[[Scene], Awaitable[None]]


async def play(
    site: Site, fault: Fault, meanwhile: Meanwhile, *, size: Size, mail_patience_s: float
) -> tuple[Scene, Verdict]:
    """Break the database, have it come back, and look at what that has left.

    Args:
        site: What is broken.
        fault: How.
        meanwhile: Returns when the fault may end.
        size: How much goes on.
        mail_patience_s: How long to wait for mails that are under way in the end.
    """
    site.faults_logged()  # what was before is nothing to this scene
    async with scene(site, size) as found:
        await found.until(lambda: found.broken_since(0))
        await _break(found, fault, meanwhile)
        since = found.works_from
        await found.until(lambda: found.broken_since(since))
        await found.end()
        return found, await judge(found, mail_patience_s)


async def _break(found: Scene, fault: Fault, meanwhile: Meanwhile) -> None:
    found.broke_at = time.monotonic()
    async with beside(fault.happens(found.site.set)):
        begun = time.monotonic()
        try:
            await meanwhile(found)
        finally:
            found.mended_at = time.monotonic()
    await found.until_primary(begun if fault.heals else found.mended_at)


async def play_short(site: Site, fault: Fault) -> tuple[Scene, Verdict]:
    """Play a fault that lasts until everybody has heard of it, and no longer."""
    if fault.heals and fault.noticed:
        await asyncio.to_thread(site.set.postpone_elections)
    return await play(
        site,
        fault,
        lambda scene: _until_answered(scene, fault),
        size=SHORT,
        mail_patience_s=MAIL_S,
    )


async def play_long(
    site: Site, fault: Fault, *, seconds: float | None = None
) -> tuple[Scene, Verdict]:
    """Play a fault in its full length, or another, with elections as they come."""

    async def last(_: Scene) -> None:
        await asyncio.sleep(seconds or fault.seconds)

    return await play(site, fault, last, size=LONG, mail_patience_s=LONG_MAIL_S)


async def _until_answered(found: Scene, fault: Fault) -> None:
    """Wait until everybody has heard of the fault, then until they are served without the node.

    Nobody is elected before: it depends on no clock whether there is time to hear of it.
    """
    if fault.noticed:
        await found.until(lambda: _not_told(found, fault))
    if fault.heals:
        elected_at = time.monotonic()
        await asyncio.to_thread(found.site.set.elect)
        await found.until_primary(elected_at)
        since = found.primary_at
        await found.until(lambda: found.broken_since(since))


def _not_told(found: Scene, fault: Fault) -> list[str]:
    """Return who has not heard yet that the database doesn't answer."""
    since = found.broke_at
    claims = found.journal.since(since, kinds=("hold", "book", "rival"))
    refused = sum(claim.status == 503 for claim in claims)
    unheard = ["claims"] * (len(found.bookers) - refused)
    if fault.silences:
        refusing, old = found.lookers_at("ready", "page", "form"), found.lookers_at("discovery")
        unheard += [one.what for one in refusing if not one.has_seen(503, since)]
        unheard += [one.what for one in old if not one.has_seen(200, since, saying=NOT_LIVE)]
        unheard += ["stream" for one in found.listeners if not one.heard(False, since)]
    return unheard


async def judge(found: Scene, mail_patience_s: float) -> Verdict:
    """Look at what a scene has left."""
    site, verdict = found.site, Verdict()
    check_answers(found.journal.asked, verdict)
    await check_claims(site.database, found.claims, verdict)
    await check_pages(site.database, found.pages, verdict)
    await check_mails(
        site.database, found.claims, site.postman, verdict, patience_s=mail_patience_s
    )
    verdict.logged += site.faults_logged()
    return verdict
