"""One's own data over HTTP: seen, taken along and erased by whoever has proven the address."""

import re
from datetime import timedelta

import pytest

from domain.store.documents import DOCUMENTS, Booking
from tests.servers import ROOT
from tests.web.conftest import Site
from tests.web.test_privacy import address, mailed_link
from tests.web.visitors import Visitor

IMPERSONAL = {
    "experts": {
        "slug", "sort_name", "headline", "category", "bio", "skills", "languages", "rating",
        "experience_years", "session_minutes", "price_minor", "currency", "price_rank", "zone",
        "search_terms", "next_free_at", "next_free_until", "terms", "listed",
    },
    "slots": {
        "expert_id", "starts_at", "ends_at", "opens_at", "closes_at", "state", "held_since",
        "held_until", "booking_id", "rev", "changed_at",
    },
    "bookings": {
        "slot_id", "expert_id", "starts_at", "ends_at", "status", "request_key", "history",
        "erased_at", "rev", "created_at", "changed_at",
    },
    "sign_in_links": {"key", "created_at", "expires_at", "used_at"},
    "outbox": {
        "key", "kind", "audience", "booking_rev", "again", "state", "attempts", "created_at",
        "due_at", "settled_at", "kept_until",
    },
    "waitlist": {
        "key", "expert_id", "starts_at", "ends_at", "joined_at", "state", "slot_id",
        "offered_until",
    },
    "place_requests": {"asked_at"},
}  # fmt: skip
"""What says nothing about anybody by itself."""


@pytest.mark.parametrize("model", DOCUMENTS)
def test_the_readme_names_every_field_that_is_about_somebody(model):
    section = (ROOT / "README.md").read_text().split("## Personal data")[1].split("\n## ")[0]
    named = {f for c, f in re.findall(r"`(\w+)\.(\w+)`", section) if c == model.__collection__}
    fields = {field for field in model.__odm_fields__ if field != "id"}

    assert fields - IMPERSONAL[model.__collection__] == named


async def proven(site: Site, browser: Visitor, mail: str) -> None:
    await browser.post("/bookings/link", {"email": mail})
    await browser.post(await mailed_link(site, mail))


async def test_all_that_is_kept_comes_as_one_file(site: Site, ann: Visitor, eve: Visitor):
    mail = address()
    reference = await ann.booked((await site.slot()).id, email=mail, notes="my knee")
    await proven(site, eve, mail)

    answer = await eve.get("/bookings/data.json")

    told = answer.json()
    assert answer.headers["content-disposition"] == 'attachment; filename="expertconnect.json"'
    assert [booking["reference"] for booking in told["bookings"]] == [reference]
    assert told["bookings"][0]["attendee"]["notes"] == "my knee"
    assert {mail["kind"] for mail in told["mails"]} >= {"confirmation"}
    assert len(told["sign_in_links"]) == 1


async def test_whoever_has_proven_nothing_gets_nothing(site: Site, ann: Visitor):
    await ann.booked((await site.slot()).id)

    answers = [
        await ann.get("/bookings/data"),
        await ann.get("/bookings/data.json"),
        await ann.post("/bookings/data/erase"),
    ]

    assert [answer.status_code for answer in answers] == [403] * 3
    assert not [answer for answer in answers if "ann@example.org" in answer.text]


async def test_a_person_is_erased_from_what_is_over(site: Site, ann: Visitor, eve: Visitor):
    mail = address()
    reference = await ann.booked((await site.slot()).id, email=mail)
    to_come = await ann.booked(
        (await site.slot(starts_at=site.now + timedelta(days=9))).id, email=mail
    )
    past = {"starts_at": site.now - timedelta(days=2), "ends_at": site.now - timedelta(days=1)}
    await site.database.collection(Booking).update_one({"reference": reference}, {"$set": past})
    await site.database.motor[site.database.name]["outbox"].update_many(
        {"state": "waiting"}, {"$set": {"state": "overtaken"}}
    )
    await proven(site, eve, mail)

    page = await eve.post("/bookings/data/erase")

    assert "You were erased from 1 booking." in page.text
    assert "1 booking stays" in page.text
    assert (await eve.get(f"/bookings/{reference}")).status_code == 404
    assert (await eve.get(f"/bookings/{to_come}")).status_code == 200
