"""The tally of claims: how every attempt to get a time ended."""

from collections.abc import Awaitable
from enum import StrEnum
from typing import TypeVar

from prometheus_client import Counter

from domain.rules.errors import Refusal, Unconfirmed
from domain.store.documents import BookingRequest

T = TypeVar("T")


class ClaimKind(StrEnum):
    """What somebody wanted a time for."""

    HOLD = "hold"
    BOOK = "book"
    RESCHEDULE = "reschedule"


_WON, _ASKED, _UNCONFIRMED, _FAILED = "won", "asked", "unconfirmed", "failed"
"""Asked: the time is held until a mailed link is followed, which books it by a claim of its own."""

_CLAIMS = Counter(
    "expertconnect_claims",
    "Attempts to get a time, by what for, and by how they ended: won, or why not.",
    ["kind", "outcome"],
)
for _kind in ClaimKind:
    _CLAIMS.labels(_kind.value, _WON)  # 0 is told from the first look on


async def tallied(kind: ClaimKind, claim: Awaitable[T]) -> T:
    """Await a claim, and count how it ended: a refusal by its code."""
    outcome = _FAILED
    try:
        got = await claim
        outcome = _ASKED if isinstance(got, BookingRequest) else _WON
    except Refusal as refusal:
        outcome = refusal.code.value
        raise
    except Unconfirmed:
        outcome = _UNCONFIRMED
        raise
    finally:
        _CLAIMS.labels(kind.value, outcome).inc()
    return got
