"""A domain call as a value: what it returned, or why it refused."""

from collections.abc import Awaitable
from typing import TypeVar

from domain.errors import Refusal

T = TypeVar("T")


async def outcome_of(call: Awaitable[T]) -> T | Refusal:
    """Await a domain call whose refusal is to be shown within a page of its own."""
    try:
        return await call
    except Refusal as refusal:
        return refusal
