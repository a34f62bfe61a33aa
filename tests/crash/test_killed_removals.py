"""The program is killed while it removes an expert; another process finishes it."""

from datetime import datetime
from functools import partial
from typing import Any

from domain.admin import removal
from domain.rules.log import OPERATOR
from domain.store.audit import audit
from domain.store.core.database import Database, Key
from domain.store.documents import Booking, Expert
from domain.store.documents.profiles import ExpertStatus
from domain.store.experts import reading as experts
from tests.crash.victim import Errand, killed
from tests.domain.practices import Practice, practice_with
from tests.soak import drawn, sampled

pytestmark = sampled

FIRST, STRIDE = drawn(6, 0), drawn(39, 1)
MOST_STEPS = 200
ROSA: dict[str, Any] = {
    "name": "Rosa Stern",
    "email": "rosa@example.org",
    "bio": "Plays the zither.",
}


async def remove(expert_id: Key, now: datetime, database: Database) -> None:
    """Remove an expert, as long as there is one."""
    expert = await experts.find(database, expert_id)
    assert expert is not None
    await removal.remove(database, expert, message="Farewell.", by=OPERATOR, now=now)


async def finish(practice: Practice) -> tuple[Expert, list[bool]]:
    """Do what the background does; return the expert, and which attendees were asked."""
    await practice.tick(practice.now)
    await removal.carry_on_all(practice.database, now=practice.now)
    found = await practice.database.engine.find(Booking, {"expert_id": practice.expert_id})
    return await practice.expert(), [booking.is_displaced for booking in found]


async def test_a_removal_that_was_killed_is_finished_or_never_began(
    database: Database, database_uri: str, now, processes
):
    """Every second one is finished by an administrator who removes again, the others by itself."""
    left = set()
    for step in range(FIRST, MOST_STEPS, STRIDE):
        practice = await practice_with(database, now, slug=f"rosa-{step}", **ROSA)
        await practice.booked(2)
        errand = Errand(database_uri, partial(remove, practice.expert_id, now), step)

        was_killed = await killed(database, processes, errand)
        left.add((await practice.expert()).status)
        if step % 2:
            await remove(practice.expert_id, now, database)
        expert, asked = await finish(practice)

        assert await audit(database) == [], f"torn at step {step}"
        if expert.status is ExpertStatus.LISTED:
            assert step % 2 == 0
            assert (expert.email, asked) == (ROSA["email"], [False])
        else:
            assert (expert.email, expert.bio, asked) == ("erased", "", [True])
        if not was_killed:
            assert ExpertStatus.LISTED in left  # some were killed before it began
            return
    raise AssertionError("it never came to an end")
