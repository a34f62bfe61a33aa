"""Public holidays as an expert has seen them: what closes their days, and what is new since.

Countries announce holidays, and an update of the library brings them. Of years that an expert has
seen, and of years with published times, such news closes no day by itself: the expert decides.
"""

from collections.abc import Iterator
from datetime import date

from domain.rules.holidays import public_holidays
from domain.store.documents.hours import PublicHolidays


def closed_by(kept: PublicHolidays, first_year: int, last_year: int) -> Iterator[date]:
    """Yield the public holidays of some years that close an expert's day, as they were kept.

    Years beyond those that are kept are as they are known now.
    """
    if not kept.country:
        return
    opened = {date.fromisoformat(on) for on in kept.opened}
    seen = {date.fromisoformat(on) for on in kept.dates}
    for year in range(first_year, last_year + 1):
        known = seen if year <= kept.through else public_holidays(kept.country, kept.region, year)
        yield from (on for on in known if on.year == year and on not in opened)


def kept_through(kept: PublicHolidays, last_year: int, today: date) -> PublicHolidays:
    """Return an expert's holidays with those of further years, as they are known now.

    Years that are kept stay as they are; holidays of years that are over are dropped.
    """
    if not kept.country or last_year <= kept.through:
        return kept
    years = range(max(kept.through + 1, today.year), last_year + 1)
    new = [on for year in years for on in public_holidays(kept.country, kept.region, year)]
    dates = [on for on in kept.dates if on >= f"{today.year}"]
    added = {"dates": [*dates, *(on.isoformat() for on in new)], "through": last_year}
    return kept.model_copy(update=added)


def new_since(kept: PublicHolidays, today: date) -> list[date]:
    """Return the holidays from today on of which the expert has yet to say what they want."""
    if not kept.country:
        return []
    decided = {*kept.dates, *kept.opened}
    years = range(today.year, kept.through + 1)
    known = [on for year in years for on in public_holidays(kept.country, kept.region, year)]
    return [on for on in known if on >= today and on.isoformat() not in decided]
