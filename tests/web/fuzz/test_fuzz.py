"""Whatever is sent to whichever address: an answer, never a fault, never a claim by mistake."""

import asyncio
import gzip
import json
import secrets
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any
from urllib.parse import urlsplit

import h11
import pytest

from domain.rules.slots import SlotState
from domain.store.audit import audit
from domain.store.core.database import Document, Key
from domain.store.documents import Booking, Expert, Slot
from tests.factories import make_booking
from tests.soak import LONG, drawn, sampled
from tests.web.admin.signing_in import add_administrator, administering
from tests.web.conftest import Site
from tests.web.desk.signing_in import at_desk, sign_in
from tests.web.fuzz import corpus
from tests.web.fuzz.drawing import Actor, Draw
from tests.web.fuzz.wire import OddAnswer, OddRequest, send
from tests.web.mailed import address
from tests.web.visitors import Visitor, visitor
from web.app import _routers
from web.settings import read_settings

pytestmark = [*sampled, pytest.mark.timeout(3_600 if LONG else 300)]

ROUNDS = drawn(1, 60)
"""How often each address is asked by each actor."""
AT_ONCE = 8
SEED = secrets.randbits(32) if LONG else 1
DAY = timedelta(days=1)

ROUTES = sorted(
    (str(method), route.path)
    for router in _routers(read_settings({}))
    for route in router.routes
    for method in route.methods
)
ENDS = {
    *("/bookings/sign-out/everywhere", "/desk/sign-out", "/admin/sign-out"),
    *(f"/admin/experts/{{slug:str}}/{act}" for act in ("remove", "pause")),
}
"""Left to strangers: the others are to stay signed in, and the expert whom they name listed."""
SIGNED_IN = {"attendee", "expert", "administrator"}
OWN_PAGES = {b"/bookings/data": SIGNED_IN, b"/desk": {"expert"}, b"/admin": {"administrator"}}
"""And by whom each is seen."""
CLAIMED = {SlotState.HELD.value, SlotState.BOOKED.value, SlotState.OFFERED.value}
UNESCAPED = (b"<script>alert(1)", b'"><img src=x')


@dataclass
class Place:
    """A site with people, times and bookings; of some of them no request ever speaks."""

    site: Site
    actors: Sequence[Actor]
    known: dict[str, list[str]]
    untouched: Expert
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    """The times in forms that were not refused."""

    @property
    def host(self) -> bytes:
        """Where it is."""
        return urlsplit(self.site.url).netloc.encode()

    async def slots(self) -> list[Document]:
        """Return all times as they are."""
        return await self.site.database.collection(Slot).find(sort=[("_id", 1)]).to_list(None)

    async def send(self, request: OddRequest) -> OddAnswer | None:
        """Send a request, and note what is wrong with the answer."""
        try:
            answer = await send(self.site.url, request)
        except (h11.RemoteProtocolError, TimeoutError) as error:
            self.faults.append(f"{error!r} to {request}")
            return None
        self.counts[f"{answer.status // 100}xx"] += 1
        self.faults += [f"{answer.status}, {wrong}: {request}" for wrong in wrongs_of(answer)]
        if request.method == b"POST" and answer.status < 400:
            ids = self.known["slot_id"]
            self.named |= {key for key in ids if key.encode() in request.target + request.body}
        return answer


def wrongs_of(answer: OddAnswer) -> Iterator[str]:
    """Yield what is wrong with an answer, whatever was asked."""
    is_busy = answer.status == 503 and b"retry-after" in answer.headers
    if answer.status >= 500 and not is_busy:
        yield "a fault"
    packed = answer.headers.get(b"content-encoding") == b"gzip" and answer.body
    body = gzip.decompress(answer.body) if packed else answer.body
    if b"Traceback" in body:
        yield "our insides"
    if answer.media_type.endswith(b"json") and body:
        json.loads(body)
    if answer.media_type == b"text/html":
        body.decode()
        if any(text in body for text in UNESCAPED):
            yield "what was sent, as markup"
    if b"stolen" in answer.headers.get(b"set-cookie", b""):
        yield "a header of the sender's"


def errors_in(output: str) -> str:
    """Return what a server has written of its faults."""
    return "\n".join(line for line in output.splitlines() if "[error" in line)


def cookies_of(browser: Visitor) -> bytes:
    return "; ".join(f"{name}={value}" for name, value in browser.client.cookies.items()).encode()


async def booked(site: Site, expert: Expert, **times: Any) -> Booking:
    """Add a booking of an expert's time."""
    key = Key()
    slot = await site.slot(expert, state=SlotState.BOOKED, booking_id=key, **times)
    return await make_booking(site.database, slot, id=key)


@pytest.fixture
async def place(site: Site) -> AsyncIterator[Place]:
    """One attendee, one expert and one administrator, signed in, and what their requests name."""
    mail, boss_mail = address(), await add_administrator(site)
    own, other, untouched = [await site.expert(email=address()) for _ in "123"]
    await booked(site, untouched)
    for n in range(2, 7):
        await site.slot(untouched, starts_at=site.now + n * DAY)
    async with AsyncExitStack() as browsers:
        ann = await browsers.enter_async_context(visitor(site.url))
        reference = await ann.booked((await site.slot(own)).id, email=mail)
        await sign_in(site, ann, mail, "/bookings")
        ada = await browsers.enter_async_context(at_desk(site, own))
        boss = await browsers.enter_async_context(administering(site, boss_mail))
        actors = (
            Actor("stranger"),
            Actor("attendee", cookies_of(ann)),
            Actor("expert", cookies_of(ada), {"desk": own.slug}),
            Actor("administrator", cookies_of(boss)),
        )
        yield Place(site, actors, await named(site, other, reference), untouched)


async def named(site: Site, other: Expert, reference: str) -> dict[str, list[str]]:
    """Return what is there to be named, and what no longer is."""
    slots = [await site.slot(other, starts_at=site.now + n * DAY) for n in range(2, 40)]
    gone = await site.slot(other, starts_at=site.now + 50 * DAY, state=SlotState.WITHDRAWN)
    theirs = await booked(site, other, starts_at=site.now + 51 * DAY)
    ids = [str(slot.id) for slot in (*slots, gone)]
    return {
        "slot_id": [*ids, str(theirs.slot_id), str(Key())],
        "reference": [reference, theirs.reference, "ZZZZZZZZZZZZ"],
        "slug": [other.slug, "no-such-expert"],
        "desk": [other.slug],
        "to": [other.slug, "attendee", "expert"],
        "mail_id": [str(Key())],
        "absence_id": [str(Key())],
        "request_id": [str(Key())],
    }


async def ask_everything(place: Place) -> None:
    """Send the odd requests, some at a time."""
    random = Random(SEED)
    draw = Draw(random, place.host, corpus.names(), place.known)
    asked = [
        (*route, actor)
        for route in ROUTES
        for actor in place.actors
        if actor.name == "stranger" or route[1] not in ENDS
    ] * ROUNDS
    random.shuffle(asked)
    requests = (draw.odd(*one) for one in asked)

    async def ask() -> None:
        for request in requests:
            await place.send(request)

    await asyncio.gather(*(ask() for _ in range(AT_ONCE)))


async def test_every_odd_request_is_answered_and_claims_nothing_by_mistake(place: Place):
    database, before = place.site.database, await place.slots()
    assert await audit(database) == []

    await ask_everything(place)

    counts = ", ".join(f"{count:,} {status}" for status, count in sorted(place.counts.items()))
    sys.stdout.write(f"seed {SEED}: {counts}\n")
    assert place.faults == [], f"seed {SEED}\n{errors_in(place.site.output())}"
    assert place.site.server.process.poll() is None
    assert "A worker ended" not in place.site.output()
    assert errors_in(place.site.output()) == ""
    assert await audit(database) == []
    after = {slot["_id"]: slot for slot in await place.slots()}
    kept = [slot for slot in before if slot["expert_id"] == place.untouched.id]
    assert [after[slot["_id"]] for slot in kept] == kept
    claimed = {str(key) for key, slot in after.items() if slot["state"] in CLAIMED}
    claimed -= {str(slot["_id"]) for slot in before if slot["state"] in CLAIMED}
    assert claimed <= place.named


async def test_the_actors_are_who_they_seem(place: Place):
    """What only they may do would else never be tried."""
    for actor in place.actors:
        for path, seen_by in OWN_PAGES.items():
            headers = ((b"Host", place.host), (b"Connection", b"close"), (b"Cookie", actor.cookies))
            answer = await place.send(OddRequest(b"GET", path, headers, b""))
            assert answer is not None
            assert (answer.status == 200) == (actor.name in seen_by), (actor.name, path)


def test_faults_would_be_found():
    html, bad = {b"content-type": b"text/html"}, b"<p><script>alert(1)</script>"
    answers = (
        OddAnswer(500, {}, b""),
        OddAnswer(503, {}, b""),
        OddAnswer(200, html, bad),
        OddAnswer(200, html, b"Traceback (most recent call last)"),
        OddAnswer(200, {b"set-cookie": b"visitor=stolen"}, b""),
    )

    assert [len([*wrongs_of(answer)]) for answer in answers] == [1] * 5
    assert [*wrongs_of(OddAnswer(503, {b"retry-after": b"1"}, b""))] == []


def test_every_address_is_asked():
    assert {("POST", "/slots/{slot_id:str}/book"), ("GET", "/health/live")} < {*ROUTES}
    assert {path for _, path in ROUTES} > ENDS
    assert {"slot_id", "email", "zone", "weekday"} < {*corpus.names()}
