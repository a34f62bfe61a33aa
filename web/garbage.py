"""The garbage collector, set for a process in which thousands of streams stay open for hours.

An open stream is some 270 objects. Left to itself, Python walks all of them, and the whole program
with them, whenever enough have come: with 2,000 streams opening it stood still for 2.3 s in all and
for 390 ms at a time. So what is there at the start is taken out of its sight, young objects are
looked through seldom, and old ones once streams have ended: those leave cycles behind.
"""

import asyncio
import gc
from collections.abc import Callable

_THRESHOLDS = (10_000, 5, 100)
"""Pauses of 10 ms for the young and 40 ms for those a little older; the oldest nearly never."""
_SWEEP_S = 5.0
_ENOUGH = 250
"""Ended streams that are worth a walk over all that live."""


def settle() -> None:
    """Set the collector, once everything is loaded that stays."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)


class Sweeper:
    """Collects what ended streams leave behind."""

    def __init__(self, ended: Callable[[], int]) -> None:
        """Prepare to sweep.

        Args:
            ended: Returns how many streams have ended since the start.
        """
        self._ended = ended

    async def run(self) -> None:
        """Sweep, for ever."""
        swept = 0
        while True:
            await asyncio.sleep(_SWEEP_S)
            if self._ended() - swept >= _ENOUGH:
                swept = self._ended()
                gc.collect()
