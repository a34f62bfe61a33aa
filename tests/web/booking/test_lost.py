"""What those are told who choose a time that somebody else has: one page, rendered for all."""

import re
from datetime import timedelta

import httpx

from domain.store.documents import Slot
from tests.web.conftest import Site
from tests.web.visitors import GOOD_FORM, Visitor, but_for_time, visitor
from web.i18n.languages import LOCALES
from web.i18n.names import zone_name

SHARES_SITE = True

HOUR = timedelta(hours=1)
KEY = re.compile(r'name="request_key"\s+value="([^"]+)"')


def key_in(answer: httpx.Response) -> str:
    (key,) = KEY.findall(answer.text)
    return str(key)


def but_for_what_is_ones_own(answer: httpx.Response) -> str:
    return re.sub(r"after=\d+", "", but_for_time(KEY.sub("", answer.text)))


async def taken(site: Site, by: Visitor) -> Slot:
    """Publish two times of somebody, and have the first held."""
    expert = await site.expert()
    slot = await site.slot(expert)
    await site.slot(expert, starts_at=slot.starts_at + HOUR)
    await by.hold(slot.id)
    return slot


async def test_two_who_lose_see_the_same_but_for_the_key_of_the_form(
    site: Site, ann: Visitor, eve: Visitor
):
    slot = await taken(site, ann)

    async with visitor(site.url) as ben:
        first, second = await eve.hold(slot.id), await ben.hold(slot.id)

    assert (first.status_code, second.status_code) == (409, 409)
    assert "That time is gone" in first.text
    assert key_in(first) != key_in(second)
    assert but_for_what_is_ones_own(first) == but_for_what_is_ones_own(second)


async def test_the_form_of_one_who_lost_can_be_sent_once_the_time_is_free_again(
    site: Site, ann: Visitor, eve: Visitor
):
    slot = await taken(site, ann)
    lost = await eve.hold(slot.id)
    await ann.post("/holds/release", {"slot_id": str(slot.id)})

    answer = await eve.post(f"/slots/{slot.id}/book", {**GOOD_FORM, "request_key": key_in(lost)})

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/bookings/")


async def test_each_is_answered_in_their_own_language_and_zone(
    site: Site, ann: Visitor, eve: Visitor
):
    slot = await taken(site, ann)
    await eve.hold(slot.id)
    eve.client.cookies.set("zone", "Asia/Tokyo")

    answer = await eve.client.post(
        "/holds", data={"slot_id": str(slot.id)}, headers={"Accept-Language": "de"}
    )

    assert zone_name(LOCALES["de"], "Asia/Tokyo") in answer.text
    assert '<html lang="de-DE"' in answer.text


async def test_who_typed_something_keeps_it_and_nobody_else_sees_it(
    site: Site, ann: Visitor, eve: Visitor
):
    slot = await taken(site, ann)

    typed = await eve.post("/holds", {"slot_id": str(slot.id), **GOOD_FORM, "name": "Eve Typed"})
    async with visitor(site.url) as ben:
        other = await ben.hold(slot.id)

    assert (typed.status_code, other.status_code) == (409, 409)
    assert "Eve Typed" in typed.text
    assert "Eve Typed" not in other.text


async def test_who_has_booked_the_time_is_led_to_the_booking(site: Site, ann: Visitor):
    slot = await site.slot()
    reference = await ann.booked(slot.id)

    answer = await ann.hold(slot.id)

    assert answer.headers["location"] == f"/bookings/{reference}"


async def test_a_time_that_is_free_again_can_be_chosen_by_one_who_lost_it(
    site: Site, ann: Visitor, eve: Visitor
):
    slot = await taken(site, ann)
    assert (await eve.hold(slot.id)).status_code == 409

    await ann.post("/holds/release", {"slot_id": str(slot.id)})

    assert (await eve.hold(slot.id)).status_code == 303
