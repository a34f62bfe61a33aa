"""What a request asks for: in which language, and as a page, a part of one, or a document."""

from typing import Any
from urllib.parse import urlencode

from litestar import HttpMethod, Request

from web.i18n.languages import LOCALES, preferred_language, valid_language
from web.services import services_of

LANGUAGE_COOKIE = "language"

AnyRequest = Request[Any, Any, Any]


def language_of(request: AnyRequest) -> str:
    """Return the language to answer in: asked for, remembered, or what the browser prefers."""
    asked = valid_language(request.query_params.get("lang"))
    remembered = valid_language(request.cookies.get(LANGUAGE_COOKIE))
    return asked or remembered or preferred_language(request.headers.get("Accept-Language", ""))


def wants_fragment(request: AnyRequest) -> bool:
    """Say whether HTMX asks for a part of a page, not for a page."""
    return request.headers.get("HX-Request-Type") == "partial"


def wants_json(request: AnyRequest) -> bool:
    """Say whether a program asks, which takes a problem document and no page."""
    accepted = request.headers.get("accept", "")
    return "application/json" in accepted or "application/problem+json" in accepted


def shared_by_pages(request: AnyRequest) -> dict[str, Any]:
    """Return what the frame of every page asks for: its language, and its address."""
    language = language_of(request)
    site = services_of(request.app).settings.public_url
    asked = [pair for pair in request.query_params.multi_items() if pair[0] != "lang"]
    # The answer to a form has no address: a link would lose the form, or lead nowhere.
    codes = LOCALES.keys() - {language} if request.method != HttpMethod.POST else ()
    others = {code: urlencode([*asked, ("lang", code)]) for code in sorted(codes)}
    return {"language": language, "other_languages": others, "path": request.url.path, "site": site}
