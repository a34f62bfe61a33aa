"""Every page as text in the order of the document: what people have without styles and scripts."""

from collections.abc import AsyncIterator, Mapping

import pytest

from tests.factories import make_booking
from tests.readers import read
from tests.web.conftest import Site
from tests.web.desk.signing_in import at_desk
from tests.web.http.test_markup import DAY, pages
from tests.web.mailed import address
from tests.web.visitors import Visitor
from web.desk.access import PAGES

SHARES_SITE = True

OTHERS = ("/", "/apply", "/desk", "/bookings/data", "/experts?q=nobody-is-called-so", "/dev/outbox")
LANGUAGES = ("en", "de")


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        ("<p hidden>It failed.</p>", "hidden: It failed."),
        ("<a><b aria-hidden=true>Mo</b><b class=visually-hidden>Monday</b></a>", "run together"),
        ("<p>Free <span class=visually-hidden>Free</span></p>", "twice"),
        ("<p>slot-507f1f77bcf86cd799439011</p>", "an id"),
    ],
)
def test_the_reader_finds_what_should_not_be_read(page: str, fault: str):
    assert any(found.startswith(fault) for found in read(page).faults())


def test_what_is_read_before_and_after_what_is_seen_makes_a_sentence():
    page = read("<a><i class=visually-hidden>Monday </i>30<i class=visually-hidden> May</i></a>")

    assert (str(page), page.faults()) == ("Monday 30 May", [])


async def at_the_desk(site: Site) -> Mapping[str, str]:
    """Return the pages of a desk with a session, by address."""
    expert = await site.expert(email=address())
    slot = await site.slot(expert, starts_at=site.now + 3 * DAY)
    booking = await make_booking(site.database, slot)
    addresses = [*PAGES, "/desk?view=week", f"/desk/bookings/{booking.reference}"]
    async with at_desk(site, expert) as ada:
        return {
            f"{path} {language}": (await ada.get(path, headers={"Accept-Language": language})).text
            for path in addresses
            for language in LANGUAGES
        }


async def for_everyone(site: Site, ann: Visitor) -> AsyncIterator[tuple[str, str]]:
    """Yield the pages that visitors meet."""
    for path in [*OTHERS, *await pages(site, ann)]:
        for language in LANGUAGES:
            yield (
                f"{path} {language}",
                (await ann.get(path, headers={"Accept-Language": language})).text,
            )


async def test_no_page_says_anything_twice_or_what_is_not_wanted_yet(site: Site, ann: Visitor):
    found = {name: text async for name, text in for_everyone(site, ann)}
    found |= await at_the_desk(site)

    faults = {name: read(text).faults() for name, text in found.items()}
    assert {name: those for name, those in faults.items() if those} == {}


async def test_a_day_of_the_month_is_one_phrase(site: Site, ann: Visitor):
    expert = await site.expert(zone="UTC")
    slot = await site.slot(expert)
    day = slot.starts_at

    page = (await ann.get(f"/experts/{expert.slug}?day={day.date()}&zone=UTC")).text

    assert f"{day:%A} {day.day} {day:%B}, 1 time free" in str(read(page)).splitlines()


async def test_a_day_with_free_times_offers_no_place_in_line(
    site: Site, ann: Visitor, eve: Visitor
):
    expert = await site.expert(zone="UTC")
    slot = await site.slot(expert)
    path = f"/experts/{expert.slug}?day={slot.starts_at.date()}&zone=UTC"

    before = str(read((await ann.get(path)).text))
    await eve.booked(slot.id)
    after = str(read((await ann.get(path)).text))

    assert "Join the waitlist" not in before
    assert "Join the waitlist" in after
