from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.booking import holds
from domain.desk.publishing import publish
from domain.rules.slots import SlotState
from domain.seeds.factories import BookingFactory, SlotFactory
from domain.store import audit as audit_module
from domain.store.audit import Finding, audit
from domain.store.core.database import Database
from domain.store.documents import Booking, BookingStatus, Expert, Slot
from domain.store.documents.absences import Replacement
from domain.store.documents.hours import SessionLimits
from tests.domain.diaries import change_hours, every_day, published, slot_at
from tests.domain.practices import practice_with
from tests.domain.support import book

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_module, "SECOND_LOOK_AFTER_S", 0)


def _booked() -> tuple[Slot, Booking]:
    slot = SlotFactory.build()
    booking = BookingFactory.build(
        slot_id=slot.id,
        expert_id=slot.expert_id,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
    )
    return slot.model_copy(update={"state": SlotState.BOOKED, "booking_id": booking.id}), booking


async def test_data_that_agrees_has_no_findings(database: Database):
    slot, booking = _booked()
    freed = SlotFactory.build(expert_id=slot.expert_id)
    cancelled = BookingFactory.build(
        slot_id=freed.id,
        expert_id=slot.expert_id,
        starts_at=freed.starts_at,
        status=BookingStatus.CANCELLED,
    )
    await database.engine.save_all([slot, booking, freed, cancelled])

    assert await audit(database) == []


async def test_an_empty_database_has_no_findings(database: Database):
    assert await audit(database) == []


async def test_a_booked_slot_without_a_booking_is_found(database: Database):
    slot, _ = _booked()
    await database.engine.save(slot)

    assert await audit(database) == [
        Finding("slot is booked, but by no confirmed booking", slot.id)
    ]


async def test_a_slot_still_booked_after_its_booking_was_cancelled_is_found(database: Database):
    slot, booking = _booked()
    cancelled = booking.model_copy(update={"status": BookingStatus.CANCELLED})
    await database.engine.save_all([slot, cancelled])

    assert await audit(database) == [
        Finding("slot is booked, but by no confirmed booking", slot.id)
    ]


@pytest.mark.parametrize("state", [SlotState.OPEN, SlotState.HELD, SlotState.WITHDRAWN])
async def test_a_confirmed_booking_of_a_slot_that_is_not_booked_is_found(
    database: Database, state: SlotState
):
    slot, booking = _booked()
    freed = slot.model_copy(update={"state": state})
    await database.engine.save_all([freed, booking])

    assert await audit(database) == [
        Finding("booking is confirmed, but its slot is not booked by it", booking.id)
    ]


async def test_a_confirmed_booking_at_another_time_than_its_slot_is_found(database: Database):
    slot, booking = _booked()
    then = {"starts_at": slot.starts_at + HOUR}
    moved = booking.model_copy(
        update={**then, "history": [booking.history[0].model_copy(update=then)]}
    )
    await database.engine.save_all([slot, moved])

    assert await audit(database) == [
        Finding("booking is confirmed, but its slot is not booked by it", booking.id)
    ]


async def test_two_confirmed_bookings_of_one_time_are_found(database: Database):
    slot, booking = _booked()
    second = BookingFactory.build(
        slot_id=slot.id, expert_id=slot.expert_id, starts_at=slot.starts_at
    )
    # Only without this index can it come to that.
    await database.collection(Booking).drop_index("one_confirmed_booking_of_a_time")
    await database.engine.save_all([slot, booking, second])

    findings = await audit(database)

    assert len(findings) == 2
    assert findings[0] == Finding(
        "booking is confirmed, but its slot is not booked by it", second.id
    )
    assert findings[1].what == "a second confirmed booking of the same time"


async def test_overlapping_slots_of_one_expert_are_found(database: Database):
    long = SlotFactory.build()
    long = long.model_copy(update={"ends_at": long.starts_at + 3 * HOUR})
    first, second = (
        SlotFactory.build(expert_id=long.expert_id, starts_at=long.starts_at + hours * HOUR)
        for hours in (1, 2)
    )
    after = SlotFactory.build(expert_id=long.expert_id, starts_at=long.ends_at)
    await database.engine.save_all([long, first, second, after])

    assert await audit(database) == [
        Finding("slot overlaps an earlier one of the same expert", first.id),
        Finding("slot overlaps an earlier one of the same expert", second.id),
    ]


async def test_withdrawn_slots_are_in_nobodys_way(database: Database):
    old = SlotFactory.build(state=SlotState.WITHDRAWN)
    new = SlotFactory.build(expert_id=old.expert_id, starts_at=old.starts_at + HOUR / 2)
    await database.engine.save_all([old, new])

    assert await audit(database) == []


async def test_slots_of_two_experts_at_one_time_are_no_finding(database: Database):
    one = SlotFactory.build()
    other = SlotFactory.build(starts_at=one.starts_at)
    await database.engine.save_all([one, other])

    assert await audit(database) == []


async def test_a_claim_that_was_half_read_is_no_finding(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    slot, booking = _booked()
    await database.engine.save(slot)

    async def the_claim_goes_on(_: float) -> None:
        await database.engine.save(booking)

    monkeypatch.setattr("domain.store.audit.asyncio.sleep", the_claim_goes_on)

    assert await audit(database) == []


@pytest.mark.parametrize("fields", [{"rev": 2}, {"history": None}])
async def test_a_booking_that_its_history_does_not_lead_to_is_found(database: Database, fields):
    slot, booking = _booked()
    elsewhere = booking.history[0].model_copy(update={"starts_at": slot.starts_at - HOUR})
    changed = {name: value or [elsewhere] for name, value in fields.items()}
    await database.engine.save_all([slot, booking.model_copy(update=changed)])

    assert await audit(database) == [Finding("booking is not where its history leads", booking.id)]


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ({"ends_at": timedelta(minutes=30)}, "slot has another span or other terms"),
        ({"starts_at": timedelta(minutes=15)}, "slot is open, but outside the hours"),
        (
            {"state": SlotState.HELD, "retiring": True},
            "slot fits, and is retiring or has other terms",
        ),
        ({"state": SlotState.WITHDRAWN}, "a time within the hours is missing"),
    ],
)
async def test_a_slot_that_is_not_as_the_hours_want_it_is_found(
    database: Database, now: datetime, wrong: dict[str, Any], what: str
):
    expert_id = await published(database, every_day("12:00-13:00"), now)
    slot = await slot_at(database, expert_id, now, "12:00")
    fields = {
        name: getattr(slot, name) - value if isinstance(value, timedelta) else value
        for name, value in wrong.items()
    }
    await database.engine.save(slot.model_copy(update=fields))

    assert what in {finding.what for finding in await audit(database)}


@pytest.mark.parametrize(("taken", "full"), [(1, True), (2, False)])
async def test_a_slot_that_is_wrong_about_its_days_limit_is_found(
    database: Database, now: datetime, taken: int, full: bool
):
    two_a_day = SessionLimits(most_a_day=2)
    expert_id = await published(database, every_day("12:00-16:00", limits=two_a_day), now)
    for hour in range(taken):
        await book(database, await slot_at(database, expert_id, now, f"{12 + hour}:00"), now=now)
    assert await audit(database) == []
    last = await slot_at(database, expert_id, now, "15:00")
    await database.engine.save(last.model_copy(update={"full": full}))

    (finding,) = await audit(database)
    assert finding.what.endswith("is wrong about its day")


async def test_a_session_that_no_longer_fits_and_is_not_retiring_is_found(
    database: Database, now: datetime
):
    expert_id = await published(database, every_day("12:00-13:00"), now)
    slot = await slot_at(database, expert_id, now, "12:00")
    booking = await book(database, slot, now=now)
    await change_hours(database, expert_id, every_day("15:00-16:00"), now)
    assert await audit(database) == []
    fit = {"$set": {"retiring": False}}
    await database.collection(Slot).update_one({"booking_id": booking.id}, fit)

    assert await audit(database) == [Finding("slot no longer fits, and is not retiring", slot.id)]


async def test_a_time_that_has_just_come_free_and_is_wanted_with_another_end_is_no_finding(
    database: Database, now: datetime
):
    expert_id = await published(database, every_day("12:00-13:00"), now)
    slot = await slot_at(database, expert_id, now, "12:00")
    await holds.hold(database, slot.id, "ann", now=now, hold_for=timedelta(minutes=5))
    shorter = {"$set": {"session_minutes": 30}}
    await database.collection(Expert).update_one({"_id": expert_id}, shorter)
    await publish(database, expert_id, now=now)

    await holds.release(database, slot.id, "ann", now=now)

    assert await audit(database) == []


async def test_a_slot_that_is_kept_for_a_booking_that_doesnt_know_is_found(
    database: Database, now: datetime
):
    practice = await practice_with(database, now)
    booking = await practice.booked(2)
    await practice.away(2)
    offer, *_ = await practice.offers(booking)
    nothing: dict[str, Any] = {"$set": {"offers": []}}

    await database.collection(Replacement).update_one({"booking_id": booking.id}, nothing)

    assert Finding("slot is offered, but to nobody in line and for no booking", offer.id) in (
        await audit(database)
    )


async def test_an_offer_of_a_slot_that_is_not_kept_for_the_booking_is_found(
    database: Database, now: datetime
):
    practice = await practice_with(database, now)
    booking = await practice.booked(2)
    await practice.away(2)
    offer, *_ = await practice.offers(booking)

    await database.collection(Slot).update_one({"_id": offer.id}, {"$set": {"held_by": "eve"}})

    assert Finding("a booking is offered a slot that is not kept for it", offer.id) in (
        await audit(database)
    )
