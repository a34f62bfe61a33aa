"""The mail with the sessions until the next morning: when it is due, and that it comes once."""

import asyncio
from datetime import UTC, datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest

from domain.desk import agenda, mornings
from domain.rules.log import OPERATOR
from domain.rules.mornings import last_morning, next_morning
from domain.rules.notices import Kind, Recipient
from domain.rules.schedule import day_of
from domain.store.core.database import Database
from domain.store.documents import Expert
from domain.store.documents.mails import Mail
from domain.store.experts import mornings as store
from tests.domain.diaries import every_day
from tests.domain.practices import HOUR, Practice, practice_with
from tests.domain.support import DAY, MS
from tests.soak import LONG, sampled

BERLIN = ZoneInfo("Europe/Berlin")
SOME = ["UTC", "Europe/Berlin", "America/Los_Angeles", "Asia/Kathmandu", "Australia/Lord_Howe"]
ZONES = sorted(available_timezones()) if LONG else SOME


# When it is due


def test_the_next_morning_is_todays_until_seven_and_tomorrows_from_then_on():
    seven = datetime(2031, 7, 8, 5, 0, tzinfo=UTC)  # in Berlin

    assert next_morning(seven - MS, BERLIN) == seven
    assert next_morning(seven, BERLIN) == seven + DAY
    assert last_morning(seven - MS, BERLIN) == seven - DAY
    assert last_morning(seven, BERLIN) == seven


def test_it_stays_at_seven_when_the_clocks_change():
    in_spring = next_morning(datetime(2031, 3, 29, 12, tzinfo=UTC), BERLIN)
    in_autumn = next_morning(datetime(2031, 10, 25, 12, tzinfo=UTC), BERLIN)

    assert in_spring == datetime(2031, 3, 30, 5, 0, tzinfo=UTC)
    assert in_autumn == datetime(2031, 10, 26, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize("name", [pytest.param(name, marks=sampled) for name in ZONES])
def test_every_day_of_a_year_has_one_morning_at_seven(name: str):
    zone = ZoneInfo(name)
    at = next_morning(datetime(2031, 1, 1, tzinfo=UTC), zone)
    first = day_of(at, zone)

    for number in range(365):
        assert f"{at.astimezone(zone):%H:%M}" == "07:00"
        assert day_of(at, zone) == first + number * DAY
        following = next_morning(at, zone)
        assert last_morning(at, zone) == last_morning(following - MS, zone) == at
        at = following


def test_a_day_that_a_zone_leaves_out_has_no_morning():
    """Samoa went from 29 to 31 December 2011."""
    apia = ZoneInfo("Pacific/Apia")
    days = []
    at = datetime(2011, 12, 28, 20, tzinfo=UTC)
    for _ in range(3):
        at = next_morning(at, apia)
        days.append(f"{at.astimezone(apia):%d %H:%M}")

    assert days == ["29 07:00", "31 07:00", "01 07:00"]
    morning_after = datetime(2011, 12, 31, 7, tzinfo=apia)
    assert f"{last_morning(morning_after - MS, apia).astimezone(apia):%d %H:%M}" == "29 07:00"


# Who gets it


@pytest.fixture
async def practice(database: Database, now: datetime) -> Practice:
    """An expert in UTC with times at 9, 10 and 11 each day; it is half past nine."""
    return await practice_with(database, now)


async def told(practice: Practice) -> list[Mail]:
    query = {"kind": Kind.AGENDA.value}
    return await practice.database.engine.find(Mail, query, sort=Mail.created_at)


def seven(practice: Practice, ahead: int) -> datetime:
    return (practice.now + ahead * DAY).replace(hour=7, minute=0)


async def ask(practice: Practice) -> None:
    expert = await practice.expert()
    await mornings.set_mail(practice.database, expert, wanted=True, by=OPERATOR, now=practice.now)


async def tell(practice: Practice, at: datetime) -> None:
    await mornings.tell_due(practice.database, now=at)


async def test_nobody_gets_it_unasked(practice: Practice):
    await practice.booked(1)

    await tell(practice, seven(practice, 1))

    assert not (await practice.expert()).gets_morning_mail
    assert await told(practice) == []


async def test_who_asks_for_it_gets_it_at_seven_on_days_with_sessions(practice: Practice):
    await practice.booked(1)
    await practice.booked(3)
    await ask(practice)

    for ahead in range(1, 5):
        await tell(practice, seven(practice, ahead) - MS)
        await tell(practice, seven(practice, ahead))

    mails = await told(practice)
    assert [mail.created_at for mail in mails] == [seven(practice, 1), seven(practice, 3)]
    assert {(mail.audience, mail.expert_id) for mail in mails} == {
        (Recipient.EXPERT, practice.expert_id)
    }


async def test_asking_twice_is_asking_once(practice: Practice):
    await ask(practice)
    first = (await practice.expert()).morning_mail_at

    await ask(practice)

    assert (await practice.expert()).morning_mail_at == first == seven(practice, 1)


async def test_who_wants_it_no_longer_gets_none(practice: Practice):
    await practice.booked(1)
    await ask(practice)

    expert = await practice.expert()
    await mornings.set_mail(practice.database, expert, wanted=False, by=OPERATOR, now=practice.now)
    await tell(practice, seven(practice, 1))

    assert await told(practice) == []


async def test_it_names_the_sessions_that_take_place_and_are_not_over(practice: Practice):
    first, second = await practice.booked(1, "09:00"), await practice.booked(1, "10:00")
    cancelled = await practice.booked(1, "11:00")
    await practice.booked(2)
    await practice.cancel(cancelled)
    await ask(practice)
    await tell(practice, seven(practice, 1))
    (mail,) = await told(practice)

    async def named(at: datetime) -> list[str]:
        return await names_of(practice, mail, at)

    nine = seven(practice, 1) + 2 * HOUR
    assert await named(seven(practice, 1)) == [first.reference, second.reference]
    assert await named(nine + HOUR) == [second.reference]
    assert await named(nine + 2 * HOUR) == []
    assert await named(seven(practice, 2)) == []  # the next day has a mail of its own


async def names_of(practice: Practice, mail: Mail, at: datetime) -> list[str]:
    found = await mornings.sessions_in(practice.database, mail, await practice.expert(), now=at)
    return [booking.reference for booking in found]


async def test_a_session_before_seven_is_in_the_mail_of_the_morning_before(
    database: Database, now: datetime
):
    practice = await practice_with(database, now, every_day("06:00-08:00"))
    before_seven, at_seven = await practice.booked(2, "06:00"), await practice.booked(2, "07:00")
    await ask(practice)

    for ahead in range(1, 4):
        await tell(practice, seven(practice, ahead))

    mails = await told(practice)
    assert [mail.created_at for mail in mails] == [seven(practice, 1), seven(practice, 2)]
    first, second = [await names_of(practice, mail, mail.created_at) for mail in mails]
    assert (first, second) == ([before_seven.reference], [at_seven.reference])


@pytest.mark.parametrize(
    ("day", "seven_o_clock"),
    [
        pytest.param(datetime(2031, 3, 30, tzinfo=UTC), "05:00", id="spring"),
        pytest.param(datetime(2031, 10, 26, tzinfo=UTC), "06:00", id="autumn"),
    ],
)
async def test_the_morning_before_stays_so_when_the_clocks_change(
    database: Database, day: datetime, seven_o_clock: str
):
    hours = every_day("06:00-08:00")
    practice = await practice_with(database, day - 2 * DAY, hours, zone="Europe/Berlin")
    at_seven = await practice.booked(2, seven_o_clock)
    before_seven = await practice.booked(2, f"{at_seven.starts_at - HOUR:%H:%M}")
    await ask(practice)

    for at in (day - DAY, day):
        await tell(practice, next_morning(at, BERLIN))

    mails = await told(practice)
    first, second = [await names_of(practice, mail, mail.created_at) for mail in mails]
    assert (first, second) == ([before_seven.reference], [at_seven.reference])


async def test_sessions_of_which_an_absent_expert_asked_are_not_in_it(practice: Practice):
    await practice.booked(1)
    await practice.away(1)
    await ask(practice)

    await tell(practice, seven(practice, 1))

    assert await told(practice) == []


async def test_a_mail_that_waited_until_it_was_switched_off_names_nothing(practice: Practice):
    await practice.booked(1)
    await ask(practice)
    await tell(practice, seven(practice, 1))
    (mail,) = await told(practice)

    expert = await practice.expert()
    await mornings.set_mail(
        practice.database, expert, wanted=False, by=OPERATOR, now=seven(practice, 1)
    )

    expert = await practice.expert()
    assert await mornings.sessions_in(practice.database, mail, expert, now=practice.now) == []


# Once, whatever happens


async def tell_at_once(practice: Practice, at: datetime, patch: pytest.MonkeyPatch) -> None:
    """Have three processes find the same expert before any of them goes on."""
    all_found, due = asyncio.Barrier(3), store.due

    async def found_by_all(database: Database, now: datetime) -> list[Expert]:
        found = await due(database, now)
        await all_found.wait()
        return found

    patch.setattr(store, "due", found_by_all)
    await asyncio.gather(*(tell(practice, at) for _ in range(3)))
    patch.setattr(store, "due", due)


async def test_of_several_processes_at_once_it_comes_once(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
):
    await practice.booked(1)
    await ask(practice)

    await tell_at_once(practice, seven(practice, 1), monkeypatch)
    await tell(practice, seven(practice, 1) + HOUR)

    assert len(await told(practice)) == 1
    assert (await practice.expert()).morning_mail_at == seven(practice, 2)


async def test_without_its_key_it_would_come_from_each_of_them(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
):
    """The control: it is the key that keeps the others from sending one, too."""
    await practice.booked(1)
    await ask(practice)
    numbers, mail = count(), mornings._mail

    def numbered(expert: Expert, now: datetime) -> Mail:
        return mail(expert, now).model_copy(update={"key": f"another {next(numbers)}"})

    monkeypatch.setattr(mornings, "_mail", numbered)
    await tell_at_once(practice, seven(practice, 1), monkeypatch)

    assert len(await told(practice)) == 3


async def test_a_process_killed_after_the_mail_was_put_out_leaves_no_second_one(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
):
    await practice.booked(1)
    await ask(practice)

    async def killed(*_: Any, **__: Any) -> None:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(store, "wait_until", killed)
        with pytest.raises(ConnectionError):
            await tell(practice, seven(practice, 1))
    await tell(practice, seven(practice, 1) + HOUR)

    assert len(await told(practice)) == 1


async def test_a_morning_without_a_server_is_made_up_for_until_the_next(
    database: Database, now: datetime
):
    practice = await practice_with(database, now, every_day("06:00-07:00"))
    early = await practice.booked(2, "06:00")
    await ask(practice)

    await tell(practice, seven(practice, 2) - 2 * HOUR)

    (mail,) = await told(practice)
    assert await names_of(practice, mail, mail.created_at) == [early.reference]
    assert (await practice.expert()).morning_mail_at == seven(practice, 2)


async def test_a_morning_without_a_server_is_made_up_for_on_the_same_day(practice: Practice):
    await practice.booked(1, "11:00")
    await practice.booked(2, "11:00")
    await ask(practice)

    await tell(practice, seven(practice, 1) + 2 * HOUR)

    (mail,) = await told(practice)
    assert mail.created_at == seven(practice, 1) + 2 * HOUR
    assert (await practice.expert()).morning_mail_at == seven(practice, 2)


async def test_of_mornings_long_past_nothing_is_said_before_the_next(practice: Practice):
    await practice.booked(1)
    await practice.booked(2)
    await ask(practice)

    await tell(practice, seven(practice, 2) - HOUR)
    assert await told(practice) == []

    await tell(practice, seven(practice, 2))
    assert len(await told(practice)) == 1


async def test_in_another_zone_it_comes_at_seven_there(practice: Practice):
    await ask(practice)
    expert = await practice.expert()
    moved = expert.model_copy(update={"zone": "Europe/Berlin"})
    await practice.database.collection(Expert).update_one(
        {"_id": expert.id}, {"$set": {"zone": moved.zone}}
    )

    await mornings.follow_zone(practice.database, moved, now=practice.now)

    assert (await practice.expert()).morning_mail_at == seven(practice, 1) - 2 * HOUR


async def test_another_zone_switches_nothing_on(practice: Practice):
    await mornings.follow_zone(practice.database, await practice.expert(), now=practice.now)

    assert not (await practice.expert()).gets_morning_mail


async def test_the_agenda_shows_what_the_mail_names(practice: Practice):
    booking = await practice.booked(1)
    await ask(practice)
    await tell(practice, seven(practice, 1))
    (mail,) = await told(practice)
    morning, expert = seven(practice, 1), await practice.expert()

    shown = await agenda.sessions(practice.database, expert, morning, morning + DAY)

    assert await names_of(practice, mail, morning) == [one.reference for one in shown]
    assert [one.reference for one in shown] == [booking.reference]
