"""Working hours: a change is previewed, or saved and published, and loses nothing."""

import asyncio
from datetime import date, datetime
from typing import Any

import pytest

from domain.desk.publishing import Published, publish
from domain.desk.working_hours import changes, holidays, saving
from domain.desk.working_hours.changes import Change
from domain.desk.working_hours.forms import (
    ExceptionForm,
    HolidaysForm,
    LimitsForm,
    RuleForm,
)
from domain.rules.errors import Code
from domain.rules.holidays import public_holidays
from domain.rules.instants import EPOCH
from domain.rules.log import OPERATOR
from domain.rules.prices import price_rank
from domain.rules.slots import SlotState
from domain.seeds.factories import ExpertFactory
from domain.store.audit import audit
from domain.store.core.database import Database, Key
from domain.store.documents import Expert
from domain.store.documents.agreements import Terms
from domain.store.documents.hours import WorkingHours
from domain.store.experts import publishing as store
from domain.store.experts import reading as experts
from domain.store.experts.holidays import new_since
from tests.domain.desk.test_hours_forms import LIMITS
from tests.domain.diaries import HORIZON, every_day, expert_with, published, slot_at, starts
from tests.domain.support import DAY, book, refused

AT_NOON = every_day("12:00-13:00")


def rule(**typed: str) -> Change:
    given = {"weekday": "days", "opens": "12:00", "closes": "13:00", "every": "1", "from": ""}
    return changes.add_rule(RuleForm.read({**given, **typed}))


def exception(on: datetime, **typed: str) -> Change:
    given = {"first": f"{on:%Y-%m-%d}", "kind": "closed"}
    return changes.add_exception(ExceptionForm.read({**given, **typed}))


def limits(**typed: str) -> Change:
    given = {**LIMITS, "session_minutes": "60", "pause_after": "0", "grid": "1", "notice": "0"}
    terms = {"horizon_days": str(HORIZON)}
    return changes.limit(LimitsForm.read({**given, **terms, **typed}, currency="EUR"))


async def current(database: Database, expert_id: Key) -> Expert:
    found = await experts.find(database, expert_id)
    assert found is not None
    return found


async def test_saved_hours_are_published_at_once(database: Database, now):
    expert = await expert_with(database, WorkingHours(), has_hours=False)

    done = await saving.save(database, expert.id, rule(), by=OPERATOR, now=now)

    assert done == Published(added=HORIZON + 2)
    assert len(await starts(database, expert.id)) == HORIZON + 2
    assert await audit(database) == []


async def test_a_preview_says_what_saving_does_and_changes_nothing(database: Database, now):
    expert_id = await published(database, AT_NOON, now)
    before, expert = await starts(database, expert_id), await current(database, expert_id)
    change = rule(opens="15:00", closes="17:00")

    preview = await saving.preview(database, expert, change, now=now)

    assert await starts(database, expert_id) == before
    assert await current(database, expert_id) == expert
    assert await saving.save(database, expert_id, change, by=OPERATOR, now=now) == preview.done


async def test_a_preview_shows_the_times_that_visitors_then_find(database: Database, now):
    expert_id = await published(database, AT_NOON, now)
    slot = await slot_at(database, expert_id, now + DAY, "12:00")
    await book(database, slot, now=now)

    preview = await saving.preview(
        database,
        await current(database, expert_id),
        rule(opens="15:00", closes="16:00"),
        now=now,
    )

    tomorrow = [time for time in preview.times if time.starts_at.date() == (now + DAY).date()]
    assert [(f"{t.starts_at:%H}", t.is_free, t.is_new) for t in tomorrow] == [
        ("12", False, False),
        ("15", True, True),
    ]
    assert max(time.starts_at for time in preview.times) <= now + (HORIZON) * DAY


async def test_a_preview_of_an_expert_without_hours_leaves_their_times_alone(
    database: Database, now
):
    expert = await expert_with(database, WorkingHours(), has_hours=False)

    preview = await saving.preview(database, expert, limits(), now=now)

    assert preview.done == Published()
    assert not preview.expert.has_hours


async def test_the_same_hours_sent_twice_count_once(database: Database, now):
    expert = await expert_with(database, WorkingHours())

    await saving.save(database, expert.id, rule(weekday="2"), by=OPERATOR, now=now)
    again = await saving.save(database, expert.id, rule(weekday="2"), by=OPERATOR, now=now)

    assert again == Published()
    assert len((await current(database, expert.id)).hours.rules) == 1


async def test_the_same_exception_sent_twice_counts_once(database: Database, now):
    expert_id = await published(database, AT_NOON, now)

    for _ in range(2):
        await saving.save(database, expert_id, exception(now + DAY), by=OPERATOR, now=now)

    assert len((await current(database, expert_id)).hours.exceptions) == 1


async def test_removed_hours_are_withdrawn(database: Database, now):
    expert_id = await published(database, WorkingHours(), now)
    await saving.save(database, expert_id, rule(weekday="days"), by=OPERATOR, now=now)
    keys = [kept.key for kept in (await current(database, expert_id)).hours.rules]

    done = [
        await saving.save(database, expert_id, changes.remove_rule(key), by=OPERATOR, now=now)
        for key in keys
    ]

    assert sum(part.withdrawn for part in done) == HORIZON + 2
    assert await starts(database, expert_id) == []


@pytest.mark.parametrize("change", [changes.remove_rule("x"), changes.remove_exception("x")])
async def test_what_is_not_there_cannot_be_removed(database: Database, now, change: Change):
    expert_id = await published(database, AT_NOON, now)

    assert (
        await refused(saving.save(database, expert_id, change, by=OPERATOR, now=now))
        is Code.HOURS_UNKNOWN
    )


async def test_hours_have_a_limit(database: Database, now, monkeypatch):
    expert = await expert_with(database, WorkingHours())
    monkeypatch.setattr(changes, "MOST_RULES", 6)

    assert (
        await refused(saving.save(database, expert.id, rule(), by=OPERATOR, now=now))
        is Code.FORM_INVALID
    )


async def test_a_closed_day_comes_back_when_its_exception_is_removed(database: Database, now):
    expert_id = await published(database, AT_NOON, now)

    closed = await saving.save(database, expert_id, exception(now + DAY), by=OPERATOR, now=now)
    (kept,) = (await current(database, expert_id)).hours.exceptions
    opened = await saving.save(
        database, expert_id, changes.remove_exception(kept.key), by=OPERATOR, now=now
    )

    assert (closed, opened) == (Published(withdrawn=1), Published(reopened=1))


async def test_a_session_outside_the_hours_is_named(database: Database, now):
    expert_id = await published(database, AT_NOON, now)
    booking = await book(database, await slot_at(database, expert_id, now + DAY, "12:00"), now=now)
    expert = await current(database, expert_id)
    assert await saving.sessions_outside(database, expert, now=now) == []

    preview = await saving.preview(database, expert, exception(now + DAY), now=now)
    await saving.save(database, expert_id, exception(now + DAY), by=OPERATOR, now=now)

    assert [one.reference for one in preview.outside] == [booking.reference]
    outside = await saving.sessions_outside(database, await current(database, expert_id), now=now)
    assert [one.reference for one in outside] == [booking.reference]


async def test_a_session_of_another_length_is_not_outside(database: Database, now):
    expert_id = await published(database, AT_NOON, now)
    await book(database, await slot_at(database, expert_id, now + DAY, "12:00"), now=now)

    await saving.save(database, expert_id, limits(session_minutes="30"), by=OPERATOR, now=now)

    expert = await current(database, expert_id)
    assert await saving.sessions_outside(database, expert, now=now) == []


async def test_limits_change_terms_price_and_times_together(database: Database, now):
    expert_id = await published(database, AT_NOON, now, currency="EUR")

    done = await saving.save(
        database,
        expert_id,
        limits(session_minutes="30", price="20", notice="2"),
        by=OPERATOR,
        now=now,
    )

    expert = await current(database, expert_id)
    assert (expert.price_minor, expert.price_rank) == (2_000, price_rank(2_000, "EUR"))
    assert expert.terms == Terms(
        notice_minutes=120,
        horizon_days=HORIZON,
        cancel_before_minutes=1_440,
        reschedule_before_minutes=90,
    )
    assert (done.changed, done.added) == (HORIZON + 2, HORIZON + 2)


async def test_a_save_makes_the_expert_due_in_the_same_write(database: Database, now):
    expert_id = await published(database, AT_NOON, now)
    before = await current(database, expert_id)
    assert before.planned_at == now

    assert await store.save_hours(database, before, limits()(before))

    after = await current(database, expert_id)
    assert (after.plan_rev, after.planned_at) == (before.plan_rev + 1, EPOCH)


async def test_what_others_change_meanwhile_is_kept(database: Database, now):
    expert = await expert_with(database, WorkingHours())
    stretches = [f"{hour:02}:00" for hour in range(8, 14)]

    await asyncio.gather(
        *(
            saving.save(
                database,
                expert.id,
                rule(weekday="1", opens=at, closes=f"{at[:2]}:30"),
                by=OPERATOR,
                now=now,
            )
            for at in stretches
        )
    )

    rules = (await current(database, expert.id)).hours.rules
    assert sorted(kept.opens for kept in rules) == stretches


async def test_a_save_that_goes_by_older_hours_changes_nothing(database: Database, now):
    expert = await expert_with(database, WorkingHours())
    await saving.save(database, expert.id, rule(), by=OPERATOR, now=now)

    assert not await store.save_hours(database, expert, rule(weekday="3")(expert))


async def test_what_else_changes_of_a_profile_is_not_written_over(database: Database):
    expert = await expert_with(database, WorkingHours())
    named = {"$set": {"headline": "Another"}}
    await database.collection(Expert).update_one({"_id": expert.id}, named)

    assert await store.save_hours(database, expert, rule()(expert))

    assert (await current(database, expert.id)).headline == "Another"


# Public holidays

GERMANY = HolidaysForm(country="DE", region="BY")


async def closed_in_germany(database: Database, now: datetime, horizon_days: int = 365) -> Key:
    """An expert who works every day for a year, or less, but on Bavaria's holidays."""
    terms = Terms(horizon_days=horizon_days)
    expert_id = await published(database, AT_NOON, now, terms=terms)
    await saving.save(
        database, expert_id, holidays.keep_holidays(GERMANY, now.date()), by=OPERATOR, now=now
    )
    return expert_id


async def test_holidays_close_days_and_are_kept_for_three_years(database: Database, now):
    expert_id = await closed_in_germany(database, now)

    kept = (await current(database, expert_id)).hours.holidays
    years = range(now.year, now.year + 3)
    assert kept.dates == [
        on.isoformat() for year in years for on in public_holidays("DE", "BY", year)
    ]
    assert kept.through == now.year + 2
    open_days = {on[:5] for on in await starts(database, expert_id)}
    assert open_days  # holidays alone are closed


async def test_a_holiday_is_opened_and_closed_again(database: Database, now):
    expert_id = await closed_in_germany(database, now)
    kept = (await current(database, expert_id)).hours.holidays
    on = next(one for one in kept.dates if one > (now + DAY).date().isoformat())

    opened = await saving.save(
        database, expert_id, holidays.open_holiday(on, now.date()), by=OPERATOR, now=now
    )
    closed = await saving.save(
        database, expert_id, holidays.close_holiday(on, now.date()), by=OPERATOR, now=now
    )

    assert (opened, closed) == (Published(reopened=1), Published(withdrawn=1))
    assert (await current(database, expert_id)).hours.holidays == kept


async def test_opened_holidays_stay_so_when_the_country_is_saved_again(database: Database, now):
    expert_id = await closed_in_germany(database, now)
    kept = (await current(database, expert_id)).hours.holidays
    on = next(one for one in kept.dates if one > (now + DAY).date().isoformat())
    await saving.save(
        database, expert_id, holidays.open_holiday(on, now.date()), by=OPERATOR, now=now
    )

    same = holidays.keep_holidays(GERMANY, now.date())
    await saving.save(database, expert_id, same, by=OPERATOR, now=now)
    assert (await current(database, expert_id)).hours.holidays.opened == [on]

    none = holidays.keep_holidays(HolidaysForm(country="", region=""), now.date())
    done = await saving.save(database, expert_id, none, by=OPERATOR, now=now)
    assert (await current(database, expert_id)).hours == AT_NOON
    assert done.reopened > 0


UNITY_DAY = "2031-10-03"
UNTIL_THEN = 90
"""Days."""


async def forget(database: Database, expert_id: Key, on: str) -> None:
    """Have an expert's holidays as they were kept before anybody knew of this one."""
    as_it_was = {"$pull": {"hours.holidays.dates": on}, "$inc": {"plan_rev": 1}}
    await database.collection(Expert).update_one({"_id": expert_id}, as_it_was)


async def with_a_new_holiday(database: Database, now: datetime) -> Key:
    """An expert whose time on Unity Day was published before that was a holiday."""
    expert_id = await closed_in_germany(database, now, UNTIL_THEN)
    await forget(database, expert_id, UNITY_DAY)
    assert await publish(database, expert_id, now=now) == Published(reopened=1)
    return expert_id


async def test_a_holiday_that_becomes_known_withdraws_nothing(database: Database, now):
    expert_id = await with_a_new_holiday(database, now)

    assert await publish(database, expert_id, now=now + DAY) == Published(added=1)
    assert "03 12:00" in await starts(database, expert_id)
    kept = (await current(database, expert_id)).hours.holidays
    assert new_since(kept, now.date()) == [date.fromisoformat(UNITY_DAY)]


async def test_saving_the_same_country_again_decides_nothing_about_a_new_holiday(
    database: Database, now
):
    expert_id = await with_a_new_holiday(database, now)

    same = holidays.keep_holidays(GERMANY, now.date())

    assert await saving.save(database, expert_id, same, by=OPERATOR, now=now) == Published()
    kept = (await current(database, expert_id)).hours.holidays
    assert new_since(kept, now.date()) == [date.fromisoformat(UNITY_DAY)]


@pytest.mark.parametrize(
    ("decide", "done"),
    [
        (holidays.close_holiday, Published(withdrawn=1)),
        (holidays.open_holiday, Published()),
    ],
)
async def test_a_new_holiday_closes_or_stays_open_as_the_expert_says(
    database: Database, now, decide: Any, done: Published
):
    expert_id = await with_a_new_holiday(database, now)

    change = decide(UNITY_DAY, now.date())

    assert await saving.save(database, expert_id, change, by=OPERATOR, now=now) == done
    kept = (await current(database, expert_id)).hours.holidays
    assert new_since(kept, now.date()) == []


async def test_holidays_of_a_year_are_kept_once_its_first_times_are_published(
    database: Database, now
):
    """Three years after the expert saved them: nobody has seen the holidays of that year."""
    now = now.replace(month=12, day=8)
    expert_id = await closed_in_germany(database, now, 30)
    years = {"hours.holidays.through": now.year, "hours.holidays.dates": []}
    await database.collection(Expert).update_one({"_id": expert_id}, {"$set": years})

    await publish(database, expert_id, now=now)

    kept = (await current(database, expert_id)).hours.holidays
    next_year = [on.isoformat() for on in public_holidays("DE", "BY", now.year + 1)]
    assert (kept.through, kept.dates) == (now.year + 1, next_year)
    await forget(database, expert_id, "2032-01-06")
    assert await publish(database, expert_id, now=now) == Published(reopened=1)
    assert await publish(database, expert_id, now=now) == Published()


@pytest.mark.parametrize("on", ["2031-07-09", "never", ""])
async def test_a_day_that_is_no_holiday_can_be_neither_opened_nor_closed(
    database: Database, now, on: str
):
    expert_id = await closed_in_germany(database, now)

    for change in (holidays.open_holiday, holidays.close_holiday):
        saved = saving.save(database, expert_id, change(on, now.date()), by=OPERATOR, now=now)
        assert await refused(saved) is Code.HOURS_UNKNOWN


def test_a_region_of_another_country_stands_for_the_whole_country(now):
    change = holidays.keep_holidays(HolidaysForm(country="FR", region="BY"), now.date())

    kept = change(ExpertFactory.build()).hours.holidays

    assert (kept.country, kept.region) == ("FR", "")


async def test_a_held_time_shows_as_taken_in_a_preview(database: Database, now):
    expert_id = await published(database, AT_NOON, now)
    slot = await slot_at(database, expert_id, now + DAY, "12:00")
    held = {"$set": {"state": SlotState.HELD.value, "held_until": now + DAY}}
    await database.collection(type(slot)).update_one({"_id": slot.id}, held)

    preview = await saving.preview(
        database, await current(database, expert_id), exception(now + DAY), now=now
    )

    (found,) = [t for t in preview.times if t.starts_at == slot.starts_at]
    assert not found.is_free


async def test_a_preview_of_a_limit_shows_a_full_day_without_free_times(database: Database, now):
    expert_id = await published(database, every_day("12:00-15:00"), now, currency="EUR")
    await book(database, await slot_at(database, expert_id, now + DAY, "13:00"), now=now)

    preview = await saving.preview(
        database, await current(database, expert_id), limits(most_a_day="1"), now=now
    )

    by_day = {
        on: {t.is_free for t in preview.times if t.starts_at.date() == (now + on * DAY).date()}
        for on in (1, 2)
    }
    assert by_day == {1: {False}, 2: {True}}
