"""Applications: from a form to an expert whom people find."""

import asyncio
from typing import Any

import pytest

from domain.account import sign_in
from domain.admin import listing
from domain.admin.listing import PageIncomplete
from domain.desk import applications, desks
from domain.desk.applications import UNPROVEN_FOR, ApplicationForm
from domain.desk.readiness import Lack, lacks_of
from domain.rules.errors import Code, Refusal
from domain.rules.hours import ExceptionKind
from domain.rules.log import OPERATOR
from domain.rules.notices import Kind
from domain.rules.request_limits import LINKS_OF_ADDRESS_THERE, Asker
from domain.store.core.database import Database
from domain.store.documents import BookingStatus, Expert, SignInLink
from domain.store.documents.hours import KeptException, WorkingHours
from domain.store.documents.mails import Mail
from domain.store.documents.profiles import ExpertStatus
from domain.store.experts import applying as store
from domain.store.experts import next_free
from domain.store.experts import reading as experts
from tests.domain.diaries import every_day, expert_with, starts
from tests.domain.practices import practice_with
from tests.domain.support import DAY, MS, refused
from tests.factories import make_expert

TYPED = {"name": "Ada Ames", "email": "Ada@Example.org", "category": "Legal", "words": "I know."}
ADDRESS = "ada@example.org"
NOON = every_day("12:00-13:00")


async def applied(database: Database, now: Any, **changes: str) -> SignInLink:
    form = ApplicationForm.read({**TYPED, **changes})
    link = await applications.apply(
        database, form, Asker("here"), zone="Europe/Berlin", language="de", now=now
    )
    assert link is not None
    return link


async def of_link(database: Database, link: SignInLink) -> Expert | None:
    assert link.expert_id is not None
    return await experts.find(database, link.expert_id)


async def proven(database: Database, now: Any, **changes: str) -> Expert:
    link = await applied(database, now, **changes)
    await applications.follow(database, link, now=now)
    found = await of_link(database, link)
    assert found is not None
    return found


async def desks_of(database: Database, now: Any) -> list[str]:
    return [expert.slug for expert in await desks.experts_at(database, {ADDRESS: now})]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", ""),
        ("email", "ada"),
        ("category", "Magic"),
        ("category", ""),
        ("words", "x" * 1001),
    ],
)
def test_what_cannot_be_used_is_refused_beside_its_field(field, text):
    with pytest.raises(Refusal) as caught:
        ApplicationForm.read({**TYPED, field: text})

    assert list(caught.value.fields) == [field]


async def test_an_application_is_nothing_before_its_address_is_proven(database: Database, now):
    link = await applied(database, now)

    draft = await of_link(database, link)
    assert draft is not None
    assert (draft.status, draft.listed) == (ExpertStatus.DRAFT, False)
    assert await desks_of(database, now) == []
    assert not await sign_in.address_is_known(database, ADDRESS)
    assert await listing.not_listed(database) == []
    assert (
        await refused(listing.approve(database, draft.slug, by=OPERATOR, now=now))
        is Code.EXPERT_UNKNOWN
    )


async def test_a_proven_one_waits_for_approval_and_has_a_desk(database: Database, now):
    expert = await proven(database, now)

    assert (expert.status, expert.listed, expert.slug) == (ExpertStatus.PENDING, False, "ada-ames")
    assert (expert.zone, expert.languages, expert.application) == (
        "Europe/Berlin",
        ["de"],
        "I know.",
    )
    assert await desks_of(database, now) == ["ada-ames"]
    assert [waiting.id for waiting in await listing.not_listed(database)] == [expert.id]


async def test_an_ordinary_sign_in_proves_no_application(database: Database, now):
    """Someone else may have applied with the address."""
    link = await applied(database, now)
    other = await sign_in.request_link(database, ADDRESS, Asker("there"), now=now)
    assert other is not None

    await applications.follow(database, other, now=now)

    draft = await of_link(database, link)
    assert draft is not None
    assert draft.status is ExpertStatus.DRAFT


async def test_a_second_application_replaces_the_first(database: Database, now):
    earlier = await applied(database, now, name="Wrong Name")
    later = await applied(database, now + MS)

    assert await refused(applications.follow(database, earlier, now=now)) is Code.LINK_SPENT
    await applications.follow(database, later, now=now)

    assert [expert.name for expert in await listing.not_listed(database)] == ["Ada Ames"]


async def test_a_name_that_others_have_gets_a_number(database: Database, now):
    await make_expert(database, slug="ada-ames")

    expert = await proven(database, now)

    assert expert.slug.startswith("ada-ames-")
    assert expert.slugs == [expert.slug]


async def test_a_link_that_is_sent_twice_proves_once(database: Database, now):
    link = await applied(database, now)

    await asyncio.gather(*(applications.follow(database, link, now=now) for _ in range(4)))
    (expert,) = await listing.not_listed(database)
    await listing.approve(database, expert.slug, by=OPERATOR, now=now, anyway=True)
    await applications.follow(database, link, now=now)

    found = await of_link(database, link)
    assert found is not None
    assert found.status is ExpertStatus.LISTED


async def test_an_approved_expert_is_listed_and_their_hours_are_published(database, now):
    expert = await expert_with(database, NOON, status=ExpertStatus.PENDING, slug="waiting")

    await listing.approve(database, "waiting", by=OPERATOR, now=now)

    found = await experts.find(database, expert.id)
    assert found is not None
    assert (found.status, found.listed) == (ExpertStatus.LISTED, True)
    assert await starts(database, expert.id)
    assert expert.id in await next_free.listed_ids(database)


@pytest.mark.parametrize(
    ("lack", "without"),
    [
        (Lack.HEADLINE, {"headline": ""}),
        (Lack.BIO, {"bio": ""}),
        (Lack.SKILLS, {"skills": []}),
        (Lack.PRICE, {"price_minor": 0, "has_price": False}),
        (Lack.TIMES, {"has_hours": False}),
        (Lack.TIMES, {"hours": WorkingHours()}),
    ],
)
async def test_an_expert_whose_page_lacks_something_is_approved_only_anyway(
    database: Database, now, lack: Lack, without: dict[str, Any]
):
    given = {"hours": NOON, "status": ExpertStatus.PENDING, "slug": "waiting", **without}
    expert = await expert_with(database, **given)

    with pytest.raises(PageIncomplete) as caught:
        await listing.approve(database, "waiting", by=OPERATOR, now=now)
    refused_as = await experts.find(database, expert.id)
    await listing.approve(database, "waiting", by=OPERATOR, now=now, anyway=True)

    assert caught.value.lacks == [lack]
    assert refused_as == expert
    assert expert.id in await next_free.listed_ids(database)


async def test_an_expert_who_is_free_of_charge_lacks_no_price(database: Database, now):
    expert = await expert_with(database, NOON, price_minor=0)

    assert lacks_of(expert, now=now) == []


async def test_hours_that_are_over_are_no_time_to_come(database: Database, now):
    yesterday = KeptException(
        key="past",
        first_on=f"{now - DAY:%Y-%m-%d}",
        last_on=f"{now - DAY:%Y-%m-%d}",
        kind=ExceptionKind.EXTRA,
        opens="12:00",
        closes="13:00",
    )

    expert = await expert_with(database, WorkingHours(exceptions=[yesterday]))

    assert lacks_of(expert, now=now) == [Lack.TIMES]


async def approvals(database: Database, expert: Expert) -> int:
    told = {"expert_id": expert.id, "kind": Kind.APPROVAL.value}
    return await database.engine.count(Mail, told)


async def test_an_expert_is_told_of_each_approval_once(database: Database, now):
    expert = await expert_with(database, NOON, status=ExpertStatus.PENDING, listed=False)

    at_once = [listing.approve(database, expert.slug, by=OPERATOR, now=now) for _ in range(3)]
    assert sorted(await asyncio.gather(*at_once)) == [False, False, True]
    assert await approvals(database, expert) == 1

    await listing.pause(database, expert.slug, by=OPERATOR, now=now)
    assert await listing.approve(database, expert.slug, by=OPERATOR, now=now)
    assert await approvals(database, expert) == 2


async def test_pausing_names_the_sessions_that_still_take_place(database: Database, now):
    practice = await practice_with(database, now)
    past, later = await practice.booked(1), await practice.booked(2)
    await practice.cancel(await practice.booked(3))
    slug = (await practice.expert()).slug

    staying = await listing.pause(database, slug, by=OPERATOR, now=past.ends_at)

    assert [booking.reference for booking in staying] == [later.reference]
    assert (await practice.current(later)).status is BookingStatus.CONFIRMED


async def test_a_paused_expert_is_found_no_longer_and_keeps_the_desk(database: Database, now):
    expert = await make_expert(database, email=ADDRESS)

    await listing.pause(database, expert.slug, by=OPERATOR, now=now)

    assert expert.id not in await next_free.listed_ids(database)
    assert await desks_of(database, now) == [expert.slug]
    (paused,) = await listing.not_listed(database)
    assert (paused.status, paused.listed) == (ExpertStatus.PAUSED, False)


async def test_an_unknown_expert_is_neither_approved_nor_paused(database: Database, now):
    assert (
        await refused(listing.approve(database, "nobody", by=OPERATOR, now=now))
        is Code.EXPERT_UNKNOWN
    )
    assert (
        await refused(listing.pause(database, "nobody", by=OPERATOR, now=now))
        is Code.EXPERT_UNKNOWN
    )


async def test_who_waits_stands_before_who_is_paused(database: Database, now):
    paused = await make_expert(database, status=ExpertStatus.PAUSED)
    waiting = await proven(database, now)

    assert [e.id for e in await listing.not_listed(database)] == [waiting.id, paused.id]


async def test_an_application_that_nobody_proves_is_deleted_after_a_week(database, now):
    link = await applied(database, now)
    await proven(database, now, email="other@example.org")

    assert await applications.forget_unproven(database, now=now + UNPROVEN_FOR) == 0
    assert await applications.forget_unproven(database, now=now + UNPROVEN_FOR + MS) == 1

    assert await of_link(database, link) is None
    assert len(await listing.not_listed(database)) == 1


async def test_applications_are_limited_as_links_are(database: Database, now):
    for _ in range(LINKS_OF_ADDRESS_THERE.most):
        await applied(database, now)

    assert await refused(applied(database, now)) is Code.TOO_MANY_LINKS
    later = now + LINKS_OF_ADDRESS_THERE.step
    assert await applied(database, later)


async def test_a_draft_reserves_no_name(database: Database, now):
    first, second = (
        await applied(database, now),
        await applied(database, now, email="b@example.org"),
    )

    await applications.follow(database, second, now=now)
    await applications.follow(database, first, now=now)

    slugs = {expert.slug for expert in await store.not_listed(database)}
    assert "ada-ames" in slugs
    assert len(slugs) == 2
