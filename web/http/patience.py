"""Patience: no request waits for a silent database, whatever it is waiting for right now.

A page that needs no database is answered long before. A stream that has begun is not ended: it
tells its listeners by itself.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from litestar import Request, Response
from litestar.enums import ScopeType
from litestar.response import Template
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from domain.store.core.attempts import Attempt, attempt
from domain.store.core.deadlines import PATIENCE_S
from domain.store.core.pulse import Pulse
from web.services import services_of

_ATTEMPT = "attempt"

Answering = Callable[[Request[Any, Any, Any], Exception], Response[Any] | Template]


def may_have_changed(request: Request[Any, Any, Any]) -> bool:
    """Say whether a request may have changed something: the database was asked to."""
    made: Attempt | None = request.scope["state"].get(_ATTEMPT)
    return made is not None and made.may_have_changed


def impatient(app: ASGIApp, *, answer: Answering) -> ASGIApp:
    """Wrap an application so that requests which wait for a silent database are answered.

    Args:
        app: The application.
        answer: Makes the answer.
    """

    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        patience = _Patience(services_of(scope["litestar_app"]).database.pulse)

        async def sent(message: Message) -> None:
            patience.end()
            await send(message)

        with attempt() as made:
            scope["state"][_ATTEMPT] = made
            try:
                async with patience.limit:
                    with patience.watched():
                        await app(scope, receive, sent)
            except TimeoutError as error:
                if not patience.limit.expired():
                    raise
                request: Request[Any, Any, Any] = Request(scope, receive, send)
                response = answer(request, error).to_asgi_response(app=None, request=request)
                await response(scope, receive, send)

    return answered


class _Patience:
    """How long one request goes on waiting: for ever, unless the database is silent."""

    def __init__(self, pulse: Pulse) -> None:
        self._pulse = pulse
        self._begun = asyncio.get_running_loop().time()
        self._is_answered = False
        self.limit = asyncio.timeout(None)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Follow the pulse."""
        self._look()
        with self._pulse.heard_by(self._look):
            try:
                yield
            finally:
                self._is_answered = True

    def end(self) -> None:
        """Let the answer take its time."""
        if not self._is_answered:
            self._is_answered = True
            self.limit.reschedule(None)

    def _look(self) -> None:
        if self._is_answered or self.limit.expired():
            return
        soon = max(self._begun + PATIENCE_S, asyncio.get_running_loop().time())
        self.limit.reschedule(None if self._pulse.is_up else soon)
