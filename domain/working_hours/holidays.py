"""Public holidays on which an expert is closed: of which country, and which are opened again."""

from datetime import date

from domain.rules.errors import Code, Refusal
from domain.rules.holidays import public_holidays, regions
from domain.store.documents import Expert
from domain.store.documents.hours import PublicHolidays
from domain.working_hours.changes import Change, with_hours
from domain.working_hours.forms import HolidaysForm

_YEARS_KEPT = 3
"""This year and the two that follow."""


def keep_holidays(form: HolidaysForm, today: date) -> Change:
    """Close an expert's days on the public holidays of a country, as they are known today."""
    region = form.region if form.country and form.region in regions(form.country) else ""

    def change(expert: Expert) -> Expert:
        before = expert.hours.holidays
        is_same = (before.country, before.region) == (form.country, region)
        opened = before.opened if is_same else []
        return with_hours(expert, holidays=_snapshot(form.country, region, opened, today))

    return change


def open_holiday(on: str, today: date) -> Change:
    """Work on a public holiday all the same. It refuses HOURS_UNKNOWN."""

    def change(expert: Expert) -> Expert:
        kept = _known(expert, on, today)
        opened = sorted({*kept.opened, on})
        return with_hours(expert, holidays=kept.model_copy(update={"opened": opened}))

    return change


def close_holiday(on: str, today: date) -> Change:
    """Be closed on a public holiday again. It refuses HOURS_UNKNOWN."""

    def change(expert: Expert) -> Expert:
        kept = _known(expert, on, today)
        closed = {
            "opened": [one for one in kept.opened if one != on],
            "dates": sorted({*kept.dates, on}),
        }
        return with_hours(expert, holidays=kept.model_copy(update=closed))

    return change


def _snapshot(country: str, region: str, opened: list[str], today: date) -> PublicHolidays:
    if not country:
        return PublicHolidays()
    years = range(today.year, today.year + _YEARS_KEPT)
    dates = [on.isoformat() for year in years for on in public_holidays(country, region, year)]
    return PublicHolidays(
        country=country,
        region=region,
        opened=[on for on in opened if on >= today.isoformat()],
        dates=dates,
        through=years[-1],
    )


def _known(expert: Expert, on: str, today: date) -> PublicHolidays:
    """Return an expert's holidays as they are kept, of which this date has to be one."""
    kept = expert.hours.holidays
    if on not in {*kept.dates, *_snapshot(kept.country, kept.region, [], today).dates}:
        raise Refusal(Code.HOURS_UNKNOWN)
    return kept
