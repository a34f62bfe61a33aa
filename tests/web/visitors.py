"""Visitors: browsers without JavaScript, as far as the server can tell."""

import re
import secrets
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from html import unescape
from typing import Any

import httpx

_NAME = re.compile(r'class="card__link"\s+href="[^"]*">([^<]*)<')

_TLS = ssl.create_default_context()  # read once: each client of its own would take 50 ms over it

GOOD_FORM = {"name": "Ann Arbor", "email": "ann@example.org", "phone": "", "notes": ""}


class Visitor:
    """One browser, which keeps cookies."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def get(self, path: str, **options: Any) -> httpx.Response:
        """Open a page; redirects are not followed."""
        return await self.client.get(path, **options)

    async def post(
        self, path: str, form: Mapping[str, Any] | None = None, **options: Any
    ) -> httpx.Response:
        """Send a form, from a browser that has seen a page."""
        await self.arrive()
        return await self.client.post(path, data=form, **options)

    async def arrive(self) -> None:
        """Open a first page, by which the server knows the browser from then on."""
        if not any(name.endswith("visitor") for name in self.client.cookies):
            await self.client.get("/bookings")

    async def hold(self, slot_id: object) -> httpx.Response:
        """Choose a time."""
        return await self.post("/holds", {"slot_id": str(slot_id)})

    async def book(self, slot_id: object, **fields: str) -> httpx.Response:
        """Send the booking form of a time."""
        form = {**GOOD_FORM, "request_key": secrets.token_urlsafe(18), **fields}
        return await self.post(f"/slots/{slot_id}/book", form)

    async def booked(self, slot_id: object, **fields: str) -> str:
        """Book a time and return the booking's reference."""
        answer = await self.book(slot_id, **fields)
        assert answer.status_code == 303, answer.text
        return reference_in(answer)


def names_in(page: httpx.Response) -> list[str]:
    """Return the names of the experts that a page of discovery shows, in its order."""
    return [unescape(name) for name in _NAME.findall(page.text)]


def reference_in(answer: httpx.Response) -> str:
    """Return the reference of the booking that an answer leads to."""
    found = re.fullmatch(r"/bookings/([0-9A-Z]{12})(\?new=1)?", answer.headers["location"])
    assert found, answer.headers["location"]
    return found[1]


def but_for_time(text: str) -> str:
    """Return a page without what differs each time."""
    return re.sub(r'data-now="\d+"', "", text)


@asynccontextmanager
async def visitor(url: str, **options: Any) -> AsyncIterator[Visitor]:
    """Open a browser that nobody has used before."""
    async with httpx.AsyncClient(
        **{"base_url": url, "timeout": 60, "verify": _TLS, **options}
    ) as client:
        yield Visitor(client)
