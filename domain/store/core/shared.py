"""Shared work: those who ask for the same at once get one answer, begun after they asked."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from domain.store.core.background import end

T = TypeVar("T")

_LONG_S = 0.3


class Shared(Generic[T]):
    """Runs at most one piece of work for a key at a time, and at most one more waits.

    Whoever asks while work runs waits for the next, so that no answer is older than its question.
    Behind work that takes very long, the next begins beside it: nobody waits for two deadlines.
    """

    def __init__(self) -> None:
        self._running: dict[Hashable, asyncio.Task[T]] = {}
        self._boarding: dict[Hashable, asyncio.Task[T]] = {}

    async def ask(self, key: Hashable, work: Callable[[], Awaitable[T]]) -> T:
        """Return what `work` returns, whoever began it. One who leaves stops nobody else's."""
        task = self._boarding.get(key)
        if task is None:
            task = asyncio.create_task(self._run(key, work, self._running.get(key)))
            task.add_done_callback(_look_at)
            self._boarding[key] = task
        return await asyncio.shield(task)

    async def stop(self) -> None:
        """End all work; whoever waits for it is cancelled."""
        await end(*self._running.values(), *self._boarding.values())

    async def _run(
        self, key: Hashable, work: Callable[[], Awaitable[T]], before: asyncio.Task[T] | None
    ) -> T:
        if before is not None:
            await asyncio.wait([before], timeout=_LONG_S)
        self._running[key] = task = self._boarding.pop(key)
        try:
            return await work()
        finally:
            if self._running.get(key) is task:
                del self._running[key]


def _look_at(task: asyncio.Task[T]) -> None:
    """Fetch the failure of work that everybody left, so that the loop doesn't report it."""
    if not task.cancelled():
        task.exception()
