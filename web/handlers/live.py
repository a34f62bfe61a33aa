"""The event stream of one expert's times, for pages and for any other listener."""

from litestar import HttpMethod, route
from litestar.di import NamedDependency
from litestar.params import FromPath

from domain import catalogue
from web.live import LiveFeed
from web.live.positions import read_position
from web.live.rendering import Audience
from web.live.stream import LiveResponse, live_response
from web.visits import Visit


@route(
    "/experts/{slug:str}/live",
    http_method=[HttpMethod.GET, HttpMethod.HEAD],
    name="live",
    opt={"no_csrf": True},
)
async def live_stream(visit: NamedDependency[Visit], slug: FromPath[str]) -> LiveResponse:
    """Stream what happens to an expert's times, from the listener's position on."""
    expert = await catalogue.expert_by_slug(visit.directory, slug)
    feed: LiveFeed = visit.request.app.state.live
    position = read_position(
        visit.request.headers.get("Last-Event-ID"), visit.query("after"), visit.now
    )
    audience = Audience(visit.zone(expert.zone), visit.language)
    return live_response(feed, expert.id, audience, position)
