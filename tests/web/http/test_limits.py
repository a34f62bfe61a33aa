import asyncio
from datetime import timedelta

import httpx
import pytest

from domain.rules.slots import SlotState
from tests.servers import start_server
from tests.waiting import until
from tests.web.conftest import Site
from tests.web.visitors import visitor
from web.http import clock
from web.http.networks import network_of

HOLD = timedelta(minutes=5)
HOUR_S = 3600
BOOKERS, MOVERS, LISTENERS = ({"X-Forwarded-For": f"203.0.113.{n}"} for n in (1, 2, 3))
"""The networks of the tests: requests from one count against all tests that use it."""


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("unknown", ""),
        ("203.0.113.9.evil.example", ""),
        ("", ""),
    ],
)
def test_a_whole_network_counts_as_one_visitor(address, network):
    assert network_of(address) == network


async def test_an_address_cannot_hold_more_by_giving_up_what_it_does_not_hold(site: Site):
    slots = [await site.slot() for _ in range(4)]
    with start_server(site.uri, HOLDS_PER_IP=2) as server:
        statuses = []
        for slot in slots[:3]:
            async with visitor(server.url) as somebody:
                statuses.append((await somebody.hold(slot.id)).status_code)
                await somebody.post("/holds/release", {"slot_id": str(slots[3].id)})

    assert statuses == [303, 303, 429]


async def test_of_twenty_streams_at_once_a_network_gets_five_and_one_more_when_one_ends(site: Site):
    expert = await site.expert()
    paths = [f"/experts/{expert.slug}/live", f"/openings/live?on={clock.now():%Y-%m-%d}"]
    with start_server(site.uri, STREAMS_PER_IP=5) as server:
        async with httpx.AsyncClient(base_url=server.url) as client:

            async def listen(path: str, headers: dict[str, str] | None = None) -> httpx.Response:
                return await client.send(
                    client.build_request("GET", path, headers=headers), stream=True
                )

            async def is_heard() -> bool:
                return (await listen(paths[0])).status_code == 200

            answers = await asyncio.gather(*(listen(path) for path in paths * 10))
            elsewhere = await listen(paths[0], LISTENERS)
            heard = [answer for answer in answers if answer.status_code == 200]
            refused = [answer for answer in answers if answer.status_code == 429]
            assert not await is_heard()
            await heard[0].aclose()
            await until(is_heard)

    assert (len(heard), len(refused)) == (5, 15)
    assert all("retry-after" in answer.headers for answer in refused)
    assert elsewhere.status_code == 200


async def test_of_a_hundred_requests_for_links_at_once_two_workers_let_five_pass(site: Site):
    with start_server(site.uri, WORKERS=2) as server:
        async with visitor(server.url) as eve:
            await eve.arrive()
            form = {"email": "crowd@example.org"}
            answers = await asyncio.gather(*(eve.post("/bookings/link", form) for _ in range(100)))

    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [429] * 95


async def test_a_booking_too_many_keeps_what_was_typed_and_says_when_to_try_again(site: Site):
    tomorrow = clock.now() + timedelta(days=1)
    slots = [await site.slot(starts_at=tomorrow + n * HOLD * 12) for n in range(2)]
    with start_server(site.uri, BOOKINGS_PER_IP=1) as server:
        async with visitor(server.url, headers=BOOKERS) as ann:
            reference = await ann.booked(slots[0].id)
            refused = await ann.book(slots[1].id, notes="my left knee")
            cancelled = await ann.post(f"/bookings/{reference}/cancel")

    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= HOUR_S
    assert "my left knee" in refused.text
    assert "Confirm booking" in refused.text
    assert (await site.current(slots[1])).state is SlotState.OPEN
    assert cancelled.status_code == 303


async def test_a_move_too_many_shows_the_move_again_and_keeps_the_old_time(site: Site):
    expert = await site.expert()
    slots = [
        await site.slot(expert, starts_at=clock.now() + timedelta(days=1, hours=n))
        for n in range(3)
    ]
    with start_server(site.uri, BOOKINGS_PER_ADDRESS=1) as server:
        async with visitor(server.url, headers=MOVERS) as ann:
            own = f"/bookings/{await ann.booked(slots[0].id, email='mover@example.org')}"
            moves = [
                await ann.post(f"{own}/reschedule", {"slot_id": str(slot.id)}) for slot in slots[1:]
            ]
            program = await ann.post(
                f"{own}/reschedule",
                {"slot_id": str(slots[2].id)},
                headers={"Accept": "application/json"},
            )

    assert [move.status_code for move in moves] == [303, 429]
    assert "Confirm the new time" in moves[1].text
    assert program.json()["type"].endswith("too_many_changes")
    assert {"retry-after"} <= moves[1].headers.keys() & program.headers.keys()
    assert (await site.current(slots[1])).state is SlotState.BOOKED


async def test_a_hold_too_many_says_when_the_first_of_them_ends(site: Site):
    slots = [await site.slot() for _ in range(2)]
    with start_server(site.uri, HOLDS_PER_IP=1, HOLD_SECONDS=300) as server:
        async with visitor(server.url) as ann, visitor(server.url) as ben:
            await ann.hold(slots[0].id)
            refused = await ben.hold(slots[1].id)

    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 300
