"""Markup that programs read: instants, forms, links, and files for crawlers."""

import re
from datetime import datetime, timedelta

import pytest

from tests.web.conftest import Site
from tests.web.visitors import Visitor

SHARES_SITE = True

DAY = timedelta(days=1)


async def pages(site: Site, ann: Visitor) -> dict[str, str]:
    """Return one page of each kind that a visitor meets, by address."""
    expert = await site.expert(zone="UTC")
    start = site.now + 3 * DAY
    held, booked = [await site.slot(expert, starts_at=start + n * DAY) for n in range(2)]
    booking = f"/bookings/{await ann.booked(booked.id)}"
    await ann.hold(held.id)
    days = [f"/experts/{expert.slug}?zone=UTC&day={(start + n * DAY).date()}" for n in (0, 9)]
    found = ["/experts", f"/experts?on={start.date()}", "/bookings"]
    addresses = [*found, *days, f"/slots/{held.id}/book", booking, f"{booking}/reschedule"]
    return {address: (await ann.get(address)).text for address in addresses}


async def test_instants_are_written_in_whole_seconds(site: Site, ann: Visitor):
    seen = 0
    for address, page in (await pages(site, ann)).items():
        for written in re.findall(r'datetime="([^"]+)"', page):
            seen += 1
            assert datetime.fromisoformat(written).microsecond == 0, address
            assert "." not in written, address
    assert seen


async def test_every_form_can_be_sent_and_every_group_of_fields_has_a_name(
    site: Site, ann: Visitor
):
    for address, page in (await pages(site, ann)).items():
        of_others = set(re.findall(r'<(?:button|input)[^>]*\sform="([^"]+)"', page))
        for opening, content in re.findall(r"(<form[^>]*>)(.*?)</form>", page, re.DOTALL):
            named = re.search(r'id="([^"]+)"', opening)
            assert "<button" in content or (named and named[1] in of_others), (address, opening)
        for content in re.findall(r"<fieldset[^>]*>(.*?)</fieldset>", page, re.DOTALL):
            assert content.lstrip().startswith("<legend"), address


async def test_links_that_open_a_new_window_say_so(site: Site, ann: Visitor):
    seen = 0
    for address, page in (await pages(site, ann)).items():
        for link in re.findall(r'<a [^>]*target="_blank"[^>]*>(.*?)</a>', page, re.DOTALL):
            seen += 1
            assert "opens in a new window" in link, address
    assert seen


async def test_a_program_that_reads_no_page_finds_the_icon(ann: Visitor):
    icon = await ann.get("/favicon.ico")

    assert icon.status_code == 200
    assert icon.headers["content-type"] == "image/png"
    assert icon.content.startswith(b"\x89PNG")
    assert "set-cookie" not in icon.headers


@pytest.mark.parametrize("path", ["/bookings", "/desk", "/slots/", "/waitlist/"])
async def test_search_engines_are_kept_from_what_is_one_persons_own(ann: Visitor, path: str):
    rules = await ann.get("/robots.txt")

    assert rules.headers["content-type"].startswith("text/plain")
    assert f"Disallow: {path}\n" in rules.text
    assert "Disallow: /\n" not in rules.text
