"""Tasks: work that nobody waits for, and a way to end tasks for certain."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

T = TypeVar("T")

_AGAIN_S = 1.0

_running: set[asyncio.Task[Any]] = set()


def in_background(work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """Begin some work that ends by its own deadline, and keep it alive until then.

    Its failure concerns only those who await the task, if anybody does.
    """
    task = asyncio.create_task(work)
    _running.add(task)
    task.add_done_callback(_forget)
    return task


async def end(*tasks: asyncio.Task[Any]) -> None:
    """Cancel tasks, and return when all have ended, however they do.

    On Python 3.11 a task can lose its cancellation: `asyncio.wait_for`, by which the driver sends
    and receives, returns its result instead when that comes at the same moment. So they are
    cancelled again for as long as they go on.
    """
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        done, left = await asyncio.wait(left, timeout=_AGAIN_S)
        _look_at(done)


def _forget(task: asyncio.Task[Any]) -> None:
    _running.discard(task)
    _look_at([task])


def _look_at(ended: Iterable[asyncio.Task[Any]]) -> None:
    """Fetch failures, or the loop would report them."""
    for task in ended:
        if not task.cancelled():
            task.exception()
