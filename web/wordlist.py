"""The translations' upkeep: gathers every text that the sources say to people.

Run as `python -m web.wordlist`: what is new in the sources goes into each language's file,
untranslated, and what is no longer said goes out.
"""

import sys
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from web.console import say
from web.i18n.languages import DEFAULT, LOCALES, TRANSLATIONS
from web.paths import ROOT

_MARKS: tuple[dict[str, tuple[int, ...] | None], ...] = (
    {"_": None, "gettext": None, "ngettext": (1, 2), "Sentence": None, "Problem": (2,)},
    {"PydanticCustomError": (2,), "Problem": (3,)},
)
"""Calls whose arguments people read, and which of them; a second title needs a second look."""

_OPTIONS = {
    "**.html": {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"},
    "**.txt": {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"},
}
_METHODS = [("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2")]


class Said(NamedTuple):
    """A text, or its forms for one and for many, and where it is said."""

    text: str | tuple[str, ...]
    place: str


def said() -> Iterator[Said]:
    """Yield every text that the sources mark, in the order of files."""
    for folder in ("domain", "templates", "web"):
        for marks in _MARKS:
            for file, _, text, _, _ in extract_from_dir(
                ROOT / folder, _METHODS, _OPTIONS, marks, strip_comment_tags=True
            ):
                yield Said(text, f"{folder}/{file}")


def collected() -> Catalog:
    """Return everything that is said, untranslated."""
    texts = Catalog(project="ExpertConnect", charset="utf-8")
    for text, place in said():
        texts.add(text, locations=[(place, 0)])
    return texts


def main() -> int:
    """Bring every translation up to date, and say what is left to translate."""
    template = collected()
    for language in LOCALES.keys() - {DEFAULT}:
        path = TRANSLATIONS / f"{language}.po"
        with path.open("rb") as file:
            texts = read_po(file, locale=language)
        texts.update(template, no_fuzzy_matching=True)
        texts.obsolete.clear()
        with path.open("wb") as file:
            write_po(
                file,
                texts,
                width=100,
                sort_by_file=True,
                include_lineno=False,
                omit_header=True,
            )
        missing = [message for message in texts if message.id and not _translated(message.string)]
        say(f"{path.name}: {len(texts)} texts, {len(missing)} to translate.")
    return 0


def _translated(string: str | Sequence[str] | None) -> bool:
    return bool(string) if isinstance(string, str) else all(string or [""])


if __name__ == "__main__":
    sys.exit(main())
