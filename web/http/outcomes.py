"""A domain call as a value: what it returned, or why it refused."""

from collections.abc import Awaitable
from typing import TypeVar

from domain.rules.errors import Refusal
from web.http.visits import Visit

T = TypeVar("T")


async def outcome_of(visit: Visit, call: Awaitable[T]) -> T | Refusal:
    """Await a domain call whose refusal is to be shown to people within a page of its own.

    Raises:
        Refusal: To a program, which gets it as a problem document.
    """
    try:
        return await call
    except Refusal as refusal:
        if visit.wants_json:
            raise
        return refusal
