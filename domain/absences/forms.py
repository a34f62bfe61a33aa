"""Absences as experts type them: the model that the form of a desk has to satisfy."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from domain.absences.declaring import AbsentDays
from domain.remarks import MESSAGE_LIMIT
from domain.rules.absences import OFFER_HOURS
from domain.typed import many_lines
from domain.working_hours import fields
from domain.working_hours.fields import whole
from domain.working_hours.forms import DeskForm, read_hours


def _message(text: str) -> str:
    if len(text) > MESSAGE_LIMIT:
        most = {"most": MESSAGE_LIMIT}
        raise PydanticCustomError("long", "Write no more than %(most)d characters.", most)
    return many_lines(text)


class AbsenceForm(DeskForm):
    """The days on which an expert is absent, and what goes with them."""

    first: fields.Day
    last: fields.LastDay
    """The first one where nothing was typed."""
    message: Annotated[str, AfterValidator(_message)]
    offer_hours: Annotated[int, whole(OFFER_HOURS.start, OFFER_HOURS[-1])]


def read_days(values: Mapping[str, str]) -> AbsentDays:
    """Return what was typed.

    Raises:
        Refusal: FORM_INVALID, with a message for each field that needs mending.
    """
    form = read_hours(AbsenceForm, values)
    return AbsentDays(form.first, form.last, form.message, form.offer_hours)
