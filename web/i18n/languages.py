"""Languages: which one a visitor reads, and what is said in each."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from babel import Locale, negotiate_locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

TRANSLATIONS = Path(__file__).resolve().parent / "messages"
DEFAULT = "en"
"""The language that sources are written in."""

LOCALES: Mapping[str, Locale] = {"en": Locale("en", "GB"), "de": Locale("de", "DE")}
"""Each language that pages can be offered in, and how its readers write dates and money."""

_MOST_WANTED = 20


class Spoken(NamedTuple):
    """A text, and the language that it is in."""

    text: str
    language: str


def marked(text: str) -> str:
    """Return a text as it is: the call marks it for translation."""
    return text


def offered(chosen: Sequence[str]) -> Sequence[str]:
    """Return the languages that a site offers, its default first; all where it has chosen none."""
    return [code for code in chosen if code in LOCALES] or list(LOCALES)


def valid_language(code: str | None, among: Collection[str] = LOCALES) -> str | None:
    """Return the code of a language that pages are offered in, or None."""
    return code if code in among else None


def preferred_language(accept_language: str, among: Sequence[str] = tuple(LOCALES)) -> str:
    """Return the language that suits a request best (RFC 9110, section 12.5.4).

    Where none does it is the first.
    """
    weighed = [_weighed(entry) for entry in accept_language.split(",")[:_MOST_WANTED]]
    by_weight = sorted(weighed, key=lambda entry: entry[0], reverse=True)
    wanted = [code for weight, code in by_weight if weight]
    return negotiate_locale(wanted, among, sep="-") or among[0]


def spoken(texts: Mapping[str, str], language: str, among: Sequence[str]) -> Spoken | None:
    """Return a text in a reader's language, else in the first of the others that has it."""
    order = [language, *among, *texts]
    return next((Spoken(texts[code], code) for code in order if texts.get(code)), None)


def _weighed(entry: str) -> tuple[float, str]:
    code, _, weight = (part.strip() for part in entry.partition(";"))
    name, _, value = (part.strip() for part in weight.partition("="))
    try:
        return float(value) if name.lower() == "q" else 1.0, code
    except ValueError:
        return 0.0, code


@cache
def translations(language: str) -> Catalog:
    """Return what is said in a language; the default's is empty, for sources speak it."""
    if language == DEFAULT:
        return Catalog(locale=LOCALES[language])
    with (TRANSLATIONS / f"{language}.po").open("rb") as file:
        return read_po(file, locale=str(LOCALES[language]))


@cache
def translate(language: str, text: str) -> str:
    """Return a text of the sources in a language; one that is not translated stays as it is."""
    found = translations(language).get(text)
    return str(found.string) if found and found.string else text


@cache
def translate_count(language: str, one: str, many: str, count: int) -> str:
    """Return the form of a text that fits a count; languages here have one for 1, one for more."""
    found = translations(language).get(one)
    forms = found.string if found and all(found.string) else (one, many)
    return str(forms[0] if LOCALES[language].plural_form(count) == "one" else forms[1])
