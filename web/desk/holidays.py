"""Public holidays as a page shows them: whose are kept, and which of them are to come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from domain.rules.holidays import countries, public_holidays, regions
from domain.store.documents.hours import PublicHolidays
from domain.store.experts.holidays import closed_by, new_since
from web.i18n.languages import LOCALES, translate
from web.i18n.languages import marked as _

_AHEAD = timedelta(days=366)
_NAMELESS = _("Public holiday")
"""One that was a holiday when the expert saved it, and is none any more."""


@dataclass(frozen=True)
class ComingHoliday:
    """A public holiday within a year."""

    on: date
    name: str
    is_closed: bool
    """Whether the expert has no weekly hours on it."""
    is_new: bool
    """Whether it became known after the expert saved, who has yet to say whether it closes."""


def countries_of(language: str) -> list[tuple[str, str]]:
    """Return the countries whose holidays are known, each with its name, by name."""
    names = LOCALES[language].territories
    named = ((code, str(names.get(code, code))) for code in countries())
    return sorted(named, key=lambda one: one[1].casefold())


def regions_of(country: str) -> list[tuple[str, str]]:
    """Return the regions of a country with holidays of their own, each with its name, by name."""
    if country not in countries():
        return []
    return sorted(regions(country).items(), key=lambda one: one[1].casefold())


def coming_holidays(kept: PublicHolidays, today: date, language: str) -> list[ComingHoliday]:
    """Return the holidays of a year from today on, by date: the kept ones, and those known now."""
    if not kept.country:
        return []
    last = today + _AHEAD
    closed = {*closed_by(kept, today.year, last.year)}
    new = {*new_since(kept, today)}
    names = _names(kept, range(today.year, last.year + 1), language)
    return [
        ComingHoliday(on, names[on], on in closed, on in new)
        for on in sorted(names)
        if today <= on <= last
    ]


def _names(kept: PublicHolidays, years: range, language: str) -> Mapping[date, str]:
    nameless = translate(language, _NAMELESS)
    names = {date.fromisoformat(on): nameless for on in kept.dates}
    for year in years:
        names |= public_holidays(kept.country, kept.region, year, language)
    return names
