"""Afterwards: what an answer leaves to be done when the layers that led to it have let go.

A stream lasts for hours. The layers that let its request through, and the request itself, would
wait for its end with it, thousands of times over.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from litestar.types import ASGIApp, Empty, Receive, Scope, Send
from litestar.utils.scope.state import ScopeState

_KEPT_AT = "afterwards"

Rest = Callable[[Send], Awaitable[None]]
"""What is left to do, given the way to send."""


def going_on(app: ASGIApp) -> ASGIApp:
    """Wrap an application so that what its answers leave for afterwards is done out here."""

    async def gone_on(scope: Scope, receive: Receive, send: Send) -> None:
        left: list[Rest] = []
        scope["state"][_KEPT_AT] = left
        await app(scope, receive, send)
        ScopeState.from_scope(scope).headers = Empty  # read anew if anybody asks
        for rest in left:
            await rest(send)

    return gone_on


def leave(scope: Mapping[str, Any], rest: Rest) -> bool:
    """Leave something for afterwards, as the last act of an answer; False if it can't be left."""
    left: list[Rest] | None = scope["state"].get(_KEPT_AT)
    if left is None:
        return False
    left.append(rest)
    return True
