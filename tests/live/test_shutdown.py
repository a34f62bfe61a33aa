"""A server that is told to stop."""

import asyncio
import signal
import socket
from urllib.parse import urlsplit

import pytest

from domain.store.audit import audit
from domain.store.core.database import Database
from domain.store.documents import Booking
from tests.addresses import port_of, through
from tests.factories import make_expert
from tests.live.crowd import allow_files, crowd
from tests.live.relay import Relay
from tests.live.support import add_slots
from tests.servers import server_beside
from tests.soak import drawn, sampled
from tests.waiting import PATIENCE_S, until
from tests.web.visitors import visitor

pytestmark = sampled

COUNT = drawn(150, 1_000)


def refuses(url: str) -> bool:
    """Say whether who connects now is sent away at once."""
    try:
        socket.create_connection(("127.0.0.1", urlsplit(url).port), timeout=5).close()
    except ConnectionRefusedError:
        return True
    return False


@pytest.mark.timeout(300)
async def test_streams_end_with_their_last_chunk_and_a_booking_in_flight_is_made(
    database: Database, database_uri: str
):
    allow_files(4096)
    expert = await make_expert(database)
    (slot,) = await add_slots(database, expert.id)
    async with (
        Relay(port_of(database_uri)) as relay,
        server_beside(through(database_uri, relay.port)) as server,
    ):
        url = f"{server.url}/experts/{expert.slug}/live"
        async with crowd(url, COUNT) as ears, visitor(server.url) as ann:
            assert (await ann.hold(slot.id)).status_code == 303
            relay.passing.clear()
            booking = asyncio.create_task(ann.book(slot.id))
            await until(lambda: slot.id.binary in relay.asked)  # it waits for the database

            server.process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(PATIENCE_S):
                await asyncio.gather(*(ear.gone.wait() for ear in ears))
            assert not booking.done()
            await until(lambda: refuses(server.url))
            relay.passing.set()
            answer = await booking
            code = await asyncio.to_thread(server.process.wait, PATIENCE_S)

    assert sum(ear.ended_cleanly for ear in ears) == COUNT
    assert answer.status_code == 303
    assert await database.engine.count(Booking, {"status": "confirmed"}) == 1
    assert await audit(database) == []
    assert code == 0
