"""Waiting for what comes about by itself: asked for again and again, never for a fixed time."""

import asyncio
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any, TypeVar, overload

PATIENCE_S = 60.0
"""Much longer than anything takes: the machine that runs the tests may be busy."""
_PAUSE_S = 0.01

T = TypeVar("T")


@overload
async def until(answer: Callable[[], Awaitable[T | None]]) -> T: ...


@overload
async def until(answer: Callable[[], bool]) -> bool: ...


async def until(answer: Callable[[], Any]) -> Any:
    """Ask until the answer is a true one, and return that; fail with the last where none is."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    while True:
        found = answer()
        value = await found if isawaitable(found) else found
        if value:
            return value
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"it never came about: the last answer was {value!r}")
        await asyncio.sleep(_PAUSE_S)
