"""Deferred work: what an answer leaves to be done when the layers that led to it have let go.

A stream lasts for hours. The layers that let its request through, and the request itself, would
wait for its end with it, thousands of times over.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from litestar.types import ASGIApp, Receive, Scope, Send

_KEPT_AT = "deferred"

Deferred = Callable[[Send], Awaitable[None]]
"""What is left to do, given the way to send."""


def doing_what_is_deferred(app: ASGIApp) -> ASGIApp:
    """Wrap an application so that what its answers defer is done out here."""

    async def done(scope: Scope, receive: Receive, send: Send) -> None:
        deferred: list[Deferred] = []
        scope["state"][_KEPT_AT] = deferred
        await app(scope, receive, send)
        while deferred:  # nothing keeps it for longer than it takes
            await deferred.pop(0)(send)

    return done


def defer(scope: Mapping[str, Any], work: Deferred) -> bool:
    """Leave work for later, as the last act of an answer; False where nobody would do it."""
    deferred: list[Deferred] | None = scope["state"].get(_KEPT_AT)
    if deferred is None:
        return False
    deferred.append(work)
    return True
