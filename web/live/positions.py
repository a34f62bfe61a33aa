"""Positions: from which instant on a listener wants to know what changed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.rules.instants import EPOCH, from_milliseconds

MARGIN = timedelta(seconds=35)
"""How much further back a catch-up reads: a transaction writes the instant of its request, and may
wait for its turn and try for half a minute before it commits."""

OLDEST = timedelta(hours=1)

_AHEAD = timedelta(seconds=10)
"""How far another host's clock may be ahead."""

_MOST_DIGITS = 15


@dataclass(frozen=True)
class Position:
    """Where a listener stands."""

    since: datetime | None = None
    """The instant to catch up from, the margin already taken off; None: nothing to catch up."""
    lost: bool = False
    """Whether the position can't be used, so that the listener needs the whole list."""

    def known_until(self, now: datetime) -> datetime:
        """Return up to which instant the listener needs no news, as what it may send back.

        Where that is unknown it is the epoch, which is as lost as what the listener has sent.
        """
        if self.lost:
            return EPOCH
        return now if self.since is None else self.since + MARGIN


START_NOW = Position()
LOST = Position(lost=True)


def read_position(last_event_id: str | None, after: str | None, now: datetime) -> Position:
    """Read where a listener stands from its `Last-Event-ID`, or else from its `after`.

    Both are milliseconds since the epoch. What is no number, older than an hour or in the future
    is lost; with neither the stream starts now.
    """
    text = last_event_id or after
    if not text:
        return START_NOW
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        return LOST
    try:
        instant = from_milliseconds(int(text))
    except OverflowError:
        return LOST
    if not now - OLDEST <= instant <= now + _AHEAD:
        return LOST
    return Position(since=instant - MARGIN)
