"""The one place where the program reads the clock."""

from datetime import UTC, datetime

from domain.rules.instants import whole_milliseconds


def now() -> datetime:
    """Return the present instant: aware, UTC, whole milliseconds."""
    return whole_milliseconds(datetime.now(UTC))
