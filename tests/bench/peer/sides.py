"""Rounds of ours and of a peer's in turn; a peer that can't go on says why."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, TypeVarTuple

from tests.bench.peer.asking import Misfit
from tests.bench.peer.table import PeerRow
from tests.bench.processes import LOAD, apart
from tests.bench.rounds import in_rounds

PATIENCE_S = 120.0
"""Longer than any round takes: a peer that hangs doesn't stop the bench."""

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


@dataclass(frozen=True)
class Sides(Generic[T]):
    """What rounds of both found; nothing of the peer's where it `said` something instead."""

    ours: Sequence[T]
    peer: Sequence[T]
    said: str

    def row(self, figure: str, unit: str, value: Callable[[T], float], compared: str) -> PeerRow:
        """Return one figure of what was found."""
        ours, peer = ([value(one) for one in side] for side in (self.ours, self.peer))
        return PeerRow(figure, unit, ours, peer, compared, self.said)


def in_turn(name: str, rounds: int, ours: Callable[[], T], peer: Callable[[], T]) -> Sides[T]:
    """Have both take turns: ours in all rounds, the peer until it can't go on."""
    mine: list[T] = []
    theirs: list[T] = []
    said: list[str] = []

    def ask_peer() -> None:
        try:
            if not said:
                theirs.append(peer())
        except Misfit as misfit:
            said.append(str(misfit))
        except OSError as error:
            said.append(f"broke off: {str(error) or type(error).__name__}")

    in_rounds(f"{name}, beside the peer", rounds, lambda: mine.append(ours()), ask_peer)
    return Sides(mine, [] if said else theirs, "".join(said))


def patiently_apart(work: Callable[[*Ts], Coroutine[Any, Any, T]], *args: *Ts) -> T:
    """Do what `apart` does on the load's core, but not for ever."""
    return apart(LOAD, _patiently, work, args)


async def _patiently(work: Callable[[*Ts], Coroutine[Any, Any, T]], args: tuple[*Ts]) -> T:
    async with asyncio.timeout(PATIENCE_S):
        return await work(*args)
