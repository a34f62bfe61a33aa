"""What a process has for every request: settings, the database, and all that follows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment
    from litestar import Litestar

    from domain.admin.figures import RememberedFigures
    from domain.booking.hold_limits import HoldLimit
    from domain.store.core.database import Database
    from domain.store.memory.current_site import CurrentSite
    from domain.store.memory.directory import Directory
    from domain.store.memory.editions import Editions
    from domain.store.memory.holders import Holders
    from domain.store.memory.openings import Openings
    from web.booking.alternatives import SharedAlternatives
    from web.calendars.availability import Availabilities
    from web.http.kept_pages import KeptPages
    from web.http.sessions import SessionCookie
    from web.http.tokens import LinkTokens
    from web.live import LiveFeed
    from web.live.stream_limit import StreamLimit
    from web.mail.mailer import Mailer
    from web.openid.flows import FlowCookie
    from web.openid.provider import Provider
    from web.settings import Settings


@dataclass(frozen=True)
class Services:
    """What handlers and middleware share. One for each process, while it serves."""

    settings: Settings
    secret_key: str
    session_cookie: SessionCookie
    link_tokens: LinkTokens
    hold_limit: HoldLimit
    stream_limit: StreamLimit
    database: Database
    site: CurrentSite
    directory: Directory
    openings: Openings
    editions: Editions
    holders: Holders
    templates: Environment
    pages: KeptPages
    live: LiveFeed
    mailer: Mailer
    alternatives: SharedAlternatives
    availabilities: Availabilities
    flow_cookie: FlowCookie
    provider: Provider | None
    """Where staff sign in, beside the mailed link."""
    figures: RememberedFigures


def services_of(app: Litestar) -> Services:
    """Return the services of an application that is serving."""
    services: Services = app.state.services
    return services
