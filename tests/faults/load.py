"""Who is there when the database fails: people who book, people who look, pages that listen."""

import asyncio
import secrets
import time
from dataclasses import dataclass, field
from typing import Self

from domain.store.documents import Slot
from tests.faults.journal import Asked, Journal
from tests.live.pages import Page
from tests.live.support import Heard
from tests.web.visitors import Visitor

_AGAIN_S = 0.2


@dataclass(frozen=True)
class Acknowledged:
    """A booking that somebody was told is theirs."""

    slot: Slot
    request_key: str
    reference: str
    at: float

    @classmethod
    def by(cls, answer: Asked, slot: Slot, request_key: str) -> Self:
        """Read it from the answer that leads to the booking's page."""
        reference = answer.headers["location"].removeprefix("/bookings/").partition("?")[0]
        return cls(slot, request_key, reference, answer.ended)


@dataclass(frozen=True)
class Refused:
    """A claim that was given up at the first answer that was none."""

    slot: Slot
    request_key: str
    answer: Asked


@dataclass
class Claims:
    """What the people who book were told."""

    acknowledged: list[Acknowledged] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    lost_to_nobody: list[Asked] = field(default_factory=list)
    """Times that were said to be gone though nobody else wanted them."""


class Booker:
    """Books one time after the other.

    The stubborn send each form again until it has become a booking, as people do who are asked to.
    The others give up at once and go on to the next time: what they leave shows what an answer
    that assured them of nothing having changed was worth.
    """

    def __init__(
        self,
        person: Visitor,
        times: list[Slot],
        journal: Journal,
        claims: Claims,
        *,
        stubborn: bool,
    ) -> None:
        self._person = person
        self._times = times
        self._journal = journal
        self._claims = claims
        self._stubborn = stubborn
        self._booked: list[tuple[float, float]] = []

    def booked_after(self, instant: float) -> float | None:
        """Return when the first booking was made that was begun since then."""
        return next((ended for begun, ended in self._booked if begun >= instant), None)

    async def go_on(self, done: asyncio.Event, pause_s: float) -> None:
        while self._times and not done.is_set():
            await self._take(self._times.pop(), secrets.token_urlsafe(18))
            await asyncio.sleep(pause_s)

    async def _take(self, slot: Slot, key: str) -> None:
        begun = time.monotonic()
        if await self._insist("hold", slot, key) and (
            sent := await self._insist("book", slot, key)
        ):
            self._claims.acknowledged.append(Acknowledged.by(sent, slot, key))
            self._booked.append((begun, sent.ended))

    async def _insist(self, what: str, slot: Slot, key: str) -> Asked | None:
        while (answer := await self._send(what, slot, key)).status != 303:
            if answer.status == 409:
                self._claims.lost_to_nobody.append(answer)
                return None
            if not self._stubborn:
                self._claims.refused.append(Refused(slot, key, answer))
                return None
            await asyncio.sleep(_AGAIN_S)
        return answer

    async def _send(self, what: str, slot: Slot, key: str) -> Asked:
        if what == "hold":
            return await self._journal.ask(what, lambda: self._person.hold(slot.id))
        mine = {"request_key": key, "email": f"{key}@example.org"}
        return await self._journal.ask(what, lambda: self._person.book(slot.id, **mine))


class Rivals:
    """Several people who want the same time at the same moment, each at a process of their own."""

    def __init__(
        self, people: list[Visitor], times: list[Slot], journal: Journal, claims: Claims
    ) -> None:
        self._people = people
        self._times = times
        self._journal = journal
        self._claims = claims

    async def go_on(self, done: asyncio.Event) -> None:
        while self._times and not done.is_set():
            slot = self._times.pop()
            await asyncio.gather(*(self._try(person, slot) for person in self._people))
            await asyncio.sleep(_AGAIN_S)

    async def _try(self, person: Visitor, slot: Slot) -> None:
        key = secrets.token_urlsafe(18)
        mine = {"request_key": key, "email": f"{key}@example.org"}
        answer = await self._journal.ask("rival", lambda: person.book(slot.id, **mine))
        if answer.status == 303:
            self._claims.acknowledged.append(Acknowledged.by(answer, slot, key))


class Looker:
    """Opens one address again and again."""

    def __init__(self, person: Visitor, what: str, path: str, journal: Journal) -> None:
        self._person = person
        self._what = what
        self._path = path
        self._journal = journal
        self.answers: list[Asked] = []

    @property
    def what(self) -> str:
        return self._what

    async def go_on(self, done: asyncio.Event, pause_s: float) -> None:
        while not done.is_set():
            answer = await self._journal.ask(self._what, lambda: self._person.get(self._path))
            self.answers.append(answer)
            await asyncio.sleep(pause_s)

    def has_seen(self, status: int, since: float, *, saying: str = "") -> bool:
        """Say whether something asked since then was answered so, with this in it."""
        return any(
            a.status == status and a.begun >= since and saying in a.text
            for a in reversed(self.answers)
        )


class Listener(Page):
    """A page that remembers when it heard that it is live, and that it isn't."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.turns: list[tuple[float, bool]] = []

    def _take(self, message: Heard) -> None:
        before = self.live
        super()._take(message)
        if self.live is not before or message.event in ("liveUp", "liveDown"):
            self.turns.append((time.monotonic(), self.live))

    def heard(self, live: bool, since: float) -> float | None:
        """Return when it was first told so since then."""
        return next((at for at, is_live in self.turns if at >= since and is_live is live), None)
