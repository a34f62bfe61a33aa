"""Load: turns taken by so many at a time, or by all at once, and how long each took."""

import asyncio
import gc
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from time import perf_counter, process_time

Turn = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Taken:
    """How long turns took."""

    seconds: float
    """All of them together."""
    each: Sequence[float]
    """One by one, in seconds."""
    processor_s: float
    """What all of them took of a processor."""

    @property
    def rate(self) -> float:
        """Turns a second."""
        return len(self.each) / self.seconds

    @property
    def processor_ms(self) -> float:
        """What one turn took of a processor, in milliseconds."""
        return 1000 * self.processor_s / len(self.each)

    @property
    def p99_ms(self) -> float:
        """The time that one of a hundred exceeds, in milliseconds."""
        times = sorted(self.each)
        return times[int(len(times) * 0.99)] * 1000


async def in_turns(
    turns: Sequence[Turn],
    at_a_time: int,
    *,
    warming: int = 0,
    processor_s: Callable[[], float] = process_time,
) -> Taken:
    """Have so many workers take the turns, each the next one as soon as it is done.

    Args:
        turns: What to do.
        at_a_time: How many workers there are.
        warming: How many turns come first and don't count.
        processor_s: Tells the processor time that is counted: by default this process's own.
    """
    await _take(turns[:warming], at_a_time)
    gc.collect()
    gc.freeze()
    begun, used = perf_counter(), processor_s()
    each = await _take(turns[warming:], at_a_time)
    gc.unfreeze()
    return Taken(perf_counter() - begun, each, processor_s() - used)


async def _take(turns: Sequence[Turn], at_a_time: int) -> Sequence[float]:
    waiting, each = iter(turns), []

    async def worker() -> None:
        for turn in waiting:
            begun = perf_counter()
            await turn()
            each.append(perf_counter() - begun)

    await asyncio.gather(*(worker() for _ in range(at_a_time)))
    return each


async def all_at_once(turns: Sequence[Turn]) -> float:
    """Begin all turns together; return the seconds until the last is done."""
    begun = perf_counter()
    await asyncio.gather(*(turn() for turn in turns))
    return perf_counter() - begun
