import asyncio
import re
from collections import defaultdict
from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from domain.catalogue import CATEGORIES
from domain.slots import SlotState, is_free
from domain.store.database import Database
from domain.store.documents import Booking, Expert, Slot
from domain.store.experts import Filters, Sort, listing
from domain.store.people import CURATED, Person, people
from domain.store.people.diary import PUBLISHED_DAYS, times
from domain.store.people.person import slug_of
from domain.store.people.prices import price_minor, price_rank
from domain.store.seeds import ExpertFactory, seed_catalogue
from domain.words import fold

DAY = timedelta(days=1)
SOME = 6
CURRENCIES = {"AUD", "BRL", "EUR", "GBP", "INR", "JPY", "USD"}
RESERVED_MAIL = re.compile(r"[a-z0-9-]+@example\.(com|net|org)")


async def everything(database: Database) -> tuple[list[Expert], dict[str, list[Slot]]]:
    """All experts, and all slots in order of their starts by the expert's slug."""
    experts = await database.engine.find(Expert)
    slugs = {expert.id: expert.slug for expert in experts}
    slots: dict[str, list[Slot]] = defaultdict(list)
    for slot in await database.engine.find(Slot, sort=Slot.starts_at):
        slots[slugs[slot.expert_id]].append(slot)
    return experts, slots


def is_within_hours(slot: Slot, person: Person) -> bool:
    start, end = (at.astimezone(ZoneInfo(person.zone)) for at in (slot.starts_at, slot.ends_at))
    return any(
        rule.weekday == start.weekday() == end.weekday()
        and rule.hours.opens <= start.time() < end.time() <= rule.hours.closes
        for rule in person.rules
    )


async def test_the_catalogue_is_large_and_varied(database: Database, now):
    added = await seed_catalogue(database, clock=lambda: now)

    experts, slots = await everything(database)
    assert len(experts) == len(CURATED) == 30
    assert {expert.category for expert in experts} == set(CATEGORIES)
    assert len({expert.zone for expert in experts}) >= 8
    assert {expert.currency for expert in experts} == CURRENCIES
    assert len({expert.headline for expert in experts}) == 30
    assert {expert.session_minutes for expert in experts} == {30, 45, 50, 60}
    assert added == len(experts) + sum(len(of_one) for of_one in slots.values())


async def test_every_time_is_open_within_the_experts_own_working_hours(database: Database, now):
    await seed_catalogue(database, clock=lambda: now)

    _, slots = await everything(database)
    for person in CURATED:
        published = slots[slug_of(person)]
        assert len(published) >= 20
        assert all(is_within_hours(slot, person) for slot in published)
        assert all(slot.ends_at - slot.starts_at == person.session for slot in published)
        assert all(is_free(slot, now) for slot in published)
        assert all(one.ends_at + person.gap <= two.starts_at for one, two in pairwise(published))
        assert published[-1].starts_at - now > (PUBLISHED_DAYS - 8) * DAY


async def test_what_is_seeded_names_nobody(database: Database, now):
    await seed_catalogue(database, experts=SOME, clock=lambda: now)

    experts, slots = await everything(database)
    assert all(RESERVED_MAIL.fullmatch(expert.email) for expert in experts)
    assert {slot.held_by for of_one in slots.values() for slot in of_one} == {None}
    assert {slot.booking_id for of_one in slots.values() for slot in of_one} == {None}
    assert await database.engine.count(Booking) == 0


async def test_the_first_free_time_is_known_from_the_start(database: Database, now):
    await seed_catalogue(database, experts=SOME, clock=lambda: now)

    experts, slots = await everything(database)
    assert {expert.slug: expert.next_free_at for expert in experts} == {
        slug: of_one[0].starts_at for slug, of_one in slots.items()
    }


async def test_terms_vary_and_the_best_rated_ask_for_nothing(database: Database, now):
    await seed_catalogue(database, clock=lambda: now)

    experts = await listing(database, Filters(), Sort.RATING, skip=0, limit=30)
    for expert in experts[:3]:
        asked = expert.terms
        assert asked.cancel_before_minutes == asked.reschedule_before_minutes == 0
        assert (asked.notice_minutes, asked.max_reschedules) == (0, None)
    assert len({e.terms.cancel_before_minutes for e in experts}) >= 4
    assert len({e.terms.max_reschedules for e in experts}) >= 4


async def test_seeding_twice_adds_nothing(database: Database, now):
    await seed_catalogue(database, experts=SOME, clock=lambda: now)
    before = await everything(database)

    assert await seed_catalogue(database, experts=SOME, clock=lambda: now) == 0
    assert await everything(database) == before


async def test_two_processes_that_seed_at_once_add_everything_once(database: Database, now):
    added = await asyncio.gather(
        *(seed_catalogue(database, experts=SOME, clock=lambda: now) for _ in range(3))
    )

    experts, slots = await everything(database)
    assert len(experts) == SOME
    assert sum(added) == SOME + sum(len(of_one) for of_one in slots.values())
    assert {expert.slug: len(slots[expert.slug]) for expert in experts} == {
        slug_of(person): len(times(person, now)) for person in people(SOME)
    }


async def test_seeding_after_an_interruption_adds_what_is_missing(database: Database, now):
    await seed_catalogue(database, experts=SOME, clock=lambda: now)
    _, before = await everything(database)
    lost = [slot for of_one in before.values() for slot in of_one[::3]]
    await database.collection(Slot).delete_many({"_id": {"$in": [slot.id for slot in lost]}})

    assert await seed_catalogue(database, experts=SOME, clock=lambda: now) == len(lost)


async def test_seeding_later_publishes_the_days_that_have_come_within_reach(
    database: Database, now
):
    later = now + 7 * DAY
    await seed_catalogue(database, experts=SOME, clock=lambda: now)
    _, before = await everything(database)

    added = await seed_catalogue(database, experts=SOME, clock=lambda: later)

    _, after = await everything(database)
    assert added > 0
    for person in people(SOME):
        slug = slug_of(person)
        assert [s for s in after[slug] if s in before[slug]] == before[slug]
        assert [s.starts_at for s in after[slug] if s.closes_at > later] == [
            interval.starts_at for interval in times(person, later)
        ]


async def test_seeding_again_changes_no_slot_and_crowds_none(database: Database, now):
    await seed_catalogue(database, experts=1, clock=lambda: now)
    _, slots = await everything(database)
    booked, moved = slots[slug_of(CURATED[0])][:2]
    slot_documents = database.collection(Slot)
    await slot_documents.update_one({"_id": booked.id}, {"$set": {"state": "booked"}})
    by = timedelta(minutes=5)
    await slot_documents.update_one(
        {"_id": moved.id},
        {"$set": {"starts_at": moved.starts_at + by, "ends_at": moved.ends_at + by}},
    )

    assert await seed_catalogue(database, experts=1, clock=lambda: now) == 0
    kept = await database.engine.find_one(Slot, {"_id": booked.id})
    assert kept is not None
    assert kept.state == SlotState.BOOKED


async def test_a_catalogue_that_grows_keeps_who_is_in_it(database: Database, now):
    await seed_catalogue(database, experts=2, clock=lambda: now)

    await seed_catalogue(database, experts=4, clock=lambda: now)

    experts, _ = await everything(database)
    assert {expert.slug for expert in experts} == {slug_of(person) for person in people(4)}


def test_invented_people_are_the_same_every_time_and_never_share_an_address():
    many = list(people(400))

    assert list(people(400)) == many
    assert len({slug_of(person) for person in many}) == 400
    assert all(4.2 <= person.rating <= 5.0 and 4 <= len(person.skills) <= 6 for person in many)


def test_times_lie_within_four_weeks_of_the_experts_own_days(now):
    for person in people(60):
        today = now.astimezone(ZoneInfo(person.zone)).date()
        days = [at.astimezone(ZoneInfo(person.zone)).date() for at, _ in times(person, now)]

        assert all(today <= day < today + PUBLISHED_DAYS * DAY for day in days)


@pytest.mark.parametrize(
    ("units", "currency", "minor", "rank"),
    [(120, "USD", 12_000, 12_000), (100, "EUR", 10_000, 10_800), (15_000, "JPY", 15_000, 10_050)],
)
def test_prices_count_minor_units_as_the_currency_does(units, currency, minor, rank):
    assert price_minor(units, currency) == minor
    assert price_rank(minor, currency) == rank


def test_an_experts_search_terms_follow_the_name():
    expert = ExpertFactory.build(name="Søren Ødegård", skills=["Tax & law"], headline="Adviser")

    assert expert.slug.startswith("soren-odegard")
    assert expert.sort_name == fold("Søren Ødegård")
    assert expert.search_terms == ["soren", "odegard", "adviser", "tax", "law"]


def test_each_made_expert_is_another():
    assert len({ExpertFactory.build().slug for _ in range(20)}) == 20
