"""The stream's address, in a whole server process."""

import httpx

from tests.live.support import Ear
from tests.web.conftest import Site
from tests.web.visitors import Visitor

SHARES_SITE = True


async def test_the_stream_is_public_uncompressed_and_sets_no_cookie(site: Site):
    expert = await site.expert()
    url = f"{site.url}/experts/{expert.slug}/live"
    odd = {"zone": "no/such/zone", "lang": "<b>", "after": "?"}
    async with (
        httpx.AsyncClient(headers={"Accept-Encoding": "gzip"}) as client,
        client.stream("GET", url, params=odd) as response,
    ):
        ear = Ear(response)
        await ear.hear("resync")
        await ear.close()
        head = await client.head(url)

    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-store"
    assert "set-cookie" not in response.headers
    assert "content-encoding" not in response.headers
    assert (head.status_code, head.content) == (200, b"")


async def test_an_unknown_expert_has_no_stream(ann: Visitor):
    assert (await ann.get("/experts/nobody/live")).status_code == 404
