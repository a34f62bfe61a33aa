"""Publishing: what becomes of slots when hours, terms and sessions change."""

import asyncio
import random
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain import waitlist
from domain.booking import cancelling, claims, holds, rescheduling
from domain.booking.bookings import Viewer
from domain.desk import publishing
from domain.desk.publishing import Published
from domain.rules.errors import Refusal
from domain.rules.hours import ExceptionKind
from domain.rules.plan import Plan
from domain.rules.request_limits import Asker
from domain.rules.slots import SlotState, Status, status
from domain.store.audit import audit
from domain.store.bookings import holds as hold_store
from domain.store.core.database import Database, Key
from domain.store.documents import Expert
from domain.store.documents.agreements import Terms
from domain.store.documents.hours import KeptException, SessionLimits, WorkingHours
from domain.store.experts import publishing as store
from domain.store.experts import reading as experts
from domain.waitlist import EntryRequest, Line
from tests.domain.diaries import (
    HORIZON,
    change_hours,
    days,
    every_day,
    expert_with,
    published,
    slot_at,
    slots_of,
    starts,
)
from tests.domain.support import DAY, HOLD, attendee, book
from tests.soak import seeds

HOUR = timedelta(hours=1)
MORNING = every_day("09:00-11:00")
AT_NOON = every_day("12:00-13:00")
SHOWN = set(SlotState) - {SlotState.WITHDRAWN}


def tomorrow(now: datetime) -> datetime:
    return now + DAY


async def expert_of(database: Database, expert_id: Key) -> Expert:
    found = await experts.find(database, expert_id)
    assert found is not None
    return found


async def test_an_experts_hours_are_published_up_to_the_day_after_the_horizon(
    database: Database, now
):
    expert = await expert_with(database, AT_NOON)

    done = await publishing.publish(database, expert.id, now=now)

    assert done == Published(added=HORIZON + 2)  # it is half past nine: today's is to come
    assert await starts(database, expert.id) == [
        f"{day} 12:00" for day in (f"{now:%d}", *days(now, HORIZON + 1))
    ]
    assert await audit(database) == []


async def test_publishing_again_changes_nothing(database: Database, now):
    expert_id = await published(database, MORNING, now)
    before = await slots_of(database, expert_id)

    assert await publishing.publish(database, expert_id, now=now) == Published()
    assert await slots_of(database, expert_id) == before


async def test_an_expert_without_hours_is_left_alone(database: Database, now):
    expert_id = await published(database, MORNING, now, has_hours=False)

    assert await slots_of(database, expert_id) == []


async def test_the_horizon_goes_on_with_the_clock(database: Database, now):
    expert_id = await published(database, AT_NOON, now)

    done = await publishing.publish(database, expert_id, now=now + DAY)

    assert done == Published(added=1)


async def test_the_first_free_time_is_known_at_once(database: Database, now):
    expert_id = await published(database, AT_NOON, now)

    expert = await expert_of(database, expert_id)
    assert expert.next_free_at == datetime(now.year, now.month, now.day, 12, tzinfo=now.tzinfo)


async def test_hours_that_close_are_withdrawn_and_come_back_as_they_were(database: Database, now):
    expert_id = await published(database, every_day("12:00-14:00"), now)
    before = {slot.starts_at: slot.id for slot in await slots_of(database, expert_id)}

    closed = await change_hours(database, expert_id, AT_NOON, now)
    opened = await change_hours(database, expert_id, every_day("12:00-14:00"), now)

    assert closed == Published(withdrawn=HORIZON + 2)
    assert opened == Published(reopened=HORIZON + 2)
    assert {s.starts_at: s.id for s in await slots_of(database, expert_id)} == before
    assert await starts(database, expert_id, SHOWN) == await starts(database, expert_id)


async def test_new_terms_reach_open_times(database: Database, now):
    expert_id = await published(database, AT_NOON, now)
    stricter = {"terms": Terms(horizon_days=HORIZON, notice_minutes=60).model_dump_doc()}
    await database.collection(Expert).update_one({"_id": expert_id}, {"$set": stricter})

    done = await publishing.publish(database, expert_id, now=now)

    assert done == Published(changed=HORIZON + 2)
    assert all(
        slot.closes_at == slot.starts_at - HOUR for slot in await slots_of(database, expert_id)
    )


async def test_new_terms_count_for_a_booked_time_once_it_comes_free(database: Database, now):
    expert_id = await published(database, AT_NOON, now)
    slot = await slot_at(database, expert_id, tomorrow(now), "12:00")
    booking = await book(database, slot, now=now)
    two_days = {"terms": Terms(horizon_days=HORIZON, notice_minutes=2 * 1_440).model_dump_doc()}
    await database.collection(Expert).update_one({"_id": expert_id}, {"$set": two_days})
    await publishing.publish(database, expert_id, now=now)

    await cancel(database, booking.reference, now)

    freed = await slot_at(database, expert_id, tomorrow(now), "12:00")
    assert status(freed, now) is Status.CLOSED
    assert await audit(database) == []


async def test_a_session_outside_the_hours_stays_and_goes_when_it_is_cancelled(
    database: Database, now
):
    expert_id = await published(database, MORNING, now)
    slot = await slot_at(database, expert_id, tomorrow(now), "10:00")
    booking = await book(database, slot, now=now)

    done = await change_hours(database, expert_id, AT_NOON, now)
    kept = await slot_at(database, expert_id, tomorrow(now), "10:00")
    await cancel(database, booking.reference, now)
    gone = await slot_at(database, expert_id, tomorrow(now), "10:00")
    await publishing.publish_unsettled(database, now=now)
    settled = await slot_at(database, expert_id, tomorrow(now), "10:00")

    assert done.withdrawn == 2 * (HORIZON + 1) - 1 + 1  # this morning's second, too
    assert (kept.state, kept.retiring, kept.booking_id) == (SlotState.BOOKED, True, booking.id)
    assert (gone.state, gone.retiring) == (SlotState.WITHDRAWN, True)
    assert (settled.state, settled.retiring) == (SlotState.WITHDRAWN, False)
    assert await audit(database) == []


async def cancel(database: Database, reference: str, now: datetime) -> None:
    viewer = Viewer(addresses=["ann@example.org"])
    await cancelling.cancel(database, reference, viewer, now=now)


async def test_what_a_retiring_session_was_in_the_way_of_is_published_once_it_is_cancelled(
    database: Database, now
):
    expert_id = await published(database, MORNING, now)
    slot = await slot_at(database, expert_id, tomorrow(now), "10:00")
    booking = await book(database, slot, now=now)
    await change_hours(database, expert_id, every_day("09:30-11:30"), now)
    day = f"{tomorrow(now):%d}"
    before = [at for at in await starts(database, expert_id) if at.startswith(day)]

    await cancel(database, booking.reference, now)
    await publishing.publish_unsettled(database, now=now)

    assert before == []
    assert [at for at in await starts(database, expert_id) if at.startswith(day)] == [
        f"{day} 09:30",
        f"{day} 10:30",
    ]


@pytest.mark.parametrize("end", ["released", "lapsed"])
async def test_a_retiring_hold_that_ends_goes_to_nobody_in_line(database: Database, now, end: str):
    expert_id = await published(database, AT_NOON, now)
    slot = await slot_at(database, expert_id, tomorrow(now), "12:00")
    await holds.hold(database, slot.id, "ann", now=now, hold_for=HOLD)
    await join(database, expert_id, slot.starts_at, now)
    await change_hours(database, expert_id, WorkingHours(), now)

    if end == "released":
        await holds.release(database, slot.id, "ann", now=now)
    else:
        await hold_store.announce(database, slot.id, now=now + HOLD)

    after = await slot_at(database, expert_id, tomorrow(now), "12:00")
    assert (after.state, after.held_by) == (SlotState.WITHDRAWN, None)


async def test_a_retiring_hold_that_ends_as_its_day_fills_up_is_withdrawn(database: Database, now):
    expert_id = await published(database, MORNING, now)
    held, booked = [
        await slot_at(database, expert_id, tomorrow(now), at) for at in ("09:00", "10:00")
    ]
    await holds.hold(database, held.id, "ann", now=now, hold_for=HOLD)
    one_a_day = SessionLimits(most_a_day=1)
    await change_hours(database, expert_id, every_day("10:00-11:00", limits=one_a_day), now)

    await book(database, booked, "ben", now=now)

    after = await slot_at(database, expert_id, tomorrow(now), "09:00")
    assert (after.state, after.held_by) == (SlotState.WITHDRAWN, None)
    assert await audit(database) == []


async def test_a_retiring_time_that_comes_free_after_its_end_is_planned_no_more(
    database: Database, now
):
    expert_id = await published(database, AT_NOON, now)
    slot = await slot_at(database, expert_id, now, "12:00")
    await holds.hold(database, slot.id, "ann", now=now, hold_for=HOLD)
    await change_hours(database, expert_id, WorkingHours(), now)

    await hold_store.announce(database, slot.id, now=now + DAY)  # no server ran meanwhile

    assert await store.unsettled(database, now + DAY, limit=10) == []
    await publishing.forget_passed(database, now=now + 2 * DAY + HOUR)
    assert await slots_of(database, expert_id) == []


async def test_who_holds_a_retiring_time_can_book_it(database: Database, now):
    expert_id = await published(database, AT_NOON, now)
    slot = await slot_at(database, expert_id, tomorrow(now), "12:00")
    await holds.hold(database, slot.id, "ann", now=now, hold_for=HOLD)
    await change_hours(database, expert_id, WorkingHours(), now)

    booking = await claims.book(
        database,
        slot.id,
        "ann",
        attendee("ann@example.org"),
        request_key="a key that is long enough",
        now=now,
        hold_for=HOLD,
    )

    after = await slot_at(database, expert_id, tomorrow(now), "12:00")
    assert (after.state, after.booking_id) == (SlotState.BOOKED, booking.id)


async def test_a_retiring_time_fits_again_when_its_hours_come_back(database: Database, now):
    expert_id = await published(database, AT_NOON, now)
    slot = await slot_at(database, expert_id, tomorrow(now), "12:00")
    booking = await book(database, slot, now=now)
    await change_hours(database, expert_id, WorkingHours(), now)
    await change_hours(database, expert_id, AT_NOON, now)

    await cancel(database, booking.reference, now)

    after = await slot_at(database, expert_id, tomorrow(now), "12:00")
    assert (after.state, after.retiring) == (SlotState.OPEN, False)


async def test_a_time_that_is_reopened_on_a_day_with_a_line_is_offered(database: Database, now):
    expert_id = await published(database, AT_NOON, now)
    await change_hours(database, expert_id, WorkingHours(), now)
    slot = await slot_at(database, expert_id, tomorrow(now), "12:00")
    await join(database, expert_id, slot.starts_at, now)

    await change_hours(database, expert_id, AT_NOON, now)

    after = await slot_at(database, expert_id, tomorrow(now), "12:00")
    assert (after.state, after.held_by) == (SlotState.OFFERED, "eve")


async def test_of_times_that_are_reopened_and_added_the_first_in_line_gets_the_earliest(
    database: Database, now
):
    expert_id = await published(database, AT_NOON, now)
    await change_hours(database, expert_id, WorkingHours(), now)
    noon = await slot_at(database, expert_id, tomorrow(now), "12:00")
    await join(database, expert_id, noon.starts_at, now)

    await change_hours(database, expert_id, every_day("12:00-14:00"), now)

    assert await starts(database, expert_id, [SlotState.OFFERED]) == [f"{tomorrow(now):%d} 12:00"]


async def test_a_time_that_was_withdrawn_on_a_full_day_is_offered_once_the_limit_is_gone(
    database: Database, now
):
    one_a_day = SessionLimits(most_a_day=1)
    expert_id = await published(database, every_day("12:00-14:00", limits=one_a_day), now)
    noon, later = [
        await slot_at(database, expert_id, tomorrow(now), at) for at in ("12:00", "13:00")
    ]
    await book(database, noon, now=now)
    await join(database, expert_id, noon.starts_at, now)
    await change_hours(database, expert_id, every_day("12:00-13:00", limits=one_a_day), now)

    await change_hours(database, expert_id, every_day("12:00-14:00"), now)

    after = await slot_at(database, expert_id, tomorrow(now), "13:00")
    assert (after.id, after.state, after.held_by) == (later.id, SlotState.OFFERED, "eve")


async def test_a_time_in_progress_goes_where_the_hours_put_another(database: Database, now):
    expert_id = await published(database, AT_NOON, now)
    quarter_past = now.replace(hour=12, minute=15)

    await change_hours(database, expert_id, every_day("12:30-13:30"), quarter_past)

    shown = await starts(database, expert_id)
    assert shown[0] == f"{now:%d} 12:30"
    assert await audit(database) == []


async def join(database: Database, expert_id: Key, starts_at: datetime, now: datetime) -> None:
    begins = starts_at.replace(hour=0)
    line = Line(await expert_of(database, expert_id), begins, begins + DAY)
    person = EntryRequest("eve@example.org", "eve", Asker("eve"), zone="UTC", language="en")
    await waitlist.join(database, line, person, now=now)


async def test_of_several_publishers_at_once_each_time_is_published_once(database: Database, now):
    expert = await expert_with(database, MORNING)

    done = await asyncio.gather(
        *(publishing.publish(database, expert.id, now=now) for _ in range(4))
    )

    found = await starts(database, expert.id)
    assert sum(one.added for one in done) == len(found) == len(set(found)) == 2 * (HORIZON + 2) - 1
    assert await audit(database) == []


async def test_a_publisher_with_older_hours_changes_nothing(database: Database, now):
    older = await expert_with(database, MORNING)
    plan = await publishing.plan_of(database, older, older.hours, now=now)
    await change_hours(database, older.id, AT_NOON, now)
    before = await slots_of(database, older.id)

    assert await store.carry_out(database, older, plan, now=now) is False
    assert await slots_of(database, older.id) == before


async def test_a_plan_that_meets_a_new_hold_changes_nothing(database: Database, now):
    """The hold comes after the plan was made, and takes a slot that the plan would withdraw."""
    expert_id = await published(database, AT_NOON, now)
    expert = await expert_of(database, expert_id)
    plan = await publishing.plan_of(database, expert, WorkingHours(), now=now)
    slot = await slot_at(database, expert_id, tomorrow(now), "12:00")
    await holds.hold(database, slot.id, "ann", now=now, hold_for=HOLD)
    before = await slots_of(database, expert_id)

    assert await store.carry_out(database, expert, plan, now=now) is False
    assert await slots_of(database, expert_id) == before


@pytest.mark.parametrize("parts", range(3))
async def test_what_a_killed_publisher_left_is_done_by_the_next(
    database: Database, now, monkeypatch, parts: int
):
    expert_id = await published(database, MORNING, now)
    expert = await expert_of(database, expert_id)
    other = expert.model_copy(update={"hours": every_day("09:30-11:30")})
    assert await store.save_hours(database, expert, other)
    monkeypatch.setattr(publishing, "_STEPS_AT_ONCE", 5)
    carried_out = store.carry_out
    left = iter(range(parts))

    async def killed(*arguments: Any, **options: Any) -> bool:
        if next(left, None) is None:
            raise ConnectionError
        return await carried_out(*arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(store, "carry_out", killed)
        with pytest.raises(ConnectionError):
            await publishing.publish(database, expert_id, now=now)
    assert await audit(database) == []  # half-way, but no two times overlap

    assert await publishing.publish_next(database, now=now)
    assert await starts(database, expert_id) == [
        f"{now:%d} 10:30",
        *(f"{day} {at}" for day in days(now, HORIZON + 1) for at in ("09:30", "10:30")),
    ]


async def test_each_expert_is_planned_once_an_hour_by_one_process(database: Database, now):
    first = await published(database, AT_NOON, now)
    later = now + store.PLAN_EVERY

    assert await store.claim_due(database, later - timedelta(milliseconds=1)) is None
    claimed = await asyncio.gather(*(store.claim_due(database, later) for _ in range(5)))

    assert [one for one in claimed if one] == [first]


async def test_a_publisher_that_was_killed_leaves_its_expert_to_the_others(database: Database, now):
    expert = await expert_with(database, AT_NOON)
    assert await store.claim_due(database, now) == expert.id

    assert await publishing.publish_next(database, now=now) is False
    assert await publishing.publish_next(database, now=now + store.PLAN_WITHIN)
    assert await publishing.publish_next(database, now=now + store.PLAN_WITHIN) is False
    assert len(await slots_of(database, expert.id)) > 0


async def test_slots_that_nothing_asks_for_any_more_are_deleted(database: Database, now):
    expert_id = await published(database, AT_NOON, now)
    booked = await slot_at(database, expert_id, now, "12:00")
    await book(database, booked, now=now)
    await change_hours(database, expert_id, WorkingHours(), now)

    await publishing.forget_passed(database, now=now + store.WITHDRAWN_FOR)
    kept = await slots_of(database, expert_id)
    await publishing.forget_passed(database, now=now + store.WITHDRAWN_FOR + timedelta(seconds=1))

    assert len(kept) == HORIZON + 2
    assert [slot.id for slot in await slots_of(database, expert_id)] == [booked.id]


async def test_times_that_passed_unbooked_are_deleted_after_a_month(database: Database, now):
    expert_id = await published(database, AT_NOON, now)
    booked = await slot_at(database, expert_id, now, "12:00")
    await book(database, booked, now=now)

    await publishing.forget_passed(database, now=now + store.UNBOOKED_FOR + 2 * DAY)

    first, *others = await slots_of(database, expert_id)
    assert first.id == booked.id
    assert [f"{slot.starts_at:%d}" for slot in others] == days(now, HORIZON + 1)[1:]


CHOICES = [
    MORNING,
    AT_NOON,
    every_day("09:30-12:30"),
    every_day("08:00-18:00", limits=SessionLimits(pause_after_minutes=15, grid_minutes=30)),
    WorkingHours(),
]


def some_hours(chance: random.Random, now: datetime) -> WorkingHours:
    hours = chance.choice(CHOICES).model_copy(deep=True)
    on = (now + chance.randint(0, HORIZON) * DAY).date().isoformat()
    if chance.random() < 0.4:
        taken = {"opens": "10:15", "closes": "11:00"}
        kind, stretch = chance.choice(
            [(ExceptionKind.CLOSED, {}), (ExceptionKind.TAKEN, taken), (ExceptionKind.EXTRA, taken)]
        )
        hours.exceptions.append(
            KeptException(key="one", first_on=on, last_on=on, kind=kind, **stretch)
        )
    return hours


@seeds(3, 60)
async def test_whatever_comes_in_between_the_hours_win_and_no_session_is_lost(
    database: Database, now, seed: int
):
    chance = random.Random(seed)
    expert_id = await published(database, MORNING, now)
    made = []
    hours = MORNING

    for step in range(25):
        now += timedelta(minutes=chance.choice([1, 7, 60]))
        some = [slot for slot in await slots_of(database, expert_id) if slot.starts_at > now]
        slot = chance.choice(some) if some else None
        try:
            match chance.choice(["hours", "hold", "book", "cancel", "lapse", "hour", "race"]):
                case "hours":
                    hours = some_hours(chance, now)
                    await change_hours(database, expert_id, hours, now)
                case "hold" if slot:
                    await holds.hold(database, slot.id, f"v{step}", now=now, hold_for=HOLD)
                case "book" if slot:
                    made.append(await book(database, slot, now=now, visitor=f"v{step}"))
                case "cancel" if made:
                    await cancel(database, chance.choice(made).reference, now)
                case "lapse" if slot:
                    await hold_store.announce(database, slot.id, now=now)
                case "race" if slot:
                    hours = some_hours(chance, now)
                    await asyncio.gather(
                        change_hours(database, expert_id, hours, now),
                        holds.hold(database, slot.id, f"r{step}", now=now, hold_for=HOLD),
                        publishing.publish(database, expert_id, now=now),
                        return_exceptions=True,
                    )
        except Refusal:
            continue

    for key in await hold_store.lapsed(database, now + DAY, limit=100):
        await hold_store.announce(database, key, now=now + HOLD)
    now += HOLD
    await publishing.publish(database, expert_id, now=now)
    expert = await expert_of(database, expert_id)
    plan = await publishing.plan_of(database, expert, expert.hours, now=now)
    assert plan == Plan()
    assert expert.hours == hours
    assert await audit(database) == []


async def test_both_pauses_lie_around_a_session_that_was_rescheduled_across_midnight_too(
    database: Database, now
):
    limits = SessionLimits(pause_before_minutes=10, pause_after_minutes=20)
    pause = timedelta(minutes=30)
    expert_id = await published(database, every_day("00:00-00:00", limits=limits), now)
    of_days = [slot for slot in await slots_of(database, expert_id) if slot.starts_at > now + DAY]
    last = max((slot for slot in of_days[:24]), key=lambda slot: slot.starts_at.time())
    booking = await book(database, of_days[0], now=now)

    moved = await rescheduling.reschedule(
        database, booking.reference, Viewer("ann"), last.id, "ann", now=now, hold_for=HOLD
    )
    await change_hours(database, expert_id, every_day("00:20-00:00", limits=limits), now)

    shown = [slot for slot in await slots_of(database, expert_id) if slot.state in SHOWN]
    others = [slot for slot in shown if slot.id != moved.slot_id]
    before = max(slot.ends_at for slot in others if slot.starts_at < moved.starts_at)
    after = min(slot.starts_at for slot in others if slot.starts_at > moved.starts_at)
    assert before + pause <= moved.starts_at
    assert moved.ends_at + pause <= after
    assert after.date() > moved.starts_at.date()
    assert await audit(database) == []
