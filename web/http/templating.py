"""Templates: the one Jinja environment, its words, and the addresses of static files."""

from collections.abc import Mapping

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    pass_context,
    select_autoescape,
)
from jinja2.runtime import Context

from domain.rules.errors import Sentence
from domain.rules.texts import isolated
from domain.store.documents import Expert
from web.assets.bundles import SCRIPTS, STYLES, asset
from web.http.face import LEGAL_PAGES, card_address, logo_address
from web.http.paths import is_of_admin, is_of_desk
from web.i18n.filters import FILTERS
from web.i18n.languages import LOCALES, Spoken, offered, spoken, translate, translate_count
from web.i18n.names import field_name
from web.paths import ROOT


@pass_context
def _said(context: Context, message: str | Sentence) -> str:
    """Say a text of the sources in the template's language; a domain's message with its values."""
    language = context["language"]
    if isinstance(message, Sentence):
        return translate(language, message.text) % message.values
    return translate(language, message)


@pass_context
def _counted(context: Context, one: str, many: str, count: int) -> str:
    return translate_count(context["language"], one, many, count)


@pass_context
def _field_name(context: Context, key: str) -> str:
    return field_name(context["site"], key, context["language"])


@pass_context
def _spoken(context: Context, texts: Mapping[str, str]) -> Spoken | None:
    """Return a text of the site in the template's language, or in another that it is in."""
    return spoken(texts, context["language"], offered(context["site"].languages))


def portrait_address(expert: Expert) -> str:
    """Return where an expert's portrait is: their own picture's, or the drawn one's."""
    if expert.is_gone:
        return asset("icons/nobody.svg")
    if expert.portrait:
        return f"/experts/{expert.slug}/portrait.webp?v={expert.portrait}"
    return f"/experts/{expert.slug}/portrait.svg"


def environment() -> Environment:
    """Build the environment: HTML is escaped, plain text is not; an undefined name is an error."""
    env = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=select_autoescape(disabled_extensions=("txt",), default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_callables(_said, _counted, newstyle=True)  # type: ignore[attr-defined] # the extension's
    env.filters |= {
        **FILTERS,
        "said": _said,
        "isolated": isolated,
        "portrait": portrait_address,
        "logo": logo_address,
        "card": card_address,
        "field_name": _field_name,
        "spoken": _spoken,
    }
    env.tests |= {"of_admin": is_of_admin, "of_desk": is_of_desk}
    env.globals |= {
        "asset": asset,
        "legal_pages": LEGAL_PAGES,
        "locales": LOCALES,
        "styles": STYLES,
        "scripts": SCRIPTS,
    }
    return env
