"""Finding experts who are free at a time, over HTTP."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.live.support import Ear
from tests.waiting import until
from tests.web.conftest import Site
from tests.web.visitors import Visitor, names_in

BERLIN = ZoneInfo("Europe/Berlin")
EARLY, LATE, NEVER = "Early Bird", "Late Riser", "Never There"
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
HOUR = timedelta(hours=1)
FREE_TIMES = re.compile(r'id="opening-\w+"\s+href="([^"]*)"><time datetime="([^"]*)">([^<]*)<')


@pytest.fixture(scope="module")
def on(site: Site) -> date:
    """A day that is far enough away for everything, in Berlin."""
    return (site.now + timedelta(days=20)).astimezone(BERLIN).date()


def at(on: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(on, time(hour, minute), tzinfo=BERLIN).astimezone(UTC)


@pytest.fixture(scope="module", autouse=True)
async def catalogue(site: Site, on: date):
    """One who is free at 9, 14, 15, 16 and 17, one at 15:30, and one who is not free that day."""
    early = await site.expert(name=EARLY, rating=4.1, category="Legal", languages=["en"])
    late = await site.expert(name=LATE, rating=4.9, category="Health", languages=["de"])
    await site.expert(name=NEVER, rating=5.0, category="Health", languages=["en"])
    for hour in (9, 14, 15, 16, 17):
        await site.slot(early, starts_at=at(on, hour), ends_at=at(on, hour) + HOUR / 2)
    await site.slot(late, starts_at=at(on, 15, 30), ends_at=at(on, 16))
    await site.lists("", NEVER, LATE, EARLY)


def asked(on: date, **more: str) -> str:
    query = {"on": on.isoformat(), "zone": "Europe/Berlin", **more}
    return "/experts?" + str(httpx.QueryParams(query))


async def test_those_are_found_who_have_a_free_time_within_the_window(ann: Visitor, on):
    async def found(**more: str) -> list[str]:
        return names_in(await ann.get(asked(on, **more)))

    assert await found() == [LATE, EARLY]
    assert await found(**{"from": "14:00", "to": "17:00"}) == [LATE, EARLY]
    assert await found(**{"from": "15:30", "to": "16:00"}) == [LATE]
    assert await found(**{"from": "15:31", "to": "16:00"}) == []
    assert await found(**{"from": "15:30", "to": "15:59"}) == []
    assert await found(to="9:30") == [LATE, EARLY]  # no time, so it counts as not asked for
    assert await found(to="09:30") == [EARLY]
    assert await found(**{"from": "17:00"}) == [EARLY]


async def test_it_goes_together_with_the_other_filters(ann: Visitor, on):
    assert names_in(await ann.get(asked(on, category="Health"))) == [LATE]
    assert names_in(await ann.get(asked(on, q="early", language="en"))) == [EARLY]


async def test_the_soonest_within_the_window_comes_first(ann: Visitor, on):
    whole = await ann.get(asked(on, sort="soonest"))
    after = await ann.get(asked(on, sort="soonest", **{"from": "15:15"}))

    assert names_in(whole) == [EARLY, LATE]
    assert names_in(after) == [LATE, EARLY]


async def test_a_card_links_to_the_first_times_and_counts_the_others(ann: Visitor, on):
    page = await ann.get(asked(on, q="early"))

    times = [(at(on, hour).isoformat(), f"{hour:02}:00") for hour in (9, 14, 15)]
    assert [found[1:] for found in FREE_TIMES.findall(page.text)] == times
    assert "and 2 more" in page.text
    (href, *_), *_ = FREE_TIMES.findall(page.text)
    there = await ann.get(unescape(href))
    assert f'data-first="{on}"' in there.text
    assert "09:00" in there.text


async def test_who_is_in_that_zone_needs_no_zone_in_the_links(ann: Visitor, on):
    ann.client.cookies.set("zone", "Europe/Berlin")

    page = await ann.get(asked(on, q="early"))

    assert {href.rpartition("?")[2] for href, *_ in FREE_TIMES.findall(page.text)} == {f"day={on}"}


async def test_a_shared_link_shows_everybody_the_same(ann: Visitor, eve: Visitor, on):
    eve.client.cookies.set("zone", "Asia/Tokyo")
    address = asked(on, **{"from": "14:00", "to": "17:00"})

    first, second = await ann.get(address), await eve.get(address)

    assert names_in(first) == names_in(second)
    assert FREE_TIMES.findall(first.text) == FREE_TIMES.findall(second.text)
    assert "Times are those in Berlin" in first.text
    assert "Times are those in Berlin" in second.text
    assert "zone" not in second.cookies, "to follow a link is not to choose a zone"


async def test_the_address_says_all_of_it_and_the_form_shows_it(ann: Visitor, on):
    ann.client.cookies.set("zone", "Asia/Tokyo")
    sent = {"q": "", "on": f"{on}", "from": "", "to": "12:00", "zone": "Asia/Tokyo", "page": "1"}

    answer = await ann.get("/experts", params=sent, headers=FRAGMENT)
    address = answer.headers["hx-replace-url"]
    page = await ann.get(address)

    assert address == f"/experts?on={on}&to=12%3A00&zone=Asia%2FTokyo"
    assert re.search(rf'name="on"\s+value="{on}"', page.text)
    assert re.search(r'name="from"\s+value=""', page.text)
    assert re.search(r'name="to"\s+value="12:00"', page.text)
    assert re.search(r'value="Asia/Tokyo"\s+selected', page.text)


async def test_without_a_day_the_address_has_no_zone(ann: Visitor):
    sent = {"q": "early", "on": "", "from": "14:00", "to": "", "zone": "Asia/Tokyo"}

    answer = await ann.get("/experts", params=sent, headers=FRAGMENT)

    assert answer.headers["hx-replace-url"] == "/experts?q=early"
    assert "openings" not in answer.text


@pytest.mark.parametrize("to", ["14:00", "13:59"])
async def test_an_end_before_the_start_is_told_beside_it_and_nothing_is_lost(ann: Visitor, on, to):
    address = asked(on, **{"from": "14:00", "to": to})

    page, part = await ann.get(address), await ann.get(address, headers=FRAGMENT)

    assert page.status_code == 200
    assert "The end must be after the start." in page.text
    assert re.search(rf'value="{to}"\s+aria-describedby="to-error"\s+aria-invalid', page.text)
    assert re.search(
        r'id="to-error"\s+role="status"\s+data-hx-swap-oob="outerMorph">The end', part.text
    )
    assert names_in(page) == [NEVER, LATE, EARLY]
    kept = str(httpx.QueryParams({"from": "14:00", "to": to, "zone": "Europe/Berlin"}))
    assert part.headers["hx-replace-url"] == f"/experts?on={on}&{kept}"


ODD = [
    "on=never",
    "on=0001-01-01",
    "on=9999-12-31",
    "on=2020-01-01",
    "on=2027-02-30",
    "on=%00",
    "on=" + "1" * 500,
    "on=never&on=2020-01-01",
    "from=14:00&to=17:00",
]


@pytest.mark.parametrize("query", ODD)
async def test_a_day_that_makes_no_sense_counts_as_not_asked_for(ann: Visitor, query):
    answer = await ann.get(f"/experts?{query}&zone=Europe/Berlin", headers=FRAGMENT)

    assert answer.status_code == 200
    assert answer.headers["hx-replace-url"] == "/experts"
    assert names_in(answer) == [NEVER, LATE, EARLY]
    assert (await ann.get(f"/openings/live?{query}")).status_code == 404


@pytest.mark.parametrize("wall", ["24:00", "1:00", "14:00:00", "14:00+02:00", "T14", "%D9%A114:00"])
async def test_a_time_that_makes_no_sense_counts_as_not_asked_for(ann: Visitor, on, wall):
    path = (
        f"/experts?on={on}&from={wall.replace('+', '%2B')}&to={wall.replace('+', '%2B')}&zone=UTC"
    )

    answer = await ann.get(path, headers=FRAGMENT)

    assert answer.headers["hx-replace-url"] == f"/experts?on={on}&zone=UTC"


async def test_a_zone_that_is_none_is_the_viewers(ann: Visitor, on):
    ann.client.cookies.set("zone", "Asia/Tokyo")

    answer = await ann.get(f"/experts?on={on}&zone=Nowhere/Land", headers=FRAGMENT)

    assert answer.headers["hx-replace-url"] == f"/experts?on={on}&zone=Asia%2FTokyo"


async def test_an_empty_result_offers_to_drop_the_time(ann: Visitor, on):
    page = await ann.get(asked(on, q="never"))

    assert "No expert matches" in page.text
    assert 'href="/experts?q=never"' in page.text
    assert f'href="/experts?on={on}&amp;zone=Europe%2FBerlin"' in page.text


async def test_it_can_be_cleared(ann: Visitor, on):
    page = await ann.get(asked(on, q="early"))

    assert re.search(r'href="/experts\?q=early">\s*Any time', page.text)


async def test_it_is_said_in_german(ann: Visitor, on):
    page = await ann.get(asked(on, lang="de", **{"from": "14:00", "to": "17:00"}))
    wrong = await ann.get(asked(on, lang="de", **{"from": "17:00", "to": "14:00"}))

    assert "Frei am" in page.text
    assert "Das Ende muss nach dem Anfang liegen." in wrong.text
    for words in ("Free on", "Any time", "Time zone", "Until"):
        assert words not in page.text


# Live.


@asynccontextmanager
async def listening(site: Site, query: str) -> AsyncIterator[Ear]:
    async with (
        httpx.AsyncClient(base_url=site.url, timeout=httpx.Timeout(30, read=None)) as client,
        client.stream("GET", f"/openings/live?{query}") as response,
    ):
        assert response.headers["content-type"].startswith("text/event-stream")
        ear = Ear(response)
        try:
            yield ear
        finally:
            await ear.close()


async def test_only_a_page_that_is_filtered_by_a_window_opens_a_stream(ann: Visitor, on):
    assert "data-hx-sse:connect" not in (await ann.get("/experts")).text
    assert (
        "data-hx-sse:connect"
        not in (await ann.get(asked(on, **{"from": "9:00", "to": "00:00"}))).text
    )
    page = await ann.get(asked(on, to="12:00"))

    assert (
        f'data-hx-sse:connect="/openings/live?on={on}&amp;to=12%3A00&amp;zone=Europe%2FBerlin"'
        in page.text
    )


async def shows(visitor: Visitor, path: str, *names: str) -> None:
    """Wait until a page shows these, and nobody else."""

    async def shown() -> bool:
        return names_in(await visitor.get(path)) == list(names)

    await until(shown)


async def test_who_listens_is_told_at_once_and_of_each_change_within_the_window(
    site: Site, ann: Visitor, on
):
    expert = await site.expert(name="Live Wire")
    day = on + timedelta(days=1)
    path = asked(day, **{"from": "14:00", "to": "15:00"})

    async with listening(site, path.partition("?")[2]) as ear:
        await ear.hear("openingsChanged")
        slot = await site.slot(expert, starts_at=at(day, 14), ends_at=at(day, 14, 30))
        await ear.hear("openingsChanged", 2)
        await shows(ann, path, "Live Wire")

        reference = await ann.booked(slot.id)
        heard = len(await ear.hear("openingsChanged", 3))
        await shows(ann, path)

        await ann.post(f"/bookings/{reference}/cancel")
        await ear.hear("openingsChanged", heard + 1)
        await shows(ann, path, "Live Wire")


async def test_what_happens_outside_the_window_is_not_told(site: Site, ann: Visitor, on):
    day = on + timedelta(days=2)
    early, late = await site.expert(name="Inside"), await site.expert(name="Outside")
    path = asked(day, **{"from": "14:00", "to": "15:00"})
    whole = f"/experts?on={day}&zone=UTC&sort=name"

    async with listening(site, path.partition("?")[2]) as ear:
        await ear.hear("openingsChanged")
        outside = await site.slot(late, starts_at=at(day, 15), ends_at=at(day, 15, 30))
        inside = await site.slot(early, starts_at=at(day, 14), ends_at=at(day, 14, 30))
        await ear.hear("openingsChanged", 2)  # of the later one: the other's news is over
        await shows(ann, whole, "Inside", "Outside")

        await ann.hold(outside.id)
        await shows(ann, whole, "Inside")
        assert len(await ear.hear("openingsChanged")) == 2

        await ann.hold(inside.id)
        await ear.hear("openingsChanged", 3)


async def test_there_is_no_stream_without_a_window(ann: Visitor, on):
    for query in ("", f"on={on}&from=14:00&to=13:00", "on=2020-01-01"):
        assert (await ann.get(f"/openings/live?{query}")).status_code == 404


@pytest.mark.parametrize(
    ("day", "is_told"),
    [
        (timedelta(days=-1), True),
        (timedelta(days=500), True),
        (timedelta(days=20), False),
    ],
)
async def test_a_day_that_nobody_can_be_free_on_is_told_beside_its_field(
    site: Site, ann: Visitor, day: timedelta, is_told: bool
):
    address = asked((site.now + day).date())

    page = (await ann.get(address)).text
    fragment = (await ann.get(address, headers=FRAGMENT)).text

    for text in (page, fragment):
        assert ("Choose a day from today on" in text) is is_told
    assert ('aria-invalid="true"' in page) is is_told
    assert f'value="{(site.now + day).date()}"' in page


async def test_a_year_that_is_still_being_typed_is_not_told_to_be_past(ann: Visitor):
    page = await ann.get("/experts?on=0202-11-25", headers=FRAGMENT)

    assert "Choose a day from today on" not in page.text


async def test_it_is_rendered_once_until_who_is_free_changes(ann: Visitor, eve: Visitor, site, on):
    next_day, later = on + timedelta(days=1), on + timedelta(days=5)
    address = asked(next_day, q="brief")
    brief = await site.expert(name="Brief Visit")
    slot = await site.slot(brief, starts_at=at(next_day, 9))
    other = await site.slot(brief, starts_at=at(later, 9))

    async def rendered() -> float:
        found = re.search(
            r'^expertconnect_alike_pages_total{outcome="rendered"} (\S+)',
            (await ann.get("/metrics")).text,
            re.MULTILINE,
        )
        return float(found[1]) if found else 0

    async def finds(*names: str) -> bool:
        return names_in(await eve.get(address)) == [*names]

    await until(lambda: finds("Brief Visit"))
    before = await rendered()
    await eve.hold(other.id)
    assert await finds("Brief Visit")
    assert await rendered() - before <= 1, "a minute may have ended"
    await eve.hold(slot.id)
    await until(finds)
