"""Newcomers: experts of whom nothing is known yet but a name, an address and a field."""

import secrets
from datetime import datetime
from typing import NamedTuple

from domain.booking.bookings import normal_address
from domain.rules import profiles as rules
from domain.rules.instants import NEVER
from domain.store.core.database import Key
from domain.store.documents import Expert
from domain.store.documents.profiles import ExpertStatus

_SESSION_MINUTES = 50
_CURRENCY = "EUR"


class Newcomer(NamedTuple):
    """What is known of somebody who is to become an expert."""

    name: str
    email: str
    category: str


class Beginnings(NamedTuple):
    """How somebody reads to begin with: the IANA zone of times, and the language (ISO 639-1)."""

    zone: str
    language: str


def expert_of(
    newcomer: Newcomer, begins: Beginnings, status: ExpertStatus, *, now: datetime, words: str = ""
) -> Expert:
    """Return an expert to begin with; a name of its own comes once the address is proven."""
    slug = f"draft-{secrets.token_hex(8)}"
    return Expert(
        id=Key(),
        slug=slug,
        slugs=[slug],
        name=newcomer.name,
        sort_name=rules.sort_name(newcomer.name),
        headline="",
        category=newcomer.category,
        bio="",
        text_language=begins.language,
        skills=[],
        languages=[begins.language],
        experience_years=0,
        rating=0,
        session_minutes=_SESSION_MINUTES,
        price_minor=0,
        currency=_CURRENCY,
        price_rank=0,
        zone=begins.zone,
        email=newcomer.email,
        address=normal_address(newcomer.email),
        search_terms=rules.search_terms(newcomer.name, "", []),
        next_free_at=NEVER,
        status=status,
        listed=False,
        applied_at=now,
        application=words,
    )
