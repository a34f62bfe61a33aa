"""The week at a glance, and what differs from it: an expert's hours as a page shows them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from domain.rules.errors import Sentence
from domain.rules.hours import DateException, ExceptionKind, Rule, Stretch, Weekday
from domain.store.documents.hours import WorkingHours
from domain.store.experts.diaries import exception_of, rule_of
from web.desk.clock_notes import OddTimes
from web.i18n.formats import dates, short_day
from web.i18n.languages import marked as _

_DAY = timedelta(days=1)
_A_MONDAY = date(2024, 1, 1)
_MINUTES = 24 * 60

_KINDS = {
    ExceptionKind.INSTEAD: _("Only %(hours)s"),
    ExceptionKind.EXTRA: _("Also %(hours)s"),
    ExceptionKind.TAKEN: _("Busy %(hours)s"),
}


@dataclass(frozen=True)
class ShownRule:
    """Weekly hours of one day, with their notes and warnings."""

    key: str
    hours: str
    opens: int
    minutes: int
    """In minutes from midnight, and how many: for the drawing."""
    notes: Sequence[Sentence]
    warnings: Sequence[Sentence]


@dataclass(frozen=True)
class ShownDay:
    """A weekday, by a date that falls on it, with its hours in order."""

    weekday: Weekday
    on: date
    rules: Sequence[ShownRule]


@dataclass(frozen=True)
class ShownException:
    """An exception, with its warnings."""

    key: str
    dates: str
    words: Sentence
    warnings: Sequence[Sentence]


def hours_text(hours: Stretch) -> str:
    """Write hours; those until midnight end at 24:00."""
    closes = "24:00" if hours.closes == time.min else f"{hours.closes:%H:%M}"
    return f"{hours.opens:%H:%M}\N{EN DASH}{closes}"


def week_of(hours: WorkingHours, today: date, odd: OddTimes) -> list[ShownDay]:
    """Return the seven days of the week with an expert's weekly hours."""
    rules = sorted(
        ((kept.key, rule_of(kept)) for kept in hours.rules), key=lambda one: one[1].hours
    )
    return [
        ShownDay(
            day,
            _A_MONDAY + day * _DAY,
            [
                _shown_rule(key, rule, [*_overlaps(key, rule, rules)], today, odd)
                for key, rule in rules
                if rule.weekday is day
            ],
        )
        for day in Weekday
    ]


def _shown_rule(
    key: str, rule: Rule, warnings: list[Sentence], today: date, odd: OddTimes
) -> ShownRule:
    opens, closes = _minute(rule.hours.opens), _minute(rule.hours.closes) or _MINUTES
    if note := odd.note(rule.hours, rule.holds_on):
        warnings = [*warnings, note]
    notes = [*_recurrence(rule, today, odd)]
    return ShownRule(key, hours_text(rule.hours), opens, closes - opens, notes, warnings)


def _recurrence(rule: Rule, today: date, odd: OddTimes) -> Iterator[Sentence]:
    ahead = (max(today, rule.since or today) + number * _DAY for number in range(14))
    following = short_day(odd.locale, next(on for on in ahead if rule.holds_on(on)))
    if rule.every > 1:
        yield Sentence("Every second week, next on %(day)s", {"day": following})
    elif rule.since and rule.since > today:
        yield Sentence("From %(day)s on", {"day": following})


def _overlaps(key: str, rule: Rule, rules: Sequence[tuple[str, Rule]]) -> Iterator[Sentence]:
    for other_key, other in rules:
        if other_key != key and rule.meets(other):
            yield Sentence("Overlaps with %(hours)s", {"hours": hours_text(other.hours)})


def exceptions_of(
    hours: WorkingHours, today: date, odd: OddTimes
) -> tuple[list[ShownException], list[ShownException]]:
    """Return the exceptions to come, and those that are over, by date."""
    kept = sorted(
        ((one.key, exception_of(one)) for one in hours.exceptions), key=lambda one: one[1].first_on
    )
    ahead = [(key, one) for key, one in kept if one.last_on >= today]
    shown = [
        _shown_exception(key, one, [*_contradictions(key, one, ahead, odd)], odd)
        for key, one in ahead
    ]
    past = [_shown_exception(key, one, [], odd) for key, one in kept if one.last_on < today]
    return shown, past[::-1]


def _shown_exception(
    key: str, one: DateException, warnings: list[Sentence], odd: OddTimes
) -> ShownException:
    words = Sentence("Closed")
    if one.hours is not None:
        words = Sentence(_KINDS[one.kind], {"hours": hours_text(one.hours)})
        if note := odd.note(one.hours, one.covers):
            warnings = [*warnings, note]
    return ShownException(key, dates(odd.locale, one.first_on, one.last_on), words, warnings)


def _contradictions(
    key: str, one: DateException, others: Sequence[tuple[str, DateException]], odd: OddTimes
) -> Iterator[Sentence]:
    for other_key, other in others:
        if other_key == key or not one.contradicts(other):
            continue
        span = dates(odd.locale, max(one.first_on, other.first_on), min(one.last_on, other.last_on))
        if one.kind is ExceptionKind.CLOSED:
            yield Sentence(
                "Your hours on %(dates)s don't count while you are closed.", {"dates": span}
            )
        else:
            yield Sentence("This doesn't count on %(dates)s: you are closed then.", {"dates": span})


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute
