"""Quotes: what a form has shown of price, length and terms, so that nobody agrees to other ones."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass

_NONE = "-"


@dataclass(frozen=True)
class Quote:
    """The price, the length and the terms by which somebody decides to book."""

    price_minor: int
    currency: str
    minutes: int
    """How long the session is."""
    cancel_before_minutes: int
    reschedule_before_minutes: int
    max_reschedules: int | None

    def __str__(self) -> str:
        return " ".join(_NONE if part is None else str(part) for part in astuple(self))


def read_quote(text: str) -> Quote | None:
    """Read what a form says it showed; None if that can't be read."""
    parts: Sequence[str] = text.split(" ")
    try:
        price, currency, minutes, cancel, reschedule, most = parts
        return Quote(
            int(price),
            currency,
            int(minutes),
            int(cancel),
            int(reschedule),
            None if most == _NONE else int(most),
        )
    except ValueError:
        return None
