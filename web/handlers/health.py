"""Whether the process lives, and whether it can serve."""

from typing import Any

from litestar import MediaType, Response, get
from litestar.di import NamedDependency

from web.visits import Visit


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
