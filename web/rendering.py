"""Templates: the one Jinja environment, its words, and the addresses of static files."""

from pathlib import Path

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    pass_context,
    select_autoescape,
)
from jinja2.runtime import Context

from domain.catalogue import TEXT_LANGUAGE
from domain.errors import Sentence
from domain.texts import isolated
from web.bundles import SCRIPTS, STYLES, asset
from web.formats import FILTERS
from web.languages import LOCALES, translate, translate_count

ROOT = Path(__file__).resolve().parent.parent


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
    env.filters |= {**FILTERS, "said": _said, "isolated": isolated}
    env.globals |= {
        "asset": asset,
        "locales": LOCALES,
        "text_language": TEXT_LANGUAGE,
        "styles": STYLES,
        "scripts": SCRIPTS,
    }
    return env
