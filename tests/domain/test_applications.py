"""Applications: from a form to an expert whom people find."""

import asyncio
from typing import Any

import pytest

from domain import applications, catalogue, desks, sign_in
from domain.applications import UNPROVEN_FOR, ApplicationForm
from domain.rules.errors import Code, Refusal
from domain.rules.rates import LINKS_OF_ADDRESS_THERE, Asker
from domain.store.core.database import Database
from domain.store.documents import Expert, SignInLink
from domain.store.documents.profiles import ExpertStatus
from domain.store.experts import applying as store
from domain.store.experts import reading as experts
from tests.domain.diaries import every_day, expert_with, starts
from tests.domain.support import MS, refused
from tests.factories import make_expert

TYPED = {"name": "Ada Ames", "email": "Ada@Example.org", "category": "Legal", "words": "I know."}
ADDRESS = "ada@example.org"


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
    await applications.follow(database, link)
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
    assert await applications.not_listed(database) == []
    assert await refused(applications.approve(database, draft.slug, now=now)) is Code.EXPERT_UNKNOWN


async def test_a_proven_one_waits_for_approval_and_has_a_desk(database: Database, now):
    expert = await proven(database, now)

    assert (expert.status, expert.listed, expert.slug) == (ExpertStatus.PENDING, False, "ada-ames")
    assert (expert.zone, expert.languages, expert.application) == (
        "Europe/Berlin",
        ["de"],
        "I know.",
    )
    assert await desks_of(database, now) == ["ada-ames"]
    assert [waiting.id for waiting in await applications.not_listed(database)] == [expert.id]


async def test_an_ordinary_sign_in_proves_no_application(database: Database, now):
    """Someone else may have applied with the address."""
    link = await applied(database, now)
    other = await sign_in.request_link(database, ADDRESS, Asker("there"), now=now)
    assert other is not None

    await applications.follow(database, other)

    draft = await of_link(database, link)
    assert draft is not None
    assert draft.status is ExpertStatus.DRAFT


async def test_a_second_application_replaces_the_first(database: Database, now):
    earlier = await applied(database, now, name="Wrong Name")
    later = await applied(database, now + MS)

    assert await refused(applications.follow(database, earlier)) is Code.LINK_SPENT
    await applications.follow(database, later)

    assert [expert.name for expert in await applications.not_listed(database)] == ["Ada Ames"]


async def test_a_name_that_others_have_gets_a_number(database: Database, now):
    await make_expert(database, slug="ada-ames")

    expert = await proven(database, now)

    assert expert.slug.startswith("ada-ames-")
    assert expert.slugs == [expert.slug]


async def test_a_link_that_is_sent_twice_proves_once(database: Database, now):
    link = await applied(database, now)

    await asyncio.gather(*(applications.follow(database, link) for _ in range(4)))
    (expert,) = await applications.not_listed(database)
    await applications.approve(database, expert.slug, now=now)
    await applications.follow(database, link)

    found = await of_link(database, link)
    assert found is not None
    assert found.status is ExpertStatus.LISTED


async def test_an_approved_expert_is_listed_and_their_hours_are_published(database, now):
    expert = await expert_with(
        database, every_day("12:00-13:00"), status=ExpertStatus.PENDING, slug="waiting"
    )

    await applications.approve(database, "waiting", now=now)

    found = await experts.find(database, expert.id)
    assert found is not None
    assert (found.status, found.listed) == (ExpertStatus.LISTED, True)
    assert await starts(database, expert.id)
    assert expert.id in await catalogue.listed_ids(database)


async def test_a_paused_expert_is_found_no_longer_and_keeps_the_desk(database: Database, now):
    expert = await make_expert(database, email=ADDRESS)

    await applications.pause(database, expert.slug)

    assert expert.id not in await catalogue.listed_ids(database)
    assert await desks_of(database, now) == [expert.slug]
    (paused,) = await applications.not_listed(database)
    assert (paused.status, paused.listed) == (ExpertStatus.PAUSED, False)


async def test_an_unknown_expert_is_neither_approved_nor_paused(database: Database, now):
    assert await refused(applications.approve(database, "nobody", now=now)) is Code.EXPERT_UNKNOWN
    assert await refused(applications.pause(database, "nobody")) is Code.EXPERT_UNKNOWN


async def test_who_waits_stands_before_who_is_paused(database: Database, now):
    paused = await make_expert(database, status=ExpertStatus.PAUSED)
    waiting = await proven(database, now)

    assert [e.id for e in await applications.not_listed(database)] == [waiting.id, paused.id]


async def test_an_application_that_nobody_proves_is_deleted_after_a_week(database, now):
    link = await applied(database, now)
    await proven(database, now, email="other@example.org")

    assert await applications.forget_unproven(database, now=now + UNPROVEN_FOR) == 0
    assert await applications.forget_unproven(database, now=now + UNPROVEN_FOR + MS) == 1

    assert await of_link(database, link) is None
    assert len(await applications.not_listed(database)) == 1


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

    await applications.follow(database, second)
    await applications.follow(database, first)

    slugs = {expert.slug for expert in await store.not_listed(database)}
    assert "ada-ames" in slugs
    assert len(slugs) == 2
