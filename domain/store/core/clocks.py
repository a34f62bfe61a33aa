"""The database's clock beside this host's: how far apart they are, and which request is too old.

Each change of a slot is dated by the instant of its request, and listeners that come back read what
was changed lately by that date. A change that is written long after its request would be missed: a
process may have been stopped in between. Only the database can tell, while it writes.
"""

import logging
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from bson.codec_options import CodecOptions

from domain.store.core.deadlines import CLAIM_WITHIN, CLOCKS_APART

logger = logging.getLogger(__name__)

AWARE: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True)
"""For commands, which by default read instants without a zone whatever their client does."""

_READINGS = 20


class _Reading(NamedTuple):
    took: timedelta
    ahead: timedelta


class DatabaseClock:
    """What this process knows of the database's clock; until it was read, the two agree."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Know nothing yet.

        Args:
            clock: Returns the present instant by this host's clock.
        """
        self._clock = clock
        self._readings: deque[_Reading] = deque(maxlen=_READINGS)
        self._has_warned = False
        self.compares = False
        """Whether the database can compare an instant with its clock while it writes."""

    def now(self) -> datetime:
        """Return the present instant by this host's clock."""
        return self._clock()

    @property
    def ahead(self) -> timedelta:
        """Return by how much the database's clock is ahead of this host's.

        Of the last readings the one counts that took the least time on its way.
        """
        return min(self._readings).ahead if self._readings else timedelta(0)

    @property
    def is_apart(self) -> bool:
        """Say whether the clocks are too far apart, however long the reading was on its way."""
        if not self._readings:
            return False
        took, ahead = min(self._readings)
        return abs(ahead) > CLOCKS_APART + took / 2

    def note(self, theirs: datetime, *, asked_at: datetime, told_at: datetime) -> None:
        """Take a reading over; warn once when the clocks come apart."""
        took = told_at - asked_at
        self._readings.append(_Reading(took, theirs - asked_at - took / 2))
        if self.is_apart and not self._has_warned:
            seconds = self.ahead.total_seconds()
            logger.warning("The database's clock is %+.1f s from this host's: check NTP", seconds)
        self._has_warned = self.is_apart

    def in_time(self, now: datetime) -> dict[str, Any]:
        """Match while a request made at `now` may still change something, by the database's clock.

        Where that can't compare (the embedded SecantusDB scans the collection, and finds nothing)
        everything matches: it runs on this very host, and `is_late` asks the same clock.
        """
        if not self.compares:
            return {}
        return {"$expr": {"$lt": ["$$NOW", now + self.ahead + CLAIM_WITHIN]}}

    def is_late(self, now: datetime) -> bool:
        """Say whether a request made at `now` is too old by now to change anything."""
        return self._clock() >= now + CLAIM_WITHIN
