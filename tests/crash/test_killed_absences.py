"""The program is killed in the middle of what absences ask of it; another process finishes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest

from domain.store.audit import audit
from domain.store.core.database import Database, Key
from tests.crash.victim import Errand, killed
from tests.domain.support import DAY
from tests.model.absences import Deed, Office
from tests.soak import LONG, drawn, sampled

pytestmark = sampled

FIRST, STRIDE = drawn(13, 0), drawn(60, 1)
"""The long form kills at every step of every scene."""
SAMPLE = {"declare", "cancel what is unanswered"}
MOST_STEPS = 600

HOUR = timedelta(hours=1)
AWAY = Deed("declare", "rosa", 2, 2)
AWAY_FOR_LONG = Deed("declare", "rosa", 0, 7)


@dataclass(frozen=True)
class Scene:
    """A deed to be killed in, after others that were done in peace."""

    name: str
    prelude: tuple[Deed | timedelta, ...]
    deed: Deed

    def __str__(self) -> str:
        return self.name


SCENES = (
    Scene("declare", (), AWAY),
    Scene("declare, with nothing but a stand-in's times", (), AWAY_FOR_LONG),
    Scene("declare on days that are offered", (AWAY,), Deed("declare", "rosa", 1, 1)),
    Scene("take one's own expert's time", (AWAY,), Deed("take", "ann", 0)),
    Scene("take a stand-in's time", (AWAY_FOR_LONG,), Deed("take", "ann", 0)),
    Scene("choose another time", (AWAY,), Deed("choose", "ann", 5)),
    Scene("cancel", (AWAY_FOR_LONG,), Deed("cancel", "ann")),
    Scene("revoke", (AWAY_FOR_LONG,), Deed("revoke", "rosa", 0, 7)),
    Scene("end the offers", (AWAY, 30 * HOUR), Deed("tick")),
    Scene("cancel what is unanswered", (AWAY, 2 * DAY + 2 * HOUR), Deed("tick")),
    Scene("a stand-in is absent, too", (AWAY_FOR_LONG,), Deed("declare", "ben", 2, 2)),
)


async def ready(database: Database, scene: Scene, now: datetime) -> tuple[Office, datetime]:
    """An office at which everything that leads up to a scene has happened."""
    office = await Office.opened(database, now)
    for step in scene.prelude:
        if isinstance(step, timedelta):
            now += step
        else:
            await office.run(step, now)
    return office, now


async def finished(office: Office, deed: Deed, now: datetime) -> dict[str, Any]:
    """Do something and what follows from it; return all that is left."""
    await office.run(deed, now)
    for _ in range(2):
        await office.run(Deed("tick"), now)
    return await office.left()


def errand_of(uri: str, office: Office, deed: Deed, now: datetime, step: int) -> Errand:
    """Send somebody to do something, who is killed at a step."""
    place = (office.begun, office.experts, office.booked)
    return Errand(uri, partial(do, place, deed, now), step)


Place = tuple[datetime, Mapping[str, Key], Mapping[str, Key]]
"""What another process needs to find an office: when it opened, its experts and its bookings."""


async def do(place: Place, deed: Deed, now: datetime, database: Database) -> None:
    """Do something at an office that another process has opened."""
    await Office(database, *place).run(deed, now)


@pytest.mark.parametrize("scene", [s for s in SCENES if LONG or s.name in SAMPLE], ids=str)
async def test_what_a_killed_program_leaves_is_never_torn_and_comes_to_the_same_end(
    database: Database, database_uri: str, now, processes, scene: Scene
):
    office, then = await ready(database, scene, now)
    wanted = await finished(office, scene.deed, then)
    for step in count(FIRST, STRIDE):
        office, then = await ready(database, scene, now)
        errand = errand_of(database_uri, office, scene.deed, then, step)

        was_killed = await killed(database, processes, errand)

        assert await audit(database) == [], f"torn at step {step}"
        assert await finished(office, scene.deed, then) == wanted, f"unlike at step {step}"
        if not was_killed:
            assert step > FIRST
            return
        assert step < MOST_STEPS


async def test_what_is_left_without_another_process_is_unfinished(
    database: Database, database_uri: str, now, processes
):
    """The negative control: the killed program's work is not done by itself."""
    office, then = await ready(database, SCENES[0], now)
    wanted = await finished(office, AWAY, then)
    office, then = await ready(database, SCENES[0], now)

    assert await killed(database, processes, errand_of(database_uri, office, AWAY, then, 13))

    assert await office.left() != wanted
