"""Event streams, for pages and for any other listener: of an expert's times, and of a window's."""

from litestar import HttpMethod, Router, route
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from domain.discovery import catalogue
from web.discovery.when import read_when
from web.http.visits import Visit
from web.live.positions import read_position
from web.live.rendering import Audience
from web.live.stream import LiveResponse, live_response, openings_response


@route(
    "/experts/{slug:str}/live",
    http_method=[HttpMethod.GET, HttpMethod.HEAD],
    name="live",
)
async def live_stream(visit: NamedDependency[Visit], slug: FromPath[str]) -> LiveResponse:
    """Stream what happens to an expert's times, from the listener's position on."""
    expert = await catalogue.expert_by_slug(visit.directory, slug, unlisted=True)
    position = read_position(
        visit.request.headers.get("Last-Event-ID"), visit.query("after"), visit.now
    )
    audience = Audience(visit.zone(expert.zone), visit.language)
    seat = visit.services.stream_limit.seat(visit.network)
    return live_response(visit.services.live, expert.id, audience, position, seat)


@route(
    "/openings/live",
    http_method=[HttpMethod.GET, HttpMethod.HEAD],
    name="openings_live",
)
async def openings_stream(visit: NamedDependency[Visit]) -> LiveResponse:
    """Stream when the free times of all experts within a window have changed."""
    when = read_when(visit)
    window = when.window() if when else None
    if window is None:
        raise NotFoundException
    seat = visit.services.stream_limit.seat(visit.network)
    return openings_response(visit.services.live, window, seat)


router = Router("/", route_handlers=[live_stream, openings_stream])
