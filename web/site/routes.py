"""A site's own face: its styles, logo, card and manifest, and its legal pages."""

import asyncio
from typing import Any

from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.response import Template

from domain.rules.legal import LegalPage, TextVersion
from domain.rules.logos import PNG
from domain.rules.markdown import html_of
from domain.site import face, texts
from web.assets import accents
from web.assets.bundles import digest
from web.http.face import LEGAL_PAGES, look_of
from web.http.forms import number_in
from web.http.visits import Visit
from web.i18n.languages import offered, spoken
from web.site.cards import card_of
from web.site.manifests import manifest_of

_FOREVER = "public, max-age=31536000, immutable"
_ANEW = "public, no-cache"
_PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""A drawing that is opened by itself is a document: it may show itself, and nothing else."""


def _kept(visit: Visit, name: str) -> str:
    """Say how long what was asked for by its name may be kept: another one is soon too old."""
    return _FOREVER if visit.query("v") == name else _ANEW


@get(accents.PATH, name="site_styles")
async def site_styles(visit: NamedDependency[Visit]) -> Response[bytes]:
    """Send the styles of the site's own colour."""
    look = look_of(visit.site)
    if look is None:
        raise NotFoundException
    styles = look.styles
    headers = {"Cache-Control": _kept(visit, digest(styles.content))}
    return Response(styles.content, media_type=styles.media_type, headers=headers)


@get("/site/logo", name="logo")
async def logo(visit: NamedDependency[Visit]) -> Response[bytes]:
    """Send the site's own logo."""
    found = await face.find_logo(visit.database)
    headers = {
        "Content-Type": found.media_type,
        "Content-Security-Policy": _PICTURE_POLICY,
        "Cache-Control": _kept(visit, found.digest),
        "ETag": f'"{found.digest}"',
    }
    return Response(found.image, headers=headers)


@get("/site/card.png", name="card")
async def card(visit: NamedDependency[Visit]) -> Response[bytes]:
    """Send the picture that programs show beside a link to the site."""
    site = visit.site
    logo_png = None
    if site.logo:
        found = await face.find_logo(visit.database)
        logo_png = found.image if found.media_type == PNG else None
    drawn = await asyncio.to_thread(card_of, site.name, site.accent, logo_png)
    headers = {"Cache-Control": _kept(visit, site.look), "ETag": f'"{site.look}"'}
    return Response(drawn, media_type="image/png", headers=headers)


@get("/site.webmanifest", name="manifest")
async def manifest(visit: NamedDependency[Visit]) -> Response[dict[str, Any]]:
    """Tell a browser what the site is called when it is kept like an application."""
    return Response(manifest_of(visit.site, visit.language), media_type="application/manifest+json")


async def _legal_page(visit: Visit, page: LegalPage) -> Template:
    """Show a legal page, or one of its former versions."""
    now = visit.site.legal_text(page)
    asked = number_in(visit.query("version"))
    if not (now.is_there or asked):
        raise NotFoundException
    published = (
        await texts.text_as_of(visit.database, TextVersion(page, asked))
        if asked and asked != now.version
        else None
    )
    by_language = published.texts if published else now.texts
    found = spoken(by_language, visit.language, offered(visit.site.languages))
    if found is None:
        raise NotFoundException
    return visit.show(
        "site/legal_page",
        title=LEGAL_PAGES[page],
        address=f"/{page.value}",
        text=html_of(found.text),
        text_language=found.language,
        version=published.version if published else now.version,
        published_at=published.published_at if published else None,
        is_there=now.is_there,
    )


@get("/imprint", name="imprint")
async def imprint(visit: NamedDependency[Visit]) -> Template:
    """Say who runs the site."""
    return await _legal_page(visit, LegalPage.IMPRINT)


@get("/privacy", name="privacy")
async def privacy(visit: NamedDependency[Visit]) -> Template:
    """Say what becomes of what people tell the site."""
    return await _legal_page(visit, LegalPage.PRIVACY)


@get("/terms", name="terms")
async def terms(visit: NamedDependency[Visit]) -> Template:
    """Say by which rules people book."""
    return await _legal_page(visit, LegalPage.TERMS)


router = Router(
    "/",
    route_handlers=[*(site_styles, logo, card, manifest), *(imprint, privacy, terms)],
)
