"""What the driver gets wrong, mended here until it does it right."""

import asyncio
import sys
from collections.abc import Awaitable
from typing import TypeVar

from pymongo import lock

T = TypeVar("T")


def mend_waits() -> None:
    """Keep a cancelled wait for a server from leaving a lock behind.

    PyMongo's client releases a lock while it waits by `asyncio.wait_for`. Before Python 3.12 that
    waits in a task of its own, and abandons it when cancelled at the wrong moment: the caller
    releases a lock that is another's, and the task acquires it later and never releases it. From
    then on the process cannot reach any database.
    """
    if sys.version_info < (3, 12):
        setattr(lock, "wait_for", _wait_for)  # noqa: B010 - the driver does not export it


async def _wait_for(waiting: Awaitable[T], timeout: float | None) -> T:  # noqa: ASYNC109 - its
    """Do what `asyncio.wait_for` does from Python 3.12 on."""
    async with asyncio.timeout(timeout):
        return await waiting
