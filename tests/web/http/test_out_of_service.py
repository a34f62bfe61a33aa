"""503, in words: the database doesn't answer, or others are in the way for too long."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from html import unescape

import httpx
import pytest

from domain.rules.slots import SlotState
from domain.store.core.database import Database, connect
from domain.store.documents import Slot
from tests.addresses import port_of, through
from tests.factories import make_expert, make_slot
from tests.live.relay import Relay
from tests.servers import server_beside
from tests.waiting import until
from tests.web.visitors import GOOD_FORM, Visitor, visitor
from web.http import clock

KINDS = {
    "page": {"Accept": "text/html"},
    "fragment": {"HX-Request": "true", "HX-Request-Type": "partial"},
    "problem": {"Accept": "application/json"},
}
AWAY = {"en": "We'll be right back", "de": "Wir sind gleich wieder da"}
BUSY = {"en": "Very busy right now", "de": "Gerade ist sehr viel los"}


@dataclass
class Site:
    """A server whose database can go away."""

    url: str
    database: Database
    relay: Relay
    port: int

    async def slot(self) -> Slot:
        return await make_slot(self.database, starts_at=clock.now() + timedelta(days=1))


@pytest.fixture(scope="module")
async def site(site_uri: str) -> AsyncIterator[Site]:
    database, port = connect(site_uri), port_of(site_uri)
    await make_expert(database, listed=False)
    async with (
        Relay(port) as relay,
        server_beside(through(site_uri, relay.port)) as server,
    ):
        yield Site(server.url, database, relay, port)
    await database.close()


def is_said(answer: httpx.Response, kind: str, language: str, words: dict[str, str]) -> bool:
    """Whether an answer is 503, in the form and the language that was asked for."""
    told = answer.json()["title"] if kind == "problem" else unescape(answer.text)
    whole = "</html>" in answer.text
    return answer.status_code == 503 and words[language] in told and whole is (kind == "page")


async def test_a_database_that_is_away_is_told_in_words_of_each_language(site: Site):
    slot = await site.slot()
    asked = [(kind, language) for kind in KINDS for language in AWAY]
    async with visitor(site.url) as ann:

        async def ask(kind: str, language: str) -> httpx.Response:
            headers = KINDS[kind] | {"Accept-Language": language}
            return await ann.get(f"/slots/{slot.id}/book", headers=headers)

        await site.relay.cut()
        answers = await asyncio.gather(*(ask(*one) for one in asked))
        site.relay.target = site.port
        ok = await until(lambda: answers_again(ann, f"/slots/{slot.id}/book"))

    assert [one for one, a in zip(asked, answers, strict=True) if not is_said(a, *one, AWAY)] == []
    assert all(answer.headers["X-Request-ID"] in answer.text for answer in answers)
    assert ok


async def answers_again(ann: Visitor, path: str) -> bool:
    return (await ann.get(path)).status_code == 200


@asynccontextmanager
async def in_the_way(database: Database, slots: Sequence[Slot]) -> AsyncIterator[None]:
    """Change slots in a transaction that is not committed meanwhile, and then never."""
    keys = [slot.id for slot in slots]
    async with await database.motor.start_session() as session:
        session.start_transaction()
        await database.collection(Slot).update_many(
            {"_id": {"$in": keys}}, {"$inc": {"rev": 1}}, session=session
        )
        yield
        await session.abort_transaction()


async def test_a_time_that_others_keep_busy_is_told_in_words_and_can_still_be_booked(site: Site):
    """It takes as long as a crowd may wait for its turn: 10 s."""
    asked = [("page", "en"), ("fragment", "de"), ("problem", "en")]
    async with AsyncExitStack() as open_browsers:
        people = [await open_browsers.enter_async_context(visitor(site.url)) for _ in asked]
        slots = [await site.slot() for _ in asked]
        for person, slot in zip(people, slots, strict=True):
            assert (await person.hold(slot.id)).status_code == 303

        async def book(number: int, **headers: str) -> httpx.Response:
            form = {**GOOD_FORM, "name": "Ann Typed", "request_key": secrets.token_urlsafe(18)}
            path = f"/slots/{slots[number].id}/book"
            return await people[number].post(path, form, headers=headers)

        async with in_the_way(site.database, slots):
            headers = [KINDS[kind] | {"Accept-Language": language} for kind, language in asked]
            refused = await asyncio.gather(*(book(n, **h) for n, h in enumerate(headers)))
        booked = [(await book(n)).status_code for n in range(len(slots))]

    assert [o for o, a in zip(asked, refused, strict=True) if not is_said(a, *o, BUSY)] == []
    assert ["Ann Typed" in answer.text for answer in refused] == [True, True, False]
    assert ["Retry-After" in answer.headers for answer in refused] == [True] * 3
    assert booked == [303] * 3
    found = await site.database.engine.find(Slot, {"_id": {"$in": [slot.id for slot in slots]}})
    assert {slot.state for slot in found} == {SlotState.BOOKED}
