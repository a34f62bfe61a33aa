"""Applying over HTTP: from the form to a desk that waits for approval."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest

from domain.rules.notices import Kind
from domain.rules.request_limits import LINKS_OF_ADDRESS_THERE
from domain.store.documents import Expert
from domain.store.documents.profiles import ExpertStatus
from tests.networks import from_network, own_network
from tests.servers import SECRET_KEY, launched
from tests.web.conftest import Site
from tests.web.mailed import address, mailed_link
from tests.web.visitors import Visitor, but_for_time, visitor
from web.console import Trouble
from web.server.admin_acts import AdminAct
from web.server.administration import administer

SHARES_SITE = True

MOST = LINKS_OF_ADDRESS_THERE.most
WORDS = "I have baked for 20 years."


@pytest.fixture
async def ann(site: Site) -> AsyncIterator[Visitor]:
    """A newcomer."""
    async with visitor(site.url, headers=from_network(own_network())) as browser:
        yield browser


async def apply(browser: Visitor, mail: str, **changes: str):
    form = {"name": "Ada Ames", "email": mail, "category": "Lifestyle", "words": WORDS}
    return await browser.post("/apply", {**form, **changes})


async def prove(site: Site, browser: Visitor, mail: str) -> None:
    link = await mailed_link(site, mail, Kind.PROOF)
    assert "Confirm your application" in (await browser.get(link)).text
    answer = await browser.post(link.partition("?")[0], {"next": "/desk"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")


async def of_address(site: Site, mail: str) -> list[Expert]:
    return await site.database.engine.find(Expert, {"address": mail})


async def test_no_field_has_the_id_of_another_part_of_the_page(ann: Visitor):
    ids = re.findall(r'\sid="([^"]+)"', (await ann.get("/apply")).text)

    assert "words" in ids
    assert len(ids) == len({*ids})


async def test_an_application_opens_a_desk_that_waits(site: Site, ann: Visitor):
    mail = address()
    asked = await apply(ann, mail)
    assert asked.status_code == 200
    assert "Check your inbox" in asked.text
    assert (await ann.get("/desk")).status_code == 403

    await prove(site, ann, mail)

    desk = await ann.get("/desk")
    assert desk.status_code == 200
    assert "Waiting for approval" in desk.text
    assert re.findall(r'class="steps__step[^>]*>.*?href="([^"]+)"', desk.text, re.DOTALL) == [
        *("/desk/profile#profile-form", "/desk/hours#week", "/desk/profile/preview")
    ]
    assert f'href="/experts/{(await of_address(site, mail))[0].slug}"' not in desk.text
    assert (await ann.get("/desk/profile/preview")).status_code == 200


async def test_nobody_else_sees_who_waits(site: Site, ann: Visitor, eve: Visitor):
    mail = address()
    await apply(ann, mail)
    await prove(site, ann, mail)
    (expert,) = await of_address(site, mail)

    for path in ("", "/slots", "/availability.json"):
        assert (await eve.get(f"/experts/{expert.slug}{path}")).status_code == 404
    assert WORDS not in (await eve.get("/experts?q=ada+ames")).text


async def test_an_approved_expert_is_found(site: Site, ann: Visitor):
    mail, name = address(), f"Baker {address()[4:12]}"
    await apply(ann, mail, name=name)
    await prove(site, ann, mail)
    (expert,) = await of_address(site, mail)
    settings = {"MONGODB_URI": site.uri, "SECRET_KEY": SECRET_KEY}

    with launched("admin", "list", **settings) as listing:
        assert listing.process.wait(60) == 0
        assert re.search(
            rf"pending +{expert.slug} +{name}, Lifestyle; lacks a headline", listing.output
        )
    with launched("admin", "approve", expert.slug, "--anyway", **settings) as approval:
        assert approval.process.wait(60) == 0
        assert approval.output == (
            f"{expert.slug} is listed, and gets an e-mail.\n"
            "The page lacks a headline, a text about them, skills, a price and hours with a time "
            "to come; visitors read that a session is free of charge and find no time to book.\n"
        )

    await site.lists(f"q={name.replace(' ', '+')}", name)
    desk = await ann.get("/desk")
    assert "Waiting for approval" not in desk.text
    assert "You are approved." in desk.text
    with launched("admin", "pause", expert.slug, **settings) as pause:
        assert pause.process.wait(60) == 0
        assert "Nothing is booked with them." in pause.output
    assert (await of_address(site, mail))[0].status is ExpertStatus.PAUSED
    assert "Your page is paused" in (await ann.get("/desk")).text


async def test_an_expert_whose_page_is_not_complete_is_not_approved_in_so_many_words(
    site: Site, ann: Visitor
):
    mail = address()
    await apply(ann, mail)
    await prove(site, ann, mail)
    (expert,) = await of_address(site, mail)

    with pytest.raises(Trouble) as caught:
        await asyncio.to_thread(administer, site.uri, AdminAct("approve", expert.slug))

    assert str(caught.value) == (
        f"{expert.slug} is not complete: it lacks a headline, a text about them, skills, "
        "a price and hours with a time to come. "
        f"`just admin approve {expert.slug} --anyway` lists it all the same."
    )
    assert (await of_address(site, mail))[0].status is ExpertStatus.PENDING


async def test_an_unknown_expert_is_not_approved(site: Site):
    settings = {"MONGODB_URI": site.uri, "SECRET_KEY": SECRET_KEY}
    with launched("admin", "approve", "nobody", **settings) as approval:
        assert approval.process.wait(60) == 1
        assert approval.output.startswith("There is no expert nobody.")


async def test_the_answer_is_the_same_for_experts_attendees_and_strangers(site: Site, ann, eve):
    expert, attendee, stranger = [address() for _ in range(3)]
    await site.expert(email=expert)
    await ann.booked((await site.slot()).id, email=attendee)

    answers = [await apply(eve, mail) for mail in (expert, attendee, stranger)]

    assert {answer.status_code for answer in answers} == {200}
    assert len({but_for_time(answer.text) for answer in answers}) == 1
    for mail in (expert, attendee, stranger):
        assert await mailed_link(site, mail, Kind.PROOF)


async def test_an_application_with_your_address_opens_no_desk_without_its_own_link(
    site: Site, ann, eve
):
    mail = address()
    await ann.booked((await site.slot()).id, email=mail)
    await apply(eve, mail)

    await ann.post("/bookings/link", {"email": mail})
    await ann.post(await mailed_link(site, mail, Kind.SIGN_IN))

    assert (await ann.get("/bookings/data")).status_code == 200
    assert (await ann.get("/desk")).status_code == 403
    (draft,) = await of_address(site, mail)
    assert draft.status is ExpertStatus.DRAFT


@pytest.mark.parametrize("field", ["name", "email", "category"])
async def test_what_was_typed_stays_when_a_field_is_wrong(ann: Visitor, field: str):
    answer = await apply(ann, address(), **{field: ""})

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert WORDS in answer.text


async def test_applications_are_limited_for_each_address(site: Site):
    mail = address()
    async with visitor(site.url, headers=from_network("10.9.8.7")) as eager:
        *taken, refused = [await apply(eager, mail) for _ in range(LINKS_OF_ADDRESS_THERE.most + 1)]

    assert {answer.status_code for answer in taken} == {200}
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert len(await of_address(site, mail)) == 1


async def test_the_log_holds_nothing_of_an_application(site: Site, ann: Visitor):
    mail = address()
    await apply(ann, mail, name="Ann Secret-Baker")
    await prove(site, ann, mail)

    assert not any(secret in site.output() for secret in (mail, "Secret-Baker", WORDS))
