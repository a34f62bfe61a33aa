"""Callers: who sends a request, by session, proven addresses and network."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property

from litestar import HttpMethod

from domain import signing_out
from domain.booking.bookings import Viewer
from domain.booking.hold_limits import NetworkHolds
from domain.rules.request_limits import Allowance, Asker
from domain.store.core.database import Database
from web.http.networks import network_of
from web.http.requests import AnyRequest
from web.http.sessions import Session
from web.services import Services
from web.settings import Settings


class Caller:
    """Who sends a request, and when."""

    def __init__(self, request: AnyRequest, services: Services, now: datetime) -> None:
        self.request = request
        self.services = services
        self.now = now
        self._ended_at: Mapping[str, datetime] | None = None

    @property
    def database(self) -> Database:
        """Where everything is kept."""
        return self.services.database

    @property
    def settings(self) -> Settings:
        """What the environment decides."""
        return self.services.settings

    @property
    def session(self) -> Session:
        """The browser's session; the answer carries a new one."""
        state = self.request.scope["state"]
        if "session" not in state:
            cookies = self.services.session_cookie
            session = cookies.session_in(self.request.cookies)
            is_form = self.request.method == HttpMethod.POST
            state["session"] = session.acting() if is_form else session
        found: Session = state["session"]
        return found

    def change_session(self, session: Session) -> None:
        """Send a changed session along with the answer."""
        self.request.scope["state"]["session"] = session

    async def viewer(self) -> Viewer:
        """Return whose bookings this browser may see.

        The database is asked, once, only for a browser that has proven an address: whether it has
        signed out on all devices since.
        """
        if self._ended_at is None:
            proven = self.session.proven
            self._ended_at = await signing_out.ended_at(self.database, proven) if proven else {}
        return self.session.viewer(self.now, self._ended_at)

    @cached_property
    def claimant(self) -> str | None:
        """The browser's id, if it may hold a time or wait for one; else there is nothing to read.

        Its cookie says whether it ever sent a form; where that answer was lost, the feed says
        whether it holds a time. Nobody says then whether it waits for one.
        """
        session = self.session
        if session.has_acted or self.services.holders.may_include(session.visitor_id):
            return session.visitor_id
        return None

    @property
    def network(self) -> str:
        """Where the request comes from; behind a trusted proxy, from beyond it."""
        return network_of(self.request.client.host if self.request.client else "")

    @property
    def network_holds(self) -> NetworkHolds:
        """The holds that come from this network."""
        return self.services.hold_limit.of(self.network)

    async def asker(self) -> Asker:
        """Return whom what is asked for is counted by."""
        settings = self.settings
        return Asker(
            self.network,
            secret=self.services.secret_key,
            proven=(await self.viewer()).addresses,
            allowance=Allowance(settings.bookings_per_ip, settings.bookings_per_address),
        )
