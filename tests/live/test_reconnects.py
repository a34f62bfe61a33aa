"""Pages that lose their connections again and again, under load, over two processes."""

import asyncio
import os
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest

from domain.slots import SlotState
from domain.store.database import Database
from domain.store.documents import Expert, Slot
from tests.factories import make_expert
from tests.live.crowd import allow_files
from tests.live.pages import Page, shows_all, states
from tests.live.support import add_slots, change, free, hold
from tests.servers import start_server
from web import clock

pytestmark = pytest.mark.soak  # a thousand streams: minutes

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
    count = 0
    while once or not done.is_set():
        if once and chance.random() < 0.5:
            await change(database, once.pop(), SlotState.BOOKED)
        else:
            slot = chance.choice(often)
            until = clock.now() + timedelta(minutes=5)
            await (free(database, slot) if count % 2 else hold(database, slot, until=until))
        count += 1
        await asyncio.sleep(chance.uniform(0, 2 * pause))
    return count


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


async def run(database: Database, urls: Sequence[str], *, pages: int, times: int) -> list[int]:
    """Return of how many times each page shows an older state than the database, in the end.

    The last page is the control: it comes back without its position.
    """
    chance = random.Random(SEED)
    scenes = [await make_scene(database, slots=160) for _ in range(2)]
    done = asyncio.Event()
    changing = [
        asyncio.create_task(keep_changing(database, scene, done, pause=0.06, seed=SEED + n))
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
    return [await _behind(database, page, scene) for page, scene in [*steady, *shown]]


async def _behind(database: Database, page: Page, scene: Scene) -> int:
    wanted = {
        key: state for key, state in (await states(database, scene.slots)).items() if state[0] > 1
    }
    await shows_all(page, wanted, within=2)
    page.cut()
    return sum(page.shown.get(key, (0, ""))[0] < rev for key, (rev, _) in wanted.items())


async def reconnect_under_load(database: Database, uri: str, *, pages: int, times: int) -> None:
    allow_files(4096)
    with start_server(uri) as here, start_server(uri) as there:
        *behind, forgetful = await run(database, [here.url, there.url], pages=pages, times=times)

    assert behind == [0] * (pages + 4)
    assert forgetful > 0  # what all of them would have missed


@pytest.mark.timeout(300)
async def test_pages_cut_off_200_times_under_load_end_as_the_database_is(
    database: Database, database_uri: str
):
    await make_expert(database)
    await reconnect_under_load(database, database_uri, pages=20, times=10)


@pytest.mark.soak
@pytest.mark.parametrize("round_", range(10))
async def test_pages_cut_off_1000_times_under_load_end_as_the_database_is(
    database: Database, database_uri: str, round_: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("tests.live.test_reconnects.SEED", SEED + 100 * round_)
    await make_expert(database)
    await reconnect_under_load(database, database_uri, pages=40, times=25)
