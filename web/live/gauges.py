"""Gauges of the feed: who listens to a process, and how far behind its changes they are."""

import asyncio

from prometheus_client import Gauge

from web.live.feed import LiveFeed

_UP = Gauge(
    "expertconnect_feed_up",
    "Whether changes reach the pages that listen; 0 if those of any worker don't.",
    multiprocess_mode="livemin",
)
_LAG = Gauge(
    "expertconnect_feed_lag_seconds",
    "How long ago pages that listen knew of every change, of the slowest worker.",
    multiprocess_mode="livemax",
)
_LISTENERS = Gauge(
    "expertconnect_listeners",
    "Event streams that are open.",
    multiprocess_mode="livesum",
)

_PAUSE_S = 1.0


class FeedGauges:
    """Looks at a feed once a second. One a process."""

    def __init__(self, live: LiveFeed) -> None:
        self._live = live

    async def run(self) -> None:
        """Keep looking, for ever."""
        while True:
            _UP.set(self._live.is_up)
            _LAG.set(self._live.lag.total_seconds())
            _LISTENERS.set(self._live.listeners)
            await asyncio.sleep(_PAUSE_S)
