"""An expert's page, the list of times on it, and the expert's portrait."""

from litestar import MediaType, Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from domain import catalogue, portraits
from web.experts.picker import picker_of
from web.experts.portraits import portrait
from web.http.visits import Visit


@get("/experts/{slug:str}", name="expert")
async def expert_page(visit: NamedDependency[Visit], slug: FromPath[str]) -> Template:
    """Show an expert and their times."""
    expert = await catalogue.expert_by_slug(visit.directory, slug)
    return visit.show("experts/expert", view=await picker_of(visit, expert))


@get("/experts/{slug:str}/slots", name="slots")
async def slots_fragment(visit: NamedDependency[Visit], slug: FromPath[str]) -> Template:
    """Show the times alone."""
    expert = await catalogue.expert_by_slug(visit.directory, slug)
    return visit.show("experts/_times_and_hold", view=await picker_of(visit, expert))


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
