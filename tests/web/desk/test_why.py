"""Why a time is missing, as the expert reads it at the desk."""

from datetime import timedelta

import pytest

from domain.desk import publishing
from tests.domain.diaries import HORIZON, every_day, expert_with, slots_of
from tests.web.conftest import Site
from tests.web.desk.signing_in import at_desk
from tests.web.mailed import address
from tests.web.visitors import Visitor
from web.i18n.clock_changes import clock_changes

SHARES_SITE = True
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("days", "at", "words", "leads_to"),
    [
        (2, "09:00", "It is free.", ""),
        (2, "08:59", "It is outside your hours on that day.", "/desk/hours#week"),
        (2, "09:30", "The nearest begin at 09:00 and 10:00.", "/desk/hours#limits"),
        (2, "11:30", "would go on after your hours end", "/desk/hours#week"),
        (HORIZON + 3, "09:00", "It is too far ahead", "/desk/hours#limits"),
    ],
)
async def test_the_page_says_what_decides_and_leads_to_where_it_is_changed(
    site: Site, days: int, at: str, words: str, leads_to: str
):
    expert = await expert_with(site.database, every_day("09:00-12:00"), email=address())
    await publishing.publish(site.database, expert.id, now=site.now)

    async with at_desk(site, expert) as ada:
        page = await ada.get(f"/desk/why?at={site.now + days * DAY:%Y-%m-%d}T{at}")

    assert page.status_code == 200
    assert words in " ".join(page.text.split())
    assert f'href="{leads_to}"' in page.text or not leads_to


@pytest.mark.parametrize(
    ("is_back", "words"),
    [
        (False, "The clocks go forward that day, and skip this time."),
        (True, "The clocks show this time twice that day. This is about the first."),
    ],
    ids=["forward", "back"],
)
async def test_a_wall_time_that_is_skipped_or_comes_twice_is_named(
    site: Site, is_back: bool, words: str
):
    expert = await site.expert(email=address(), zone="Europe/Berlin")
    coming = clock_changes(expert.zone, site.now + DAY, site.now + 400 * DAY)
    on = next(c.at.date() for c in coming if (c.after < c.before) is is_back)

    async with at_desk(site, expert) as ada:
        page = await ada.get(f"/desk/why?at={on}T02:30")
        other = await ada.get(f"/desk/why?at={on}T03:30")

    assert words in page.text
    assert page.text.count("The clocks") == 1
    assert "The clocks" not in other.text


async def test_a_session_in_the_way_is_named_and_linked(site: Site, ann: Visitor):
    expert = await expert_with(site.database, every_day("00:00-00:00"), email=address())
    await publishing.publish(site.database, expert.id, now=site.now)
    day = (site.now + 2 * DAY).replace(hour=9, minute=0, second=0, microsecond=0)
    (slot,) = [s for s in await slots_of(site.database, expert.id) if s.starts_at == day]
    reference = await ann.booked(slot.id)

    async with at_desk(site, expert) as ada:
        page = await ada.get(f"/desk/why?at={day:%Y-%m-%d}T09:00")

    assert "It is booked." in page.text
    assert f'href="/desk/bookings/{reference}"' in page.text


@pytest.mark.parametrize("at", ["soon", "2026-13-01T10:00", "9999-01-01T10:00"])
async def test_what_is_no_time_is_asked_for_again(site: Site, at: str):
    expert = await site.expert(email=address())

    async with at_desk(site, expert) as ada:
        page = await ada.get(f"/desk/why?at={at}")

    assert page.status_code == 422
    assert f'value="{at}"' in page.text
