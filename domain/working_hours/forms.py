"""Hours as experts type them: the models that the forms of a desk have to satisfy."""

from collections.abc import Mapping
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from domain.rules.errors import Code, Refusal, Sentence
from domain.working_hours import fields
from domain.working_hours.fields import if_typed, whole


class DeskForm(BaseModel):
    """What `read_hours` reads."""

    model_config = ConfigDict(extra="ignore")


class RuleForm(DeskForm):
    """Weekly hours to be added."""

    weekday: fields.Weekdays
    """One, or all of a working week or of a whole one."""
    opens: fields.Opening
    closes: fields.Closing
    every: fields.Weeks
    since: Annotated[fields.Since, Field(alias="from")]


class ExceptionForm(DeskForm):
    """What is to hold on certain dates."""

    first: fields.Day
    last: fields.LastDay
    """The first one where nothing was typed."""
    kind: fields.Kind
    opens: fields.OpeningUnlessClosed
    closes: fields.ClosingUnlessClosed


class HolidaysForm(DeskForm):
    """Whose public holidays close an expert's days."""

    country: fields.Country
    region: str
    """As typed: one that the country doesn't have counts for the whole country."""


class LimitsForm(DeskForm):
    """How long sessions are, what lies between them, what they cost, and the terms."""

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


F = TypeVar("F", bound=DeskForm)


def read_hours(form: type[F], values: Mapping[str, str], *, currency: str = "") -> F:
    """Check a form of hours. A field that was not sent counts as empty; space around one doesn't.

    Args:
        form: Which one.
        values: What was typed.
        currency: In which prices are typed, by ISO 4217.

    Raises:
        Refusal: FORM_INVALID, with a message for each field that needs mending.
    """
    names = [field.alias or name for name, field in form.model_fields.items()]
    typed = {name: values.get(name, "").strip() for name in names}
    try:
        return form.model_validate(typed, context={"currency": currency})
    except ValidationError as error:
        wrong = {
            str(found["loc"][0]): Sentence(str(found["msg"]), found.get("ctx", {}))
            for found in error.errors()
        }
        raise Refusal(Code.FORM_INVALID, fields=wrong) from error
