"""Finding by words among a million: every beginning of a word is kept, and looked up as it is.

Two words at once, such as a first and a last name, may each be common and together rare: so each
two heads of words are kept as well.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from domain.rules.words import fold, terms

MOST_LETTERS = 6
"""Of so many first letters each beginning is kept: few words that share them differ after them."""

_MOST_WORDS = 12
"""How many words of a name and an address count."""
_HEAD = 2


def kept_of(name: str, address: str, reference: str) -> list[str]:
    """Return what a booking is found by, each once.

    A reference that is typed in part is found from `MOST_LETTERS` on: fewer match by chance.
    """
    words, code = terms(name, address)[:_MOST_WORDS], fold(reference)
    singles = (part for word in words for part in _beginnings(word))
    return [*dict.fromkeys([*singles, code[:MOST_LETTERS], code, *_pairs([*words, code])])]


def wanted_of(words: Sequence[str]) -> list[str]:
    """Return what has to be kept of a booking that is found by the beginnings of all these words.

    Of a word that is longer than `MOST_LETTERS`, these are not the whole.
    """
    return [*(word[:MOST_LETTERS] for word in words), *_pairs(words)]


def _beginnings(word: str) -> Iterator[str]:
    yield from (word[:letters] for letters in range(1, min(MOST_LETTERS, len(word)) + 1))
    yield word


def _pairs(words: Iterable[str]) -> list[str]:
    """Return each two heads of words, in order; a word of one letter has none."""
    heads = sorted({word[:_HEAD] for word in words if len(word) >= _HEAD})
    return [" ".join(pair) for pair in combinations(heads, 2)]
