"""Languages: their codes (ISO 639-1), and the names that people write for them."""

from functools import cache

from babel import Locale

from domain.rules.words import fold

_CODE_LENGTH = 2


def _names_in(locale: Locale) -> dict[str, str]:
    """Return the names of languages in one of them, by their codes."""
    known = {str(code): str(name) for code, name in locale.languages.items()}
    return {code: known[code] for code in sorted(known) if len(code) == _CODE_LENGTH}


CODES = frozenset(_names_in(Locale("en")))


def code_of(text: str) -> str | None:
    """Return the code of a language that is named by its code, in itself, in English or German.

    None where no such language is known.
    """
    return _names().get(fold(text.strip()))


_WRITTEN_IN_THEMSELVES = (
    *("ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "he"),
    *("hi", "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "nl", "pl", "pt", "ro", "ru", "sk"),
    *("sl", "sr", "sv", "th", "tr", "uk", "ur", "vi", "zh"),
)
"""Those whose own names are known: each costs reading all that is known of a language."""


@cache
def _names() -> dict[str, str]:
    """Return codes by names; where languages share one, the code and the own name go first."""
    names: dict[str, str] = {}
    for locale in (Locale("de"), Locale("en")):
        names |= {fold(name): code for code, name in _names_in(locale).items() if code in CODES}
    own = {fold(_names_in(Locale(code))[code]): code for code in _WRITTEN_IN_THEMSELVES}
    return names | own | {code: code for code in CODES}
