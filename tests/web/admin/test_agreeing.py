"""Booking for somebody on a site that has something agreed to: it is asked, kept and logged."""

import re

import httpx
import pytest

from domain.site.changes import current
from domain.store.documents import Booking, Expert, Slot
from domain.store.documents.log import LogEntry
from domain.store.documents.site import PublishedText
from domain.store.documents.site import Site as Kept
from tests.web.conftest import Site
from tests.web.mailed import address
from tests.web.visitors import Visitor


@pytest.fixture(autouse=True)
async def asking(site: Site, boss: Visitor) -> None:
    """Each test begins with the first version of what is agreed to."""
    for kept in (Kept, PublishedText):
        await site.database.collection(kept).delete_many({})
    await publish(site, boss, "Be early.")


async def publish(site: Site, boss: Visitor, terms: str) -> None:
    """Have attendees agree to these terms and to a privacy policy."""
    form = {"terms_en": terms, "privacy_en": "Little.", "agree_terms": "on", "agree_privacy": "on"}
    rev = {"rev": str((await current(site.database)).texts_rev)}
    assert (await boss.post("/admin/settings/texts", {**form, **rev})).status_code == 303


async def book(site: Site, boss: Visitor, slot: Slot, **typed: str) -> httpx.Response:
    expert = await site.database.engine.find_one(Expert, {"_id": slot.expert_id})
    assert expert
    form = {"slot_id": str(slot.id), "request_key": f"k{slot.id}", "name": "Ann", **typed}
    return await boss.post(f"/admin/bookings/new/{expert.slug}", {"email": address(), **form})


def box_in(page: httpx.Response) -> str:
    (box,) = re.findall(r'<input type="checkbox"\s+id="agree".*?>', page.text, re.DOTALL)
    return str(box)


async def test_whoever_books_for_somebody_says_what_they_agreed_to(site: Site, boss: Visitor):
    slot = await site.slot()

    unticked = await book(site, boss, slot)
    made = await book(site, boss, slot, agree="terms.1 privacy.1", their_language="de")

    assert unticked.status_code == 422
    assert "They have agreed to this on the phone:" in unticked.text
    assert "You can only book for somebody who agrees." in unticked.text
    assert 'value="terms.1 privacy.1"' in box_in(unticked)
    assert made.status_code == 303
    booking = await site.database.engine.find_one(Booking, {"slot_id": slot.id})
    assert booking
    kept = [(one.page, one.version, one.language) for one in booking.consents]
    assert kept == [("terms", 1, "de"), ("privacy", 1, "de")]
    page = await boss.get(f"/admin/bookings/{booking.reference}")
    assert "Agreed to on the phone" in page.text
    (entry,) = await site.database.engine.find(LogEntry, {"subject_key": str(booking.id)})
    assert [change.field for change in entry.changes] == ["starts_at", "ends_at", "consents"]
    assert "Terms of use, version 1" in (await boss.get("/admin/log")).text


async def test_a_text_that_has_changed_is_asked_about_again(site: Site, boss: Visitor):
    slot = await site.slot()
    await publish(site, boss, "Be on time.")

    late = await book(site, boss, slot, agree="terms.1 privacy.1", name="Zoë")

    assert late.status_code == 409
    assert "What attendees agree to has changed" in late.text
    assert 'value="Zoë"' in late.text
    assert 'value="terms.2 privacy.1"' in box_in(late)
    assert "checked" not in box_in(late)
    assert (await book(site, boss, slot, agree="terms.2 privacy.1")).status_code == 303


async def test_a_form_that_lacks_something_else_keeps_the_tick(site: Site, boss: Visitor):
    answer = await book(site, boss, await site.slot(), agree="terms.1 privacy.1", email="")

    assert answer.status_code == 422
    assert "checked" in box_in(answer)
