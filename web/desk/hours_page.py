"""The page of an expert's hours: the week, other days, holidays, limits, and a look ahead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from litestar.response import Template

from domain.desk.publishing import Published
from domain.desk.working_hours.fields import GRIDS, UNITS
from domain.desk.working_hours.saving import Preview, sessions_outside
from domain.rules.errors import Refusal, Sentence
from domain.store.documents import Booking
from domain.store.experts.diaries import today_of
from web.desk.access import Desk
from web.desk.clock_notes import odd_times
from web.desk.holidays import ComingHoliday, coming_holidays, countries_of, regions_of
from web.desk.hours_values import Typed, values_of
from web.desk.previews import PreviewWeek, new_warnings, weeks_of
from web.desk.week import ShownDay, ShownException, exceptions_of, week_of
from web.http.forms import Form
from web.i18n.languages import LOCALES

ADDRESS = "/desk/hours"

_SEEN = timedelta(days=800)
"""How far ahead clock changes are looked for: exceptions may lie beyond the horizon."""


@dataclass(frozen=True)
class HoursPage:
    """What the page shows."""

    zone: str
    week: Sequence[ShownDay]
    exceptions: Sequence[ShownException]
    past_exceptions: Sequence[ShownException]
    holidays: Sequence[ComingHoliday]
    outside: Sequence[Booking]
    """Sessions that lie outside of the present hours."""
    done: Published | None
    preview: Preview | None
    preview_weeks: Sequence[PreviewWeek]
    warnings: Sequence[Sentence]
    """What only the hours of the preview would have to be warned of."""
    typed: Typed | None
    values: Mapping[str, Form]
    """What each form shows."""
    errors: Mapping[str, Mapping[str, Sentence]]
    """What is wrong, by form and field."""
    countries: Sequence[tuple[str, str]]
    regions: Sequence[tuple[str, str]]
    path: ClassVar = ADDRESS
    grids: ClassVar = GRIDS
    units: ClassVar = UNITS


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
    today, hours = today_of(desk.expert, desk.visit.now), desk.expert.hours
    published = odd.until(today + timedelta(days=desk.expert.terms.horizon_days))
    exceptions, past = exceptions_of(hours, today, odd)
    values = values_of(desk.expert, typed)
    page = HoursPage(
        zone=desk.expert.zone,
        week=week_of(hours, today, published),
        exceptions=exceptions,
        past_exceptions=past,
        holidays=coming_holidays(hours.holidays, today, desk.visit.language),
        outside=outside,
        done=done,
        preview=preview,
        preview_weeks=weeks_of(preview.times, desk.expert.zone, today, odd) if preview else (),
        warnings=new_warnings(hours, preview.expert.hours, today, odd) if preview else (),
        typed=typed,
        values=values,
        errors={typed.form: refusal.fields} if typed and refusal else {},
        countries=countries_of(desk.visit.language),
        regions=regions_of(values["holidays"]["country"]),
    )
    return desk.show("hours", "_hours", page, refusal=refusal)
