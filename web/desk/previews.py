"""Previews: what visitors would find of an expert's times, day by day, and what else to know."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from domain.rules.errors import Sentence
from domain.rules.previews import ForeseenTime
from domain.store.documents.hours import WorkingHours
from web.desk.clock_notes import OddTimes
from web.desk.week import exceptions_of, week_of
from web.i18n.formats import local_day

DAYS = 28

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class PreviewDay:
    """A day as visitors would find it."""

    on: date
    times: Sequence[ForeseenTime]
    note: Sentence | None


def days_of(
    times: Iterable[ForeseenTime], zone: str, today: date, odd: OddTimes
) -> list[PreviewDay]:
    """Return four weeks from today on, as visitors in the expert's zone would find them."""
    by_day: dict[date, list[ForeseenTime]] = {today + n * _DAY: [] for n in range(DAYS)}
    for time in times:
        by_day.get(local_day(time.starts_at, zone), []).append(time)
    return [PreviewDay(on, found, odd.of(on)) for on, found in by_day.items()]


def new_warnings(
    before: WorkingHours, after: WorkingHours, today: date, odd: OddTimes
) -> list[Sentence]:
    """Return what is to be said of changed hours, and is not of those that there are; once each."""
    known = _warnings(before, today, odd)
    return [said for text, said in _warnings(after, today, odd).items() if text not in known]


def _warnings(hours: WorkingHours, today: date, odd: OddTimes) -> dict[str, Sentence]:
    ahead, _past = exceptions_of(hours, today, odd)
    warnings = [rule.warnings for day in week_of(hours, today, odd) for rule in day.rules]
    warnings += [one.warnings for one in ahead]
    return {str(said): said for some in warnings for said in some}
