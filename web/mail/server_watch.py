"""Whether the mail server can be used; while it can't, it is left alone and all mail waits."""

from datetime import datetime, timedelta

import structlog
from prometheus_client import Gauge

from domain.rules.instants import EPOCH

log = structlog.get_logger()

AWAY = Gauge(
    "expertconnect_mail_server_away_seconds",
    "For how long the mail server has been of no use; 0 while it is.",
    multiprocess_mode="livemax",
)

_PAUSES_S = (5, 10, 20, 40, 60)
"""Seconds to the next try; the last one again and again, for as many days as it takes."""


class ServerWatch:
    """Knows since when the mail server can't be used, and when to try it again."""

    def __init__(self) -> None:
        self.since: datetime | None = None
        """When it was first found to be of no use; None while it is."""
        self.reason = ""
        """Why, in a word: a code or a fault's name."""
        self.until = EPOCH
        """Not to be tried before then."""
        self._tries = 0

    def note_failure(self, reason: str, now: datetime) -> None:
        """Leave it alone for a while: one more try was in vain."""
        if self.since is None:
            log.error("mail_server_unusable", reason=reason)
        self.since, self.reason = self.since or now, reason
        self.until = now + timedelta(seconds=_PAUSES_S[min(self._tries, len(_PAUSES_S) - 1)])
        self._tries += 1

    def note_answer(self, now: datetime) -> None:
        """Use it again: it has answered."""
        if self.since is not None:
            log.warning("mail_server_usable", after_s=int((now - self.since).total_seconds()))
        self.since, self.reason, self.until, self._tries = None, "", EPOCH, 0

    def leaves_alone(self, now: datetime) -> bool:
        """Say whether the server is to be left alone, and have the metric say for how long."""
        AWAY.set((now - self.since).total_seconds() if self.since else 0)
        return now < self.until
