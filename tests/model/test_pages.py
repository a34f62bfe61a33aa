"""Every page shows what the model says, after any orders."""

import asyncio
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.store.documents import Booking, Expert, Slot
from tests.model.orders import ORDERS
from tests.model.site import Site, new_world
from tests.model.test_orders import SERIAL, site_of
from tests.model.world import Order, World
from tests.servers import SECRET_KEY, start_server
from tests.soak import drawn, sampled
from tests.web.visitors import visitor
from web.http import clock
from web.http.sessions import Session, SessionCookie

pytestmark = sampled

SLOT = re.compile(r'id="slot-(\w{24})".*?data-status="(\w+)"', re.DOTALL)
STATE = re.compile(r"state--(\w+)")
SHOWN = {"open": "free", "held": "held", "offered": "held", "booked": "booked", "unpublished": ""}


async def shown_times(url: str, site: Site, world: World) -> list[str]:
    """The state of each of the world's slots, as the experts' pages show it."""
    found: dict[str, str] = {}
    days = {slot.starts_at.date() for slot in world.slots}
    async with visitor(url) as anybody:
        for expert in await site.database.engine.find(Expert):
            for day in days:
                page = await anybody.get(f"/experts/{expert.slug}?day={day}&zone=UTC")
                found |= dict(SLOT.findall(page.text))
    return [found.get(str(key), "") for key in site.keys]


async def shown_bookings(url: str, site: Site) -> dict[str, tuple[str, int]]:
    """The state of each booking and how many steps it took, as its own page shows it."""
    cookies, shown = SessionCookie([SECRET_KEY], secure=False), {}
    for booking in await site.database.engine.find(Booking):
        async with visitor(url) as owner:
            session = cookies.write(Session(visitor_id=booking.visitor_id))
            owner.client.cookies.set(cookies.name, str(session.value))
            page = await owner.get(f"/bookings/{booking.reference}")
        slot = await site.database.engine.find_one(Slot, {"_id": booking.slot_id})
        assert slot is not None
        assert f'datetime="{slot.starts_at.isoformat(timespec="seconds")}"' in page.text
        (state,) = set(STATE.findall(page.text))
        shown[site.own_key(booking.request_key)] = (state, page.text.count("history__step--"))
    return shown


def test_pages_show_what_the_model_says(database_uri: str):
    async def check_one(url: str, orders: list[Order]) -> None:
        world = new_world(clock.now())
        async with site_of(database_uri, world) as site:
            for order in orders:
                assert await site.run(order, world.now) == world.run(order)
            assert await shown_times(url, site, world) == [SHOWN[s.state] for s in world.slots]
            assert await shown_bookings(url, site) == {
                key: ("cancelled" if b.cancelled else "confirmed", len(b.steps))
                for key, b in world.bookings.items()
            }

    with asyncio.Runner() as runner, start_server(database_uri, HOLD_SECONDS=600) as server:

        @settings(SERIAL, max_examples=drawn(4, 200))
        @given(st.lists(ORDERS, min_size=8, max_size=25))
        def check(orders: list[Order]) -> None:
            runner.run(check_one(server.url, orders))

        check()
