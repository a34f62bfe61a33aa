"""Whether the process lives, whether it can serve, and what it has counted."""

from ipaddress import ip_address
from typing import Any

from litestar import MediaType, Response, get
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.plugins.prometheus import PrometheusController

from web.visits import Visit


def this_machine_only(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Let nobody in from elsewhere, through a proxy on this machine neither.

    Raises:
        NotFoundException: The request comes from elsewhere.
    """
    if connection.client is None or not ip_address(connection.client.host).is_loopback:
        raise NotFoundException


class Metrics(PrometheusController):
    """`/metrics`, for whoever runs this."""

    guards = (this_machine_only,)


@get("/health/live", media_type=MediaType.TEXT, name="health_live")
async def live() -> str:
    """Say that the process answers."""
    return "live"


@get("/health/ready", media_type=MediaType.TEXT, name="health_ready")
async def ready(visit: NamedDependency[Visit]) -> Response[Any]:
    """Say that the database answers and the live feed runs; 503 while either does not."""
    await visit.database.ping()
    if not visit.request.app.state.live.is_up:
        return Response("the live feed is starting", status_code=503, media_type=MediaType.TEXT)
    return Response("ready", media_type=MediaType.TEXT)
