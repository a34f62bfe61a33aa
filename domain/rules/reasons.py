"""Reasons: the one thing that decides why a time can be booked, or why it can't.

They are found by the functions that publish: a time that the hours want and that nothing is in the
way of has no reason to be missing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Generic, Protocol, TypeVar
from zoneinfo import ZoneInfo

from domain.rules.availability import Interval, instant_of, open_on, taken_on, wanted
from domain.rules.hours import DateException, Diary, ExceptionKind
from domain.rules.plan import CLAIMED
from domain.rules.schedule import day_of
from domain.rules.slots import OpenFacts, SlotState, is_free
from domain.rules.terms import TermsFacts, closes_at, opens_at


class Why(StrEnum):
    """What decides."""

    FREE = "free"
    PAST = "past"
    SKIPPED = "skipped"
    """The clocks skip this wall time."""
    BOOKED = "booked"
    HELD = "held"
    OFFERED = "offered"
    FULL = "full"
    """No session is left on that day, or in that week."""
    NOTICE = "notice"
    """It begins too soon."""
    HORIZON = "horizon"
    """It can't be booked yet."""
    CLOSED = "closed"
    """An exception closes the date."""
    HOLIDAY = "holiday"
    TAKEN = "taken"
    """An exception has taken a stretch that the session would touch."""
    NO_HOURS = "no_hours"
    """The hours of that date don't cover it."""
    TOO_LATE = "too_late"
    """The session would go on beyond the hours."""
    NO_START = "no_start"
    """Sessions begin at other minutes."""
    TOO_NEAR = "too_near"
    """Another session is in the way, or nearer than the pause."""
    UNPUBLISHED = "unpublished"
    """It is about to be published."""


class SlotInTheWay(OpenFacts, Protocol):
    """The part of a slot that reasons look at. Instants are aware and in UTC."""

    @property
    def starts_at(self) -> datetime: ...  # noqa: D102 - as they are kept
    @property
    def ends_at(self) -> datetime: ...  # noqa: D102


S = TypeVar("S", bound=SlotInTheWay)


@dataclass(frozen=True)
class Reason(Generic[S]):
    """What decides about one time, and what it is by."""

    why: Why
    exception: DateException | None = None
    """Which one, for `CLOSED` and `TAKEN`."""
    slot: S | None = None
    """Which one, for what is booked, held or offered, and for `TOO_NEAR`."""
    nearest: Sequence[datetime] = ()
    """When the session before and the one after begin, for `NO_START` and `TOO_LATE`."""


_OF_CLAIMED = {
    SlotState.BOOKED: Why.BOOKED,
    SlotState.HELD: Why.HELD,
    SlotState.OFFERED: Why.OFFERED,
}


@dataclass(frozen=True)
class Situation(Generic[S]):
    """What decides about an expert's times."""

    diary: Diary
    terms: TermsFacts
    slots: Sequence[S]
    """Those that are not over; withdrawn ones don't count."""
    now: datetime


def reason(situation: Situation[S], local: datetime) -> Reason[S]:
    """Say what decides about the time that begins at a wall time of the expert's.

    Args:
        situation: The expert's.
        local: The wall time, without a zone; the first of both where the clocks repeat it.
    """
    starts_at = instant_of(local, situation.diary.zone)
    if starts_at is None:
        return Reason(Why.SKIPPED)
    if starts_at <= situation.now:
        return Reason(Why.PAST)
    there = [slot for slot in situation.slots if slot.state is not SlotState.WITHDRAWN]
    found = next((slot for slot in there if slot.starts_at == starts_at), None)
    if found is not None:
        return _of_slot(found, situation.now)
    if opens_at(situation.terms, starts_at) > situation.now:
        return Reason(Why.HORIZON)
    return _of_missing(situation, there, local, starts_at)


def _of_slot(slot: S, now: datetime) -> Reason[S]:
    if is_free(slot, now):
        return Reason(Why.FREE)
    if slot.state is SlotState.BOOKED or now < slot.held_until:
        return Reason(_OF_CLAIMED[slot.state], slot=slot)
    if slot.closes_at <= now:
        return Reason(Why.NOTICE)
    if slot.opens_at > now:
        return Reason(Why.HORIZON)
    return Reason(Why.FULL) if slot.full else Reason(_OF_CLAIMED[slot.state], slot=slot)


def _of_missing(
    situation: Situation[S], slots: Sequence[S], local: datetime, starts_at: datetime
) -> Reason[S]:
    diary, now = situation.diary, situation.now
    session = Interval(starts_at, starts_at + diary.session)
    # From today on, as it is published: a pause may reach over midnight.
    today = day_of(now, ZoneInfo(diary.zone))
    sessions = wanted(diary, first_on=today, days=(local.date() - today).days + 1)
    if session not in sessions:
        return _of_unwanted(diary, local, session, sessions)
    for slot in slots:
        between = Interval(slot.starts_at, slot.ends_at)
        if slot.state in CLAIMED and session.meets(between, diary.pause):
            return Reason(Why.TOO_NEAR, slot=slot)
    is_late = closes_at(situation.terms, starts_at) <= now
    return Reason(Why.NOTICE if is_late else Why.UNPUBLISHED)


def _of_unwanted(
    diary: Diary, local: datetime, session: Interval, sessions: Sequence[Interval]
) -> Reason[S]:
    on = local.date()
    if closed := diary.on(on, ExceptionKind.CLOSED):
        return Reason(Why.CLOSED, exception=closed[0])
    if any(session.meets(other) for other in taken_on(diary, on)):
        return Reason(Why.TAKEN, exception=_taken_by(diary, on, session))
    spans = [
        span for span in open_on(diary, on) if span.starts_at <= session.starts_at < span.ends_at
    ]
    if not spans:
        return Reason(Why.HOLIDAY if _is_closed_by_holiday(diary, local) else Why.NO_HOURS)
    if session.ends_at > spans[0].ends_at:
        return Reason(Why.TOO_LATE, nearest=_around(session, sessions, diary, on))
    return Reason(Why.NO_START, nearest=_around(session, sessions, diary, on))


def _taken_by(diary: Diary, on: date, session: Interval) -> DateException | None:
    for one in diary.on(on, ExceptionKind.TAKEN):
        alone = Diary(zone=diary.zone, session=diary.session, exceptions=(one,))
        if any(session.meets(other) for other in taken_on(alone, on)):
            return one
    return None


def _is_closed_by_holiday(diary: Diary, local: datetime) -> bool:
    """Say whether the weekly hours would cover this wall time, were it no public holiday."""
    on, at = local.date(), local.time()
    if on not in diary.holidays or diary.on(on, ExceptionKind.INSTEAD):
        return False
    return any(
        rule.holds_on(on)
        and rule.hours.opens <= at
        and (rule.hours.closes == time.min or at < rule.hours.closes)
        for rule in diary.rules
    )


def _around(
    session: Interval, sessions: Sequence[Interval], diary: Diary, on: date
) -> Sequence[datetime]:
    zone = ZoneInfo(diary.zone)
    starts = [one.starts_at for one in sessions if day_of(one.starts_at, zone) == on]
    before = [at for at in starts if at < session.starts_at][-1:]
    after = [at for at in starts if at > session.starts_at][:1]
    return [*before, *after]
