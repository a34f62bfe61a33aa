"""Why a time is there or not, compared with what is published."""

import random
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.booking import holds
from domain.desk import publishing
from domain.desk.why import why
from domain.rules.availability import instant_of
from domain.rules.hours import ExceptionKind, Weekday
from domain.rules.reasons import Reason, Situation, Why, reason
from domain.rules.slots import SlotState, is_free
from domain.store.core.database import Database, Key
from domain.store.documents import Slot
from domain.store.documents.agreements import Terms
from domain.store.documents.hours import (
    KeptException,
    KeptRule,
    PublicHolidays,
    SessionLimits,
    WorkingHours,
)
from domain.store.experts import reading as experts
from domain.store.experts.diaries import diary_of, today_of
from domain.store.experts.planned import PlannedSlot, planned_slots
from tests.domain.diaries import every_day, published, slot_at, slots_of
from tests.domain.support import DAY, HOLD, book
from tests.soak import seeds

MINUTE = timedelta(minutes=1)
FULL_WEEK = 0
"""A seed whose draws come to a week that is full on days that are not: every run has it."""


def exception(kind: ExceptionKind, on: datetime, hours: str | None = None) -> KeptException:
    opens, closes = hours.split("-") if hours else (None, None)
    day = on.date().isoformat()
    return KeptException(
        key="one", first_on=day, last_on=day, kind=kind, opens=opens, closes=closes
    )


async def asked(
    database: Database, expert_id: Key, day: datetime, at: str, now: datetime
) -> Reason[PlannedSlot]:
    expert = await experts.find(database, expert_id)
    assert expert is not None
    local = datetime.fromisoformat(f"{day:%Y-%m-%d}T{at}")
    return await why(database, expert, local, now=now)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("09:00", Why.FREE),
        ("08:59", Why.NO_HOURS),
        ("09:01", Why.NO_START),
        ("10:00", Why.FREE),
        ("11:00", Why.TOO_LATE),
        ("11:30", Why.NO_HOURS),
    ],
)
async def test_the_hours_decide(database: Database, now, at: str, expected: Why):
    expert_id = await published(database, every_day("09:00-11:30"), now)

    assert (await asked(database, expert_id, now + DAY, at, now)).why is expected


async def test_sessions_begin_at_the_times_shown(database: Database, now):
    expert_id = await published(database, every_day("09:00-12:00"), now)

    found = await asked(database, expert_id, now + DAY, "10:30", now)

    assert [f"{at:%H:%M}" for at in found.nearest] == ["10:00", "11:00"]


@pytest.mark.parametrize(
    ("kind", "hours", "expected"),
    [
        (ExceptionKind.CLOSED, None, Why.CLOSED),
        (ExceptionKind.TAKEN, "10:30-10:45", Why.TAKEN),
        (ExceptionKind.INSTEAD, "13:00-14:00", Why.NO_HOURS),
        (ExceptionKind.EXTRA, "13:00-14:00", Why.FREE),
    ],
)
async def test_an_exception_decides(
    database: Database, now, kind: ExceptionKind, hours: str | None, expected: Why
):
    one = exception(kind, now + DAY, hours)
    expert_id = await published(database, every_day("09:00-12:00", exceptions=[one]), now)

    found = await asked(database, expert_id, now + DAY, "10:00", now)

    assert found.why is expected
    assert (found.exception is not None) is (expected in {Why.CLOSED, Why.TAKEN})


async def test_a_public_holiday_decides(database: Database, now):
    tomorrow = (now + DAY).date()
    holidays = PublicHolidays(country="DE", dates=[tomorrow.isoformat()], through=tomorrow.year)
    expert_id = await published(database, every_day("09:00-12:00", holidays=holidays), now)

    assert (await asked(database, expert_id, now + DAY, "10:00", now)).why is Why.HOLIDAY
    assert (await asked(database, expert_id, now + DAY, "15:00", now)).why is Why.NO_HOURS


async def test_a_session_and_its_pause_decide(database: Database, now):
    pause = SessionLimits(pause_after_minutes=30)
    expert_id = await published(database, every_day("09:00-12:00", limits=pause), now)
    slot = await slot_at(database, expert_id, now + DAY, "10:30")
    await book(database, slot, now=now)
    expert = await experts.find(database, expert_id)
    assert expert is not None
    earlier = every_day("09:15-12:00", limits=pause)
    await database.engine.save(expert.model_copy(update={"hours": earlier}))
    await publishing.publish(database, expert_id, now=now)

    itself = await asked(database, expert_id, now + DAY, "10:30", now)
    near = await asked(database, expert_id, now + DAY, "09:15", now)

    assert (itself.why, near.why) == (Why.BOOKED, Why.TOO_NEAR)
    assert near.slot is not None
    assert near.slot.id == slot.id


async def test_a_hold_decides_until_it_lapses(database: Database, now):
    expert_id = await published(database, every_day("09:00-12:00"), now)
    slot = await slot_at(database, expert_id, now + DAY, "10:00")
    await holds.hold(database, slot.id, "ann", now=now, hold_for=HOLD)

    assert (await asked(database, expert_id, now + DAY, "10:00", now)).why is Why.HELD
    assert (await asked(database, expert_id, now + DAY, "10:00", now + HOLD)).why is Why.FREE


async def test_notice_and_horizon_decide(database: Database, now):
    terms = Terms(horizon_days=3, notice_minutes=120)
    expert_id = await published(database, every_day("09:00-19:00"), now, terms=terms)

    for days, at, why_so in [
        (0, "09:00", Why.PAST),
        (0, "11:00", Why.NOTICE),
        (0, "12:00", Why.FREE),
        (3, "09:00", Why.FREE),
        (3, "10:00", Why.HORIZON),
        (9, "11:00", Why.HORIZON),
    ]:
        assert (await asked(database, expert_id, now + days * DAY, at, now)).why is why_so


async def test_a_full_day_decides(database: Database, now):
    limits = SessionLimits(most_a_day=1)
    expert_id = await published(database, every_day("09:00-12:00", limits=limits), now)
    await book(database, await slot_at(database, expert_id, now + DAY, "10:00"), now=now)

    assert (await asked(database, expert_id, now + DAY, "11:00", now)).why is Why.FULL


async def test_a_full_week_decides(database: Database, now):
    """From Tuesday on: Sunday is of the same week, Monday of the next."""
    limits = SessionLimits(most_a_week=1)
    expert_id = await published(database, every_day("09:00-12:00", limits=limits), now)
    await book(database, await slot_at(database, expert_id, now + DAY, "10:00"), now=now)

    for days, why_so in [(1, Why.FULL), (5, Why.FULL), (6, Why.FREE)]:
        assert (await asked(database, expert_id, now + days * DAY, "09:00", now)).why is why_so


async def test_a_wall_time_that_the_clocks_skip_is_explained(database: Database):
    now = datetime(2027, 3, 27, 9, tzinfo=UTC)
    expert_id = await published(database, every_day("01:00-05:00"), now, zone="Europe/Berlin")

    assert (await asked(database, expert_id, now + DAY, "02:00", now)).why is Why.SKIPPED


def some_hours(chance: random.Random, first: date) -> WorkingHours:
    def hours() -> dict[str, str]:
        opens, closes = sorted(chance.sample(range(0, 24 * 60, 5), 2))
        return {
            "opens": f"{opens // 60:02}:{opens % 60:02}",
            "closes": f"{closes // 60:02}:{closes % 60:02}",
        }

    def on() -> str:
        return (first + timedelta(days=chance.randint(0, 6))).isoformat()

    rules: list[Any] = [
        KeptRule(
            key=f"r{n}",
            weekday=chance.choice(list(Weekday)),
            every=chance.choice([1, 2]),
            since=first.isoformat(),
            **hours(),
        )
        for n in range(chance.randint(2, 9))
    ]
    exceptions = []
    for n in range(chance.randint(0, 3)):
        kind, day = chance.choice(list(ExceptionKind)), on()
        some = {} if kind is ExceptionKind.CLOSED else hours()
        exceptions.append(KeptException(key=f"e{n}", first_on=day, last_on=day, kind=kind, **some))
    return WorkingHours(
        rules=rules,
        exceptions=exceptions,
        holidays=PublicHolidays(country="DE", dates=[on()], through=first.year),
        limits=SessionLimits(
            pause_before_minutes=chance.choice([0, 5]),
            pause_after_minutes=chance.choice([0, 10]),
            grid_minutes=chance.choice([1, 15, 30]),
            most_a_day=chance.choice([None, 1, 2]),
            most_a_week=chance.choice([None, 2, 4]),
        ),
    )


@seeds(2, 40)
async def test_a_time_is_shown_as_free_exactly_where_nothing_else_decides(
    database: Database, seed: int
):
    """Every minute of a week in which the clocks change, over diaries drawn at random."""
    chance = random.Random(seed)
    now = datetime(2027, 3, 24, 9, 17, tzinfo=UTC)
    hours = some_hours(chance, now.date())
    terms = Terms(horizon_days=5, notice_minutes=chance.choice([0, 300]))
    minutes = chance.choice([20, 45, 60])
    given = {"zone": "Europe/Berlin", "session_minutes": minutes, "terms": terms}
    expert_id = await published(database, hours, now, **given)
    for number, slot in enumerate(await slots_of(database, expert_id)):
        if chance.random() < 0.2 and slot.opens_at <= now < slot.closes_at and not slot.full:
            current = await database.engine.find_one(Slot, {"_id": slot.id})
            if current is not None and current.state is SlotState.OPEN and not current.full:
                await book(database, current, f"v{number}", now=now)
    other = some_hours(chance, now.date())
    expert = await experts.find(database, expert_id)
    assert expert is not None
    await database.engine.save(expert.model_copy(update={"hours": other}))
    await publishing.publish(database, expert_id, now=now)

    by_week = await hold_together(database, expert_id, now)
    assert by_week or seed != FULL_WEEK


async def hold_together(database: Database, expert_id: Key, now: datetime) -> int:
    """Return of how many times the weekly limit decides, and not the daily one."""
    expert = await experts.find(database, expert_id)
    assert expert is not None
    slots = await planned_slots(database, expert_id, now)
    today = today_of(expert, now)
    diary = diary_of(expert, expert.hours, today)
    situation = Situation(diary, expert.terms, slots, now)
    first = datetime.combine(today, time.min)
    week = [first + number * MINUTE for number in range(7 * 24 * 60)]

    told = {local: reason(situation, local).why for local in week}

    assert {instant_of(local, diary.zone) for local, by in told.items() if by is Why.FREE} == {
        slot.starts_at for slot in slots if is_free(slot, now)
    }
    assert Why.UNPUBLISHED not in told.values()
    zone = ZoneInfo(diary.zone)
    taken = [slot.starts_at.astimezone(zone) for slot in slots if slot.state is SlotState.BOOKED]
    by_week = 0
    for local, by in told.items():
        if by in {Why.FREE, Why.FULL}:
            of_day, of_week = limits_reached(expert.hours.limits, taken, local)
            assert (of_day or of_week) is (by is Why.FULL), local
            by_week += of_week and not of_day
    return by_week


def limits_reached(
    limits: SessionLimits, taken: Collection[datetime], local: datetime
) -> tuple[bool, bool]:
    """Say whether a wall time's day has as many sessions as may be, and whether its week has."""
    a_day = sum(at.date() == local.date() for at in taken)
    a_week = sum(at.isocalendar()[:2] == local.isocalendar()[:2] for at in taken)
    return (
        limits.most_a_day is not None and a_day >= limits.most_a_day,
        limits.most_a_week is not None and a_week >= limits.most_a_week,
    )
