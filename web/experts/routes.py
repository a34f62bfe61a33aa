"""An expert's page, the list of times on it, and the expert's portrait."""

from functools import partial

from litestar import MediaType, Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from domain.desk import portraits
from domain.discovery import catalogue
from web.experts.picker import picker_of
from web.experts.portraits import portrait
from web.http.alike import COMPRESSED, show_alike
from web.http.visits import Visit


@get("/experts/{slug:str}", name="expert", opt=COMPRESSED)
async def expert_page(visit: NamedDependency[Visit], slug: FromPath[str]) -> Response[bytes]:
    """Show an expert and their times."""
    return await _show_times(visit, slug, "experts/expert")


@get("/experts/{slug:str}/slots", name="slots", opt=COMPRESSED)
async def slots_fragment(visit: NamedDependency[Visit], slug: FromPath[str]) -> Response[bytes]:
    """Show the times alone."""
    return await _show_times(visit, slug, "experts/_times_and_hold")


async def _show_times(visit: Visit, slug: str, template: str) -> Response[bytes]:
    expert = await catalogue.expert_by_slug(visit.directory, slug)
    return await show_alike(
        visit,
        template,
        view=partial(picker_of, expert=expert),
        sources=(expert, visit.services.editions.of(expert.id)),
        is_own=visit.claimant is not None or bool(visit.query("fresh")),
    )


@get("/experts/{slug:str}/portrait.svg", name="portrait")
async def portrait_image(visit: NamedDependency[Visit], slug: FromPath[str]) -> Response[str]:
    """Draw an expert's portrait."""
    expert = await catalogue.expert_by_slug(visit.directory, slug, unlisted=True)
    return Response(
        portrait(expert.name),
        media_type=MediaType.XML,
        headers={"Content-Type": "image/svg+xml", "Cache-Control": "public, max-age=86400"},
    )


@get("/experts/{slug:str}/portrait.webp", name="own_portrait")
async def own_portrait(visit: NamedDependency[Visit], slug: FromPath[str]) -> Response[bytes]:
    """Send an expert's own picture. Its address names its content, so that it may be kept."""
    expert = await catalogue.expert_by_slug(visit.directory, slug, unlisted=True)
    found = await portraits.find(visit.database, expert, visit.query("v"))
    kept = "public, max-age=86400" if visit.query("v") == found.digest else "public, no-cache"
    headers = {"Content-Type": "image/webp", "Cache-Control": kept, "ETag": f'"{found.digest}"'}
    return Response(found.image, headers=headers)


router = Router("/", route_handlers=[expert_page, slots_fragment, portrait_image, own_portrait])
