"""An expert's availability for other programs: GET /experts/{slug}/availability.ics and .json."""

from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from domain.discovery import catalogue
from web.http.visits import Visit

_TYPES = {"ics": "text/calendar", "json": "application/json"}


async def _answer(visit: Visit, slug: str, kind: str) -> Response[bytes]:
    expert = await catalogue.expert_by_slug(visit.directory, slug)
    services = visit.services
    found = await services.availabilities.of(expert, kind, now=visit.now, spell=services.live.spell)
    headers = {"ETag": found.etag, "Cache-Control": "public, no-cache"}
    if _is_known(visit.request.headers.get("If-None-Match", ""), found.etag):
        headers["Vary"] = "Accept-Encoding"  # as compression says of the whole answer
        return Response(b"", status_code=304, headers=headers, media_type=_TYPES[kind])
    return Response(found.body, headers=headers, media_type=_TYPES[kind])


def _is_known(if_none_match: str, etag: str) -> bool:
    """Compare weakly, as RFC 9110, section 13.1.2, asks."""
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return etag.removeprefix("W/") in tags or tags == ["*"]


@get("/experts/{slug:str}/availability.ics", name="availability_calendar")
async def availability_calendar(
    visit: NamedDependency[Visit], slug: FromPath[str]
) -> Response[bytes]:
    """Send free and busy times as iCalendar."""
    return await _answer(visit, slug, "ics")


@get("/experts/{slug:str}/availability.json", name="availability_json")
async def availability_json(visit: NamedDependency[Visit], slug: FromPath[str]) -> Response[bytes]:
    """Send free and busy times as JSON."""
    return await _answer(visit, slug, "json")


router = Router("/", route_handlers=[availability_calendar, availability_json])
