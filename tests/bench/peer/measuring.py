"""The figures of a peer, each beside ours."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from statistics import median

from domain.store.core.database import Document
from tests.bench import visitors
from tests.bench.browser import Browser
from tests.bench.figures import bookings, crowd, reading
from tests.bench.ground import fresh, publish, serving
from tests.bench.load import Taken
from tests.bench.peer import asking, hearing
from tests.bench.peer.asking import EXPERTS, Asker, Found, Peer
from tests.bench.peer.hearing import Told
from tests.bench.peer.shapes import PeerTime
from tests.bench.peer.sides import in_turn, patiently_apart
from tests.bench.peer.table import PeerRow
from tests.bench.processes import LOAD, Served, apart
from tests.bench.scale import Scale
from tests.catalogues import make_catalogue
from web.console import Trouble
from web.http import clock

Address = tuple[str, str]
"""A server, and a path there."""


def measure(server: str, scale: Scale, peer: Peer) -> Sequence[PeerRow]:
    """Measure what is read of a catalogue, and then what is claimed."""
    found = _look(peer, scale)
    uri, each = fresh(server), (len(found.times) - _few(scale)) // scale.rounds
    asyncio.run(make_catalogue(uri, experts=reading.EXPERTS, past_bookings=0))
    booked = [publish(uri, each).slots for _ in range(scale.rounds)]
    published = publish(uri, _few(scale))
    with serving(uri) as served:
        path = f"/experts/{published.slug}/live"
        claims = _Claims(scale, served, path, iter(published.slots), peer, iter(found.times))
        return [
            *_reading(scale, served.url, peer.url, found.expert),
            claims.bookings(booked),
            claims.crowd(),
            claims.changes(),
        ]


def _few(scale: Scale) -> int:
    """Return how many times all figures take but that of bookings on distinct times."""
    return scale.rounds * (crowd.SLOTS + scale.changes + 1)


def _look(peer: Peer, scale: Scale) -> Found:
    """See what the peer has; too few times can't be measured."""
    most = _few(scale) + scale.rounds * scale.bookings
    least = _few(scale) + scale.rounds * bookings.CLIENTS
    today = clock.now().date().isoformat()
    found = asyncio.run(asking.look(peer.url, after=today, most=most))
    if len(found.times) < least:
        has = f"has {len(found.times)} free times after today"
        raise Trouble(f"--peer: {peer.url} {has}, and {least} are needed.")
    return found


def _reading(scale: Scale, ours: str, peer: str, expert: str) -> Sequence[PeerRow]:
    page, answer = f"/experts/{reading.SLUG}", f"{EXPERTS}/{expert}"
    return [
        *_page("finding experts", scale, (ours, "/experts"), (peer, EXPERTS)),
        *_page("an expert's page", scale, (ours, page), (peer, answer)),
    ]


def _page(name: str, scale: Scale, page: Address, answer: Address) -> Sequence[PeerRow]:
    html = asyncio.run(_kilobytes(Browser, *page))
    json = asyncio.run(_kilobytes(Asker, *answer))
    compared = f"{html:,.1f} KB of HTML; {json:,.1f} KB of JSON"
    many = (reading.CLIENTS, scale.requests)
    sides = in_turn(
        name,
        scale.rounds,
        partial(apart, LOAD, visitors.read, *page, *many),
        partial(patiently_apart, asking.read, *answer, *many),
    )
    return [
        sides.row(f"{name}, {reading.CLIENTS} clients", "a second", lambda t: t.rate, compared),
        sides.row(f"{name}, the slowest of a hundred", "ms", lambda t: t.p99_ms, compared),
    ]


async def _kilobytes(kind: type[Browser], url: str, path: str) -> float:
    browser = await kind.connected(url)
    answer = await browser.get(path)
    browser.close()
    return len(answer.text.encode()) / 1000


@dataclass(frozen=True)
class _Claims:
    """Times of both that are claimed one after the other."""

    scale: Scale
    served: Served
    path: str
    """Of our stream, which tells of our times."""
    slots: Iterator[Document]
    peer: Peer
    times: Iterator[PeerTime]

    def bookings(self, booked: Sequence[Sequence[Document]]) -> PeerRow:
        """Book distinct times, ours of some for each round."""
        each, clients, ours = len(booked[0]), bookings.CLIENTS, iter(booked)

        def book() -> Taken:
            return apart(LOAD, visitors.book, self.served, next(ours), clients)

        def book_peer() -> Taken:
            some = list(islice(self.times, each))
            return patiently_apart(asking.book, self.peer, some, clients)

        sides = in_turn("bookings", self.scale.rounds, book, book_peer)
        figure = f"{each} bookings on distinct times, {clients} clients"
        compared = "a hold, a form and a booking with its mails; one POST, no hold, no mail"
        return sides.row(figure, "a second", lambda taken: taken.rate, compared)

    def crowd(self) -> PeerRow:
        """Have all of a crowd choose one time."""
        count = self.scale.crowd

        def contend() -> float:
            some = [slot["_id"] for slot in islice(self.slots, crowd.SLOTS)]
            return 1000 * apart(LOAD, visitors.contend, self.served.url, some, count)

        def contend_peer() -> float:
            some = list(islice(self.times, crowd.SLOTS))
            return 1000 * patiently_apart(asking.contend, self.peer, some, count)

        sides = in_turn("crowd", self.scale.rounds, contend, contend_peer)
        figure = f"{count} people choose one time at once: all answered, one has it"
        return sides.row(figure, "ms", float, "a hold each; a POST each")

    def changes(self) -> PeerRow:
        """Tell a crowd of changes, of which the first is not counted."""
        count, changes = self.scale.crowd, self.scale.changes + 1

        def tell() -> Told:
            some = [slot["_id"] for slot in islice(self.slots, changes)]
            return apart(LOAD, hearing.tell_ours, self.served.url, self.path, some, count)

        def tell_peer() -> Told:
            some = list(islice(self.times, changes))
            return patiently_apart(hearing.tell_peer, self.peer, some, count)

        sides = in_turn("changes", self.scale.rounds, tell, tell_peer)
        figure = f"a claim is sent → the last of {count} listeners has it"
        own = [
            f"{median(told.own_ms for told in side):.1f}"
            for side in (sides.ours, sides.peer)
            if side
        ]
        compared = (
            "a hold and our stream; a POST and `slotBooked`: listeners and sender, all in one "
            f"process, took {' and '.join(own)} ms of a processor themselves"
        )
        return sides.row(figure, "ms", lambda told: told.last_ms, compared)
