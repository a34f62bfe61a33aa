"""The steps to a page that people can be shown: which are done, and where to go for the others."""

from typing import NamedTuple

from domain.store.documents import Expert
from web.i18n.languages import marked as _


class StepToTake(NamedTuple):
    """One of them."""

    words: str
    address: str
    done: bool


def steps_of(expert: Expert) -> list[StepToTake]:
    """Return what an expert who isn't listed has to do, in order; the last is never done."""
    has_profile = bool(expert.headline and expert.bio and expert.skills)
    return [
        StepToTake(_("Say who you are and what you offer"), "/desk/profile", has_profile),
        StepToTake(_("Say when you have time"), "/desk/hours", expert.has_hours),
        StepToTake(_("Look at your page as visitors will"), "/desk/profile/preview", done=False),
    ]
