"""Booking under an address that a mailed link confirms, over HTTP."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from httpx import Response

from domain.rules.notices import Kind
from domain.rules.slots import SlotState
from domain.store.documents import Expert, Slot
from domain.store.documents.mails import Mail, MailState
from tests.waiting import until
from tests.web.conftest import Site, running_site
from tests.web.mailed import address, mailed_link
from tests.web.visitors import Visitor, reference_in, visitor

NOTES = "my left knee"
PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture(scope="module")
async def site(site_uri: str) -> AsyncIterator[Site]:
    """One that asks everybody to confirm."""
    async with running_site(site_uri, CONFIRM_BY_MAIL="always") as site:
        yield site


async def asked(browser: Visitor, slot: Slot, mail: str) -> str:
    """Send the form; return the page that it leads to."""
    answer = await browser.book(slot.id, email=mail, notes=NOTES)
    assert answer.status_code == 303, answer.text
    assert re.fullmatch(r"/bookings/requests/[0-9a-f]{24}", answer.headers["location"])
    return str(answer.headers["location"])


async def link_for(site: Site, mail: str, *, number: int = 1) -> str:
    """Return the link in the latest of so many mails to an address."""
    outbox = site.database.collection(Mail)
    written = {"to": mail, "kind": Kind.BOOKING_LINK.value, "state": MailState.KEPT.value}

    async def are_there() -> bool:
        return await outbox.count_documents(written) == number

    await until(are_there)
    return await mailed_link(site, mail, Kind.BOOKING_LINK)


def says(page: Response, *texts: str) -> bool:
    return all(text in page.text for text in texts)


async def test_a_link_books_on_any_device_and_proves_the_address_there(
    site: Site, ann: Visitor, eve: Visitor
):
    slot, mail = await site.slot(), address()
    waiting = await asked(ann, slot, mail)
    page = await ann.get(waiting)
    link = await link_for(site, mail)
    looks = [await eve.get(link) for _ in range(3)]
    untouched = await site.current(slot)
    confirmed = [await eve.post(link) for _ in range(2)]
    async with visitor(site.url) as third:
        elsewhere = [await third.get(link), await third.post(link), await third.get(waiting)]

    reference = reference_in(confirmed[0])
    assert says(page, "Check your inbox", mail, "is on hold for you until", 'href="/dev/outbox"')
    assert {look.status_code for look in looks} == {200}
    assert says(looks[0], "Confirm your booking", "Confirm booking")
    assert untouched.state is SlotState.HELD
    assert reference_in(confirmed[1]) == reference
    assert (await ann.get(waiting)).headers["location"] == f"/bookings/{reference}?new=1"
    for browser in (ann, eve):
        assert (await browser.get(f"/bookings/{reference}")).status_code == 200
    assert [answer.status_code for answer in elsewhere] == [404] * 3
    assert reference_in(await eve.get(link)) == reference
    assert await eve.booked((await site.slot()).id, email=mail, overlap="yes")  # asked no more


async def test_what_was_typed_comes_back_once_the_time_is_no_longer_held(site: Site, ann: Visitor):
    slot, mail = await site.slot(), address()
    waiting = await asked(ann, slot, mail)
    live = await ann.get(waiting, headers=PART)
    await ann.post("/holds/release", {"slot_id": str(slot.id)})

    part = await ann.get(waiting, headers=PART)
    page = await ann.get(waiting)

    assert says(live, 'id="booking-request"')
    assert (part.status_code, part.headers["hx-redirect"]) == (204, waiting)
    assert page.status_code == 409
    assert says(page, "The hold has ended", NOTES, mail, "Hold it for me")
    assert await asked(ann, slot, mail) != waiting  # the form has a new key


async def test_a_mistyped_address_is_corrected_in_the_form_as_it_was_sent(site: Site, ann: Visitor):
    slot, mistyped, mail = await site.slot(), address(), address()
    waiting = await asked(ann, slot, mistyped)
    form = await ann.get(f"{waiting}?correct=1")
    key = re.search(r'name="request_key" value="([^"]+)"', form.text)
    assert key
    corrected = await ann.book(slot.id, email=mail, request_key=key[1])

    page = await ann.get(corrected.headers["location"])

    assert says(form, mistyped, NOTES, "on hold for you until", "Confirm booking")
    assert says(page, "Check your inbox", mail)
    assert (await ann.get(waiting)).status_code == 404
    assert (await ann.get(await link_for(site, mail))).status_code == 200


async def test_a_link_that_comes_too_late_offers_other_times_with_what_was_typed(
    site: Site, ann: Visitor, eve: Visitor
):
    expert, mail = await site.expert(), address()
    slot = await site.slot(expert)
    await site.slot(expert, starts_at=slot.starts_at + timedelta(hours=1))
    await asked(ann, slot, mail)
    link = await link_for(site, mail)
    await ann.post("/holds/release", {"slot_id": str(slot.id)})
    await eve.hold(slot.id)

    answers = [await ann.get(link), await ann.post(link)]

    for answer in answers:
        assert answer.status_code == 409
        assert says(answer, "That time is gone", NOTES, "slot_id.")
    assert (await site.current(slot)).state is SlotState.HELD


async def test_terms_that_have_changed_are_shown_and_confirmed_by_another_press(
    site: Site, ann: Visitor
):
    expert, mail = await site.expert(price_minor=5000, has_price=True, currency="EUR"), address()
    slot = await site.slot(expert)
    quote = expert.agreed().quote(slot.ends_at - slot.starts_at)
    await ann.book(slot.id, email=mail, quote=str(quote))
    link = await link_for(site, mail)
    dearer = {"$set": {"price_minor": 6000}}
    await site.database.collection(Expert).update_one({"_id": expert.id}, dearer)

    refused = await ann.post(link)
    shown = re.search(r'name="quote" value="([^"]+)"', refused.text)
    assert shown
    confirmed = await ann.post(link, {"quote": shown[1]})

    assert refused.status_code == 409
    assert says(refused, "The price or the terms have changed", "60", "instead of")
    assert reference_in(confirmed)


async def test_another_booking_at_that_time_is_told_to_whoever_follows_the_link(
    site: Site, ann: Visitor, eve: Visitor
):
    slot, other, mail = await site.slot(), await site.slot(), address()
    await asked(eve, other, mail)
    await eve.post(await link_for(site, mail))
    await asked(ann, slot, mail)  # a stranger, as far as can be told: nothing is said
    link = await link_for(site, mail, number=2)

    refused = await eve.post(link)
    confirmed = await eve.post(link, {"overlap": "yes"})

    assert refused.status_code == 409
    assert says(refused, "You are booked at that time", "Book both, at the same time")
    assert reference_in(confirmed)


@pytest.mark.parametrize("token", ["x", "e30.e30", "%00", "a" * 500])
async def test_a_token_that_is_not_ours_confirms_nothing(ann: Visitor, token: str):
    answers = [
        await ann.get(f"/bookings/confirm/{token}"),
        await ann.post(f"/bookings/confirm/{token}"),
        await ann.get(f"/bookings/requests/{token}"),
    ]

    assert {answer.status_code for answer in answers} == {404}
