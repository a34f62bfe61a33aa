"""An expert who asks for nothing: every page that names a price says so in words."""

import re
import secrets
from datetime import timedelta

import pytest

from domain.store.documents import Expert
from tests.web.conftest import Site
from tests.web.visitors import Visitor

SHARES_SITE = True

DAY = timedelta(days=1)
GERMAN = {"Accept-Language": "de"}


@pytest.fixture
async def expert(site: Site) -> Expert:
    return await site.expert(name=f"Gil {secrets.token_hex(4)}", price_minor=0, currency="EUR")


async def test_pages_say_free_of_charge_from_the_search_to_the_booking(site, ann, expert):
    slot = await site.slot(expert, starts_at=site.now + 2 * DAY)
    query = f"q={expert.name.replace(' ', '+')}"
    await site.lists(query, expert.name)
    paths = [f"/experts?{query}", f"/experts/{expert.slug}", f"/slots/{slot.id}/book"]

    pages = [await ann.get(path) for path in paths]
    german = [await ann.get(path, headers=GERMAN) for path in paths]
    reference = await ann.booked(slot.id)
    pages.append(await ann.get(f"/bookings/{reference}"))

    assert [page.url for page in pages if "free of charge" not in page.text] == []
    assert [page.url for page in german if "kostenlos" not in page.text] == []
    assert [page.url for page in pages if "€" in page.text] == []


async def test_a_price_that_is_asked_meanwhile_is_set_against_none(
    site: Site, ann: Visitor, expert
):
    slot = await site.slot(expert, starts_at=site.now + 2 * DAY)
    await ann.hold(slot.id)
    form = await ann.get(f"/slots/{slot.id}/book")
    (quote,) = re.findall(r'name="quote" value="([^"]*)"', form.text)
    dearer = {"$set": {"price_minor": 4_000}}
    await site.database.collection(Expert).update_one({"_id": expert.id}, dearer)

    asked = await ann.book(slot.id, quote=quote)

    assert "Price: €40 instead of free of charge." in asked.text
