"""A worker stopped in the middle of claims: where it is held back, and what wakes up later."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from domain.store.documents import Slot
from tests.faults.journal import Asked, Journal
from tests.faults.load import Acknowledged, Claims
from tests.faults.site import DATABASE
from tests.nodes import Node, wait
from tests.replica_set import ReplicaSet
from tests.web.visitors import Visitor

_COMMITTING_MS = 8_000
"""How long a commit is held back: the worker is stopped long before."""
_LIFETIME_S = 3
_USUAL_LIFETIME_S = 60
"""After how long the database gives a transaction up that nobody goes on with."""


@dataclass(frozen=True)
class Moment:
    """A step of a claim, by the command that the program has just sent."""

    fail_point: str
    data: Mapping[str, Any]
    command: Mapping[str, Any]
    """What tells the command from others."""
    mode: str | Mapping[str, int] = "alwaysOn"


BEFORE_ITS_HOLD = Moment(
    "waitAfterCommandFinishesExecution",
    {"ns": f"{DATABASE}.slots", "commands": ["find"]},
    {"find": "slots"},
)
"""The time was looked up, and nobody was told yet; the hold of it is not written."""

IN_ITS_TRANSACTION = Moment(
    "hangDuringBatchInsert", {"nss": f"{DATABASE}.bookings"}, {"insert": "bookings"}
)
"""The slot has changed, within a transaction that nobody ends."""

AT_ITS_COMMIT = Moment(
    "failCommand",
    {
        "failCommands": ["commitTransaction"],
        "appName": "expertconnect",
        "blockConnection": True,
        "blockTimeMS": _COMMITTING_MS,
    },
    {"commitTransaction": 1},
    {"times": 1},
)
"""The database is about to say that all is done. This one lets go by itself."""


@dataclass
class Claim:
    """A form that a visitor sends, and may send again."""

    person: Visitor
    slot: Slot
    what: str
    journal: Journal
    key: str = field(default_factory=lambda: secrets.token_urlsafe(18))

    async def send(self) -> Asked:
        """Send it."""
        return await self.journal.ask(self.what, self._send)

    def _send(self):
        if self.what == "hold":
            return self.person.hold(self.slot.id)
        mine = {"request_key": self.key, "email": f"{self.key}@example.org"}
        return self.person.book(self.slot.id, **mine)

    def is_in(self, command: Mapping[str, Any]) -> bool:
        """Say whether a command is this claim's; of a look-up it says what is looked for."""
        return "pipeline" not in command or str(self.slot.id) in str(command["pipeline"])

    async def insist(self, claims: Claims) -> Asked:
        """Send it until it is decided, and note a booking."""
        while (answer := await self.send()).status not in (303, 409):  # noqa: ASYNC110 - asks again
            await asyncio.sleep(0.2)
        if self.what != "hold" and answer.status == 303:
            claims.acknowledged.append(Acknowledged.by(answer, self.slot, self.key))
        return answer


@asynccontextmanager
async def held_back(
    primary: Node, claim: Claim, moment: Moment
) -> AsyncIterator[asyncio.Task[Asked]]:
    """Send a claim that the database holds back at this moment until the block ends."""
    name, mode, data = moment.fail_point, moment.mode, dict(moment.data)
    await asyncio.to_thread(_set, primary, name, mode=mode, data=data)
    try:
        sent = asyncio.create_task(claim.send())
        never = f"never held back by {name}"
        await asyncio.to_thread(wait, never, lambda: _is_held_back(primary, claim, moment))
        yield sent
    finally:
        if mode == "alwaysOn":
            await asyncio.to_thread(_set, primary, name, mode="off")


def _set(primary: Node, fail_point: str, **how: object) -> None:
    primary.run("configureFailPoint", fail_point, **how)


def _is_held_back(primary: Node, claim: Claim, moment: Moment) -> bool:
    ours: list[Any] = [{"$currentOp": {}}, {"$match": {"appName": "expertconnect"}}]
    with primary.client(5_000) as client:
        commands = [found.get("command", {}) for found in client.admin.aggregate(ours)]
    expected = moment.command.items()
    return any(expected <= command.items() and claim.is_in(command) for command in commands)


@contextmanager
def short_transactions(nodes: ReplicaSet) -> Iterator[None]:
    """Have the database give transactions up after a few seconds."""
    for node in nodes.nodes:
        node.run("setParameter", transactionLifetimeLimitSeconds=_LIFETIME_S)
    try:
        yield
    finally:
        for node in nodes.nodes:
            node.run("setParameter", transactionLifetimeLimitSeconds=_USUAL_LIFETIME_S)
