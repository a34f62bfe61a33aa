from datetime import timedelta

from domain.booking.alternatives import alternatives_to
from domain.store.core.database import Database
from domain.store.memory.directory import Directory
from tests.factories import make_expert, make_slot
from web.http import clock

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


async def test_similar_experts_are_free_at_about_the_same_time(database: Database, now):
    gone_at = now + DAY
    wanted = await make_expert(database, category="Legal", skills=["Contracts", "Leases"])
    gone = await make_slot(database, wanted, starts_at=gone_at, state="booked")
    alike = await make_expert(database, category="Legal", skills=["Leases"], rating=4.2)
    best = await make_expert(database, category="Legal", skills=["Wills"], rating=5.0)
    busy = await make_expert(database, category="Legal", skills=["Leases"])
    other = await make_expert(database, category="Health", skills=["Leases"])
    unlisted = await make_expert(database, category="Legal", skills=["Leases"], listed=False)
    free = await make_slot(database, alike, starts_at=gone_at + HOUR / 2)
    await make_slot(database, alike, starts_at=gone_at - HOUR / 2 - HOUR / 60)
    also_free = await make_slot(database, best, starts_at=gone_at)
    await make_slot(database, busy, starts_at=gone_at, state="booked")
    await make_slot(database, busy, starts_at=gone_at + HOUR)
    await make_slot(database, other, starts_at=gone_at)
    await make_slot(database, unlisted, starts_at=gone_at)

    found = await alternatives_to(
        database, Directory(database, clock=clock.now), gone, wanted, now=now
    )

    assert [(expert.id, slot.id) for expert, slot in found.similar] == [
        (alike.id, free.id),
        (best.id, also_free.id),
    ]
    assert found.nearest == []


async def test_the_nearest_times_are_the_same_experts(database: Database, now):
    expert = await make_expert(database)
    gone = await make_slot(database, expert, starts_at=now + DAY, state="booked")
    free = [await make_slot(database, expert, starts_at=now + DAY + h * HOUR) for h in (1, 2, 3, 4)]

    found = await alternatives_to(
        database, Directory(database, clock=clock.now), gone, expert, now=now
    )

    assert [slot.id for slot in found.nearest] == [slot.id for slot in free[:3]]
