"""The names of everything that the streams send; scripts have them in `static/js/names.js`."""

from enum import StrEnum

from domain.rules.events import SlotEvent


class Word(StrEnum):
    """A message that tells of something else than of one slot."""

    DAY_CHANGED = "dayChanged"
    RESYNC = "resync"
    OPENINGS_CHANGED = "openingsChanged"
    CAUGHT_UP = "caughtUp"
    """The listener has now been sent whatever it had missed."""
    LIVE_DOWN = "liveDown"
    LIVE_UP = "liveUp"
    PING = "ping"


NAMES: frozenset[str] = frozenset({*SlotEvent, *Word})
"""Every name that a listener can hear."""
