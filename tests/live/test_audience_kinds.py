"""Listeners from everywhere on one expert: few renderings, and nobody else waits for them all."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from domain.rules.slots import SlotState
from domain.store.core.database import Database, Key
from domain.store.documents import Slot
from tests.live.support import TinyRenderer, add_slots, change
from tests.waiting import until
from web.experts.times import TimesRenderer
from web.http import clock
from web.http.templating import environment
from web.i18n.zones import known_zones, zone_info
from web.live import LiveFeed
from web.live.audience_kinds import AudienceKinds
from web.live.positions import START_NOW
from web.live.rendering import FragmentRenderer

ZONES = sorted(known_zones())
NEW_YEAR = datetime(2031, 1, 1, tzinfo=UTC)


def instants() -> Iterator[datetime]:
    """Every 37 hours of two years: each hour of the day comes up, on both sides of each change."""
    yield from (NEW_YEAR + n * timedelta(hours=37) for n in range(2 * 365 * 24 // 37))


def test_a_zone_is_stood_in_for_by_one_that_agrees_on_every_wall_time():
    kinds, when = AudienceKinds(), [*instants()]

    def wall_times(zone: str) -> list[datetime]:
        return [instant.astimezone(zone_info(zone)).replace(tzinfo=None) for instant in when]

    stand_ins = {zone: kinds.of(zone, "en", NEW_YEAR).zone for zone in ZONES}
    known = {zone: wall_times(zone) for zone in {*stand_ins.values()}}

    assert [zone for zone in ZONES if wall_times(zone) != known[stand_ins[zone]]] == []
    assert len(known) < len(ZONES) / 5


def test_zones_that_will_part_or_read_another_language_are_of_different_kinds():
    kinds = AudienceKinds()

    def alike(one: str, other: str, language: str = "en") -> bool:
        return kinds.of(one, "en", NEW_YEAR) == kinds.of(other, language, NEW_YEAR)

    assert alike("Europe/Berlin", "Europe/Paris")
    assert not alike("Europe/Berlin", "Europe/Paris", "de")
    assert not alike("Europe/Berlin", "Africa/Algiers"), "the same only in winter"
    assert not alike("America/New_York", "America/Havana"), "the same but for some hours"


@dataclass
class Crowd:
    """Listeners in process, and what each heard."""

    feed: LiveFeed
    heard: dict[str, str] = field(default_factory=dict)

    async def listen(self, expert_id: Key, zone: str) -> None:
        """Write down what somebody in a zone hears, until cancelled."""
        async with aclosing(self.feed.listen(expert_id, zone, "en", START_NOW)) as news:
            async for message in news:
                self.heard[zone] = self.heard.get(zone, "") + message.decode()


@asynccontextmanager
async def crowd(
    database: Database, renderer: FragmentRenderer, slot: Slot, zones: list[str]
) -> AsyncIterator[Crowd]:
    """Have one listener in each zone, all on the slot's expert."""
    feed = LiveFeed(database, renderer, clock.now)
    await feed.start()
    found = Crowd(feed)
    listening = [asyncio.create_task(found.listen(slot.expert_id, zone)) for zone in zones]
    try:
        await until(lambda: len(found.heard) == len(zones))
        yield found
    finally:
        await feed.stop()
        await asyncio.gather(*listening)


async def test_everyone_hears_of_a_change_in_their_own_wall_time(database: Database):
    (slot,) = await add_slots(database, Key())

    async with crowd(database, TimesRenderer(environment()), slot, ZONES) as all_over:
        await change(database, slot, SlotState.BOOKED)
        await until(lambda: all("slotBooked" in heard for heard in all_over.heard.values()))

    for zone, heard in all_over.heard.items():
        assert f">{slot.starts_at.astimezone(zone_info(zone)):%H:%M}" in heard, zone


@dataclass
class Counter(TinyRenderer):
    """Lets another request come when it begins to render, and notes when that had its turn."""

    def slot(self, slot: Slot, zone: str, language: str, now: datetime) -> str:
        if not self.asked:
            asyncio.get_running_loop().call_soon(self.asked.append, "another request")
        return super().slot(slot, zone, language, now)


@dataclass
class DayCounter(TinyRenderer):
    """The same of days."""

    def day_count(self, on, slots, zone: str, language: str, now: datetime) -> str:
        if not any(asked.startswith("count") for asked in self.asked):
            asyncio.get_running_loop().call_soon(self.asked.append, "another request")
        return super().day_count(on, slots, zone, language, now)


@pytest.mark.parametrize(("renderer", "what"), [(Counter(), "slot"), (DayCounter(), "count")])
async def test_another_request_has_its_turn_after_the_first_rendering(
    database: Database, renderer: TinyRenderer, what: str
):
    (slot,) = await add_slots(database, Key())

    async with crowd(database, renderer, slot, ZONES) as all_over:
        kinds = len(all_over.feed._hub.audiences(slot.expert_id))
        await change(database, slot, SlotState.BOOKED)
        await until(lambda: len([a for a in renderer.asked if a.startswith(what)]) >= kinds)

    turns = [asked for asked in renderer.asked if asked.startswith((what, "another"))]
    assert turns[1] == "another request"
    assert len(turns) - 1 == kinds < len(ZONES) / 5
