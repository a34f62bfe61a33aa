"""Templates: the one Jinja environment, its words, and the addresses of static files."""

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
from web.http.paths import is_of_desk
from web.i18n.filters import FILTERS
from web.i18n.languages import LOCALES, translate, translate_count
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


def portrait_address(expert: Expert) -> str:
    """Return where an expert's portrait is: their own picture's, or the drawn one's."""
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
    env.filters |= {**FILTERS, "said": _said, "isolated": isolated, "portrait": portrait_address}
    env.tests["of_desk"] = is_of_desk
    env.globals |= {
        "asset": asset,
        "locales": LOCALES,
        "styles": STYLES,
        "scripts": SCRIPTS,
    }
    return env
