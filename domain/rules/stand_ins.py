"""Stand-ins: what another expert must offer for an attendee to have chosen them just as well."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Equivalent:
    """A session that an attendee has agreed to, as far as a stand-in has to match it."""

    category: str
    languages: Collection[str]
    """ISO 639-1 codes: the stand-in has to speak one of them."""
    minutes: int
    most_minor: int
    """What the attendee pays, in the currency's minor units: a stand-in may not cost more."""
    currency: str


def languages_shared(of_expert: Collection[str], of_attendee: str) -> Collection[str]:
    """Return the languages that a session with an expert may be held in.

    Where the expert speaks the language that the attendee booked in, it is that one alone.
    """
    return {of_attendee} if of_attendee in of_expert else set(of_expert)
