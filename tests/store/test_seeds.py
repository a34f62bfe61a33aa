import asyncio
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from motor.motor_asyncio import AsyncIOMotorClientSession

from domain.rules.errors import Unconfirmed
from domain.rules.meetings import MeetingKind, leads_to
from domain.rules.prices import price_minor, price_rank
from domain.rules.slots import SlotState, is_free
from domain.rules.words import fold
from domain.seeds.factories import ExpertFactory
from domain.seeds.people import CURATED, Person, people
from domain.seeds.people.diary import hours_of
from domain.seeds.people.person import slug_of
from domain.seeds.people.terms import terms_of
from domain.seeds.seeding import seed_catalogue
from domain.store.core import transactions
from domain.store.core.database import Database
from domain.store.documents import Booking, Expert, Slot
from domain.store.documents.site import CATEGORIES
from domain.store.experts.diaries import targets_of
from domain.store.experts.reading import Filters, Sort, listing

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


def starts_of(slots: Iterable[Slot]) -> list[datetime]:
    return [slot.starts_at for slot in slots]


def wanted_of(expert: Expert, now: datetime) -> list[datetime]:
    """Return the starts that an expert's hours want and that can still be booked."""
    assert expert.has_hours
    wanted = targets_of(expert, expert.hours, now)
    return [target.starts_at for target in wanted if target.closes_at > now]


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
        assert sum(is_free(slot, now) for slot in published) >= 20
        assert all(is_within_hours(slot, person) for slot in published)
        assert all(slot.ends_at - slot.starts_at == person.session for slot in published)
        assert all(slot.state is SlotState.OPEN for slot in published)
        assert all(one.ends_at + person.gap <= two.starts_at for one, two in pairwise(published))
        assert published[-1].starts_at - now > (terms_of(person).horizon_days - 8) * DAY


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
        slug: next(slot.starts_at for slot in of_one if is_free(slot, now))
        for slug, of_one in slots.items()
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


async def test_most_meet_by_video_and_some_otherwise(database: Database, now):
    await seed_catalogue(database, clock=lambda: now)

    experts, _ = await everything(database)
    kinds = Counter(expert.meeting.kind for expert in experts)
    assert kinds.keys() == {*MeetingKind} - {MeetingKind.NONE}
    assert kinds[MeetingKind.VIDEO] > len(experts) / 2
    for expert in experts:
        kind, text = expert.meeting.kind, expert.meeting.text
        assert text
        assert bool(leads_to(kind, text)) == (kind is not MeetingKind.ADDRESS)


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
    assert {expert.slug: starts_of(slots[expert.slug]) for expert in experts} == {
        expert.slug: wanted_of(expert, now) for expert in experts
    }


async def test_seeding_after_an_interruption_adds_what_is_missing(database: Database, now):
    await seed_catalogue(database, experts=SOME, clock=lambda: now)
    _, before = await everything(database)
    lost = [slot for of_one in before.values() for slot in of_one[::3]]
    await database.collection(Slot).delete_many({"_id": {"$in": [slot.id for slot in lost]}})

    assert await seed_catalogue(database, experts=SOME, clock=lambda: now) == len(lost)


async def test_seeding_goes_on_where_a_slow_database_could_not_confirm_a_part(
    database: Database, now, monkeypatch: pytest.MonkeyPatch
):
    commit, unconfirmed = transactions._commit, iter([False, True, False, True, True])

    async def slow(session: AsyncIOMotorClientSession) -> None:
        await commit(session)
        if next(unconfirmed, False):
            raise Unconfirmed

    monkeypatch.setattr(transactions, "_commit", slow)
    await seed_catalogue(database, experts=SOME, clock=lambda: now)

    experts, slots = await everything(database)
    assert {expert.slug: starts_of(slots[expert.slug]) for expert in experts} == {
        expert.slug: wanted_of(expert, now) for expert in experts
    }


async def test_seeding_later_publishes_the_days_that_have_come_within_reach(
    database: Database, now
):
    later = now + 7 * DAY
    await seed_catalogue(database, experts=SOME, clock=lambda: now)
    _, before = await everything(database)

    added = await seed_catalogue(database, experts=SOME, clock=lambda: later)

    experts, after = await everything(database)
    assert added > 0
    for expert in experts:
        slots = after[expert.slug]
        assert [slot for slot in slots if slot in before[expert.slug]] == before[expert.slug]
        assert starts_of(slot for slot in slots if slot.closes_at > later) == (
            wanted_of(expert, later)
        )


async def test_seeding_again_touches_no_session(database: Database, now):
    await seed_catalogue(database, experts=1, clock=lambda: now)
    _, slots = await everything(database)
    (booked, *_) = slots[slug_of(CURATED[0])]
    as_booked = {"$set": {"state": "booked"}}
    await database.collection(Slot).update_one({"_id": booked.id}, as_booked)

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


def test_days_off_are_the_same_whenever_the_catalogue_is_made(now):
    def off(person: Person, at: datetime) -> set[str]:
        exceptions = hours_of(person, at).exceptions
        return {one.first_on for one in exceptions if one.first_on > f"{now + 8 * DAY:%Y-%m-%d}"}

    for person in people(60):
        early, late = off(person, now), off(person, now + 7 * DAY)

        assert early <= late


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
