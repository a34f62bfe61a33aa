"""One's own data over HTTP: seen, taken along and erased by whoever has proven the address."""

import re
from datetime import timedelta

import pytest

from domain.store.documents import DOCUMENTS, Booking
from tests.domain.practices import practice_with
from tests.factories import request_of
from tests.profiles import AFTER, BEFORE, LINK, change_profile
from tests.servers import ROOT
from tests.web.conftest import Site
from tests.web.mailed import address, mailed_link
from tests.web.visitors import Visitor

SHARES_SITE = True

IMPERSONAL = {
    "experts": {
        "slug", "sort_name", "headline", "category", "bio", "skills", "languages", "rating",
        "experience_years", "session_minutes", "price_minor", "currency", "price_rank", "zone",
        "has_price", "search_terms", "next_free_at", "next_free_until", "terms", "listed", "hours",
        "has_hours", "plan_rev", "tally", "planned_at", "plan_due_at", "text_language",
        "portrait", "status", "profile_rev", "applied_at", "stands_in",
    },
    "portraits": {"expert_id", "digest", "changed_at"},
    "slots": {
        "expert_id", "starts_at", "ends_at", "opens_at", "closes_at", "state", "held_since",
        "held_until", "booking_id", "rev", "changed_at", "published_at", "retiring", "full",
        "unproven_offers",
    },
    "bookings": {
        "slot_id", "expert_id", "starts_at", "ends_at", "status", "request_key", "proven",
        "cancelled_by", "erased_at", "rev", "created_at", "changed_at",
    },
    "sign_in_links": {"key", "purpose", "expert_id", "created_at", "expires_at", "used_at"},
    "outbox": {
        "key", "kind", "audience", "request_id", "booking_rev", "again", "state", "attempts",
        "refusals", "created_at", "due_at", "settled_at", "kept_until",
    },
    "waitlist": {
        "key", "expert_id", "starts_at", "ends_at", "joined_at", "state", "slot_id",
        "offered_until",
    },
    "absences": {
        "expert_id", "first_on", "last_on", "offer_hours", "state", "is_live", "rev", "created_at",
        "revoked_at", "kept_until",
    },
    "replacements": {
        "absence_id", "expert_id", "starts_at", "state", "offers", "asked_at", "answered_at",
        "kept_until",
    },
    "counts": {"full_at"},
    "administrators": {"added_at", "removed_at"},
    "log": {"seq", "at", "actor_kind", "action", "subject_kind", "previous", "hash"},
    "log_start": {"key", "seq", "hash"},
    "audit_runs": {"key", "due_at", "ran_at", "findings", "count"},
    "erasures": {"of", "at"},
    "booking_requests": {
        "key", "request_key", "slot_id", "expert_id", "quote", "overlap", "held_until",
        "created_at", "kept_until",
    },
    "site": {
        "only", "rev", "face_rev", "fields_rev", "texts_rev", "name", "tagline", "accent", "logo",
        "languages", "expertise", "privacy", "terms", "agreeing",
    },
    "logos": {"only", "image", "media_type", "digest", "changed_at"},
    "texts": {"page", "version", "texts", "published_at"},
    "sign_outs": set(),
}  # fmt: skip
"""What says nothing about anybody by itself."""


EXPERTS_OWN = {"note"}
"""What an expert keeps for themselves; it is erased with the attendee all the same."""

TOLD_AS = {
    "bookings": "bookings",
    "outbox": "mails",
    "sign_in_links": "sign_in_links",
    "waitlist": "places_in_line",
    "replacements": "replacements",
    "booking_requests": "booking_requests",
    "slots": "holds",
    "sign_outs": "sign_outs",
}
"""Under which name the file has what a collection keeps. Experts and their absences are no
attendees', nor are administrators, the log and the site, and counts and erasures name nobody."""


def personal(collection: str) -> set[str]:
    """The fields of a collection that the documentation calls personal."""
    page = (ROOT / "docs/personal-data.md").read_text()
    return {f for c, f in re.findall(r"`(\w+)\.(\w+)`", page) if c == collection}


@pytest.mark.parametrize("model", DOCUMENTS)
def test_the_documentation_names_every_field_that_is_about_somebody(model):
    fields = {field for field in model.__odm_fields__ if field != "id"}

    assert fields - IMPERSONAL[model.__collection__] == personal(model.__collection__)


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


async def test_the_file_tells_what_was_agreed(site: Site, ann: Visitor, eve: Visitor):
    mail, expert = address(), await site.expert(**BEFORE)
    await ann.booked((await site.slot(expert)).id, email=mail)
    await proven(site, eve, mail)
    await change_profile(site.database, expert, **AFTER)

    (booking,) = (await eve.get("/bookings/data.json")).json()["bookings"]

    assert booking["agreed"] == expert.agreed().model_dump(mode="json")
    assert booking["agreed"]["meeting"]["text"] == LINK


async def get_in_line(site: Site, browser: Visitor, guest: Visitor, mail: str) -> None:
    """Have a guest take an expert's only time, and wait for it."""
    expert = await site.expert()
    slot = await site.slot(expert)
    await guest.booked(slot.id)
    day = f"day={slot.starts_at.date()}&zone=UTC"
    answer = await browser.post(f"/experts/{expert.slug}/waitlist?{day}", {"email": mail})
    assert answer.status_code == 303


async def displace(site: Site, browser: Visitor, mail: str) -> None:
    """Have a browser book a time on a day that the expert then takes off."""
    practice = await practice_with(site.database, site.now)
    await browser.booked((await practice.slot(2)).id, email=mail)
    await practice.away(2)


async def test_the_file_has_every_field_that_the_readme_calls_personal(
    site: Site, ann: Visitor, eve: Visitor
):
    mail, expert = address(), await site.expert(email="private@experts.example")
    await ann.booked((await site.slot(expert)).id, email=mail)
    await get_in_line(site, ann, eve, mail)
    await ann.hold((await site.slot()).id)
    await displace(site, ann, mail)
    await site.database.engine.save(request_of(await site.slot(), mail, site.now))
    await proven(site, eve, mail)
    await eve.post("/bookings/sign-out/everywhere")
    await proven(site, eve, mail)

    answer = await eve.get("/bookings/data.json")

    told = answer.json()
    untold = {
        *("experts", "portraits", "absences", "counts", "erasures"),
        *("administrators", "log", "log_start", "audit_runs", "site", "logos", "texts"),
    }
    assert TOLD_AS.keys() | untold == {model.__collection__ for model in DOCUMENTS}
    assert told.keys() == {*TOLD_AS.values()}
    for collection, name in TOLD_AS.items():
        assert told[name], name
        for document in told[name]:
            assert personal(collection) - EXPERTS_OWN <= document.keys()
            assert not EXPERTS_OWN & document.keys()
    kinds = {mail["kind"] for mail in told["mails"]}
    assert kinds >= {"confirmation", "place_in_line", "sign_in"}
    assert "private@experts.example" not in answer.text


async def test_who_only_waits_takes_it_along_is_erased_and_no_longer_signed_in(
    site: Site, ann: Visitor, eve: Visitor
):
    mail = address()
    await get_in_line(site, ann, eve, mail)
    await proven(site, ann, mail)

    told = (await ann.get("/bookings/data.json")).json()
    page = await ann.post("/bookings/data/erase")
    after = [await ann.get("/bookings/data"), await ann.get("/bookings")]

    assert [place["address"] for place in told["places_in_line"]] == [mail]
    assert "We keep nothing about you any more" in page.text
    assert [answer.status_code for answer in after] == [403, 200]
    assert not [answer for answer in (page, *after) if mail in answer.text]


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
    assert mail in page.text  # what stays is still theirs to see
    assert (await eve.get(f"/bookings/{reference}")).status_code == 404
    assert (await eve.get(f"/bookings/{to_come}")).status_code == 200
