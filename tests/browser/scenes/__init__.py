"""Every page in every state that people meet, each brought about as people bring it about."""

from tests.browser.scenes import (
    absences,
    administering,
    at_the_desk,
    booking,
    bookings_overseen,
    choosing,
    experts_overseen,
    faces,
    finding,
    hours,
    installation,
    managing,
    profile,
    signing_in,
)
from tests.browser.scenes.stage import SCENES, Stage

NAMES = sorted(SCENES, key=lambda name: name != "outbox")
"""The outbox first: each scene makes it longer."""

__all__ = [
    "NAMES",
    "SCENES",
    "Stage",
    "absences",
    "administering",
    "at_the_desk",
    "booking",
    "bookings_overseen",
    "choosing",
    "experts_overseen",
    "faces",
    "finding",
    "hours",
    "installation",
    "managing",
    "profile",
    "signing_in",
]
