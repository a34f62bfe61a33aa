"""Changes of an expert's hours: each takes an expert, and returns a changed copy.

Nothing is written here. A change that arrives twice counts once.
"""

import secrets
from collections.abc import Callable, Sequence

from domain.desk.working_hours.forms import ExceptionForm, LimitsForm, RuleForm
from domain.rules.absences import EXCEPTION_PREFIX
from domain.rules.errors import Code, Refusal, Sentence
from domain.rules.prices import price_rank
from domain.store.documents import Expert
from domain.store.documents.agreements import Terms
from domain.store.documents.hours import (
    KeptException,
    KeptRule,
    SessionLimits,
    WorkingHours,
)

Change = Callable[[Expert], Expert]

MOST_RULES = 100
MOST_EXCEPTIONS = 500

_FULL = Sentence("You have reached the limit. Remove some first.")


def add_rule(form: RuleForm) -> Change:
    """Add weekly hours, on each of the weekdays that were chosen."""
    since = form.since.isoformat() if form.since else None
    opens, closes = f"{form.opens:%H:%M}", f"{form.closes:%H:%M}"
    new = [
        KeptRule(
            key=_new_key(),
            weekday=day.value,
            opens=opens,
            closes=closes,
            every=form.every,
            since=since,
        )
        for day in form.weekday
    ]

    def change(expert: Expert) -> Expert:
        known = {content_of(rule) for rule in expert.hours.rules}
        rules = [*expert.hours.rules, *(rule for rule in new if content_of(rule) not in known)]
        if len(rules) > MOST_RULES:
            raise Refusal(Code.FORM_INVALID, fields={"weekday": _FULL})
        return with_hours(expert, has_hours=True, rules=rules)

    return change


def remove_rule(key: str) -> Change:
    """Remove weekly hours. It refuses HOURS_UNKNOWN."""

    def change(expert: Expert) -> Expert:
        return with_hours(expert, rules=_without(expert.hours.rules, key))

    return change


def add_exception(form: ExceptionForm) -> Change:
    """Add an exception for certain dates."""
    new = KeptException(
        key=_new_key(),
        first_on=form.first.isoformat(),
        last_on=form.last.isoformat(),
        kind=form.kind,
        opens=f"{form.opens:%H:%M}" if form.opens is not None else None,
        closes=f"{form.closes:%H:%M}" if form.closes is not None else None,
    )

    def change(expert: Expert) -> Expert:
        kept = expert.hours.exceptions
        if content_of(new) in {content_of(one) for one in kept}:
            return expert
        if len(kept) >= MOST_EXCEPTIONS:
            raise Refusal(Code.FORM_INVALID, fields={"first": _FULL})
        return with_hours(expert, has_hours=True, exceptions=[*kept, new])

    return change


def remove_exception(key: str) -> Change:
    """Remove an exception. It refuses HOURS_UNKNOWN.

    Days that an absence has closed open only when it is revoked, which tells the attendees.
    """

    def change(expert: Expert) -> Expert:
        if key.startswith(EXCEPTION_PREFIX):
            raise Refusal(Code.HOURS_UNKNOWN)
        return with_hours(expert, exceptions=_without(expert.hours.exceptions, key))

    return change


def limit(form: LimitsForm) -> Change:
    """Change sessions, their price, what lies between them, and the terms."""
    terms = Terms(
        notice_minutes=form.notice,
        horizon_days=form.horizon_days,
        cancel_before_minutes=form.cancel,
        reschedule_before_minutes=form.reschedule,
        max_reschedules=form.max_reschedules,
    )
    limits = SessionLimits(
        pause_before_minutes=form.pause_before,
        pause_after_minutes=form.pause_after,
        grid_minutes=form.grid,
        most_a_day=form.most_a_day,
        most_a_week=form.most_a_week,
    )

    def change(expert: Expert) -> Expert:
        profile = {
            "session_minutes": form.session_minutes,
            "price_minor": form.price,
            "price_rank": price_rank(form.price, expert.currency),
            "has_price": True,
            "terms": terms,
        }
        return with_hours(expert, limits=limits).model_copy(update=profile)

    return change


def with_hours(expert: Expert, *, has_hours: bool | None = None, **parts: object) -> Expert:
    """Return an expert with some parts of the hours changed."""
    hours: WorkingHours = expert.hours.model_copy(update=parts)
    had = expert.has_hours if has_hours is None else has_hours
    return expert.model_copy(update={"hours": hours, "has_hours": had})


def content_of(kept: KeptRule | KeptException) -> tuple[object, ...]:
    """Return everything but the key."""
    return tuple(value for name, value in kept.model_dump().items() if name != "key")


def _without(kept: Sequence[KeptRule | KeptException], key: str) -> list[object]:
    left: list[object] = [one for one in kept if one.key != key]
    if len(left) == len(kept):
        raise Refusal(Code.HOURS_UNKNOWN)
    return left


def _new_key() -> str:
    return secrets.token_urlsafe(9)
