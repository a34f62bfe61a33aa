"""Experts with hours, and what has become of their slots."""

from collections.abc import Collection
from datetime import datetime, time, timedelta
from typing import Any

from domain.desk import publishing
from domain.rules.hours import Weekday
from domain.rules.slots import SlotState
from domain.store.core.database import Database, Key
from domain.store.documents import Expert, Slot
from domain.store.documents.agreements import Terms
from domain.store.documents.hours import KeptRule, WorkingHours
from domain.store.experts import reading as experts
from domain.store.experts.publishing import save_hours
from tests.factories import make_expert

HORIZON = 6
"""Days ahead of today; published is one more."""


def every_day(*stretches: str, **more: Any) -> WorkingHours:
    """Hours that are the same on each day: `every_day("09:00-12:00")`."""
    rules = [
        KeptRule(key=f"{day}{text}", weekday=day, opens=text[:5], closes=text[6:])
        for day in Weekday
        for text in stretches
    ]
    return WorkingHours(rules=rules, **more)


async def expert_with(database: Database, hours: WorkingHours, **fields: Any) -> Expert:
    """An expert in UTC whose sessions take an hour, published for a week."""
    given: dict[str, Any] = {
        "zone": "UTC",
        "session_minutes": 60,
        "terms": Terms(horizon_days=HORIZON),
        "hours": hours,
        "has_hours": True,
        **fields,
    }
    return await make_expert(database, **given)


async def published(database: Database, hours: WorkingHours, now: datetime, **fields: Any) -> Key:
    """Publish an expert's hours; return the expert."""
    expert = await expert_with(database, hours, **fields)
    await publishing.publish(database, expert.id, now=now)
    return expert.id


async def change_hours(
    database: Database, expert_id: Key, hours: WorkingHours, now: datetime
) -> publishing.Published:
    """Save other hours, and publish them."""
    is_saved = False
    while not is_saved:
        expert = await experts.find(database, expert_id)
        assert expert is not None
        changed = expert.model_copy(update={"hours": hours, "has_hours": True})
        is_saved = await save_hours(database, expert, changed)
    return await publishing.publish(database, expert_id, now=now)


async def slots_of(database: Database, expert_id: Key) -> list[Slot]:
    """All of an expert's slots, in order of their start."""
    return await database.engine.find(Slot, {"expert_id": expert_id}, sort=Slot.starts_at)


async def starts(
    database: Database, expert_id: Key, states: Collection[SlotState] = (SlotState.OPEN,)
) -> list[str]:
    """Return the starts of the slots in some states, as `day hour:minute`."""
    found = await slots_of(database, expert_id)
    return [f"{slot.starts_at:%d %H:%M}" for slot in found if slot.state in states]


async def slot_at(database: Database, expert_id: Key, day: datetime, at: str) -> Slot:
    """The slot that begins at a time of a day."""
    starts_at = datetime.combine(day, time.fromisoformat(at), tzinfo=day.tzinfo)
    (found,) = [slot for slot in await slots_of(database, expert_id) if slot.starts_at == starts_at]
    return found


def days(now: datetime, count: int) -> list[str]:
    """The days from tomorrow on, as `starts` has them."""
    return [f"{now + timedelta(days=number):%d}" for number in range(1, count + 1)]
