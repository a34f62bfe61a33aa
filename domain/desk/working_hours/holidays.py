"""Public holidays on which an expert is closed: of which country, and which are opened again."""

from datetime import date

from domain.desk.working_hours.changes import Change, with_hours
from domain.desk.working_hours.forms import HolidaysForm
from domain.rules.errors import Code, Refusal
from domain.rules.holidays import regions
from domain.store.documents import Expert
from domain.store.documents.hours import PublicHolidays
from domain.store.experts.holidays import kept_through, new_since

_YEARS_AHEAD = 2
"""How many years beyond this one are kept as they are known when the expert saves."""


def keep_holidays(form: HolidaysForm, today: date) -> Change:
    """Close an expert's days on the public holidays of a country, as they are known today.

    Saved again for the same country, it decides nothing about holidays that have become known.
    """
    region = form.region if form.country and form.region in regions(form.country) else ""

    def change(expert: Expert) -> Expert:
        before = expert.hours.holidays
        is_same = (before.country, before.region) == (form.country, region)
        kept = before if is_same else PublicHolidays(country=form.country, region=region)
        opened = [on for on in kept.opened if on >= today.isoformat()]
        kept = kept_through(kept, today.year + _YEARS_AHEAD, today)
        return with_hours(expert, holidays=kept.model_copy(update={"opened": opened}))

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


def _known(expert: Expert, on: str, today: date) -> PublicHolidays:
    """Return an expert's holidays as they are kept, of which this date has to be one."""
    kept = expert.hours.holidays
    new = [one.isoformat() for one in new_since(kept, today)]
    ahead = kept_through(kept, today.year + _YEARS_AHEAD, today).dates
    if on not in {*kept.dates, *kept.opened, *ahead, *new}:
        raise Refusal(Code.HOURS_UNKNOWN)
    return kept
