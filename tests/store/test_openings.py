"""Who is free in a window: memory answers as the database would, whatever changes meanwhile."""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from motor.motor_asyncio import AsyncIOMotorClient
from odmantic import ObjectId
from pymongo import AsyncMongoClient, monitoring

from domain.rules.instants import EPOCH
from domain.rules.slots import SlotState, is_free
from domain.rules.windows import When, Window
from domain.store.core.background import end
from domain.store.core.database import Database, Document, Key
from domain.store.documents import Slot
from domain.store.memory import openings as store
from domain.store.memory.openings import KEPT_DAYS, Openings
from domain.store.memory.slot_changes import slot_watcher
from domain.store.slots import open_days
from domain.store.slots.open_days import Opening
from tests.addresses import through
from tests.factories import make_slot, slot_of
from tests.soak import seeds
from tests.store.test_directory import Line
from tests.waiting import until
from web.http import clock

BERLIN = ZoneInfo("Europe/Berlin")
HALF_HOUR = timedelta(minutes=30)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
EXPERTS = [ObjectId() for _ in range(6)]
BEGINNING = datetime(2031, 7, 7, 18, tzinfo=UTC)
READS = 2
"""Of a day: what is held, and what is open."""
SLOTS_EACH = 60
"""Each half an hour long, so that they reach over midnight in every zone."""

Free = Mapping[Key, Sequence[datetime]]


async def free_by_rule(database: Database, window: Window, now: datetime) -> Free:
    """Ask the database for everything, and the rules of slots about each."""
    found = await database.engine.find(Slot, sort=Slot.starts_at)
    free: dict[Key, list[datetime]] = {}
    for slot in found:
        if window.holds(slot.starts_at, slot.ends_at) and is_free(slot, now):
            free.setdefault(slot.expert_id, []).append(slot.starts_at)
    return free


def starts(found: Mapping[Key, Sequence[Opening]]) -> Free:
    return {expert: [opening.starts_at for opening in free] for expert, free in found.items()}


async def publish(database: Database, chance: random.Random) -> None:
    await database.engine.save_all(
        [
            slot_of(expert_id, BEGINNING + n * HALF_HOUR, **anything(chance))
            for expert_id in EXPERTS
            for n in range(SLOTS_EACH)
            if chance.random() < 0.7
        ]
    )


def anything(chance: random.Random) -> Document:
    """A state, and instants about now at which the clock changes whether a slot is free."""
    state = chance.choice([SlotState.OPEN, SlotState.OPEN, *SlotState])
    about = [BEGINNING + chance.randint(-2_000, 2_000) * timedelta(minutes=1) for _ in range(3)]
    return {
        "state": state,
        "held_until": EPOCH if state is SlotState.OPEN else about[0],
        "opens_at": chance.choice([EPOCH, about[1]]),
        "closes_at": chance.choice([BEGINNING + 4 * DAY, about[2]]),
    }


async def change_anything(database: Database, chance: random.Random) -> None:
    """Publish a slot, or bring one into any state, as other processes may at any time."""
    if chance.random() < 0.2:
        after = BEGINNING + (SLOTS_EACH + chance.randrange(10_000)) * timedelta(seconds=7)
        await make_unless_there(
            database, slot_of(chance.choice(EXPERTS), after, **anything(chance))
        )
        return
    keys = [document["_id"] async for document in database.collection(Slot).find({}, {"_id": 1})]
    fields = anything(chance)
    changed = {**fields, "state": fields["state"].value, "changed_at": BEGINNING}
    await database.collection(Slot).update_one(
        {"_id": chance.choice(keys)}, {"$set": changed, "$inc": {"rev": 1}}
    )


async def make_unless_there(database: Database, slot: Slot) -> None:
    same = {"expert_id": slot.expert_id, "starts_at": slot.starts_at}
    if await database.engine.find_one(Slot, same) is None:
        await database.engine.save(slot)


def any_window(chance: random.Random) -> Window:
    on = (BEGINNING + chance.choice([0, 1, 1, 2]) * DAY).date()
    start, end = sorted(chance.sample(range(24), 2))
    asked = chance.choice([(None, None), (time(start), time(end)), (time(start), None)])
    window = When(
        on, chance.choice([BERLIN, ZoneInfo("UTC"), ZoneInfo("Asia/Tokyo")]), *asked
    ).window()
    assert window is not None
    return window


@asynccontextmanager
async def following(database: Database) -> AsyncIterator[Openings]:
    openings = Openings(database)
    task = asyncio.create_task(slot_watcher(database, openings, clock=clock.now).run())
    try:
        await until(lambda: openings._is_up)
        yield openings
    finally:
        await end(task)


async def hears(openings: Openings, database: Database) -> None:
    """Wait until a change that was made last has arrived."""
    last, now = await make_slot(database, starts_at=BEGINNING + 40 * DAY), BEGINNING
    window = Window(last.starts_at, last.ends_at)

    async def is_free_now() -> bool:
        return last.expert_id in await openings.free_in(window, now)

    async def is_taken() -> bool:
        return not await is_free_now()

    await until(is_free_now)
    for state, shows in ((SlotState.BOOKED, is_taken), (SlotState.OPEN, is_free_now)):
        await database.collection(Slot).update_one(
            {"_id": last.id}, {"$set": {"state": state.value}, "$inc": {"rev": 1}}
        )
        await until(shows)
    await database.collection(Slot).delete_one({"_id": last.id})


@seeds(1, 20)
async def test_it_answers_as_the_rules_do_whatever_is_asked_and_changed(database: Database, seed):
    chance = random.Random(seed)
    await publish(database, chance)
    found = 0

    async with following(database) as openings:
        for _ in range(8):
            for _ in range(10):
                window, now = any_window(chance), BEGINNING + chance.randint(-9, 9) * HALF_HOUR
                free = starts(await openings.free_in(window, now))
                assert free == await free_by_rule(database, window, now)
                found += len(free)
            for _ in range(12):
                await change_anything(database, chance)
            await hears(openings, database)
        assert openings._days

    assert found > 100


async def claim(database: Database, slot: Slot) -> None:
    booked = {"$set": {"state": SlotState.BOOKED.value}, "$inc": {"rev": 1}}
    await database.collection(Slot).update_one({"_id": slot.id}, booked)


async def test_its_edition_is_the_same_until_who_is_free_may_have_changed(database: Database):
    noon = BEGINNING + 12 * HOUR
    within, outside = Window(noon, noon + HOUR), noon + 3 * HOUR
    slot = await make_slot(database, starts_at=noon)
    later = await make_slot(database, starts_at=outside)

    async with following(database) as openings:

        async def is_another(than: object, now: datetime = BEGINNING) -> bool:
            return await openings.edition(within, now) is not than

        first = await openings.edition(within, BEGINNING)
        await claim(database, later)
        await hears(openings, database)
        assert not await is_another(first)

        await claim(database, slot)
        await until(lambda: is_another(first))
        second = await openings.edition(within, BEGINNING)
        assert not await is_another(second)

        await make_slot(database, starts_at=noon + HALF_HOUR)
        await until(lambda: is_another(second))
        third = await openings.edition(within, BEGINNING)
        assert not await is_another(third, noon)
        assert await is_another(third, noon + HALF_HOUR), "it has closed"


async def test_what_is_not_followed_has_no_edition(database: Database):
    openings = Openings(database)

    assert await openings.edition(Window(BEGINNING, BEGINNING + HOUR), BEGINNING) is None


async def test_who_asked_a_moment_before_is_told_the_same(database: Database):
    window = Window(BEGINNING, BEGINNING + DAY)
    await make_slot(database, starts_at=BEGINNING + HOUR)

    async with following(database) as openings:
        first = await openings.edition(window, BEGINNING)
        assert await openings.edition(window, BEGINNING - timedelta(milliseconds=5)) is first
        assert await openings.edition(window, BEGINNING - HOUR) is not first


async def test_changes_during_the_first_look_at_a_window_are_not_lost(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(open_days, "_AT_ONCE", 1)
    window = Window(BEGINNING, BEGINNING + HOUR)
    slots = [await make_slot(database, starts_at=BEGINNING) for _ in range(5)]
    started, changed = asyncio.Event(), asyncio.Event()

    async def slowly(_: float) -> None:
        started.set()
        await changed.wait()

    async with following(database) as openings:
        await openings.free_in(Window(BEGINNING, BEGINNING + HALF_HOUR), BEGINNING - DAY)
        monkeypatch.setattr(open_days, "asyncio", SimpleNamespace(sleep=slowly))
        asking = [asyncio.create_task(openings.free_in(window, BEGINNING - DAY)) for _ in range(3)]
        await started.wait()
        for slot in slots[:4]:
            await claim(database, slot)
        day = openings._days[BEGINNING.date()].day
        await until(lambda: not any([*day.of(slot.expert_id)] for slot in slots[:4]))
        changed.set()

        assert [starts(await one) for one in asking] == 3 * [{slots[4].expert_id: [BEGINNING]}]
        assert not openings._begun


async def test_changes_during_the_read_are_not_lost(database: Database, monkeypatch):
    """The day is read before the change, and what was read arrives after it."""
    expert = ObjectId()
    taken, freed, new = [slot_of(expert, BEGINNING + n * HALF_HOUR) for n in range(3)]
    freed.state = SlotState.BOOKED
    await database.engine.save_all([taken, freed])
    read, changed = asyncio.Event(), asyncio.Event()
    claimable = store.claimable

    async def slowly(*arguments) -> AsyncIterator[Sequence[Opening]]:
        found = [some async for some in claimable(*arguments)]
        read.set()
        await changed.wait()
        for some in found:
            yield some

    monkeypatch.setattr(store, "claimable", slowly)
    window = Window(BEGINNING, BEGINNING + 3 * HALF_HOUR)
    async with following(database) as openings:
        asking = asyncio.create_task(openings.free_in(window, BEGINNING - DAY))
        await read.wait()
        for slot, state in ((taken, SlotState.BOOKED), (freed, SlotState.OPEN)):
            await database.collection(Slot).update_one(
                {"_id": slot.id}, {"$set": {"state": state.value}, "$inc": {"rev": 1}}
            )
        await database.engine.save(new)
        day = openings._days[BEGINNING.date()].day
        await until(lambda: {o.slot_id for o in day.of(expert)} == {freed.id, new.id})
        changed.set()

        assert starts(await asking) == {expert: [freed.starts_at, new.starts_at]}


class Reads(monitoring.CommandListener):
    """Counts how often slots are read."""

    def __init__(self) -> None:
        self.count = 0

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        self.count += event.command_name == "find"

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Count nothing."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Count nothing."""


@asynccontextmanager
async def counted(database: Database, uri: str) -> AsyncIterator[tuple[Database, Reads]]:
    reads = Reads()
    motor: AsyncIOMotorClient[Document] = AsyncIOMotorClient(
        uri, tz_aware=True, event_listeners=[reads]
    )
    try:
        yield (
            replace(database, motor=motor, engine=type(database.engine)(motor, database.name)),
            reads,
        )
    finally:
        motor.close()


async def test_a_day_is_read_once_for_all_who_ask(database: Database, database_uri):
    await make_slot(database, starts_at=BEGINNING)
    at_six = Window(BEGINNING, BEGINNING + HALF_HOUR)
    later = Window(BEGINNING - HALF_HOUR, BEGINNING + 3 * HALF_HOUR)

    async with counted(database, database_uri) as (asked, reads), following(asked) as openings:
        answers = await asyncio.gather(
            *(openings.free_in(window, BEGINNING - DAY) for window in [at_six, later] * 10)
        )

        assert reads.count == READS
        assert all(len(answer) == 1 for answer in answers)


async def test_one_who_leaves_stops_nobody_elses_read(database: Database):
    slot = await make_slot(database, starts_at=BEGINNING)
    window = Window(BEGINNING, BEGINNING + HALF_HOUR)

    async with following(database) as openings:
        first, second = [
            asyncio.create_task(openings.free_in(window, BEGINNING - DAY)) for _ in range(2)
        ]
        await asyncio.sleep(0)
        first.cancel()

        assert starts(await second) == {slot.expert_id: [BEGINNING]}


async def test_the_days_asked_for_last_are_kept(database: Database, database_uri):
    await make_slot(database, starts_at=BEGINNING)
    days = [Window(BEGINNING + n * DAY, BEGINNING + n * DAY + HALF_HOUR) for n in range(20)]

    async with counted(database, database_uri) as (asked, reads), following(asked) as openings:
        for window in days:
            await openings.free_in(window, BEGINNING - DAY)
            await openings.free_in(days[0], BEGINNING - DAY)

        assert reads.count == READS * len(days)
        assert len(openings._days) == KEPT_DAYS
        assert {on for window in openings._vacancies for on in window.days()} == {*openings._days}


async def test_only_as_many_times_are_kept_as_there_is_room_for(
    database: Database, database_uri, monkeypatch
):
    monkeypatch.setattr(store, "KEPT_TIMES", 2)
    windows = [Window(BEGINNING + n * DAY, BEGINNING + n * DAY + HALF_HOUR) for n in range(4)]
    for window, times in zip(windows, (1, 1, 1, 3), strict=True):
        for _ in range(times):
            await make_slot(database, starts_at=window.start)
    first, second, third, crowded = windows

    async with counted(database, database_uri) as (asked, reads), following(asked) as openings:
        for window in (first, second, third, second, third, crowded, crowded):
            found = await openings.free_in(window, BEGINNING - DAY)
            assert len(found) == (3 if window is crowded else 1)

        assert {*openings._days} == {*second.days(), *third.days()}
        assert reads.count == READS * (3 + 1 + 2)  # the crowded day once, and its window each time


async def test_while_the_watcher_is_cut_off_it_asks_the_database(database: Database, mongodb_uri):
    slot = await make_slot(database, starts_at=BEGINNING)
    window, now = Window(BEGINNING, BEGINNING + HALF_HOUR), BEGINNING - DAY
    async with Line(mongodb_uri) as line:
        uri = through(mongodb_uri, line.port)
        async with (
            AsyncMongoClient[Document](uri, tz_aware=True) as client,
            following(replace(database, watching=client)) as openings,
        ):
            assert len(await openings.free_in(window, now)) == 1
            await line.cut()
            await until(lambda: not openings._is_up)
            await database.collection(Slot).update_one(
                {"_id": slot.id}, {"$set": {"state": "booked"}, "$inc": {"rev": 1}}
            )

            assert await openings.free_in(window, now) == {}
            assert not openings._days

            line.mend()
            await until(lambda: openings._is_up)
            assert await openings.free_in(window, now) == {}
            assert openings._days


async def test_before_its_watcher_is_up_it_keeps_nothing(database: Database):
    slot = await make_slot(database, starts_at=BEGINNING)
    openings = Openings(database)

    free = await openings.free_in(Window(BEGINNING, BEGINNING + HALF_HOUR), BEGINNING - DAY)

    assert starts(free) == {slot.expert_id: [BEGINNING]}
    assert not openings._days


async def test_a_read_that_fails_is_tried_again_by_who_asks_next(database: Database, monkeypatch):
    await make_slot(database, starts_at=BEGINNING)
    window = Window(BEGINNING, BEGINNING + HALF_HOUR)

    async def fail(*_: object) -> AsyncIterator[Sequence[Opening]]:
        raise ConnectionError
        yield []

    async with following(database) as openings:
        with monkeypatch.context() as broken:
            broken.setattr(store, "claimable", fail)
            with pytest.raises(ConnectionError):
                await openings.free_in(window, BEGINNING - DAY)

        assert len(await openings.free_in(window, BEGINNING - DAY)) == 1
