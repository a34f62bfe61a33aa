"""A worker of ours is stopped in the middle of three claims, and wakes when others have gone on."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from domain.store.documents import Slot
from tests.faults.journal import Asked, Journal
from tests.faults.load import Listener
from tests.faults.play import judge
from tests.faults.scene import Scene, Size, people, scene
from tests.faults.site import Site
from tests.faults.stopped import (
    AT_ITS_COMMIT,
    BEFORE_ITS_HOLD,
    IN_ITS_TRANSACTION,
    Claim,
    held_back,
)
from tests.faults.verdict import Verdict
from tests.nodes import Node
from tests.waiting import PATIENCE_S
from web.http import clock

ASLEEP_S = 70.0
"""How long a worker sleeps where it is measured: longer than a transaction lives."""
ASLEEP_TOO_LONG_S = 20.0
"""After so long no claim may be written any more."""
_LAPSES_AFTER = timedelta(seconds=4)
_TRIES = 5


@dataclass(frozen=True)
class Caught:
    """Three claims in whose middle a worker was stopped, and what they were answered in the end."""

    holding: Claim
    booking: Claim
    committing: Claim
    sent: Sequence[asyncio.Task[Asked]]


async def play_asleep(
    site: Site, *, size: Size, seconds: float, mail_patience_s: float
) -> tuple[Scene, Verdict]:
    """Stop the first server's worker in the middle of claims; wake it when others have gone on.

    Args:
        site: Where.
        size: How much goes on at the other server meanwhile.
        seconds: How long it sleeps, at least.
        mail_patience_s: How long to wait for mails that are under way in the end.
    """
    site.faults_logged()  # what was before is nothing to this scene
    beside, journal = replace(site, servers=site.servers[1:]), Journal()
    async with AsyncExitStack() as opened:
        ((expert, slots),) = await site.experts(1)
        pages = await _listen(site, f"/experts/{expert.slug}/live", opened)
        async with asleep(site, slots, journal, opened) as caught:
            stopped_at = time.monotonic()
            found = await opened.enter_async_context(scene(beside, size, journal))
            found.broke_at = stopped_at
            await _go_on_without(found, caught, opened, seconds)
        found.mended_at = found.primary_at = time.monotonic()
        await _wake(found, caught, seconds)
        since = found.mended_at
        await found.until(lambda: found.broken_since(since))
        await found.end()
        found.pages += [(page, slots) for page in pages]
        return found, await judge(found, mail_patience_s)


async def _listen(site: Site, path: str, opened: AsyncExitStack) -> list[Listener]:
    pages = [Listener(path) for _ in site.servers]
    for page, server in zip(pages, site.servers, strict=True):
        await page.go_to(server.url)
        opened.callback(page.cut)
    return pages


@asynccontextmanager
async def asleep(
    site: Site, slots: Sequence[Slot], journal: Journal, opened: AsyncExitStack
) -> AsyncIterator[Caught]:
    """Stop the first server's worker in the middle of three claims, until the block ends."""
    pid = site.workers()[0]
    site.guard.watch(pid)  # stopped, it would outlive us
    times = iter(slots)
    at_first = replace(site, servers=site.servers[:1])
    for _ in range(_TRIES):
        a, b, c = await people(at_first, opened, 3)
        holding = Claim(a, next(times), "hold", journal)
        booking = Claim(b, next(times), "book", journal)
        committing = Claim(c, next(times), "book", journal)
        primary = await _about_to_lapse(site, booking, committing)
        async with (
            held_back(primary, committing, AT_ITS_COMMIT) as third,
            held_back(primary, booking, IN_ITS_TRANSACTION) as second,
            held_back(primary, holding, BEFORE_ITS_HOLD) as first,
        ):
            os.kill(pid, signal.SIGSTOP)
        sent = (first, second, third)
        try:
            if not any(task.done() for task in sent):
                yield Caught(holding, booking, committing, sent)
                return
        finally:
            os.kill(pid, signal.SIGCONT)
        await asyncio.gather(*sent)  # they were answered before
    raise AssertionError("never stopped in the middle")


async def _about_to_lapse(site: Site, booking: Claim, committing: Claim) -> Node:
    """Have both hold their times, the one that is to be stopped in a transaction not for long."""
    for claim in (booking, committing):
        assert (await claim.person.hold(claim.slot.id)).status_code == 303
    soon = {"$set": {"held_until": clock.now() + _LAPSES_AFTER}}
    await site.database.collection(Slot).update_one({"_id": booking.slot.id}, soon)
    return await asyncio.to_thread(site.set.wait_for_primary)


async def _go_on_without(
    found: Scene, caught: Caught, opened: AsyncExitStack, seconds: float
) -> None:
    """Have all work at the other server, and somebody get the time that was half booked."""
    wakes_at = asyncio.get_running_loop().time() + seconds
    (rival,) = await people(found.site, opened, 1)
    wanted = Claim(rival, caught.booking.slot, "rival", found.journal)
    async with asyncio.timeout(seconds + PATIENCE_S):
        while (await wanted.insist(found.claims)).status == 409:  # noqa: ASYNC110 - asks again
            await asyncio.sleep(0.2)
    await found.until(lambda: found.broken_since(0))
    await asyncio.sleep(wakes_at - asyncio.get_running_loop().time())


async def _wake(found: Scene, caught: Caught, seconds: float) -> None:
    """Look at what the claims came to, and have their visitors send them again."""
    async with asyncio.timeout(PATIENCE_S):
        holding, booking, _ = await asyncio.gather(*caught.sent)
        assert booking.status != 303, "the time was booked twice"
        if seconds > ASLEEP_TOO_LONG_S:
            assert holding.status != 303, "a hold was written long after it was asked for"
        assert (await caught.booking.insist(found.claims)).status == 409
        assert (await caught.committing.insist(found.claims)).status == 303
        assert (await caught.holding.insist(found.claims)).status == 303
