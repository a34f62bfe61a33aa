"""Experts in the administration: found, invited, approved, paused, handed over and removed."""

import secrets
from datetime import timedelta
from typing import Any

import pytest

from domain.rules.notices import Kind
from domain.store.documents import Expert
from domain.store.documents.profiles import ExpertStatus
from tests.domain.diaries import every_day
from tests.web.conftest import Site
from tests.web.desk.signing_in import at_desk
from tests.web.mailed import address, mailed_link, mailed_text
from tests.web.visitors import Visitor

SHARES_SITE = True
NOON: dict[str, Any] = {
    "hours": every_day("12:00-13:00"),
    "has_hours": True,
    "zone": "UTC",
    "session_minutes": 60,
}


async def of_address(site: Site, mail: str) -> list[Expert]:
    return await site.database.engine.find(Expert, {"address": mail})


async def current(site: Site, expert: Expert) -> Expert:
    found = await site.database.engine.find_one(Expert, {"_id": expert.id})
    assert found is not None
    return found


async def test_applications_come_first_with_what_was_written_and_what_is_lacking(site, boss):
    code = secrets.token_hex(4)
    fields = {"status": ExpertStatus.PENDING, "bio": "", "application": "I know tax."}
    await site.expert(email=address(), name=f"Zoë {code}", **fields)
    await site.expert(email=address(), name=f"Aaron {code}")

    page = await boss.get("/admin/experts", params={"q": code})

    assert page.text.index(f"Zoë {code}") < page.text.index(f"Aaron {code}")
    assert "I know tax." in page.text
    assert "text about them" in page.text


@pytest.mark.parametrize("q", ["zebulon", "ZEB", "{mail}", "zebulon-unique"])
async def test_an_expert_is_found_by_name_address_and_status(site: Site, boss: Visitor, q: str):
    mail = address()
    await site.expert(email=mail, name="Zebulon Unique", status=ExpertStatus.PAUSED)
    asked = q.format(mail=mail)

    found = await boss.get("/admin/experts", params={"q": asked, "status": "paused"})
    other = await boss.get("/admin/experts", params={"q": asked, "status": "listed"})

    part = await boss.get(
        "/admin/experts", params={"q": asked}, headers={"HX-Request-Type": "partial"}
    )
    assert part.text.lstrip().startswith('<section class="admin-stack" id="roster"')
    assert "Zebulon Unique" in part.text
    assert "Zebulon Unique" in found.text
    assert "Zebulon Unique" not in other.text


async def test_whoever_is_invited_signs_in_by_the_link_and_waits(site: Site, boss, ann):
    mail = address()
    form = {"name": "Ada Ames", "email": mail, "category": "Legal"}

    answer = await boss.post("/admin/experts", form)

    assert answer.headers["location"] == "/admin/experts?status=invited&done=invited"
    assert "Ada Ames" in (await boss.get(answer.headers["location"])).text
    text = await mailed_text(site, mail, Kind.INVITATION)
    assert "The link works once" in text
    link = await mailed_link(site, mail, Kind.INVITATION)
    assert "Welcome to your desk" in (await ann.get(link)).text
    signed_in = await ann.post(link.partition("?")[0], {"next": "/desk"})
    assert signed_in.headers["location"] == "/desk"
    assert "Waiting for approval." in (await ann.get("/desk")).text
    (expert,) = await of_address(site, mail)
    assert expert.status is ExpertStatus.PENDING


async def test_a_list_with_a_line_that_cannot_be_used_invites_nobody_and_loses_nothing(site, boss):
    mail = address()
    people = f"Ada Ames <{mail}>\nnobody\n"

    answer = await boss.post("/admin/experts", {"people": people, "category": "Legal"})

    assert answer.status_code == 422
    assert "Line 2" in answer.text
    assert f"Ada Ames &lt;{mail}&gt;\nnobody" in answer.text
    assert await of_address(site, mail) == []


async def test_an_incomplete_page_is_listed_only_anyway(site: Site, boss: Visitor):
    expert = await site.expert(email=address(), status=ExpertStatus.PENDING, bio="", **NOON)
    path = f"/admin/experts/{expert.slug}"

    refused = await boss.post(f"{path}/approve")
    listed = await boss.post(f"{path}/approve", {"anyway": "yes"})

    assert refused.status_code == 409
    assert "The page lacks: text about them." in refused.text
    assert listed.headers["location"] == f"{path}?done=approved"
    assert (await current(site, expert)).listed


async def test_a_paused_expert_keeps_sessions_until_all_are_handed_to_an_absence(site, boss, ann):
    expert = await site.expert(email=address(), **NOON)
    slot = await site.slot(expert)
    await ann.booked(slot.id, email=address(), name="Ann Attendee")
    path = f"/admin/experts/{expert.slug}"

    paused = await boss.post(f"{path}/pause")
    page = await boss.get(paused.headers["location"])
    asked = await boss.post(
        f"{path}/absence", {"last": f"{slot.starts_at:%Y-%m-%d}", "message": "Ill."}
    )

    assert "1 session to come" in page.text
    assert "Ann Attendee" in page.text
    assert asked.headers["location"] == f"{path}?done=absent"
    assert "asked to choose another time" in (await boss.get(path)).text


async def test_days_that_are_over_are_refused_where_they_were_typed(site: Site, boss, ann):
    expert = await site.expert(email=address(), **NOON)
    await ann.booked((await site.slot(expert)).id, email=address())
    yesterday = site.now - timedelta(days=1)

    answer = await boss.post(
        f"/admin/experts/{expert.slug}/absence",
        {"last": f"{yesterday:%Y-%m-%d}", "message": "Ill."},
    )

    assert answer.status_code == 422
    assert 'id="last-error"' in answer.text
    assert "Ill." in answer.text


async def test_the_page_of_a_removed_expert_is_gone_with_its_feeds_and_streams(site, boss, ann):
    mail = address()
    expert = await site.expert(
        email=mail, name="Rosa Gone", slugs=["rosa-former", "rosa-gone"], slug="rosa-gone", **NOON
    )
    reference = await ann.booked((await site.slot(expert)).id, email=address())
    async with at_desk(site, expert) as rosa:
        asks = await boss.get("/admin/experts/rosa-gone/remove")
        answer = await boss.post("/admin/experts/rosa-gone/remove", {"message": "She left."})

        assert "1 session to come" in asks.text
        assert answer.headers["location"] == "/admin/experts?done=removed"
        assert (await rosa.get("/desk")).status_code == 403
    for slug in ("rosa-gone", "rosa-former"):
        for path in (
            "",
            "/slots",
            "/live",
            "/availability.ics",
            "/availability.json",
            "/portrait.svg",
        ):
            assert (await ann.get(f"/experts/{slug}{path}")).status_code == 410, path
    assert "This expert is no longer here" in (await ann.get("/experts/rosa-gone")).text
    booking = await ann.get(f"/bookings/{reference}")
    assert "Rosa Gone" in booking.text
    assert "She left." in booking.text
    assert "/experts/rosa-gone" not in booking.text
    assert (await boss.get("/admin/experts/rosa-gone")).status_code == 410
    found = await boss.get("/admin/experts", params={"q": "rosa"})
    assert "Rosa Gone" not in found.text
    assert mail not in site.output()


async def test_nobody_is_removed_by_looking(site: Site, boss: Visitor):
    expert = await site.expert(email=address())

    page = await boss.get(f"/admin/experts/{expert.slug}/remove")

    assert "be undone" in page.text
    assert await current(site, expert) == expert
