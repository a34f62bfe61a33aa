"""Load: turns taken by so many at a time, or by all at once, and how long each took."""

import asyncio
import gc
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from time import perf_counter

Turn = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Taken:
    """How long turns took."""

    seconds: float
    """All of them together."""
    each: Sequence[float]
    """One by one, in seconds."""

    @property
    def rate(self) -> float:
        """Turns a second."""
        return len(self.each) / self.seconds

    @property
    def p99_ms(self) -> float:
        """The time that one of a hundred exceeds, in milliseconds."""
        times = sorted(self.each)
        return times[int(len(times) * 0.99)] * 1000


async def in_turns(turns: Sequence[Turn], at_a_time: int) -> Taken:
    """Have so many workers take the turns, each the next one as soon as it is done."""
    waiting, each = iter(turns), []

    async def worker() -> None:
        for turn in waiting:
            begun = perf_counter()
            await turn()
            each.append(perf_counter() - begun)

    gc.collect()
    gc.freeze()
    begun = perf_counter()
    await asyncio.gather(*(worker() for _ in range(at_a_time)))
    return Taken(perf_counter() - begun, each)


async def all_at_once(turns: Sequence[Turn]) -> float:
    """Begin all turns together; return the seconds until the last is done."""
    begun = perf_counter()
    await asyncio.gather(*(turn() for turn in turns))
    return perf_counter() - begun
