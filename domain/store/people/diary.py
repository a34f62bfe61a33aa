"""Diaries: the times that a person of the catalogue offers over the next four weeks."""

from datetime import datetime, timedelta
from zlib import crc32
from zoneinfo import ZoneInfo

from domain.availability import DayException, Interval, intervals
from domain.store.people.person import Person, slug_of
from domain.store.people.terms import terms_of
from domain.terms import closes_at

PUBLISHED_DAYS = 28
"""How far ahead times are published, in the expert's own days, today included."""

_DAY = timedelta(days=1)
_PERCENT_OF_DAYS_OFF = 7
_PERCENT_GONE_AT_MOST = 45


def times(person: Person, now: datetime) -> list[Interval]:
    """Return a person's times that can still be taken at `now`, as a real diary would have them.

    Some days are off and some times gone to people who booked elsewhere, more with one person
    than with another; which ones depends on the person and the day alone, not on `now`.
    """
    slug, terms = slug_of(person), terms_of(person)
    today = now.astimezone(ZoneInfo(person.zone)).date()
    days = [today + number * _DAY for number in range(PUBLISHED_DAYS)]
    found = intervals(
        person.rules,
        [DayException(on) for on in days if _percent(slug, on.isoformat()) < _PERCENT_OF_DAYS_OFF],
        zone=person.zone,
        first_on=today,
        days=PUBLISHED_DAYS,
        session=person.session,
        gap=person.gap,
    )
    gone = _percent(slug) * _PERCENT_GONE_AT_MOST // 100
    return [
        interval
        for interval in found
        if closes_at(terms, interval.starts_at) > now
        and _percent(slug, interval.starts_at.isoformat()) >= gone
    ]


def _percent(*words: str) -> int:
    """Return a number from 0 to 99 that looks like chance and is always the same."""
    return crc32(" ".join(words).encode()) % 100
