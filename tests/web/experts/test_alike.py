"""An expert's page, rendered once for all who have nothing of their own on it."""

import re
from datetime import timedelta

from domain.rules.instants import to_milliseconds
from domain.store.documents import Expert, Slot
from tests.waiting import until
from tests.web.conftest import Site
from tests.web.visitors import Visitor, but_for_time

SHARES_SITE = True

SECOND = timedelta(seconds=1)


def status_of(text: str, slot: Slot) -> str:
    (found,) = re.findall(rf'id="slot-{slot.id}"[^>]*data-status="(\w+)"', text)
    return str(found)


async def seen_by(visitor: Visitor, expert: Expert, query: str = "zone=UTC") -> str:
    return (await visitor.get(f"/experts/{expert.slug}?{query}")).text


def but_for_instants(text: str) -> str:
    return re.sub(r"after=\d+", "", but_for_time(text))


async def day_of_two(site: Site, expert: Expert) -> Slot:
    """Publish two times of one day, so that it is shown whatever becomes of the first."""
    start = (site.now + timedelta(days=3)).replace(hour=12, minute=0, second=0, microsecond=0)
    await site.slot(expert, starts_at=start + timedelta(hours=1))
    return await site.slot(expert, starts_at=start)


async def is_shown(visitor: Visitor, slot: Slot, status: str, expert: Expert) -> bool:
    return status_of(await seen_by(visitor, expert), slot) == status


async def test_two_who_have_done_nothing_see_the_same_page(site: Site, ann: Visitor, eve: Visitor):
    expert = await site.expert()
    await site.slot(expert)

    seen = await seen_by(ann, expert)

    assert but_for_instants(await seen_by(eve, expert)) == but_for_instants(seen)


async def test_each_is_told_the_time_at_which_they_asked(site: Site, ann: Visitor, eve: Visitor):
    expert = await site.expert()
    await seen_by(ann, expert)

    before = to_milliseconds(site.now)
    (told,) = re.findall(r' data-now="(\d+)"', await seen_by(eve, expert))

    assert before <= int(told) <= to_milliseconds(site.now)


async def test_compressed_and_plain_it_says_the_same(site: Site, ann: Visitor):
    expert = await site.expert()
    await site.slot(expert)
    address = f"/experts/{expert.slug}"

    plain = await ann.get(address, headers={"Accept-Encoding": "identity"})
    compressed = await ann.get(address, headers={"Accept-Encoding": "gzip"})

    assert "content-encoding" not in plain.headers
    assert compressed.headers["content-encoding"] == "gzip"
    assert but_for_instants(plain.text) == but_for_instants(compressed.text)
    assert "Accept-Encoding" in plain.headers["vary"]


async def test_who_looks_in_another_zone_or_language_sees_their_own(
    site: Site, ann: Visitor, eve: Visitor
):
    expert = await site.expert()
    await day_of_two(site, expert)

    utc = await seen_by(ann, expert, "zone=UTC")
    tokyo = await seen_by(ann, expert, "zone=Asia/Tokyo")
    german = await seen_by(eve, expert, "zone=UTC&lang=de")

    assert (">12:00<" in utc, ">21:00<" in utc) == (True, False)
    assert (">12:00<" in tokyo, ">21:00<" in tokyo) == (False, True)
    assert (">Frei<" in utc, ">Frei<" in german) == (False, True)


async def test_a_change_of_a_time_reaches_everybodys_next_page(
    site: Site, ann: Visitor, eve: Visitor
):
    expert = await site.expert()
    slot = await day_of_two(site, expert)
    await until(lambda: is_shown(eve, slot, "free", expert))

    await ann.hold(slot.id)

    await until(lambda: is_shown(eve, slot, "held", expert))


async def test_ones_own_hold_is_on_ones_very_next_page(site: Site, ann: Visitor, eve: Visitor):
    expert = await site.expert()
    slot = await day_of_two(site, expert)
    await until(lambda: is_shown(ann, slot, "free", expert))
    await until(lambda: is_shown(eve, slot, "free", expert))

    await ann.hold(slot.id)

    assert ">Held for you<" in await seen_by(ann, expert)
    assert ">Held for you<" not in await seen_by(eve, expert)


async def test_a_hold_whose_answer_was_lost_is_still_found(site: Site, ann: Visitor):
    expert = await site.expert()
    slot = await day_of_two(site, expert)
    await seen_by(ann, expert)
    cookies = dict(ann.client.cookies)
    await ann.hold(slot.id)

    ann.client.cookies.clear()
    ann.client.cookies.update(cookies)

    async def finds_it() -> bool:
        return ">Held for you<" in await seen_by(ann, expert)

    await until(finds_it)


async def test_a_time_that_closes_leaves_the_page_by_the_clock_alone(site: Site, ann: Visitor):
    expert = await site.expert()
    slot = await day_of_two(site, expert)
    await until(lambda: is_shown(ann, slot, "free", expert))

    closing = {"$set": {"closes_at": site.now + 3 * SECOND}}
    await site.database.collection(Slot).update_one({"_id": slot.id}, closing)

    async def has_left() -> bool:
        return f"slot-{slot.id}" not in await seen_by(ann, expert)

    await until(has_left)


async def test_a_changed_expert_is_on_everybodys_next_page(site: Site, ann: Visitor):
    expert = await site.expert(headline="Before")
    assert "Before" in await seen_by(ann, expert)

    await site.database.collection(Expert).update_one(
        {"_id": expert.id}, {"$set": {"headline": "Behind"}}
    )

    async def is_changed() -> bool:
        return "Behind" in await seen_by(ann, expert)

    await until(is_changed)
