"""What may be kept, by whom, and what a HEAD request learns."""

import re
from datetime import timedelta

import pytest

from tests.web.conftest import Site
from tests.web.visitors import Visitor
from web.assets.bundles import SCRIPTS, STYLES, asset

SHARES_SITE = True

FONT = "vendor/fonts/inter-latin.woff2"


async def shared_addresses(site: Site) -> list[str]:
    """What is the same for everybody, and is kept by caches between here and there."""
    expert = await site.expert()
    of_expert = [f"/experts/{expert.slug}/{name}" for name in ("portrait.svg", "availability.ics")]
    return [STYLES.address, SCRIPTS.address, asset(FONT), asset("icons/icon.svg"), *of_expert]


async def private_addresses(site: Site, ann: Visitor) -> list[str]:
    """What one visitor may see."""
    booking = f"/bookings/{await ann.booked((await site.slot()).id)}"
    return [booking, f"{booking}/calendar.ics", f"{booking}/mails", "/bookings", "/"]


async def test_what_everybody_gets_alike_brings_nobody_a_cookie(site: Site, ann: Visitor):
    for address in await shared_addresses(site):
        answer = await ann.get(address)
        assert answer.status_code == 200
        assert "public" in answer.headers["cache-control"], address
        assert "set-cookie" not in answer.headers, address


async def test_what_is_somebodys_own_is_kept_by_nobody_else(site: Site, ann: Visitor):
    for address in await private_addresses(site, ann):
        assert (await ann.get(address)).headers["cache-control"].startswith("private"), address


async def test_pages_about_a_person_are_not_kept_at_all(site: Site, ann: Visitor):
    booking = f"/bookings/{await ann.booked((await site.slot()).id)}"

    for address in ("/bookings", booking, f"{booking}/mails", "/bookings/data", "/desk"):
        assert (await ann.get(address)).headers["cache-control"] == "private, no-store", address
    assert (await ann.get("/experts")).headers["cache-control"] == "private, no-cache"


async def test_fonts_are_asked_for_by_an_address_that_is_kept_for_good(ann: Visitor):
    page = (await ann.get("/")).text

    preloaded = re.findall(r'rel="preload" href="([^"]+)"', page)
    asked_by_styles = re.findall(r'url\("([^"]+)"\)', STYLES.content.decode())
    assert set(preloaded) < set(asked_by_styles)
    for address in asked_by_styles:
        assert "immutable" in (await ann.get(address)).headers["cache-control"]


async def test_head_tells_of_every_page_what_get_does(site: Site, ann: Visitor):
    pages = [
        *await shared_addresses(site),
        *await private_addresses(site, ann),
        "/health/ready",
        "/health/live",
    ]
    for address in pages:
        seen, told = await ann.get(address), await ann.client.head(address)

        assert (told.status_code, told.content) == (200, b"")
        assert told.headers["content-type"] == seen.headers["content-type"]


async def test_head_of_what_is_not_there_says_so(ann: Visitor):
    assert (await ann.client.head("/experts/nobody")).status_code == 404
    assert (await ann.client.head("/holds")).status_code in {404, 405}


async def test_head_of_the_event_stream_ends(site: Site, ann: Visitor):
    expert = await site.expert()

    told = await ann.client.head(f"/experts/{expert.slug}/live", timeout=5)

    assert told.headers["content-type"].startswith("text/event-stream")


@pytest.mark.parametrize("kind", ["ics", "json"])
async def test_a_304_varies_as_the_whole_answer_does(site: Site, ann: Visitor, kind: str):
    expert = await site.expert()
    for days in range(1, 21):  # long enough to be compressed
        await site.slot(expert, starts_at=site.now + timedelta(days=days))
    address = f"/experts/{expert.slug}/availability.{kind}"
    whole = await ann.get(address)

    unchanged = await ann.get(address, headers={"If-None-Match": whole.headers["etag"]})

    assert unchanged.status_code == 304
    assert unchanged.headers["vary"] == whole.headers["vary"]


async def test_a_calendar_names_its_character_set_once(site: Site, ann: Visitor):
    expert = await site.expert()
    reference = await ann.booked((await site.slot(expert)).id)

    for address in (
        f"/experts/{expert.slug}/availability.ics",
        f"/bookings/{reference}/calendar.ics",
    ):
        assert (await ann.get(address)).headers["content-type"] == "text/calendar; charset=utf-8"
