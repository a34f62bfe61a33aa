"""The steps to a page that people can be shown: which are done, and where to go for the others."""

from datetime import datetime
from typing import NamedTuple

from domain.readiness import Lack, lacks_of
from domain.store.documents import Expert
from web.i18n.languages import marked as _

_OF_PROFILE = {Lack.HEADLINE, Lack.BIO, Lack.SKILLS}


class StepToTake(NamedTuple):
    """One of them."""

    words: str
    address: str
    done: bool


def steps_of(expert: Expert, now: datetime) -> list[StepToTake]:
    """Return the steps of an expert who isn't listed, in order; the last is never done."""
    lacks = {*lacks_of(expert, now=now)}
    return [
        StepToTake(
            _("Say who you are and what you offer"), "/desk/profile", not lacks & _OF_PROFILE
        ),
        StepToTake(_("Set your price"), "/desk/hours#limits", Lack.PRICE not in lacks),
        StepToTake(_("Say when you have time"), "/desk/hours", Lack.TIMES not in lacks),
        StepToTake(_("Look at your page as visitors will"), "/desk/profile/preview", done=False),
    ]
