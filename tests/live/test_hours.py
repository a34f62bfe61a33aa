"""What listeners hear when an expert's hours change, and when a day fills up."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

import pytest

from domain.desk.working_hours import changes, saving
from domain.desk.working_hours.forms import RuleForm
from domain.rules.instants import to_milliseconds
from domain.rules.log import OPERATOR
from domain.rules.slots import SlotState
from domain.store.core.background import end
from domain.store.core.database import Database, Key
from domain.store.documents import Slot
from domain.store.documents.agreements import Terms
from domain.store.documents.hours import SessionLimits, WorkingHours
from domain.store.experts import reading as experts
from tests.domain.diaries import (
    HORIZON,
    change_hours,
    every_day,
    expert_with,
    published,
    slots_of,
)
from tests.domain.support import book
from tests.live.support import Ear, TinyRenderer, streams
from tests.waiting import until
from web.http import clock
from web.jobs.publisher import Publisher

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ALL_DAY = ("00:00-12:00", "12:00-00:00")


async def test_hours_that_close_and_open_again_are_heard_as_such(database: Database):
    now = clock.now()
    expert_id = await published(database, every_day(*ALL_DAY), now)

    async with streams(database) as live, live.listen(expert_id) as ann:
        await change_hours(database, expert_id, WorkingHours(), clock.now())
        await ann.hear("slotWithdrawn")
        await change_hours(database, expert_id, every_day(*ALL_DAY), clock.now())
        await ann.hear("slotPublished")

    assert "slotFreed" not in ann.names()


async def test_what_an_expert_saves_is_heard_at_once(database: Database):
    expert = await expert_with(database, WorkingHours())
    typed = {"weekday": "days", "opens": "00:00", "closes": "12:00", "every": "1"}
    add = changes.add_rule(RuleForm.read(typed))

    async with streams(database) as live, live.listen(expert.id) as ann:
        await saving.save(database, expert.id, add, by=OPERATOR, now=clock.now())
        await ann.hear("slotPublished")
        added = await experts.find(database, expert.id)
        assert added is not None
        remove = changes.remove_rule(added.hours.rules[3].key)
        await saving.save(database, expert.id, remove, by=OPERATOR, now=clock.now())
        await ann.hear("slotWithdrawn")


# ruff: noqa: ARG002 - a renderer is given more than this one shows


class Lengths(TinyRenderer):
    """Shows of a day how long its times are, and until when before their start they are free."""

    def day(self, on: date, slots: Sequence[Slot], zone: str, language: str, now: datetime) -> str:
        spans = {(one.ends_at - one.starts_at, one.starts_at - one.closes_at) for one in slots}
        shown = sorted(f"{length // MINUTE}, {notice // MINUTE}" for length, notice in spans)
        return f"{on}: {'; '.join(shown)}"


@pytest.mark.parametrize(
    ("new", "shown"),
    [
        ({"session_minutes": 45}, "45, 5"),
        ({"terms": Terms(horizon_days=HORIZON, notice_minutes=90)}, "60, 90"),
    ],
    ids=["length", "terms"],
)
async def test_a_new_length_and_new_terms_are_heard_as_published_anew(
    database: Database, new: dict[str, object], shown: str
):
    begun_at = clock.now()
    hours = every_day("06:00-12:00", limits=SessionLimits(grid_minutes=60))
    expert_id = await published(database, hours, begun_at)
    keys = {slot.id for slot in await slots_of(database, expert_id)}
    long_ago = dict.fromkeys(("published_at", "changed_at"), begun_at - 2 * HOUR)
    await database.collection(Slot).update_many({}, {"$set": long_ago})
    days = [f"{(begun_at + n * DAY).date()}: {shown}" for n in range(1, HORIZON)]

    async with streams(database, Lengths()) as live, live.listen(expert_id) as ann:
        position = to_milliseconds(clock.now())
        await saving.save(
            database, expert_id, lambda it: it.model_copy(update=new), by=OPERATOR, now=clock.now()
        )
        await until(lambda: tells(ann, days))
        async with live.listen(expert_id, after=position) as ben:
            await until(lambda: tells(ben, days))

    assert {*ann.names(), *ben.names()} == {"slotPublished"}
    assert keys <= {slot.id for slot in await slots_of(database, expert_id)}


def tells(ear: Ear, days: Collection[str]) -> bool:
    """Say whether a listener has heard of all these days."""
    return {*days} <= {one.data for one in ear.heard if one.event == "slotPublished"}


async def test_a_day_that_fills_up_and_empties_is_heard_time_by_time(database: Database):
    now = clock.now()
    limits = SessionLimits(most_a_day=1)
    expert_id = await published(database, every_day(*ALL_DAY, limits=limits), now)
    tomorrow = (now + DAY).date()
    free = [
        slot for slot in await slots_of(database, expert_id) if slot.starts_at.date() == tomorrow
    ]

    async with streams(database) as live, live.listen(expert_id) as ann:
        await book(database, free[0], now=now)
        full = await ann.hear("slotFull", len(free) - 1)
        await change_hours(database, expert_id, every_day(*ALL_DAY), clock.now())
        freed = await ann.hear("slotFreed", len(free) - 1)

    assert {one.slot_id for one in full} == {str(slot.id) for slot in free[1:]}
    assert {one.slot_id for one in freed} == {str(slot.id) for slot in free[1:]}


async def test_the_publisher_plans_who_is_due_and_who_has_lost_a_retiring_session(
    database: Database,
):
    now = clock.now()
    new = await expert_with(database, every_day(*ALL_DAY))
    later = await published(database, every_day(*ALL_DAY), now)
    gone = (await slots_of(database, later))[-1]
    as_freed = gone.model_copy(update={"state": SlotState.WITHDRAWN, "retiring": True})
    await database.engine.save(as_freed)
    job = asyncio.create_task(Publisher(database, clock.now).run())

    async def is_done() -> bool:
        planned = await experts.find(database, new.id)
        settled = await database.engine.find_one(Slot, {"_id": gone.id})
        assert planned is not None
        assert settled is not None
        return planned.planned_at >= now and settled.state is SlotState.OPEN

    try:
        await until(is_done)
    finally:
        await end(job)
    assert await starts_within(database, new.id, now) == await starts_within(database, later, now)


async def starts_within(database: Database, expert_id: Key, now: datetime) -> set[datetime]:
    """Return the starts of an expert's times of the next days, whenever they were published."""
    found = await slots_of(database, expert_id)
    return {s.starts_at for s in found if now + HOUR < s.starts_at < now + 3 * DAY}
