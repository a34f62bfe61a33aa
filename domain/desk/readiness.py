"""Readiness: what a page still lacks before people can be shown it."""

from datetime import datetime
from enum import StrEnum

from domain.store.documents import Expert
from domain.store.experts.diaries import has_targets


class Lack(StrEnum):
    """Something that visitors need, and that an expert has yet to give."""

    HEADLINE = "headline"
    BIO = "bio"
    SKILLS = "skills"
    PRICE = "price"
    TIMES = "times"
    """Hours, from which at least one time is to come."""


def lacks_of(expert: Expert, *, now: datetime) -> list[Lack]:
    """Return what an expert's page lacks, in the order in which visitors would miss it."""
    given = {
        Lack.HEADLINE: bool(expert.headline),
        Lack.BIO: bool(expert.bio),
        Lack.SKILLS: bool(expert.skills),
        Lack.PRICE: expert.has_price,
        Lack.TIMES: _has_times(expert, now),
    }
    return [lack for lack, is_given in given.items() if not is_given]


def _has_times(expert: Expert, now: datetime) -> bool:
    return expert.has_hours and has_targets(expert, expert.hours, now)
