"""The live stream: fan-out, positions, catch-up, and the response that a listener reads."""

from web.live.feed import LiveFeed

__all__ = ["LiveFeed"]
