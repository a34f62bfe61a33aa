"""Every page in every state that people meet, each brought about as people bring it about."""

from tests.browser.scenes import (
    absences,
    at_the_desk,
    booking,
    choosing,
    finding,
    hours,
    managing,
    profile,
    signing_in,
)
from tests.browser.scenes.stage import SCENES, Stage

__all__ = [
    "SCENES",
    "Stage",
    "absences",
    "at_the_desk",
    "booking",
    "choosing",
    "finding",
    "hours",
    "managing",
    "profile",
    "signing_in",
]
