"""Words: how text is folded so that search and sorting look past case and accents."""

import re
import unicodedata
from collections.abc import Iterator

_LETTERS = str.maketrans(
    {
        "æ": "ae",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "ł": "l",
        "ø": "o",
        "œ": "oe",
        "þ": "th",
        "ŧ": "t",
    }
)
"""Letters that Unicode does not take apart, as people type them on a keyboard without them."""

_SEPARATORS = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Return the text in lower case and without accents: "Jürgen Łoś" becomes "jurgen los".

    Compatibility forms are unified (NFKD), so full-width letters and ligatures match plain ones.
    Folding a folded text changes nothing.
    """
    # A decomposition can bring up new capitals ("㎅"), a lower case new marks ("İ"): hence twice.
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return bare.translate(_LETTERS)


def terms(*texts: str) -> list[str]:
    """Return the distinct folded words of the texts, in order of their first appearance."""
    return list(dict.fromkeys(_words(texts)))


def _words(texts: tuple[str, ...]) -> Iterator[str]:
    for text in texts:
        yield from filter(None, _SEPARATORS.split(fold(text)))
