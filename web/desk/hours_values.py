"""What stands in the forms of an expert's hours: what is kept, and what was typed."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.desk.working_hours.fields import UNITS, WORKDAYS
from domain.rules.hours import ExceptionKind, Weekday
from domain.rules.prices import price_text
from domain.store.documents import Expert
from web.http.forms import Form

_OWN = {"desk", "preview"}
"""Fields that any form of the desk may carry, and that say nothing of hours."""

_EXCEPTION = {
    "first": "",
    "last": "",
    "kind": ExceptionKind.CLOSED.value,
    "opens": "",
    "closes": "",
}


@dataclass(frozen=True)
class Typed:
    """A form as it was sent: which one, and what stood in it."""

    form: str
    """As the page names it."""
    path: str
    """Where it was sent to."""
    sent: Form

    @property
    def values(self) -> Form:
        """Return what the form says of hours."""
        return {name: value for name, value in self.sent.items() if name not in _OWN}


def values_of(expert: Expert, typed: Typed | None) -> Mapping[str, Form]:
    """Return what stands in each form of the page."""
    values = {
        "rule": _rule(expert),
        "exception": _EXCEPTION,
        "holidays": {
            "country": expert.hours.holidays.country,
            "region": expert.hours.holidays.region,
        },
        "limits": _limits(expert),
    }
    if typed and typed.form in values:
        kept = values[typed.form]
        values[typed.form] = {name: typed.sent.get(name, "") for name in kept}
    return values


def _rule(expert: Expert) -> Form:
    """Suggest a working week first, then the first day that has no hours."""
    taken = {rule.weekday for rule in expert.hours.rules}
    day = next((day for day in Weekday if day not in taken), Weekday.MONDAY)
    weekday = str(day.value) if taken else WORKDAYS
    return {"weekday": weekday, "opens": "09:00", "closes": "17:00", "every": "1", "from": ""}


def _limits(expert: Expert) -> Form:
    terms, limits = expert.terms, expert.hours.limits
    return {
        "session_minutes": str(expert.session_minutes),
        "price": price_text(expert.price_minor, expert.currency) if expert.has_price else "",
        "pause_before": str(limits.pause_before_minutes),
        "pause_after": str(limits.pause_after_minutes),
        "grid": str(limits.grid_minutes),
        "most_a_day": _number(limits.most_a_day),
        "most_a_week": _number(limits.most_a_week),
        "horizon_days": str(terms.horizon_days),
        **_amount("notice", terms.notice_minutes),
        **_amount("cancel", terms.cancel_before_minutes),
        **_amount("reschedule", terms.reschedule_before_minutes),
        "max_reschedules": _number(terms.max_reschedules),
    }


def _number(limit: int | None) -> str:
    return "" if limit is None else str(limit)


def _amount(name: str, minutes: int) -> Form:
    """Return minutes in the largest unit that needs no fraction; none at all in hours."""
    whole = [unit for unit, size in UNITS.items() if minutes % size == 0]
    unit = whole[-1] if minutes else "hours"
    return {name: str(minutes // UNITS[unit]), f"{name}_unit": unit}
