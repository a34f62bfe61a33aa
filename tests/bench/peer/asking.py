"""The load on a peer over HTTP: many clients at once, each with a connection of its own."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.bench.browser import Answer, Browser
from tests.bench.load import Taken, Turn, all_at_once, in_turns
from tests.bench.peer.bookings import Template, fill
from tests.bench.peer.shapes import PeerTime, experts_in, free_times_in
from web.console import Trouble

EXPERTS, BOOKINGS = "/api/experts", "/api/bookings"
_JSON = "application/json"
_SHOWN = 120
_AT_ONCE = 20


class Misfit(Exception):  # noqa: N818 - shown as it is, where the figure would stand
    """Why a peer has no figure: what it did instead."""


@dataclass(frozen=True)
class Peer:
    """Another program, and what it is sent for a booking."""

    url: str
    booking: Template


class Asker(Browser):
    """A client that speaks JSON."""

    accepts = _JSON

    async def ask(self, path: str) -> Any:
        """Return what a GET brings."""
        answer = await self.get(path)
        try:
            assert answer.status == 200
            return json.loads(answer.text)
        except (AssertionError, ValueError):
            raise Trouble(f"The peer's GET {path} has no JSON: {shown(answer)}") from None

    async def book(self, peer: Peer, time: PeerTime, n: int) -> Answer:
        """Have the nth attendee book a time."""
        body = json.dumps(fill(peer.booking, time, n)).encode()
        return await self._send(BOOKINGS, _JSON, body)


def shown(answer: Answer) -> str:
    """Return the beginning of an answer on one line, as a table can have it."""
    text = " ".join(answer.text.split()).replace("|", "/")
    return f"{answer.status} {text[:_SHOWN]}"


def has_booked(answer: Answer) -> bool:
    """Say whether a booking was accepted."""
    return 200 <= answer.status < 300


@asynccontextmanager
async def askers(url: str, count: int) -> AsyncIterator[list[Asker]]:
    """Connect so many clients."""
    opened: list[Asker] = []
    for start in range(0, count, _AT_ONCE):
        some = (Asker.connected(url) for _ in range(min(_AT_ONCE, count - start)))
        opened += await asyncio.gather(*some)
    yield opened
    for asker in opened:
        asker.close()


@dataclass(frozen=True)
class Found:
    """What a peer has to be measured by."""

    expert: str
    """The first on its page: the one that is read."""
    times: Sequence[PeerTime]


async def look(url: str, *, after: str, most: int) -> Found:
    """Read a peer's experts, and their free times after a date, until there are enough."""
    try:
        asker = await Asker.connected(url)
    except OSError as error:
        raise Trouble(f"--peer: {url} can't be reached: {error}") from None
    experts, times = experts_in(await asker.ask(EXPERTS)), list[PeerTime]()
    for expert in experts:
        found = free_times_in(await asker.ask(f"{EXPERTS}/{expert}"), expert)
        times += [time for time in found if time.date > after]
        if len(times) >= most:
            break
    asker.close()
    return Found(experts[0], times[:most])


async def read(url: str, path: str, clients: int, requests: int) -> Taken:
    """Ask for the same JSON again and again."""
    async with askers(url, clients) as opened:

        async def turn() -> None:
            asker = opened.pop()
            answer = await asker.get(path)
            if answer.status != 200:
                raise Misfit(f"answered GET {path} by {shown(answer)}")
            opened.append(asker)

        return await in_turns([turn] * requests, clients, warming=requests // 5)


async def book(peer: Peer, times: Sequence[PeerTime], clients: int) -> Taken:
    """Book distinct times."""
    async with askers(peer.url, clients) as opened:
        waiting = enumerate(times)

        async def turn() -> None:
            (n, time), asker = next(waiting), opened.pop()
            answer = await asker.book(peer, time, n)
            if not has_booked(answer):
                raise Misfit(f"answered a booking by {shown(answer)}")
            opened.append(asker)

        return await in_turns([turn] * len(times), clients, warming=len(times) // 10)


async def contend(peer: Peer, times: Sequence[PeerTime], count: int) -> float:
    """Book one time after the other, all at once; return the seconds that the last one took."""
    async with askers(peer.url, count) as opened:
        for time in times:
            answers: list[Answer] = []
            turns = [_choice(asker, peer, time, n, answers) for n, asker in enumerate(opened)]
            seconds = await all_at_once(turns)
            _judge(answers)
        return seconds


def _choice(asker: Asker, peer: Peer, time: PeerTime, n: int, answers: list[Answer]) -> Turn:
    async def turn() -> None:
        answers.append(await asker.book(peer, time, n))

    return turn


def _judge(answers: Sequence[Answer]) -> None:
    """Hold a crowd's answers to this: the time goes to one of them."""
    won = sum(map(has_booked, answers))
    if won != 1:
        counted = Counter(answer.status for answer in answers)
        told = ", ".join(f"{status} to {count}" for status, count in sorted(counted.items()))
        raise Misfit(f"gave one time to {won} of {len(answers)}: answered {told}")
    for answer in answers:
        if answer.status == 429 or answer.status >= 500:
            raise Misfit(f"answered one of a crowd by {shown(answer)}")
