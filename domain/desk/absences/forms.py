"""Absences as experts type them: the model that the form of a desk has to satisfy."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from domain.desk.absences.declaring import AbsentDays
from domain.desk.remarks import MESSAGE_LIMIT
from domain.desk.working_hours import fields
from domain.desk.working_hours.fields import whole
from domain.rules.absences import OFFER_HOURS
from domain.typed import TypedForm, many_lines


class AbsenceForm(TypedForm):
    """The days on which an expert is absent, and what goes with them."""

    first: fields.Day
    last: fields.LastDay
    """The first one where nothing was typed."""
    message: Annotated[str, Field(max_length=MESSAGE_LIMIT), AfterValidator(many_lines)]
    offer_hours: Annotated[int, whole(OFFER_HOURS.start, OFFER_HOURS[-1])]


def read_days(values: Mapping[str, str]) -> AbsentDays:
    """Return what was typed.

    Raises:
        Refusal: FORM_INVALID, with a message for each field that needs mending.
    """
    form = AbsenceForm.read(values)
    return AbsentDays(form.first, form.last, form.message, form.offer_hours)
