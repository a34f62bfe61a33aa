"""Availability as other programs read it: free and busy, and nothing else."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from domain.store.documents import Expert, Slot
from domain.store.documents.agreements import Terms
from tests.servers import start_server
from tests.waiting import until
from tests.web.conftest import Site
from tests.web.visitors import Visitor, visitor
from web.calendars.availability import Availabilities

SHARES_SITE = True

DAY = timedelta(days=1)


@pytest.fixture
async def four(site: Site) -> tuple[Expert, list[Slot]]:
    """An expert, and a time on each of the next four days."""
    expert = await site.expert(terms=Terms(cancel_before_minutes=0))
    return expert, [await site.slot(expert, starts_at=site.now + n * DAY) for n in (1, 2, 3, 4)]


def address(expert: Expert, kind: str) -> str:
    return f"/experts/{expert.slug}/availability.{kind}"


def spans(slots: list[Slot]) -> list[tuple[datetime, datetime]]:
    return [(s.starts_at.replace(microsecond=0), s.ends_at.replace(microsecond=0)) for s in slots]


def read_calendar(content: bytes) -> dict[str, list[tuple[datetime, datetime]]]:
    """Read a calendar back with a parser of its own."""
    (times,) = Calendar.from_ical(content).walk("VFREEBUSY")
    entries = times.get("freebusy", [])
    found: dict[str, list[tuple[datetime, datetime]]] = {"FREE": [], "BUSY": []}
    for entry in entries if isinstance(entries, list) else [entries]:
        found[entry.params["FBTYPE"]].append((entry.start, entry.end))
    return found


def read_json(told: dict[str, list[dict[str, str]]]) -> dict[str, list[tuple[datetime, datetime]]]:
    def instant(text: str) -> datetime:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)

    return {
        kind.upper(): [(instant(s["starts_at"]), instant(s["ends_at"])) for s in told[kind]]
        for kind in ("free", "busy")
    }


async def told(reader: Visitor, expert: Expert) -> dict[str, list[tuple[datetime, datetime]]]:
    calendar = read_calendar((await reader.get(address(expert, "ics"))).content)
    assert read_json((await reader.get(address(expert, "json"))).json()) == calendar
    return calendar


async def soon_busy(reader: Visitor, expert: Expert, wanted: list[Any]) -> bool:
    """Ask until the busy times are these."""

    async def is_busy() -> bool:
        answer = await reader.get(address(expert, "json"))
        return read_json(answer.json())["BUSY"] == wanted

    return await until(is_busy)


async def test_both_say_what_is_free_and_what_is_busy(four, ann: Visitor, eve: Visitor):
    expert, slots = four
    await ann.booked(slots[0].id)
    await ann.hold(slots[2].id)

    found = await told(eve, expert)

    assert found == {"FREE": spans([slots[1], slots[3]]), "BUSY": spans([slots[0], slots[2]])}


async def test_a_change_shows_at_once_and_not_before(four, ann: Visitor, eve: Visitor):
    expert, slots = four
    first = await eve.get(address(expert, "json"))
    known = {"If-None-Match": first.headers["etag"]}
    unchanged = await eve.get(address(expert, "json"), headers=known)

    reference = await ann.booked(slots[0].id)
    assert await soon_busy(eve, expert, spans(slots[:1]))
    changed = await eve.get(address(expert, "json"), headers=known)
    await ann.post(f"/bookings/{reference}/cancel")
    assert await soon_busy(eve, expert, [])

    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert unchanged.headers["etag"] == first.headers["etag"] != changed.headers["etag"]
    assert changed.status_code == 200


@pytest.mark.parametrize("kind", ["ics", "json"])
async def test_any_form_of_the_tag_is_known(four, eve: Visitor, kind):
    expert, _ = four
    etag = (await eve.get(address(expert, kind))).headers["etag"]

    for sent in ("*", etag, f'"other", {etag}', etag.removeprefix("W/")):
        answer = await eve.get(address(expert, kind), headers={"If-None-Match": sent})
        assert answer.status_code == 304
    for sent in ('"other"', "", etag[:-2]):
        answer = await eve.get(address(expert, kind), headers={"If-None-Match": sent})
        assert answer.status_code == 200


@pytest.mark.parametrize("kind", ["ics", "json"])
async def test_nobody_is_named_and_no_cookie_set(four, ann: Visitor, site: Site, kind):
    expert, slots = four
    reference = await ann.booked(slots[0].id, notes="about my knee")

    async with visitor(site.url) as eve:
        answer = await eve.get(address(expert, kind))

    assert "set-cookie" not in answer.headers
    for private in ("Ann", "example.org", "knee", reference, expert.email):
        assert private not in answer.text


async def test_a_change_in_another_process_shows_too(four, site: Site, ann: Visitor):
    expert, slots = four
    with start_server(site.uri) as other:
        async with visitor(other.url) as eve:
            assert (await told(eve, expert))["BUSY"] == []
            await ann.booked(slots[0].id)

            assert await soon_busy(eve, expert, spans(slots[:1]))


async def test_nobody_has_a_calendar_who_is_not_listed(site: Site, eve: Visitor):
    hidden = await site.expert(listed=False)

    assert (await eve.get(address(hidden, "ics"))).status_code == 404
    assert (await eve.get("/experts/nobody/availability.json")).status_code == 404


async def test_it_is_kept_until_the_clock_or_the_feed_says_no(four, site: Site):
    expert, slots = four
    kept = Availabilities(site.database, "https://book.example.org")
    now = site.now
    first = await kept.of(expert, "json", now=now, spell=1)

    assert await kept.of(expert, "json", now=now, spell=1) is first
    assert first.true_until <= slots[0].closes_at
    assert await kept.of(expert, "json", now=first.true_until, spell=1) is not first
    again = await kept.of(expert, "json", now=now, spell=1)
    kept.forget(expert.id)
    assert await kept.of(expert, "json", now=now, spell=1) is not again
    again = await kept.of(expert, "json", now=now, spell=1)
    assert await kept.of(expert, "json", now=now, spell=2) is not again
    down = await kept.of(expert, "json", now=now, spell=None)
    assert await kept.of(expert, "json", now=now, spell=None) is not down


async def test_a_change_while_it_is_read_is_not_covered_by_what_was_read(four, site: Site):
    expert, _ = four
    kept = Availabilities(site.database, "https://book.example.org")
    reading = asyncio.create_task(kept.of(expert, "ics", now=site.now, spell=1))
    await asyncio.sleep(0)

    kept.forget(expert.id)
    read = await reading

    assert await kept.of(expert, "ics", now=site.now, spell=1) is not read
