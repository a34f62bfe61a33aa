"""Pages that lose their connections again and again, under load, over two processes."""

import asyncio
import os
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest

from domain.rules.slots import SlotState
from domain.store.core.database import Database, Key
from domain.store.documents import Expert, Slot
from tests.factories import make_expert
from tests.live.crowd import allow_files
from tests.live.pages import Page, shows_all, states
from tests.live.support import add_slots, change, free, hold
from tests.servers import start_servers
from tests.soak import drawn, sampled
from web.http import clock

pytestmark = sampled

SEED = int(os.environ.get("SEED", "20"))


@dataclass(frozen=True)
class Scene:
    """One expert of whom much is heard. Half of the times change once: a message lost is seen."""

    expert: Expert
    slots: Sequence[Slot]

    @property
    def path(self) -> str:
        return f"/experts/{self.expert.slug}/live"


async def make_scene(database: Database, *, slots: int) -> Scene:
    expert = await make_expert(database)
    return Scene(expert, await add_slots(database, expert.id, slots))


async def keep_changing(
    database: Database, scene: Scene, done: asyncio.Event, *, pause: float, seed: int
) -> int:
    """Change times until all that change once have, and the pages are done; return how often."""
    chance = random.Random(seed)
    often, once = list(scene.slots[::2]), list(scene.slots[1::2])
    held: set[Key] = set()
    count = 0
    while once or not done.is_set():
        if once and chance.random() < 0.5:
            await change(database, once.pop(), SlotState.BOOKED)
        else:
            await hold_or_free(database, chance.choice(often), held)
        count += 1
        await asyncio.sleep(chance.uniform(0, 2 * pause))
    return count


async def hold_or_free(database: Database, slot: Slot, held: set[Key]) -> None:
    """Free a time that is held, else hold it: what is free already can't be freed."""
    held ^= {slot.id}
    if slot.id in held:
        await hold(database, slot, until=clock.now() + timedelta(minutes=5))
    else:
        await free(database, slot)


async def lose_connections(
    page: Page, urls: Sequence[str], *, times: int, chance: random.Random, forgetful: bool = False
) -> None:
    """Cut the page off so many times, each time on to whichever process."""
    await page.go_to(chance.choice(urls))
    for _ in range(times):
        await asyncio.sleep(chance.uniform(0, 0.4))
        page.cut()
        await asyncio.sleep(chance.uniform(0, 0.4))
        if forgetful:
            page.last_id, page.after = None, ""
        await page.go_to(chance.choice(urls))


async def run(
    database: Database, urls: Sequence[str], *, pages: int, times: int, slots: int, seed: int
) -> list[int]:
    """Return of how many times each page shows an older state than the database, in the end.

    The last page is the control: it comes back without its position.
    """
    chance = random.Random(seed)
    scenes = [await make_scene(database, slots=slots) for _ in range(2)]
    done = asyncio.Event()
    changing = [
        asyncio.create_task(keep_changing(database, scene, done, pause=0.06, seed=seed + n))
        for n, scene in enumerate(scenes)
    ]
    shown = [(Page(scenes[n % 2].path), scenes[n % 2]) for n in range(pages + 1)]
    steady = [(Page(scene.path), scene) for scene in scenes for _ in range(2)]
    for n, (page, _) in enumerate(steady):
        await page.go_to(urls[n % len(urls)])
    await asyncio.gather(
        *(
            lose_connections(page, urls, times=times, chance=chance, forgetful=n == pages)
            for n, (page, _) in enumerate(shown)
        )
    )
    done.set()
    await asyncio.gather(*changing)
    return await behind(database, [*steady, *shown])


async def behind(database: Database, shown: Sequence[tuple[Page, Scene]]) -> list[int]:
    """Give all but the last page time to hear of everything; return how much each hasn't."""
    changed = {
        scene.path: {k: v for k, v in (await states(database, scene.slots)).items() if v[0] > 1}
        for _, scene in shown
    }
    await asyncio.gather(*(shows_all(page, changed[page.path]) for page, _ in shown[:-1]))
    for page, _ in shown:
        page.cut()
    return [
        sum(page.shown.get(key, (0, ""))[0] < rev for key, (rev, _) in changed[page.path].items())
        for page, _ in shown
    ]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("round_", range(drawn(1, 10)))
async def test_pages_cut_off_again_and_again_under_load_end_as_the_database_is(
    database: Database, database_uri: str, round_: int
):
    allow_files(4096)
    await make_expert(database)
    pages, times, slots = drawn(10, 40), drawn(4, 25), drawn(40, 160)
    with start_servers(2, database_uri) as servers:
        *missed, forgetful = await run(
            database,
            [server.url for server in servers],
            pages=pages,
            times=times,
            slots=slots,
            seed=SEED + 100 * round_,
        )

    assert missed == [0] * (pages + 4)
    assert forgetful > 0  # what all of them would have missed
