"""A person of the catalogue, as somebody would write them down."""

from dataclasses import dataclass
from datetime import time, timedelta

from domain.rules import profiles
from domain.rules.hours import Rule, Stretch, Weekday

_DAYS = {day.name[:3].lower(): day for day in Weekday}


@dataclass(frozen=True, kw_only=True)
class Person:
    """An expert of the catalogue before there is a document of them."""

    name: str
    category: str
    headline: str
    bio: str
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    """ISO 639-1 codes, the one they prefer first."""
    experience_years: int
    rating: float
    session: timedelta
    price: int
    """Of one session, in whole units of the currency."""
    currency: str
    zone: str
    rules: tuple[Rule, ...]
    gap: timedelta = timedelta(0)
    """The pause they take between two sessions."""
    number: int | None = None
    """Tells apart people who share a name; None if the name alone will do."""


def minutes(count: int) -> timedelta:
    """Return so many minutes."""
    return timedelta(minutes=count)


def week(days: str, *spans: str) -> tuple[Rule, ...]:
    """Read weekly hours as one writes them: `week("mon wed", "09:00-12:30", "14:00-18:00")`."""
    return tuple(Rule(_DAYS[day], _span(span)) for day in days.split() for span in spans)


def _span(text: str) -> Stretch:
    opens, closes = text.split("-")
    return Stretch(time.fromisoformat(opens), time.fromisoformat(closes))


def slug_of(person: Person) -> str:
    """Return the name in a person's address; who may share a name has a number."""
    return profiles.slug_of(person.name, person.number)
