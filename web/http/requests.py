"""What a request asks for: in which language, and as a page, a part of one, or a document."""

from typing import Any
from urllib.parse import urlencode

from litestar import HttpMethod, Request

from domain.store.documents.site import Site
from web.http.face import look_of
from web.i18n.languages import offered, preferred_language, valid_language
from web.services import services_of

LANGUAGE_COOKIE = "language"

AnyRequest = Request[Any, Any, Any]


def site_of(request: AnyRequest) -> Site:
    """Return the site as it is now."""
    return services_of(request.app).site.now()


def language_of(request: AnyRequest) -> str:
    """Return the language to answer in: asked for, remembered, or what the browser prefers."""
    among = offered(site_of(request).languages)
    asked = valid_language(request.query_params.get("lang"), among)
    remembered = valid_language(request.cookies.get(LANGUAGE_COOKIE), among)
    accepted = request.headers.get("Accept-Language", "")
    return asked or remembered or preferred_language(accepted, among)


def wants_fragment(request: AnyRequest) -> bool:
    """Say whether HTMX asks for a part of a page, not for a page."""
    return request.headers.get("HX-Request-Type") == "partial"


def wants_json(request: AnyRequest) -> bool:
    """Say whether a program asks, which takes a problem document and no page."""
    accepted = request.headers.get("accept", "")
    return "application/json" in accepted or "application/problem+json" in accepted


def shared_by_pages(request: AnyRequest) -> dict[str, Any]:
    """Return what the frame of every page asks for: the site, its language, and its address."""
    language, site = language_of(request), site_of(request)
    settings = services_of(request.app).settings
    asked = [pair for pair in request.query_params.multi_items() if pair[0] != "lang"]
    # The answer to a form has no address: a link would lose the form, or lead nowhere.
    codes = {*offered(site.languages)} - {language} if request.method != HttpMethod.POST else ()
    others = {code: urlencode([*asked, ("lang", code)]) for code in sorted(codes)}
    return {
        "site": site,
        "look": look_of(site),
        "public_url": settings.public_url,
        "provider": settings.openid.name if settings.openid else "",
        "language": language,
        "other_languages": others,
        "path": request.url.path,
    }
