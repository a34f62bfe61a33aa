"""Public holidays by their names, in the reader's language if they have one in it."""

from datetime import date

from domain.rules.holidays import public_holidays
from domain.store.documents.hours import PublicHolidays


def holiday_name(kept: PublicHolidays, on: date, language: str) -> str:
    """Return what a public holiday is called; empty if it is none of those."""
    if not kept.country:
        return ""
    return public_holidays(kept.country, kept.region, on.year, language).get(on, "")
