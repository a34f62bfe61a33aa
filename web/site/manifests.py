"""The web manifest: what a browser that keeps the site like an application shows of it."""

from typing import Any

from domain.rules.accents import accent_of
from domain.store.documents.site import Site
from web.assets.bundles import asset
from web.http.face import logo_address
from web.i18n.languages import marked as _
from web.i18n.languages import offered, spoken, translate

_NIGHT = "#0b0e17"
_DESCRIPTION = _("Find an expert, see open times change live, and book one.")


def manifest_of(site: Site, language: str) -> dict[str, Any]:
    """Return the manifest (W3C Web Application Manifest), in a reader's language."""
    tagline = spoken(site.tagline, language, offered(site.languages))
    return {
        "name": site.name,
        "short_name": site.name,
        "description": tagline.text if tagline else translate(language, _DESCRIPTION),
        "lang": language,
        "dir": "auto",
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "minimal-ui",
        "background_color": _NIGHT,
        "theme_color": accent_of(site.accent).dark.colour if site.accent else _NIGHT,
        "icons": _icons(site),
    }


def _icons(site: Site) -> list[dict[str, str]]:
    if site.logo:
        return [{"src": logo_address(site), "sizes": "any"}]
    return [
        {"src": asset("icons/icon.svg"), "sizes": "any", "type": "image/svg+xml"},
        {"src": asset("icons/icon-192.png"), "sizes": "192x192", "type": "image/png"},
        {
            "src": asset("icons/icon-512.png"),
            "sizes": "512x512",
            "type": "image/png",
            "purpose": "maskable",
        },
    ]
