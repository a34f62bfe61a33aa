"""Hours as experts type them: the models that the forms of a desk have to satisfy."""

from typing import Annotated

from pydantic import AfterValidator, Field

from domain.desk.working_hours import fields
from domain.desk.working_hours.fields import if_typed, whole
from domain.typed import TypedForm


class RuleForm(TypedForm):
    """Weekly hours to be added."""

    weekday: fields.Weekdays
    """One, or all of a working week or of a whole one."""
    opens: fields.Opening
    closes: fields.Closing
    every: fields.Weeks
    since: Annotated[fields.Since, Field(alias="from")]


class ExceptionForm(TypedForm):
    """What is to hold on certain dates."""

    first: fields.Day
    last: fields.LastDay
    """The first one if nothing was typed."""
    kind: fields.Kind
    opens: fields.OpeningUnlessClosed
    closes: fields.ClosingUnlessClosed


class HolidaysForm(TypedForm):
    """Whose public holidays close an expert's days."""

    country: fields.Country
    region: str
    """As typed: one that the country doesn't have counts for the whole country."""


class LimitsForm(TypedForm):
    """How long sessions are, what lies between them, what they cost, and the terms.

    It is read with the `currency` that prices are typed in, by ISO 4217.
    """

    session_minutes: Annotated[int, whole(*fields.SESSION_MINUTES)]
    price: fields.Price
    """In minor units."""
    pause_before: Annotated[int, whole(0, 480)]
    pause_after: Annotated[int, whole(0, 480)]
    grid: fields.Grid
    most_a_day: Annotated[int | None, if_typed(whole(1, 100))]
    most_a_week: Annotated[int | None, if_typed(whole(1, 500))]
    horizon_days: Annotated[int, whole(1, fields.FURTHEST_DAYS)]
    notice_unit: fields.Unit
    notice: Annotated[int, fields.minutes_in("notice_unit"), AfterValidator(fields.within_horizon)]
    cancel_unit: fields.Unit
    cancel: Annotated[int, fields.minutes_in("cancel_unit")]
    reschedule_unit: fields.Unit
    reschedule: Annotated[int, fields.minutes_in("reschedule_unit")]
    max_reschedules: Annotated[int | None, if_typed(whole(0, 100))]
