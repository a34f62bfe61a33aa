"""Instants: aware, in UTC, in whole milliseconds, as the database keeps them."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""The `held_until` of a time that nobody holds, so that one comparison answers "is it free?"."""

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Stands for "no such instant" in a field that is sorted by: after every real one."""

_MILLISECOND = timedelta(milliseconds=1)


def whole_milliseconds(instant: datetime) -> datetime:
    """Cut an aware instant down to the precision that the database keeps, in UTC."""
    instant = instant.astimezone(UTC)
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def to_milliseconds(instant: datetime) -> int:
    """Count whole milliseconds from the epoch to an aware instant."""
    return (instant - EPOCH) // _MILLISECOND


def from_milliseconds(milliseconds: int) -> datetime:
    """Return the instant so many milliseconds after the epoch; OverflowError beyond year 9999."""
    return EPOCH + milliseconds * _MILLISECOND
