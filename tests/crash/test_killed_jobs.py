"""What runs in the background is killed with -9 step by step, and another process goes on."""

from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

from domain import waitlist
from domain.booking import cancelling, holds
from domain.booking.bookings import Viewer
from domain.desk import mornings, publishing
from domain.rules.log import OPERATOR
from domain.rules.notices import Kind
from domain.rules.request_limits import Asker
from domain.rules.slots import SlotState
from domain.store.audit import audit
from domain.store.core.database import Database, Key
from domain.store.documents.mails import Mail
from domain.store.experts import publishing as store
from domain.waitlist import EntryRequest, Line
from tests.crash.victim import Errand, killed
from tests.domain.diaries import every_day, slots_of, starts
from tests.domain.practices import Practice, practice_with
from tests.domain.support import DAY, HOLD
from tests.soak import drawn, sampled

pytestmark = sampled

BEFORE, AFTER = every_day("12:00-13:00"), every_day("12:30-14:30")
CLAIMED = (SlotState.BOOKED, SlotState.HELD, SlotState.OFFERED)
MOST_STEPS = 120


async def publish(database: Database, *, now: datetime) -> None:
    """Publish in parts so small that there are steps between them."""
    publishing._STEPS_AT_ONCE = 5
    await publishing.publish_next(database, now=now)


async def with_other_hours(database: Database, now: datetime) -> Practice:
    """A practice with a time booked, one held and one offered, whose saved hours are others."""
    practice = await practice_with(database, now, BEFORE)
    expert_id = practice.expert_id
    await practice.booked(1, "12:00")
    held = await practice.slot(2, "12:00")
    await holds.hold(database, held.id, f"holder of {held.id}", now=now, hold_for=HOLD)
    given_up = await practice.booked(3, "12:00", visitor="ben")
    begins = given_up.starts_at.replace(hour=0)
    line = Line(await practice.expert(), begins, begins + DAY)
    eve = f"eve of {expert_id}"
    person = EntryRequest(f"{expert_id}@example.org", eve, Asker(eve), zone="UTC", language="en")
    await waitlist.join(database, line, person, now=now)
    await cancelling.cancel(database, given_up.reference, Viewer("ben"), now=now)
    expert = await practice.expert()
    changed = expert.model_copy(update={"hours": AFTER})
    assert await store.save_hours(database, expert, changed)
    return practice


async def claimed(database: Database, expert_id: Key) -> list[tuple[object, ...]]:
    """The slots that somebody has, and who has each."""
    found = [slot for slot in await slots_of(database, expert_id) if slot.state in CLAIMED]
    return [
        (slot.id, slot.state, slot.rev, slot.held_by, slot.held_until, slot.booking_id)
        for slot in found
    ]


async def published_in_peace(database: Database, now: datetime) -> list[str]:
    practice = await with_other_hours(database, now)
    await publishing.publish(database, practice.expert_id, now=now)
    return await starts(database, practice.expert_id)


async def test_a_publisher_killed_at_a_step_leaves_nothing_torn_and_another_goes_on(
    database: Database, database_uri: str, now: datetime, processes: Any
):
    expected = await published_in_peace(database, now)
    stride = drawn(29, 1)
    for step in count(stride // 2, stride):
        practice = await with_other_hours(database, now)
        before = await claimed(database, practice.expert_id)
        assert [state for _, state, *_ in before] == [*CLAIMED]

        errand = Errand(database_uri, partial(publish, now=now), step)
        was_killed = await killed(database, processes, errand)

        assert await audit(database) == [], f"torn at step {step}"
        assert await claimed(database, practice.expert_id) == before
        await publishing.publish_next(database, now=now + store.PLAN_WITHIN)
        assert await starts(database, practice.expert_id) == expected
        assert await claimed(database, practice.expert_id) == before
        assert await audit(database) == []
        if not was_killed:
            assert step >= stride
            return
        assert step < MOST_STEPS


async def tell(database: Database, *, now: datetime) -> None:
    await mornings.tell_due(database, now=now)


async def test_a_morning_mail_is_put_out_once_wherever_its_process_is_killed(
    database: Database, database_uri: str, now: datetime, processes: Any
):
    seven = (now + DAY).replace(hour=7, minute=0)
    stride = drawn(4, 1)
    for step in count(stride // 2, stride):
        practice = await practice_with(database, now, BEFORE)
        await practice.booked(1, "12:00", visitor=f"v{step}")
        await mornings.set_mail(
            database, await practice.expert(), wanted=True, by=OPERATOR, now=now
        )

        errand = Errand(database_uri, partial(tell, now=seven), step)
        was_killed = await killed(database, processes, errand)
        await tell(database, now=seven + timedelta(minutes=1))
        await tell(database, now=seven + timedelta(minutes=2))

        told = {"expert_id": practice.expert_id, "kind": Kind.AGENDA.value}
        assert await database.engine.count(Mail, told) == 1, f"killed at step {step}"
        if not was_killed:
            assert step >= stride
            return
        assert step < MOST_STEPS
