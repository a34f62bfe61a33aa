"""Profiles: what follows from what experts say of themselves, and the names in their addresses."""

import re
from collections.abc import Sequence

from slugify import slugify

from domain.rules.words import fold, terms

SLUG_LENGTHS = (3, 60)
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NAMELESS = "expert"


def sort_name(name: str) -> str:
    """Return a name as lists are sorted by it: without case and accents, and never empty."""
    return fold(name) or name


def search_terms(name: str, headline: str, skills: Sequence[str]) -> list[str]:
    """Return the words by which an expert is found."""
    return terms(name, headline, *skills)


def slug_of(name: str, number: int | None = None) -> str:
    """Return a name as an address has it; a number tells apart those who share the name."""
    slug = slugify(name, max_length=SLUG_LENGTHS[1] - len("-0000"), word_boundary=True)
    slug = slug if len(slug) >= SLUG_LENGTHS[0] else "-".join(filter(None, (slug, _NAMELESS)))
    return slug if number is None else f"{slug}-{number}"


def is_slug(text: str) -> bool:
    """Say whether a text can stand for an expert in an address."""
    shortest, longest = SLUG_LENGTHS
    return shortest <= len(text) <= longest and _SLUG.fullmatch(text) is not None
