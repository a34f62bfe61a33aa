"""The picker without JavaScript: a month of links, and the times of one day."""

import re
from datetime import timedelta

from tests.web.conftest import Site
from tests.web.visitors import Visitor

SHARES_SITE = True

DAY = timedelta(days=1)


def counts(text: str) -> dict[str, int]:
    """The days of the month and how many times of each are free."""
    return {
        on: int(free) for on, free in re.findall(r'id="month-(\S+)-free"\s+data-free="(\d+)"', text)
    }


def chosen(text: str) -> str:
    (found,) = re.findall(r'data-date="(\S+)"[^>]*aria-current="date"', text)
    return str(found)


async def test_it_opens_at_the_first_day_with_free_times(site: Site, ann: Visitor):
    expert = await site.expert(zone="UTC")
    start = site.now + 3 * DAY
    await site.slot(expert, starts_at=start, state="booked")
    free = await site.slot(expert, starts_at=start + DAY)

    text = (await ann.get(f"/experts/{expert.slug}?zone=UTC")).text

    assert chosen(text) == str((start + DAY).date())
    assert f"slot-{free.id}" in text
    assert counts(text)[str((start + DAY).date())] == 1


async def test_it_opens_at_the_time_that_one_holds(site: Site, ann: Visitor):
    expert = await site.expert(zone="UTC")
    await site.slot(expert, starts_at=site.now + 3 * DAY)
    wanted = await site.slot(expert, starts_at=site.now + 5 * DAY)

    await ann.post("/holds", {"slot_id": str(wanted.id)})
    text = (await ann.get(f"/experts/{expert.slug}?zone=UTC")).text

    assert chosen(text) == str((site.now + 5 * DAY).date())
    assert "Held for you" in text


async def test_it_says_when_the_first_free_times_are_in_another_month(site: Site, ann: Visitor):
    expert = await site.expert(zone="UTC")
    start = (site.now.replace(day=1) + 62 * DAY).replace(day=15)
    await site.slot(expert, starts_at=start)

    text = (await ann.get(f"/experts/{expert.slug}?zone=UTC")).text

    assert f"The first free times are in {start:%B %Y}." in text
    assert chosen(text) == str(start.date())


async def test_every_day_is_a_link_that_keeps_the_zone(site: Site, ann: Visitor):
    expert = await site.expert(zone="UTC")
    await site.slot(expert)
    tomorrow = (site.now + DAY).date()

    text = (await ann.get(f"/experts/{expert.slug}?day={tomorrow}&zone=Asia/Tokyo")).text

    assert f'href="/experts/{expert.slug}?day={tomorrow}&amp;zone=Asia/Tokyo"' in text


async def test_a_month_opens_at_its_own_first_free_day(site: Site, ann: Visitor):
    expert = await site.expert(zone="UTC")
    later = (site.now.replace(day=1) + 62 * DAY).replace(day=15)
    await site.slot(expert)
    await site.slot(expert, starts_at=later)

    text = (await ann.get(f"/experts/{expert.slug}?month={later:%Y-%m}&zone=UTC")).text

    assert chosen(text) == str(later.date())
    assert {on: free for on, free in counts(text).items() if free} == {str(later.date()): 1}
    assert "The first free times are in" not in text


async def test_a_day_without_times_says_so_and_leads_on(site: Site, ann: Visitor):
    expert = await site.expert(zone="UTC")
    first = (site.now.replace(day=1) + 62 * DAY).replace(day=1)
    free = first.replace(day=20)
    await site.slot(expert, starts_at=free)

    text = (await ann.get(f"/experts/{expert.slug}?day={first.date()}&zone=UTC")).text

    assert "No times" in text
    assert f'href="/experts/{expert.slug}?day={free.date()}&amp;zone=UTC"' in text
    assert "Next free:" in text


async def test_a_month_in_which_nothing_more_is_free_leads_back(site: Site, ann: Visitor):
    expert = await site.expert(zone="UTC")
    free = await site.slot(expert, starts_at=site.now + 3 * DAY)
    back = f'href="/experts/{expert.slug}?day={free.starts_at.date()}&amp;zone=UTC"'
    late_path = f"/experts/{expert.slug}?day={(site.now + 90 * DAY).date()}&zone=UTC"

    late = await ann.get(late_path)
    await ann.hold(free.id)
    nothing_left = await ann.get(late_path)

    assert "No more free times this month." in late.text
    assert f"{back}>See the first free times" in late.text
    assert "See the first free times" not in nothing_left.text


async def test_a_made_up_day_or_month_shows_a_sensible_one(site: Site, ann: Visitor):
    expert = await site.expert(zone="UTC")
    await site.slot(expert)

    for query in ("month=x", "month=0001-01", "month=9999-12", "day=9999-12-31", "day=0001-01-01"):
        answer = await ann.get(f"/experts/{expert.slug}?{query}&zone=UTC")
        assert answer.status_code == 200
        assert len(counts(answer.text)) >= 1
