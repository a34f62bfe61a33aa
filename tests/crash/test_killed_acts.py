"""An act is killed with -9 step by step: it was done and is logged, or neither."""

from datetime import datetime
from functools import partial
from itertools import count
from typing import Any

from domain.desk.absences import standing_in
from domain.rules.log import OPERATOR
from domain.store.audit import audit
from domain.store.core.database import Database, Key
from domain.store.documents import Expert
from domain.store.documents.log import LogEntry
from domain.store.experts import reading as experts
from tests.crash.victim import Errand, killed
from tests.factories import make_expert
from tests.soak import drawn, sampled

pytestmark = sampled

MOST_STEPS = 40


async def agree(database: Database, *, expert_id: Key, now: datetime) -> None:
    """Have an expert stand in for others."""
    expert = await experts.find(database, expert_id)
    assert expert is not None
    await standing_in.agree(database, expert, stands_in=True, by=OPERATOR, now=now)


async def test_an_act_that_is_killed_was_done_and_is_logged_or_neither(
    database: Database, database_uri: str, now: datetime, processes: Any
):
    stride = drawn(3, 1)
    for step in count(stride // 2, stride):
        expert = await make_expert(database)
        act = partial(agree, expert_id=expert.id, now=now)

        was_killed = await killed(database, processes, Errand(database_uri, act, step))

        after = await database.engine.find_one(Expert, {"_id": expert.id})
        assert after is not None
        entries = await database.engine.count(LogEntry, {"subject_key": str(expert.id)})
        assert entries == after.stands_in, f"torn at step {step}"
        await act(database)
        assert await database.engine.count(LogEntry, {"subject_key": str(expert.id)}) == 1
        assert await audit(database) == []
        if not was_killed:
            assert step >= stride
            return
        assert step < MOST_STEPS
