"""Every address of the administration: nobody but administrators sees or changes anything there.

The addresses come from the router, so a new one is tried as well.
"""

import re

import httpx
import pytest

from domain.rules.slots import SlotState
from domain.store.core.database import Key
from domain.store.documents import Booking, Expert
from tests.factories import make_booking
from tests.web.conftest import Site
from tests.web.desk.signing_in import at_desk, sign_in
from tests.web.dumps import dump
from tests.web.mailed import address
from tests.web.visitors import Visitor
from web.admin.routes import router

ROUTES = sorted(
    (method, route.path)
    for route in router.routes
    for method in route.methods
    if method in {"GET", "POST"}
)
NAMED = re.compile(r"\{(\w+):\w+\}")
NOWHERE = {
    "slug": "no-such-expert",
    "reference": "ZZZZZZZZZZZZ",
    "slot_id": str(Key()),
    "to": "nobody",
    "mail_id": str(Key()),
}
"""What addresses may name, and of each one that is not there."""


@pytest.fixture
async def expert(site: Site) -> Expert:
    """The expert whom the addresses name."""
    return await site.expert(email=address())


@pytest.fixture
async def booking(site: Site, expert: Expert) -> Booking:
    """The booking that they name."""
    key = Key()
    slot = await site.slot(expert, state=SlotState.BOOKED, booking_id=key)
    return await make_booking(site.database, slot, id=key)


def names_of(expert: Expert, booking: Booking) -> dict[str, str]:
    """Return what addresses may name, and of each one that is there."""
    return {
        "slug": expert.slug,
        "reference": booking.reference,
        "slot_id": str(booking.slot_id),
        "to": "attendee",
        "mail_id": str(Key()),
    }


def filled_in(path: str, values: dict[str, str]) -> str:
    """Return an address that names these."""
    return NAMED.sub(lambda found: values[found[1]], path)


async def send(browser: Visitor, method: str, path: str) -> httpx.Response:
    """Ask for a page, or send a form that holds nothing."""
    return await (browser.get(path) if method == "GET" else browser.post(path))


async def assert_nothing_opens(
    site: Site, browser: Visitor, expert: Expert, booking: Booking, status: int
) -> None:
    """Assert that all addresses give the same answer, which names nobody, and change nothing."""
    there = names_of(expert, booking)
    await browser.arrive()
    before = await dump(site)
    for method, path in ROUTES:
        answer = await send(browser, method, filled_in(path, there))
        assert answer.status_code == status, (method, path)
        assert booking.attendee.email not in answer.text
    assert await dump(site) == before


async def test_strangers_are_shown_where_to_sign_in(site, eve, expert, booking):
    await assert_nothing_opens(site, eve, expert, booking, 403)

    assert 'id="admin-sign-in"' in (await eve.get("/admin")).text


async def test_to_attendees_it_is_not_there(site: Site, ann: Visitor, expert, booking):
    mail = address()
    await ann.booked((await site.slot()).id, email=mail)
    await sign_in(site, ann, mail, "/bookings")

    await assert_nothing_opens(site, ann, expert, booking, 404)


async def test_to_experts_it_is_not_there(site: Site, expert, booking):
    async with at_desk(site, expert) as ada:
        await assert_nothing_opens(site, ada, expert, booking, 404)


async def test_no_form_of_another_website_is_taken(site: Site, boss: Visitor, expert, booking):
    there = names_of(expert, booking)
    elsewhere = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
    before = await dump(site)

    for method, path in ROUTES:
        if method == "POST":
            answer = await boss.post(filled_in(path, there), headers=elsewhere)
            assert answer.status_code == 403, path

    assert await dump(site) == before


async def test_what_is_not_there_is_not_found(site: Site, boss: Visitor):
    before = await dump(site)

    for method, path in ROUTES:
        if NAMED.search(path):
            answer = await send(boss, method, filled_in(path, NOWHERE))
            assert answer.status_code == 404, (method, path)

    assert await dump(site) == before


async def test_every_page_opens_to_an_administrator(boss: Visitor, expert, booking):
    there = names_of(expert, booking)
    for method, path in ROUTES:
        if method == "GET":
            answer = await boss.get(filled_in(path, there))
            assert answer.status_code == 200, path
