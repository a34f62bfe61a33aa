"""The page of an expert's hours: the week, other days, holidays, limits, and a look ahead."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from litestar.response import Template

from domain.publishing import Published
from domain.rules.errors import Refusal
from domain.store.experts.diaries import today_of
from domain.working_hours.fields import GRIDS, UNITS
from domain.working_hours.saving import Preview, sessions_outside
from web.desk.access import Desk
from web.desk.clock_notes import OddTimes, odd_times
from web.desk.holidays import coming_holidays, countries_of, regions_of
from web.desk.hours_values import Typed, values_of
from web.desk.previews import new_warnings, weeks_of
from web.desk.week import exceptions_of, week_of
from web.i18n.languages import LOCALES

ADDRESS = "/desk/hours"

_SEEN = timedelta(days=800)
"""How far ahead clock changes are looked for: exceptions may lie beyond the horizon."""


async def show_hours(
    desk: Desk,
    *,
    typed: Typed | None = None,
    preview: Preview | None = None,
    done: Published | None = None,
    refusal: Refusal | None = None,
) -> Template:
    """Show the page; with a form that was sent, also what it would do, has done, or lacks."""
    odd = odd_times(
        LOCALES[desk.visit.language], desk.expert.zone, desk.visit.now, desk.visit.now + _SEEN
    )
    outside = await sessions_outside(desk.visit.database, desk.expert, now=desk.visit.now)
    return desk.show(
        "hours",
        "_hours",
        refusal=refusal,
        path=ADDRESS,
        zone=desk.expert.zone,
        done=done,
        preview=preview,
        outside=outside,
        **_hours(desk, odd),
        **_forms(desk, typed, refusal),
        **(_foreseen(desk, preview, odd) if preview else {}),
    )


def _hours(desk: Desk, odd: OddTimes) -> Mapping[str, Any]:
    """Return the present hours, with their notes and warnings."""
    expert, today = desk.expert, today_of(desk.expert, desk.visit.now)
    published = odd.until(today + timedelta(days=expert.terms.horizon_days))
    exceptions, past = exceptions_of(expert.hours, today, odd)
    return {
        "week": week_of(expert.hours, today, published),
        "exceptions": exceptions,
        "past_exceptions": past,
        "holidays": coming_holidays(expert.hours.holidays, today, desk.visit.language),
    }


def _forms(desk: Desk, typed: Typed | None, refusal: Refusal | None) -> Mapping[str, Any]:
    """Return the forms' values, their errors, and what can be chosen."""
    values = values_of(desk.expert, typed)
    return {
        "typed": typed,
        "values": values,
        "errors": {typed.form: refusal.fields} if typed and refusal else {},
        "countries": countries_of(desk.visit.language),
        "regions": regions_of(values["holidays"]["country"]),
        "grids": GRIDS,
        "units": UNITS,
    }


def _foreseen(desk: Desk, preview: Preview, odd: OddTimes) -> Mapping[str, Any]:
    """Return what a preview shows beside what it would do."""
    today = today_of(desk.expert, desk.visit.now)
    return {
        "preview_weeks": weeks_of(preview.times, desk.expert.zone, today, odd),
        "warnings": new_warnings(desk.expert.hours, preview.expert.hours, today, odd),
    }
