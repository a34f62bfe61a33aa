"""This machine: what only those who sit at it, or are signed in to it, get to see."""

from contextlib import suppress
from ipaddress import ip_address
from typing import Any

from litestar.connection import ASGIConnection
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler

from web.http.hosts import LOOPBACK, without_port
from web.services import services_of

Connection = ASGIConnection[Any, Any, Any, Any]

_BY_OTHERS = ("forwarded", "x-forwarded-", "x-real-ip", "via", "cf-", "true-client-ip")
"""How the headers begin that proxies and tunnels add."""


def is_this_machine(connection: Connection) -> bool:
    """Say whether a request was made on this machine, for this machine.

    A proxy or a tunnel connects from this machine, too, but passes on where it comes from, or the
    name that it was asked for. So does a page elsewhere whose name was made to lead here.
    """
    return _is_loopback(connection) and _is_direct(connection) and _names_this_machine(connection)


def shows_outbox(connection: Connection) -> bool:
    """Say whether a visitor can read the mail that was not sent."""
    return services_of(connection.app).settings.shows_outbox and is_this_machine(connection)


def this_machine_only(connection: Connection, _: BaseRouteHandler) -> None:
    """Let nobody in from elsewhere.

    Raises:
        NotFoundException: The request comes from elsewhere, or by way of something.
    """
    if not is_this_machine(connection):
        raise NotFoundException


def _is_loopback(connection: Connection) -> bool:
    with suppress(ValueError):  # a proxy may forward anything
        return connection.client is not None and ip_address(connection.client.host).is_loopback
    return False


def _is_direct(connection: Connection) -> bool:
    return not any(name.lower().startswith(_BY_OTHERS) for name in connection.headers)


def _names_this_machine(connection: Connection) -> bool:
    hosts = connection.headers.getall("host", [])
    return len(hosts) == 1 and without_port(hosts[0]) in LOOPBACK
