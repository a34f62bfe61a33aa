"""The three steps to a first booking: which are done, and where to go for the others."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from domain.desk.readiness import Lack, lacks_of
from domain.store.documents import Expert
from web.i18n.languages import marked as _

_OF_PROFILE = {Lack.HEADLINE, Lack.BIO, Lack.SKILLS}
_OF_HOURS = {Lack.TIMES, Lack.PRICE}


class StepToTake(NamedTuple):
    """One of them."""

    words: str
    address: str
    done: bool


def steps_of(expert: Expert, now: datetime) -> list[StepToTake]:
    """Return the steps of an expert whom nobody can book yet, in order; the last is never done.

    Who is listed, with hours and a price, has none to take.
    """
    if expert.listed and expert.has_hours and expert.has_price:
        return []
    lacks = {*lacks_of(expert, now=now)}
    return [
        StepToTake(
            _("Say who you are and what you offer"),
            "/desk/profile#profile-form",
            not lacks & _OF_PROFILE,
        ),
        _step_of_hours(lacks & _OF_HOURS),
        StepToTake(
            _("Look at your page as visitors will"),
            f"/experts/{expert.slug}" if expert.listed else "/desk/profile/preview",
            done=False,
        ),
    ]


def _step_of_hours(lacks: Collection[Lack]) -> StepToTake:
    """Return the step that gives times and a price; where one of them is given, the other's."""
    if lacks == {Lack.PRICE}:
        return StepToTake(_("Set your price"), "/desk/hours#limits", done=False)
    if lacks == {Lack.TIMES}:
        return StepToTake(_("Say when you have time"), "/desk/hours#week", done=False)
    words = _("Say when you have time, and for what price")
    return StepToTake(words, "/desk/hours#week", done=not lacks)
