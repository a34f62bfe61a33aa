"""The desk opens only to a browser that has just proven its expert's address."""

import pytest

from domain.store.documents import Expert
from tests.web.conftest import Site
from tests.web.desk.signing_in import sign_in
from tests.web.mailed import address, mailed_link
from tests.web.visitors import Visitor, visitor
from web.http.paths import safe_path

SHARES_SITE = True


@pytest.fixture
async def expert(site: Site) -> Expert:
    return await site.expert(email=address().title())


async def test_a_desk_without_a_sign_in_is_the_form_that_asks_for_a_link(ann: Visitor):
    page = await ann.get("/desk")

    assert page.status_code == 403
    assert "Sign in to your desk" in page.text
    assert '<input type="hidden" name="next" value="/desk">' in page.text


async def test_the_mailed_link_leads_to_the_desk(ada: Visitor, expert: Expert):
    page = await ada.get("/desk")

    assert page.status_code == 200
    assert expert.name in page.text


async def test_the_mail_and_the_page_of_the_link_speak_of_the_desk(site: Site, ann, expert):
    await ann.post("/bookings/link", {"email": expert.email, "next": "/desk"})
    link = await mailed_link(site, expert.address)

    page = await ann.get(link)

    assert link.endswith("?next=%2Fdesk")
    assert "Open my desk" in page.text
    assert '<input type="hidden" name="next" value="/desk">' in page.text


async def test_an_invalid_address_gets_the_desks_form_again(ann: Visitor):
    answer = await ann.post("/bookings/link", {"email": "nobody", "next": "/desk"})

    assert answer.status_code == 422
    assert "Sign in to your desk" in answer.text
    assert 'id="email-error"' in answer.text


async def test_an_attendees_sign_in_opens_no_desk(site: Site, ann: Visitor):
    mail = address()
    await ann.booked((await site.slot()).id, email=mail)

    assert await sign_in(site, ann, mail) == "/desk"
    assert (await ann.get("/desk")).status_code == 403


async def test_a_changed_address_loses_its_desk_at_the_next_request(site, ada, expert):
    expert.email, expert.address = "new@example.org", "new@example.org"
    await site.database.engine.save(expert)

    assert (await ada.get("/desk")).status_code == 403


async def test_an_address_that_lags_behind_the_email_opens_nothing(site, ada, expert):
    expert.email = "new@example.org"
    await site.database.engine.save(expert)

    assert (await ada.get("/desk")).status_code == 403


async def test_signing_out_on_all_devices_reaches_the_others(site, ada, expert):
    async with visitor(site.url) as other:
        await sign_in(site, other, expert.email)
        assert (await other.get("/desk")).status_code == 200

        await ada.post("/desk/sign-out", {"desk": expert.slug})

        assert (await other.get("/desk")).status_code == 403
        assert (await ada.get("/desk")).status_code == 403


async def test_signing_in_again_opens_the_desk_again(site, ada, expert):
    await ada.post("/desk/sign-out", {"desk": expert.slug})

    await sign_in(site, ada, expert.email)

    assert (await ada.get("/desk")).status_code == 200


async def test_signing_out_leads_back_to_the_desks_form(ada: Visitor):
    answer = await ada.post("/bookings/sign-out", {"next": "/desk"})

    assert answer.headers["location"] == "/desk"
    assert (await ada.get("/desk")).status_code == 403


async def test_of_several_desks_the_expert_chooses_one(site, ada, expert):
    second = await site.expert(email=expert.email, name="Zoe Zuse")
    assert "Zoe Zuse" in (await ada.get("/desk")).text

    await ada.post("/desk/choose", {"desk": expert.slug, "to": second.slug})

    assert f'href="/experts/{second.slug}"' in (await ada.get("/desk")).text


async def test_nobody_chooses_a_desk_that_is_not_theirs(site, ada, expert):
    other = await site.expert()

    answer = await ada.post("/desk/choose", {"desk": expert.slug, "to": other.slug})
    ada.client.cookies.set("desk", other.slug, path="/desk")

    assert answer.status_code == 404
    assert f'href="/experts/{other.slug}"' not in (await ada.get("/desk")).text


async def test_an_unlisted_expert_keeps_the_desk_and_its_live_agenda(site, ada, expert):
    expert.listed = False
    await site.database.engine.save(expert)

    agenda = await ada.get("/desk")

    assert agenda.status_code == 200
    stream = f"/experts/{expert.slug}/live"
    assert f'data-hx-sse:connect="{stream}?after=' in agenda.text
    assert (await ada.client.head(stream)).status_code == 200


async def test_a_part_of_a_page_says_what_is_wrong_as_a_part(ann: Visitor):
    part = await ann.get("/desk", headers={"HX-Request": "true", "HX-Request-Type": "partial"})

    assert part.status_code == 403
    assert "<html" not in part.text


@pytest.mark.parametrize(
    "path", ["/desk", "/desk/bookings/AB12", "/bookings", "/desk?view=day&a=1", "/admin/log"]
)
def test_a_link_may_lead_on_within_the_desk_and_the_bookings(path: str):
    assert safe_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        *("https://evil.example/desk", "//evil.example/desk", "/\\evil.example", "/experts"),
        *(
            "/adminevil",
            "/desk@evil.example",
            "/deskevil",
            "/desk/../experts",
            "/desk/%2e%2e",
            "/desk\n",
            "desk",
        ),
        *("/desk?a=//evil.example", "/desk#x", " /desk", "/desk//evil.example", ""),
    ],
)
def test_a_link_leads_nowhere_else(path: str):
    assert safe_path(path) == ""


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example/desk", "/experts"])
async def test_the_links_form_minds_no_other_address(site: Site, ann: Visitor, expert, path):
    assert await sign_in(site, ann, expert.email, path) == "/bookings"
