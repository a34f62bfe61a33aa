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

WEEKS = 4

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class PreviewDay:
    """A day as visitors would find it."""

    on: date
    times: Sequence[ForeseenTime]
    note: Sentence | None

    @property
    def free(self) -> int:
        """How many of its times visitors could book."""
        return sum(time.is_free for time in self.times)

    @property
    def new(self) -> int:
        """How many of those are not there yet."""
        return sum(time.is_free and time.is_new for time in self.times)


@dataclass(frozen=True)
class PreviewWeek:
    """Seven days as visitors would find them."""

    days: Sequence[PreviewDay]

    @property
    def free(self) -> int:
        """How many times visitors could book."""
        return sum(day.free for day in self.days)

    @property
    def new(self) -> int:
        """How many of those are not there yet."""
        return sum(day.new for day in self.days)


def weeks_of(
    times: Iterable[ForeseenTime], zone: str, today: date, odd: OddTimes
) -> list[PreviewWeek]:
    """Return four weeks from today on, as visitors in the expert's zone would find them."""
    by_day: dict[date, list[ForeseenTime]] = {today + n * _DAY: [] for n in range(7 * WEEKS)}
    for time in times:
        by_day.get(local_day(time.starts_at, zone), []).append(time)
    days = [PreviewDay(on, found, odd.of(on)) for on, found in by_day.items()]
    return [PreviewWeek(days[7 * n : 7 * (n + 1)]) for n in range(WEEKS)]


def new_warnings(
    before: WorkingHours, after: WorkingHours, today: date, odd: OddTimes
) -> list[Sentence]:
    """Return the warnings that changed hours would add, each once."""
    known = _warnings(before, today, odd)
    return [said for text, said in _warnings(after, today, odd).items() if text not in known]


def _warnings(hours: WorkingHours, today: date, odd: OddTimes) -> dict[str, Sentence]:
    ahead, _past = exceptions_of(hours, today, odd)
    warnings = [rule.warnings for day in week_of(hours, today, odd) for rule in day.rules]
    warnings += [one.warnings for one in ahead]
    return {str(said): said for some in warnings for said in some}
