"""Texts that people typed: whether they show anything, and how they stand beside our words."""

import re
import unicodedata

_DIRECTING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Embeddings, overrides and isolates: they turn what follows them, ours too (UAX #9, section 2).

Marks (U+200E, U+200F, U+061C) stay: some words need them, and no isolate lets them out.
"""

_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""What no font draws: Unicode's Default_Ignorable_Code_Point, and the Braille pattern without dots.

Python's own tables don't tell of that property.
"""

_UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})
_BLANK = _UNPRINTABLE | {"Cf", "Zs"}
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_ISOLATE, _END = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"


def is_printable(text: str, allowed: str = "") -> bool:
    """Say whether a text has no controls and no ends of lines in it, but those that are allowed."""
    return not any(unicodedata.category(c) in _UNPRINTABLE and c not in allowed for c in text)


def without_directing(text: str) -> str:
    """Return a text without the characters that turn the direction of what stands behind them."""
    return _DIRECTING.sub("", text)


def shows_something(text: str) -> bool:
    """Say whether anybody who looks at a text sees more than space."""
    return any(unicodedata.category(c) not in _BLANK for c in _UNSEEN.sub("", text))


def isolated(text: str) -> str:
    """Isolate a text within others: its writing direction doesn't reach beyond it.

    What is written from left to right, as all our words are, needs no isolates and gets none. Each
    line has its own: an isolate ends with its paragraph (UAX #9, section 3.3.2).
    """
    plain = without_directing(text)
    if not any(unicodedata.bidirectional(c) in _RIGHT_TO_LEFT for c in plain):
        return plain
    return "\n".join(f"{_ISOLATE}{line}{_END}" for line in plain.split("\n"))
