"""Whether the process lives, whether it can serve, and what it has counted."""

from typing import Any

from litestar import MediaType, Response, Router, get
from litestar.di import NamedDependency
from litestar.plugins.prometheus import PrometheusController

from web.http.this_machine import this_machine_only
from web.http.visits import Visit


class Metrics(PrometheusController):
    """`/metrics`, for the operator."""

    guards = (this_machine_only,)


@get("/health/live", media_type=MediaType.TEXT, name="health_live")
async def live() -> str:
    """Say that the process answers."""
    return "live"


@get("/health/ready", media_type=MediaType.TEXT, name="health_ready")
async def ready(visit: NamedDependency[Visit]) -> Response[Any]:
    """Say that the database takes writes and the live feed runs; 503 while either does not."""
    if not await visit.database.pulse.beats():
        return Response("the database is silent", status_code=503, media_type=MediaType.TEXT)
    if not visit.services.live.is_up:
        return Response("the live feed is starting", status_code=503, media_type=MediaType.TEXT)
    trouble = visit.services.mailer.trouble
    return Response("; ".join(filter(None, ["ready", trouble])), media_type=MediaType.TEXT)


router = Router("/", route_handlers=[live, ready, Metrics])
