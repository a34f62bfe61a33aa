"""Diaries: the hours of a person of the catalogue, with days off and stretches that are taken."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zlib import crc32
from zoneinfo import ZoneInfo

from domain.rules.hours import ExceptionKind, Rule, Stretch
from domain.rules.schedule import day_of
from domain.seeds.people.person import Person, slug_of
from domain.seeds.people.terms import terms_of
from domain.store.documents.hours import (
    KeptException,
    KeptRule,
    SessionLimits,
    WorkingHours,
)

_DAY = timedelta(days=1)
_PERCENT_OF_DAYS_OFF = 7
_PERCENT_OF_DAYS_TAKEN_AT_MOST = 60


def hours_of(person: Person, now: datetime) -> WorkingHours:
    """Return a person's hours, with exceptions as far ahead as the person publishes at `now`.

    Which days are off, and which have a stretch that is taken, more with one person than with
    another, depends on the person and the day alone.
    """
    today = day_of(now, ZoneInfo(person.zone))
    days = [today + number * _DAY for number in range(terms_of(person).horizon_days + 1)]
    return WorkingHours(
        rules=[_rule(number, rule) for number, rule in enumerate(person.rules, start=1)],
        exceptions=[one for on in days for one in _exceptions(person, on)],
        limits=SessionLimits(pause_after_minutes=person.gap // timedelta(minutes=1)),
    )


def _rule(number: int, rule: Rule) -> KeptRule:
    opens, closes = _kept(rule.hours)
    return KeptRule(key=f"r{number}", weekday=rule.weekday, opens=opens, closes=closes)


def _exceptions(person: Person, on: date) -> Iterator[KeptException]:
    slug, day = slug_of(person), on.isoformat()
    dates = {"key": f"d{day}", "first_on": day, "last_on": day}
    hours = [rule.hours for rule in person.rules if rule.weekday == on.weekday()]
    if not hours:
        return
    if _percent(slug, day) < _PERCENT_OF_DAYS_OFF:
        yield KeptException(kind=ExceptionKind.CLOSED, **dates)
    elif _percent(slug, day, "taken") < _percent(slug) * _PERCENT_OF_DAYS_TAKEN_AT_MOST // 100:
        taken = _half(hours[_percent(day, slug) % len(hours)], first=_percent(day) % 2 == 0)
        opens, closes = _kept(taken)
        yield KeptException(kind=ExceptionKind.TAKEN, **dates, opens=opens, closes=closes)


def _half(hours: Stretch, *, first: bool) -> Stretch:
    """Return the first or the second half of a stretch, to the full hour."""
    middle = hours.opens.replace(hour=(hours.opens.hour + (hours.closes.hour or 24)) // 2)
    if not hours.opens < middle or (hours.closes.hour and not middle < hours.closes):
        return hours
    return Stretch(hours.opens, middle) if first else Stretch(middle, hours.closes)


def _kept(hours: Stretch) -> tuple[str, str]:
    return f"{hours.opens:%H:%M}", f"{hours.closes:%H:%M}"


def _percent(*words: str) -> int:
    """Return a number from 0 to 99 that looks like chance and is always the same."""
    return crc32(" ".join(words).encode()) % 100
