"""The stream's address in whole server processes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from domain.slots import SlotState
from domain.store.database import Database
from tests.factories import make_expert
from tests.live.support import Ear, add_slots, change
from tests.servers import start_server


@asynccontextmanager
async def hearing(client: httpx.AsyncClient, url: str, **params: object) -> AsyncIterator[Ear]:
    query = {name: str(value) for name, value in params.items()}
    async with client.stream("GET", url, params=query) as response:
        ear = Ear(response)
        yield ear
        await ear.close()


async def test_the_stream_is_public_uncompressed_and_sets_no_cookie(
    database: Database, database_uri: str
):
    expert = await make_expert(database)
    with start_server(database_uri) as server:
        url = f"{server.url}/experts/{expert.slug}/live"
        async with (
            httpx.AsyncClient(headers={"Accept-Encoding": "gzip"}) as client,
            hearing(client, url, zone="no/such/zone", lang="<b>", after="?") as ear,
        ):
            await ear.hear("resync")
            headers = ear.response.headers
            head = await client.head(url)

    assert headers["content-type"].startswith("text/event-stream")
    assert headers["cache-control"] == "no-store"
    assert "set-cookie" not in headers
    assert "content-encoding" not in headers
    assert (head.status_code, head.content) == (200, b"")


async def test_an_unknown_expert_has_no_stream(database: Database, database_uri: str):
    await make_expert(database)
    with start_server(database_uri) as server:
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"{server.url}/experts/nobody/live")

    assert answer.status_code == 404


async def test_two_processes_agree_through_the_database_alone(
    database: Database, database_uri: str
):
    expert = await make_expert(database)
    first, second = await add_slots(database, expert.id, 2)
    path = f"/experts/{expert.slug}/live"
    with start_server(database_uri) as here, start_server(database_uri) as there:
        async with httpx.AsyncClient(timeout=10) as client:
            async with hearing(client, here.url + path) as ann:
                await change(database, first, SlotState.BOOKED)
                (heard,) = await ann.hear("slotBooked")
            await change(database, second, SlotState.BOOKED)
            async with hearing(client, there.url + path, after=heard.id) as ann:
                messages = await ann.hear("slotBooked", 2)

    assert {message.slot_id for message in messages} >= {str(second.id)}
